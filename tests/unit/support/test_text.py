"""What is printed of others' words is one line of visible characters."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.support.text import UNSAFE, one_line, sentence, visible

STEERING = {
    "an escape code": "\x1b[2K\x1b[1A",
    "a C1 control": "\x9b2J",
    "a backspace": "\b\b\b",
    "a delete": "\x7f",
    "a right-to-left override": "\u202e",
    "a bidi isolate": "\u2066",
    "a right-to-left mark": "\u200f",
    "an Arabic letter mark": "\u061c",
    "a zero-width space": "\u200b",
    "a byte order mark": "\ufeff",
    "a tag": "\U000e0041",
    "a lone surrogate": "\ud800",
}
BREAKS = ("\n", "\r", "\r\n", "\t", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("name", STEERING)
def test_what_steers_is_shown_as_an_escape(name: str) -> None:
    for shown in (visible(f"a{STEERING[name]}b"), one_line(f"a{STEERING[name]}b"), sentence(f"a{STEERING[name]}b")):
        assert shown.isascii()
        assert shown.isprintable()
        assert "\\" in shown


@pytest.mark.parametrize("line_break", BREAKS)
def test_every_break_of_a_line_becomes_a_space(line_break: str) -> None:
    assert one_line(f"note{line_break}verdict: conformant") == "note verdict: conformant"
    assert len(sentence(f"note{line_break}verdict: conformant").splitlines()) == 1


def test_joiners_stay_since_words_need_them() -> None:
    assert one_line("می\u200cخواهم") == "می\u200cخواهم"


@given(st.text())
def test_no_text_gives_two_lines_or_an_invisible_character(text: str) -> None:
    shown = sentence(text)
    assert len(shown.splitlines()) <= 1
    assert not [one for one in shown if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]


COMMANDS = (
    *("::error::x", "::error title=a,file=b::x", "  ::add-mask::x", "\t::stop-commands::x", "\u3000::warning::x"),
    *("##[error]x", "before ##[group]x", "##[add-matcher]/tmp/x", "###[error]x", "##VSO[task.setvariable variable=a]b"),
    *("##vso[task.complete result=Succeeded]", "##teamcity[buildStatus status='SUCCESS']"),
)
"""What GitHub (with the older form, too), Azure and TeamCity take for a command of their own in a log."""


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_a_command_to_a_ci_system(command: str) -> None:
    for text in (command, f"a line\n{command}\nanother", f"a line\r{command}\ranother"):
        for shown in (visible(text), one_line(text), sentence(text)):
            for line in shown.splitlines():
                assert not line.lstrip().startswith("::")
                assert not any(mark in line.lower() for mark in ("##[", "##vso[", "##teamcity["))


@pytest.mark.parametrize("text", ["::1", "a::b::c", "std::vector<T>", "# a [link]", "##", "## heading", "[::1]:80"])
def test_what_only_looks_like_a_command_stays(text: str) -> None:
    assert sentence(text) == one_line(text) == visible(text) == text


def test_nothing_unsafe_is_printable() -> None:
    characters = map(chr, range(sys.maxunicode + 1))
    assert [f"{ord(one):04x}" for one in characters if one.isprintable() and UNSAFE.search(one)] == []
