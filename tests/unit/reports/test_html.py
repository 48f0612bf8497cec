"""report.html: whole, self-contained, accessible, and deaf to what the target says."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path

import pytest

from osia_conformance.reports import html
from tests.unit.reports import journals
from tests.unit.reports.pages import Page, page, words

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


@pytest.fixture(name="pages")
def pages_of(tmp_path: Path) -> list[Page]:
    return [page(tmp_path, scenario) for scenario in journals.every(tmp_path)]


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


def test_long_and_binary_bodies_are_bounded(tmp_path: Path) -> None:
    text = words(page(tmp_path, journals.hostile(tmp_path)))
    assert "The first 8,192 of 300,012 bytes." in text
    assert "256 bytes that are no text" in text
    assert "x" * 8200 not in text
    assert re.search("z{3900,4000} \\[[0-9,]+ more characters in results.json]", text)
    assert (tmp_path / "report.html").stat().st_size < 100_000


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
