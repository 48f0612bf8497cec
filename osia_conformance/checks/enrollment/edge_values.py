"""Valid values that servers are known to change, by names: what comes back must be what was sent (RUL-ECHO)."""

from __future__ import annotations

from typing import Any

TEXTS: dict[str, str] = {
    "latin": "Zoë Müller-Ångström",
    "cyrillic-and-greek": "Ольга Ωμέγα",
    "arabic-and-hebrew": "عائشة מרים",
    "han-and-kana": "山田 太郎 さくら",
    "outside-the-bmp": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👧 𠀋",
    "combining": "e\u0301 n\u0303 a\u030c",
    "json-escapes": 'quote " backslash \\ slash / tab \t newline \n',
    "markup": "<b>&amp;</b>  'x' %41 ${x}",
    "typography": "’d’Este’ – a\u00a0b\u2003c\u2028d",
    "line-ends": "one\r\ntwo\rthree\nfour",
    "like-a-number": "007.50",
    "like-a-keyword": "true",
    "like-nothing": "null",
    "empty": "",
}
WITH_NUL = "a\0b"
"""A text with U+0000, which not every database takes: what else is in it must be kept."""
NUMBERS: dict[str, Any] = {
    "zero": 0,
    "negative": -17,
    "fraction": 1.5,
    "above-32-bits": 2**31,
    "above-float": 2**24 + 1,
    "largest-integer": 2**53 - 1,
    "smallest-integer": -(2**53 - 1),
    "many-digits": 3.14159265358979,
    "very-small": 1e-7,
    "true": True,
    "false": False,
}
NESTED: dict[str, Any] = {
    "objects": {"a": {"b": {"c": {"d": {"e": {"f": "deep"}}}}}},
    "lists": [[["deep"], []], [1, [2, [3]]]],
    "odd-names": {"a.b": 1, "$c": 2, "d e": 3, "é": 4, "f/g": 5},
    "names-of-a-language": {"__proto__": 1, "constructor": 2, "class": 3, "_id": 4},
    "empty": {"object": {}, "list": [], "text": ""},
    "names-by-case": {"name": 1, "Name": 2},
    "mixed": [{"street": "first", "lines": ["a", "b"]}, {"street": "second", "lines": []}],
}
IDS: dict[str, tuple[str, str]] = {
    "long": ("{0}" * 4, "{0}"),
    "very-long": ("{0}" * 30, "{0}"),
    "space": ("{0} x", "{0}"),
    "slash": ("{0}/x", "{0}"),
    "percent": ("{0}%41", "{0}A"),
    "plus": ("{0}+x", "{0} x"),
    "non-ascii": ("{0}é", "{0}"),
    "accent": ("{0}é", "{0}e"),
    "space-at-its-end": ("{0} ", "{0}"),
    "semicolon": ("{0};x", "{0}"),
    "question-mark": ("{0}?x", "{0}"),
    "dots": ("{0}..", "{0}"),
    "extension": ("{0}.json", "{0}"),
    "upper-case": ("{upper}", "{0}"),
}
"""Forms of ids made of a plain one, each with the id that a careless server takes it for."""
