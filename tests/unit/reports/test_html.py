"""report.html: whole, self-contained, accessible, and deaf to what the target says."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from osia_conformance.reports import html
from tests.unit.reports import journals

VOID = {"meta", "br", "input", "wbr"}
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "section",
        "div",
        "p",
        "h1",
        "h2",
        "h3",
    ),
    *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "pre", "code", "span", "strong", "a", "br", "script"),
    *("form", "fieldset", "legend", "label", "input", "select", "option", "button"),
    *("svg", "path", "rect", "circle", "text"),
    *("nav", "article", "abbr", "time", "wbr"),
}


class Page(HTMLParser):
    """Holds a page's elements in order and its text; fails where an element is not closed in turn."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.facts: dict[str, str] = {}
        self.name = ""
        self.in_facts = False
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.in_facts = self.in_facts or ("class", "facts") in attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.in_facts = self.in_facts and tag != "dl"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.in_facts and self.open[-1] == "dt":
            self.name = data
        elif self.in_facts and self.open[-1] in ("dd", "time", "code"):
            self.facts[self.name] = data

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page(tmp_path: Path, scenario: tuple[journals.Record, list[journals.Record]]) -> Page:
    path = html.write(*scenario, tmp_path)
    assert path == tmp_path / "report.html"
    source = path.read_bytes().decode("utf-8")
    assert source.lstrip().startswith("<!doctype html>")
    return Page(source)


@pytest.fixture(name="pages")
def pages_of(tmp_path: Path) -> list[Page]:
    return [page(tmp_path, scenario) for scenario in journals.every(tmp_path)]


def words(page: Page) -> str:
    return " ".join(page.text.split())


def test_only_known_elements_are_in_it_and_none_loads_or_runs_anything(pages: list[Page]) -> None:
    for one in pages:
        assert {name for name, _ in one.elements} <= ALLOWED
        for _, attributes in one.elements:
            assert not {name for name in attributes if name.startswith("on") or name in {"src", "srcset", "action"}}
            assert attributes.get("href", "#").startswith("#")


def test_the_one_script_is_ours_and_the_only_one_that_may_run(tmp_path: Path) -> None:
    ours = Path(html.__file__).with_name("report.js").read_bytes()
    for scenario in journals.every(tmp_path):
        source = html.write(*scenario, tmp_path).read_bytes()
        scripts = re.findall(b"<script>(.*?)</script>", source, re.S)
        assert scripts == [ours]
        allowed = base64.b64encode(hashlib.sha256(ours).digest()).decode()
        assert f"script-src 'sha256-{allowed}';".encode() in source


def test_the_style_sheet_loads_nothing() -> None:
    css = Path(html.__file__).with_name("report.css").read_text("utf-8")
    assert "url(" not in css
    assert "@import" not in css


def test_a_content_security_policy_stands_before_all_else_that_could_load(pages: list[Page]) -> None:
    for one in pages:
        metas = one.named("meta")
        assert metas[1]["http-equiv"] == "Content-Security-Policy"
        policy = dict(part.strip().split(" ", 1) for part in metas[1]["content"].split(";"))
        assert policy.pop("script-src").startswith("'sha256-")
        assert policy == {
            "default-src": "'none'",
            "style-src": "'unsafe-inline'",
            "base-uri": "'none'",
            "form-action": "'none'",
        }


def test_it_is_readable_without_eyes(pages: list[Page]) -> None:
    for one in pages:
        assert one.named("html") == [{"lang": "en"}]
        assert len(one.named("h1")) == len(one.named("main")) == len(one.named("title")) == 1
        assert len(one.named("caption")) == len(one.named("table")) >= 3
        assert {cell.get("scope") for cell in one.named("th")} == {"col", "row"}
        levels = [int(name[1]) for name, _ in one.elements if re.fullmatch("h[1-6]", name)]
        assert all(after - before <= 1 for before, after in pairwise(levels))


