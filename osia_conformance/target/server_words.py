"""What a server says of an error of its own, as one line for a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from osia_conformance.support.text import visible
from osia_conformance.target.response import NotJson, Response

_MOST = 200
"""Characters that are shown at most."""

_READ = 1 << 16
"""Bytes of a body that words are looked for in."""

_MEMBERS = ("message", "detail", "error_description", "error", "title", "description", "reason")
"""Members in which error bodies have their words: those of OSIA's Error first, then of RFC 9457 and RFC 6749."""

_UNREADABLE = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^<>]*>", re.IGNORECASE | re.DOTALL)


def server_words(response: Response) -> str:
    """Return the words of an error's body, at most 200 characters; "" if it has none.

    Spaces stay as they are, so that a secret among the words is still found by the redactor.
    """
    words = _message(response) if not response.truncated else ""
    words = words or response.body[:_READ].decode("utf-8", "replace")
    if words.lstrip().startswith("<"):
        words = _UNREADABLE.sub("", words)
    line = visible(re.sub(r"[\t\r\n]+", " ", words.strip()))
    return line if len(line) <= _MOST else f"{line[: _MOST - 1]}…"


def _message(response: Response) -> str:
    """Return what a JSON body says: its message, or the body itself without the spaces between its tokens."""
    try:
        body: Any = response.json()
    except NotJson:
        return ""
    if isinstance(body, Mapping):
        named = (body[name] for name in _MEMBERS if name in body)
        body = next((text for text in named if isinstance(text, str) and text.strip()), body)
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
