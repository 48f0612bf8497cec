"""report.html, the findings: by cause, with what to do and the exchange that decides, its difference in place."""

from __future__ import annotations

from pathlib import Path

from osia_conformance.reports import html
from tests.unit.reports import journals
from tests.unit.reports.pages import page, words


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


def test_the_bodies_of_passed_checks_are_left_to_the_evidence_file(tmp_path: Path) -> None:
    source = html.write(*journals.conformant(), tmp_path).read_text("utf-8")
    assert "IN_PROGRESS" not in source
    assert "gw0.1" not in source


def test_long_commands_are_folded_and_never_cut(tmp_path: Path) -> None:
    built, records = journals.failing()
    script = "\n".join(f"curl -sS https://gateway.example.org/{'a' * 2000}{number}" for number in range(5))
    built["requirements"][0]["checks"][0]["curl"] = script
    one = page(tmp_path, (built, records))
    assert script in one.text
    assert "5 commands, to run in the report's directory" in one.text


def test_the_status_is_marked_only_where_it_is_what_is_wrong(tmp_path: Path) -> None:
    built, records = journals.failing()
    check = built["requirements"][0]["checks"][0]
    marked, decisive = '<strong class="status judged">200</strong>', '<div class="decisive">'
    first = html.write(built, records, tmp_path).read_text("utf-8").split(decisive)[1]
    assert marked in first
    check |= {"expected": "no other record", "actual": "there are 2000 others"}
    first = html.write(built, records, tmp_path).read_text("utf-8").split(decisive)[1]
    assert marked not in first
    assert '<strong class="status">200</strong>' in first


def test_spaces_that_make_the_difference_are_kept(tmp_path: Path) -> None:
    built, records = journals.failing()
    built["causes"] = [{"id": "C1", "title": '"a  b" came as "a b"', "requirements": ["ENR-PATCH-03"]}]
    assert "&#34;a  b&#34; came as &#34;a b&#34;</h3>" in html.write(built, records, tmp_path).read_text("utf-8")