def test_ids_are_unique_and_every_link_has_its_target(pages: list[Page]) -> None:
    for one in pages:
        ids = [attributes["id"] for _, attributes in one.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        assert {link["href"][1:] for link in one.named("a")} <= set(ids)
        assert {section["aria-labelledby"] for section in one.named("section") if "aria-labelledby" in section} <= set(
            ids
        )


def test_the_first_screen_says_what_was_judged_and_how(tmp_path: Path) -> None:
    one = page(tmp_path, journals.conformant())
    assert one.facts == {
        "Product: name": "Gateway",
        "Product: vendor": "Example",
        "Product: version": "4.2",
        "Target": journals.URL,
        "Interface version": "1.0.0",
        "Suite version": "0.1.0",
        "Started": "2 January 2026, 03:04 UTC",
        "Finished": "2 January 2026, 03:09 UTC",
        "Ending": "complete",
        "Exit code": "0: nothing stands against the target, or all of it under a waiver",
        "Seed": "7",
        "Effort": "standard",
        "Checks side by side": "up to 2",
        "Calls made": "2",
        "Run": journals.RUN,
    }
    assert "plain http" not in one.text


def test_plain_http_is_noted_on_the_first_screen(tmp_path: Path) -> None:
    first, _, _ = words(page(tmp_path, journals.failing())).partition("Findings")
    assert "the target was reached over plain http" in first


@pytest.mark.parametrize(
    ("verdict", "wanted"),
    [("conformant", "Conformant"), ("nonconformant", "Not conformant"), ("incomplete", "Incomplete")],
)
def test_the_heading_is_the_verdict(tmp_path: Path, verdict: str, wanted: str) -> None:
    built, records = journals.conformant()
    page(tmp_path, ({**built, "verdict": verdict}, records))
    heading = re.search("<h1>(.*?)</h1>", (tmp_path / "report.html").read_text("utf-8"))
    assert heading
    assert heading[1].startswith(wanted)


def test_a_run_that_was_cut_off_says_so(tmp_path: Path) -> None:
    text = words(page(tmp_path, journals.cut_off()))
    assert "the run was cut off before it could write its end" in text
    assert "it did not: the run was cut off" in text


def test_a_table_counts_operation_by_outcome(tmp_path: Path) -> None:
    built, records = journals.failing()
    for one in built["requirements"]:
        if one["id"] == "ENR-PATCH-03":
            one["operations"] = ["partialUpdateEnrollment", "createEnrollment"]
    source = (html.write(built, records, tmp_path)).read_text("utf-8")
    table = source[source.index('id="operations"') :]
    row = re.search(r'<th scope="row">partial<wbr>Update<wbr>Enrollment</th>(.*?)</tr>', table, re.S)
    every = re.search(r'<th scope="row">create<wbr>Enrollment</th>(.*?)</tr>', table, re.S)
    assert row
    assert every
    assert re.findall(r">(\d+)<", row[1]) == ["1", "0", "0", "0", "0", "1"]
    assert re.findall(r">(\d+)<", every[1]) == ["2", "1", "3", "1", "1", "8"]


def test_a_failed_requirement_stands_open_with_its_evidence(tmp_path: Path) -> None:
    one = page(tmp_path, journals.failing())
    text = words(one)
    for wanted in ("ENR-PATCH-03", "failed because it is so", "Expected204", "Actual200", '"code": 1'):
        assert wanted in text
    assert "curl -sS https://gateway.example.org/" in text
    assert "export OSIA_CONFIG=" in text
    assert [item["id"] for item in one.named("details") if "open" in item] == [
        "finding-ENR-PATCH-03",
        "finding-ENR-AUTH-09",
    ]
    assert {"href": "#ENR-PATCH-03"} in one.named("a")


def test_observations_and_leftovers_are_told(tmp_path: Path) -> None:
    text = words(page(tmp_path, journals.failing()))
    assert "RUL-TLS" in text
    assert "e-1: delete answered 500" in text
    assert "Nothing." in words(page(tmp_path, journals.conformant()))


def test_the_header_says_why(tmp_path: Path) -> None:
    built, records = journals.waived()
    built["causes"] = [{"id": "C1", "title": "a 200", "requirements": ["ENR-PATCH-03"]}]
    for entry in built["requirements"]:
        if entry["id"] in ("ENR-PATCH-03", "ENR-FIND-01"):
            entry["cause"] = "C1"
    built |= {"demonstration": True, "selection": True, "effort": "quick"}
    head, _, rest = words(page(tmp_path, (built, records))).partition("were judged")
    for wanted in (
        "1 MUST requirement failed1 SHOULD requirement failed1 MUST requirement could not be judged because of them",
        "1 requirement under a waiver",
        "1 stale waiver",
        "Demonstration This is a demonstration: the reference server",
        "Selection only a part",
        "Quick a first look",
    ):
        assert wanted in head
    assert "1 requirement could not be judged because of this ENR-FIND-01" in rest


def test_several_findings_of_one_cause_stand_together_with_what_to_do(tmp_path: Path) -> None:
    built, records = journals.failing()
    built["causes"] = [{"id": "C1", "title": "an answer is 200", "requirements": ["ENR-PATCH-03", "ENR-AUTH-09"]}]
    for entry in built["requirements"]:
        if entry["outcome"] == "failed":
            entry |= {"cause": "C1", "fix": "Answer `204` without a body."}
    one = page(tmp_path, (built, records))
    text = words(one)
    assert text.count("What to do: Answer 204 without a body.") == 1
    assert "C1 An answer is 200" in text
    assert [item.get("id") for item in one.named("details") if "open" in item] == ["finding-ENR-PATCH-03"]


def test_the_decisive_exchange_is_shown_and_what_led_to_it_is_folded(tmp_path: Path) -> None:
    built, records = journals.failing()
    check = built["requirements"][0]["checks"][0]
    check |= {"evidence": ["gw0.2", "gw0.1", "gw0.3"], "decisive": "gw0.1"}
    text = words(page(tmp_path, (built, records)))
    finding = text[text.index("Expected204") :]
    assert finding.index('"code": 1') < finding.index("Set-up: 1 exchange") < finding.index("Afterwards: 1 exchange")


def test_a_difference_stands_in_its_place_in_the_body(tmp_path: Path) -> None:
    built, records = journals.failing()
    next(one for one in records if one.get("id") == "gw0.1")["response"] |= journals.body(b'{"a": {"b": 1}, "c": 2}')
    check = built["requirements"][0]["checks"][0]
    check |= {"expected": "the record as sent", "actual": '$.a.b is 1 instead of "1"; $.a.d is missing'}
    source = html.write(built, records, tmp_path).read_text("utf-8")
    assert '<span class="line changed">≠     &#34;b&#34;: 1 <span class="aside">← expected &#34;1&#34;</span>' in source
    assert '<span class="line missing">-     &#34;d&#34; <span class="aside">← it is missing</span>' in source


def test_records_are_named_and_their_ids_kept(tmp_path: Path) -> None:
    built, records = journals.failing()
    name = "0f8fad5b-d9cb-469f-a165-70867728950e"
    exchange = next(one for one in records if one.get("id") == "gw0.1")
    exchange["request"]["url"] = exchange["request"]["url"].replace("enrollments/1", f"enrollments/{name}")
    source = html.write(built, records, tmp_path).read_text("utf-8")
    assert f'/v1/enrollments/<abbr class="id named" title="{name}">A</abbr>?' in source
    assert f"<code data-copy>{name.replace('-', '-<wbr>')}</code>" in source


def test_operations_stand_in_the_order_of_the_interface(tmp_path: Path) -> None:
    built, records = journals.failing()
    built["requirements"][0]["operations"] = ["findEnrollments", "readEnrollment"]
    one = page(tmp_path, (built, records))
    assert "createEnrollmentreadEnrollmentfindEnrollments" in "".join(
        re.sub(r"\s", "", one.text).partition("Operationall")[2][:60]
    )


def test_the_bodies_of_passed_checks_are_left_to_the_evidence_file(tmp_path: Path) -> None:
    source = html.write(*journals.conformant(), tmp_path).read_text("utf-8")
    assert "IN_PROGRESS" not in source
    assert "gw0.1" not in source


def test_long_and_binary_bodies_are_bounded(tmp_path: Path) -> None:
    text = words(page(tmp_path, journals.hostile(tmp_path)))
    assert "The first 8,192 of 300,012 bytes." in text
    assert "256 bytes that are no text" in text
    assert "x" * 8200 not in text
    assert re.search("z{3900,4000} \\[[0-9,]+ more characters in results.json]", text)
    assert (tmp_path / "report.html").stat().st_size < 100_000


def test_long_commands_are_folded_and_never_cut(tmp_path: Path) -> None:
    built, records = journals.failing()
    script = "\n".join(f"curl -sS https://gateway.example.org/{'a' * 2000}{number}" for number in range(5))
    built["requirements"][0]["checks"][0]["curl"] = script
    one = page(tmp_path, (built, records))
    assert script in one.text
    assert "5 commands, to run in the report's directory" in one.text


def test_hostile_text_is_shown_and_never_markup(tmp_path: Path) -> None:
    one = page(tmp_path, journals.hostile(tmp_path))
    assert one.text.count("<script>alert(1)</script>") > 10
    assert r"\u001b[31mred ]]> \u0000 \ud800 \u202e\u009b & " in one.text
    source = (tmp_path / "report.html").read_bytes().decode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]", source)
    assert source.lower().count("<script") == 1


def test_dark_mode_print_and_phones_have_their_styles(tmp_path: Path) -> None:
    source = html.write(*journals.conformant(), tmp_path).read_text("utf-8")
    assert "prefers-color-scheme: dark" in source
    assert "@media print" in source
    assert 'name="viewport"' in source
