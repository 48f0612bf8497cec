"""JSON values as words of a sentence: in JSON's own terms, shortened, and escaped where two look alike."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

_SHOWN = 60
_CONTEXT = 8
"""Characters that are shown before the first difference of two long texts."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_LOOK_ALIKES = (
    "a\u0430\u03b1 c\u0441\u03f2 d\u0501 e\u0435 h\u04bb\u0570 i\u0456\u03b9 j\u0458 k\u043a\u03ba l\u04cf n\u0578"
    " o\u043e\u03bf\u0585 p\u0440\u03c1 q\u051b s\u0455 u\u03c5\u057d v\u0475\u03bd w\u051d x\u0445\u03c7 y\u0443\u04af"
    " A\u0410\u0391 B\u0412\u0392 C\u0421\u03f9 E\u0415\u0395 H\u041d\u0397 I\u0406\u0399 J\u0408 K\u041a\u039a"
    " M\u041c\u039c N\u039d O\u041e\u039f P\u0420\u03a1 S\u0405 T\u0422\u03a4 X\u0425\u03a7 Y\u0423\u03a5 Z\u0396"
)
"""Latin letters, each before those of Cyrillic, Greek and Armenian that have its shape."""

_LATIN = {ord(twin): word[0] for word in _LOOK_ALIKES.split() for twin in word[1:]}
_KINDS = {dict: "an object", list: "an array", str: "a string", type(None): "null"}


def kind_of(value: Any) -> str:
    """Return the JSON kind of a value as a phrase, such as "an array"; null, true and false by their own names."""
    if isinstance(value, bool):
        return show(value)
    return _KINDS.get(type(value), "a number")


def show(value: Any) -> str:
    """Return a JSON value for a sentence, shortened: of a long text the beginning, and how many characters it has."""
    if isinstance(value, str):
        return _shown_text(value)
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({_size(value, text)})"


def contrast(got: Any, sent: Any) -> str:
    """Return how a JSON value differs from what was sent, as the rest of a phrase: "is 2 instead of 1".

    Of long texts the first difference is shown; texts that look alike are shown in JSON's escapes (RFC 8259, 7).
    """
    if not (isinstance(got, str) and isinstance(sent, str)):
        return f"is {show(got)} instead of {show(sent)}"
    alike = _visible_part(got) == _visible_part(sent)
    if all(len(_quoted(text, escaped=alike)) <= _SHOWN for text in (got, sent)):
        words = f"is {_quoted(got, escaped=alike)} instead of {_quoted(sent, escaped=alike)}"
    else:
        words = _long_contrast(got, sent, escaped=alike)
    return words + _similarity(got, sent)


def _similarity(got: str, sent: str) -> str:
    """Return in brackets why two different texts look the same; "" where they do not."""
    if _same_text(got, sent):
        return " (the same text in another Unicode normalization form)"
    twins = any(ord(each) in _LATIN for each in got + sent)
    return (
        " (letters of another script that look the same)" if twins and _visible_part(got) == _visible_part(sent) else ""
    )


def _long_contrast(got: str, sent: str, *, escaped: bool) -> str:
    at = _first_difference(got, sent)
    lengths = f"has {len(got)} characters instead of {len(sent)}"
    if at == len(got):
        return f"{lengths}: it ends before {_excerpt(sent, at, escaped=escaped)}"
    if at == len(sent):
        return f"{lengths}: it goes on with {_excerpt(got, at, escaped=escaped)}"
    start = max(0, at - _CONTEXT)
    # Texts that look different as a whole may look alike where they differ first.
    escaped = escaped or _visible_part(got[start : at + 1]) == _visible_part(sent[start : at + 1])
    there, wanted = (_excerpt(text, start, escaped=escaped) for text in (got, sent))
    words = f"differs from character {at + 1} on: it is {there} instead of {wanted}"
    return words if len(got) == len(sent) else f"{words}; it {lengths}"


def _first_difference(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _excerpt(text: str, start: int, *, escaped: bool) -> str:
    """Return what stands at `start` of a text, quoted, with "…" where the text goes on to either side."""
    whole = _quoted(text[start : start + _SHOWN], escaped=escaped)[1:-1]
    shown = _beginning(text[start : start + _SHOWN], _SHOWN // 2, escaped=escaped)
    before, after = "…" if start else "", "…" if len(shown) < len(whole) or start + _SHOWN < len(text) else ""
    return f'"{before}{shown}{after}"'


def _shown_text(text: str) -> str:
    quoted = _quoted(text, escaped=False)
    if len(quoted) <= _SHOWN:
        return quoted
    return f'"{_beginning(text, _SHOWN - 2, escaped=False)}…" ({len(text)} characters)'


def _beginning(text: str, limit: int, *, escaped: bool) -> str:
    """Return the beginning of a JSON string's inside, at most `limit` characters, no escape of them cut."""
    shown = ""
    for character in text[:limit]:
        spelled = _quoted(character, escaped=escaped)[1:-1]
        if len(shown) + len(spelled) > limit:
            break
        shown += spelled
    return shown


def _quoted(text: str, *, escaped: bool) -> str:
    return json.dumps(text, ensure_ascii=escaped)


def _size(value: Any, text: str) -> str:
    if isinstance(value, list):
        return f"{len(value)} elements"
    return f"{len(value)} members" if isinstance(value, dict) else f"{len(text)} characters"


def _visible_part(text: str) -> str:
    """Return a text as a reader sees it: compatible forms and letters of one shape as one, without what has none."""
    plain = unicodedata.normalize("NFKD", text).translate(_LATIN)
    return " ".join("".join(each for each in plain if unicodedata.category(each) not in _INVISIBLE).split())


def _same_text(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
