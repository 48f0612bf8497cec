"""badge.svg: well formed, readable by those who cannot see it, and honest about weak runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from osia_conformance.reports import badge
from tests.unit.reports import journals

SVG = "{http://www.w3.org/2000/svg}"

RUNS: list[tuple[dict[str, Any], str]] = [
    ({}, "OSIA 1.0.0: conformant, 2026-01-02"),
    ({"verdict": "nonconformant"}, "OSIA 1.0.0: not conformant, 2026-01-02"),
    ({"verdict": "incomplete", "selection": True}, "OSIA 1.0.0: incomplete (selection), 2026-01-02"),
    ({"effort": "quick"}, "OSIA 1.0.0: conformant (quick), 2026-01-02"),
    ({"demonstration": True}, "OSIA 1.0.0: demonstration, 2026-01-02"),
    ({"finished": None, "verdict": "incomplete"}, "OSIA 1.0.0: incomplete, 2026-01-02"),
    ({"interfaceVersion": "1.2.1+osia.6.0.1"}, "OSIA 1.2.1: conformant, 2026-01-02"),
]


@pytest.mark.parametrize(("changes", "said"), RUNS)
def test_it_says_verdict_version_and_date(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    results, records = journals.conformant()
    path = badge.write({**results, **changes}, records, tmp_path)
    root = ElementTree.parse(path).getroot()
    assert root.get("aria-label") == said
    assert root.findtext(f"{SVG}title") == said
    assert ": ".join(text.text or "" for text in root.iter(f"{SVG}text")) == said
    assert root.get("role") == "img"


def test_markup_is_text() -> None:
    results, _ = journals.conformant()
    root = ElementTree.fromstring(badge.badge({**results, "interfaceVersion": '"><script>x</script>'}))
    assert {element.tag for element in root.iter()} == {
        f"{SVG}{name}" for name in ("svg", "title", "rect", "g", "text")
    }
