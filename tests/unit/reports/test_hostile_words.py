"""Words of a hostile target or journal in summary.md, junit.xml and a comparison: they stay words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from osia_conformance.cli.comparison import as_markdown, compared
from osia_conformance.reports import junit, markdown
from tests.unit.reports import journals

ATTACKS = {
    "an element": "<img src=x onerror=alert(1)>",
    "a script over lines": "<script>\nalert(1)\n</script>",
    "the end of the list it stands in": "</summary></details><b>bold</b>",
    "a comment": "<!-- hidden -->",
    "the end of a section of characters": "]]><a/>",
    "an entity of its own": '&quot;&x;<!DOCTYPE a [<!ENTITY x "y">]>',
    "the end of a code span": "`` ` <i>",
    "a fence": "```\n# heading\n```",
    "nothing but marks of code": "``````",
    "a mark of code at the end": "\\`",
    "a heading": "\n# conformant\n",
    "a heading by a line below": "conformant\n======",
    "a link": "[verified](javascript:alert(1))",
    "a picture": "![x](https://elsewhere.example/p.png)",
    "a link of its own": "<https://elsewhere.example>",
    "a reference": "[a]: https://elsewhere.example\n[a]",
    "another cell": "a | b || c\n| --- | --- |\n| d | e |",
    "emphasis": "**nonconformant** _no_ ~~no~~",
    "a mention": "@everyone #1 ::error::stop",
    "a line and a quotation": "\n> quoted\n\n- item\n\n---\n",
    "colours": "\x1b[31mred\x1b[0m \x9b2K",
    "a change of direction": "\u202econformant\u2066 \u200f",
    "separators": "a\u2028b\u2029c\x85d\x0b\x0ce",
    "nothing at all": "\x00\ufffe\uffff\ud800\ufeff\U000e0041",
    "blanks": " \t\r\n ",
    "length": "x" * 100_000,
}
words = pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff\ufffe\uffff]"
)
OWN_HTML = re.compile(r"(<details( open)?><summary>[A-Za-z ]+ \(\d+\)</summary>|</details>)\n?")
OWN_BLOCKS = {"heading", "paragraph", "bullet_list", "list_item", "table", "thead", "tbody", "tr", "th", "td", "inline"}
OWN_WORDS = {"text", "code_inline", "strong_open", "strong_close", "softbreak"}
MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def run_of(attack: str) -> tuple[journals.Record, list[journals.Record]]:
    """Return a run of whose words each one that others can choose is an attack."""
    waiver = {"requirement": "ENR-PATCH-03", "reason": attack, "owner": attack, "expires": "2999-01-01"}
    records = [
        journals.header(
            product={"vendor": attack, "name": attack, "version": attack, f"x{attack}": attack},
            target={"url": attack, "embedded": False},
            configuration={"waivers": [waiver, {**waiver, "requirement": "ENR-CREATE-01"}]},
        ),
        journals.exchange("gw0.1", status=200),
        *(
            journals.check(f"test[{attack}]", name, outcome, reason=attack, expected=attack, actual=attack, curl=attack)
            for name, outcome in (("ENR-FIND-01", "failed"), ("ENR-PATCH-03", "failed"), ("ENR-READ-01", "cantTell"))
        ),
        journals.check("test_create", "ENR-CREATE-01"),
        {"kind": "observation", "ruling": "RUL-TLS", "operation": "*", "text": attack, "evidence": [], "check": attack},
        {"kind": "leftover", "enrollment": attack, "reason": attack},
        journals.footer("failed", attack),
    ]
    built = journals.results(records, reasons=[attack, attack])
    for entry in built["requirements"]:
        entry |= {"title": attack, "clause": attack, "fix": attack, "cause": "C1"}
    built["causes"] = [{"id": name, "title": attack, "requirements": ["ENR-FIND-01"]} for name in ("C1", "C2")]
    return built, records


def tokens(text: str) -> Iterator[Token]:
    """Yield what a renderer makes of Markdown, blocks and the words in them."""
    for token in MARKDOWN.parse(text):
        yield token
        yield from token.children or ()


def expect_only_own(text: str) -> list[Token]:
    """Assert that nothing but what the suite writes itself has a meaning in this Markdown; return its tokens."""
    assert not FORBIDDEN.search(text)
    found = list(tokens(text))
    for token in found:
        if token.type == "html_block":
            assert OWN_HTML.fullmatch(token.content), token.content
        else:
            assert token.type.removesuffix("_open").removesuffix("_close") in OWN_BLOCKS or token.type in OWN_WORDS
    return found


def shape(found: list[Token]) -> list[str]:
    """Return the kinds of the tokens: what a reader sees, its words aside."""
    return [token.type for token in found]


@words
def test_no_word_has_a_meaning_in_the_summary(attack: str) -> None:
    plain = shape(expect_only_own(markdown.summary(run_of("plain")[0])))
    assert shape(expect_only_own(markdown.summary(run_of(attack)[0]))) == plain


@words
def test_no_word_has_a_meaning_in_a_comparison(attack: str) -> None:
    assert shape(expect_only_own(comparison(attack))) == shape(expect_only_own(comparison("plain")))


@given(st.text(min_size=1).filter(lambda text: text.split()))
def test_no_text_at_all_has_a_meaning_in_the_summary_or_a_comparison(attack: str) -> None:
    expect_only_own(markdown.summary(run_of(attack)[0]))
    expect_only_own(comparison(attack))


def comparison(attack: str) -> str:
    """Return the comparison of a run that passed with one of hostile words, as Markdown."""
    new = run_of(attack)[0]
    old: dict[str, Any] = {
        **new,
        "requirements": [{**one, "outcome": "passed", "reason": None} for one in new["requirements"]],
        "waivers": [],
    }
    return as_markdown(compared(old, new))


@words
def test_no_word_has_a_meaning_in_junit_xml(attack: str, tmp_path: Path) -> None:
    plain, hostile = elements("plain", tmp_path), elements(attack, tmp_path)
    assert [one.tag for one in hostile.iter()] == [one.tag for one in plain.iter()]
    assert [sorted(one.attrib) for one in hostile.iter()] == [sorted(one.attrib) for one in plain.iter()]
    assert not FORBIDDEN.search((tmp_path / "junit.xml").read_text("utf-8"))
    told = "".join(one.text or "" for one in hostile.iter("failure"))
    assert "\x1b" not in told
    assert "javascript:alert(1)" in told or attack != ATTACKS["a link"]


@given(st.text(min_size=1))
def test_junit_xml_is_well_formed_whatever_the_words(tmp_path_factory: pytest.TempPathFactory, attack: str) -> None:
    place = tmp_path_factory.getbasetemp()
    assert [one.tag for one in elements(attack, place).iter()] == [one.tag for one in elements("plain", place).iter()]


def elements(attack: str, place: Path) -> ET.Element:
    """Return junit.xml of a run of these words, as a parser reads it."""
    return ET.fromstring(junit.write(*run_of(attack), place).read_bytes())
