"""Text from the target, made safe to print: nothing in it steers a terminal, a browser or an XML parser."""

from __future__ import annotations

import re

# Control characters, bidirectional overrides, lone surrogates and the two that XML forbids (XML 1.0, 2.2).
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """Return `text` with every character that is unsafe to print written as `\\uXXXX`."""
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def clip(text: str, limit: int) -> str:
    """Return `text`, cut after `limit` characters with a note of how many more there were."""
    if len(text) <= limit:
        return text
    return f"{text[:limit]}\n[{len(text) - limit:,} more characters in results.json]"


def one_line(text: str, limit: int = 300) -> str:
    """Return `text` on one line, safe to print, of at most `limit` characters."""
    line = visible(" ".join(text.split()))
    return line if len(line) <= limit else line[: limit - 1] + "…"
