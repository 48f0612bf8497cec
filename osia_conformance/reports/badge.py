"""`badge.svg`: the verdict with version and date, for a README. One small SVG, which loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from osia_conformance.reports import ADDITIONAL_FILES
from osia_conformance.reports.exchanges import Record
from osia_conformance.support import files
from osia_conformance.support.text import one_line

FILE = ADDITIONAL_FILES["badge"]
_WORDS = {"conformant": "conformant", "nonconformant": "not conformant", "incomplete": "incomplete"}
# Dark enough for white letters on them (WCAG 2.2, 1.4.3).
_COLOURS = {"conformant": "#14663a", "nonconformant": "#a01c1c", "incomplete": "#7a4b00", "demonstration": "#4a5560"}
_LETTER = 6.6  # width of a letter at this size, in pixels; textLength makes every font keep to it
_HEIGHT, _PAD = 20, 8

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" aria-label="{label}">
<title>{title}</title>
<rect width="{left}" height="{height}" fill="#2f3a44"/>
<rect x="{left}" width="{right}" height="{height}" fill="{colour}"/>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{pad}" y="14" textLength="{left_text}" lengthAdjust="spacingAndGlyphs">{name}</text>
<text x="{at}" y="14" textLength="{right_text}" lengthAdjust="spacingAndGlyphs">{words}</text>
</g>
</svg>
"""


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write the badge of `results` to `badge.svg` under `directory` and return its path."""
    return files.write(directory / FILE, [badge(results)])


def badge(results: Record) -> str:
    """Return the badge as SVG: the interface version, the verdict and the day on which the run ended (UTC)."""
    name = one_line(f"OSIA {results['interfaceVersion'].partition('+')[0]}", 30)
    words, colour = _verdict(results)
    left_text, right_text = round(len(name) * _LETTER), round(len(words) * _LETTER)
    left, right = left_text + 2 * _PAD, right_text + 2 * _PAD
    title = f"{name}: {words}"
    return _SVG.format(
        width=left + right,
        height=_HEIGHT,
        label=escape(title),
        title=escape(title, quote=False),
        left=left,
        right=right,
        colour=colour,
        pad=_PAD,
        at=left + _PAD,
        left_text=left_text,
        right_text=right_text,
        name=escape(name, quote=False),
        words=escape(words, quote=False),
    )


def _verdict(results: Record) -> tuple[str, str]:
    """Return the words, and the colour behind them; a demonstration, a selection and a quick run say so."""
    verdict, day = results["verdict"], str(results["finished"] or results["started"])[:10]
    if results.get("demonstration", results["target"].get("embedded", False)):
        return f"demonstration, {day}", _COLOURS["demonstration"]
    kind = "selection" if results["selection"] else "quick" if results["effort"] == "quick" else ""
    words = " ".join(part for part in (_WORDS[verdict], f"({kind})" if kind else "") if part)
    return f"{words}, {day}", _COLOURS[verdict]
