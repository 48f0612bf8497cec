"""Text from outside, made safe to print: nothing in it steers a terminal, a browser, an XML parser or a CI system."""

from __future__ import annotations

import re

LONGEST_SENTENCE = 2000
# Control characters, marks and overrides of the writing direction, line and paragraph separators, characters without
# any width but the two joiners (words of several scripts need them), tags, lone surrogates, and what XML forbids
# (XML 1.0, 2.2).
UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufffe\uffff\U000e0000-\U000e007f]"
)
_COMMAND = re.compile(
    r"#(?=#(?:vso|teamcity)?\[)|(?:(?m:^)|(?<=\r))(?P<indent>[^\S\n]*):(?=:[a-z-]+[^\n]*?::)", re.IGNORECASE
)
"""The first character of what CI systems take for a command in a log: `##[error]`, `##vso[...]` and `##teamcity[...]`
anywhere in a line (GitHub, Azure, TeamCity), `::error::` at its beginning, however far in (GitHub).
For GitHub a carriage return ends a line, too."""


def visible(text: str) -> str:
    """Return `text` with what is unsafe to print written as `\\uXXXX`: characters, and the beginnings of commands to CI
    systems; it keeps its lines."""
    # Nothing unsafe is printable, in Unicode's sense; a line break, which is neither, takes the longer way.
    clean = text if text.isprintable() else UNSAFE.sub(lambda match: _escaped(match[0]), text)
    # Most texts hold neither, and the search for a command takes five times as long.
    return _COMMAND.sub(_without_command, clean) if "::" in clean or "##" in clean else clean


def _without_command(match: re.Match[str]) -> str:
    return (match["indent"] or "") + _escaped(match[0][-1])


def _escaped(character: str) -> str:
    number = ord(character)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004 - the end of \u


def clip(text: str, limit: int) -> str:
    """Return `text`, cut after `limit` characters with a note of how many more there were."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[{len(text) - limit:,} more characters in results.json]"


def one_line(text: str, limit: int = 300) -> str:
    """Return `text` on one line, safe to print, of at most `limit` characters."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def sentence(text: str) -> str:
    """Return `text` as a command prints it: one line, safe to print, its spaces kept, whatever it quotes."""
    line = visible(" ".join(text.replace("\t", " ").splitlines()))
    return line if len(line) <= LONGEST_SENTENCE else line[: LONGEST_SENTENCE - 1] + "…"
