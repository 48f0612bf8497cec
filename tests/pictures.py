"""The pictures of the README, made anew: `python -m tests.pictures` judges a server with four faults.

The terminal becomes docs/pictures/terminal.svg, the report docs/pictures/report.png. A test holds that every
requirement that the terminal names is still one of the register.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from osia_conformance.config.settings import Product, Settings
from osia_conformance.reports import publish
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.run.terminal import Terminal
from osia_conformance.standard.versions import newest
from osia_reference.app import create_app
from tests import violations
from tests.harness.browser import opened, started
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import URL, reference, settings
from tests.harness.proofs import listed
from tests.harness.running import ROOT

PLACE = ROOT / "docs" / "pictures"
TERMINAL, REPORT = PLACE / "terminal.svg", PLACE / "report.png"
FAULTS = ("finalize-ignored-by-patch", "find-swaps-less-and-greater", "delete-answers-a-body", "texts-squeezed")
WIDTH = 80
_SIZE = {"width": 1100, "height": 900}


class StillTerminal(Terminal):
    """A terminal without its live line, which a picture cannot show."""

    def _open(self) -> None:
        """Open no live line."""

    def _line(self, text: str, style: str | None = None) -> None:
        """Leave out the counts that stand for it in a log."""
        if "checks judged" not in text:
            super()._line(text, style)


def drawing(console: Console, place: str) -> str:
    """Return what the console shows as SVG that loads nothing from outside."""
    svg = console.export_svg(title="osia-conformance run")
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    return svg.replace(place, "reports").replace(URL, "https://gateway.example.org")


def server() -> Any:
    """Return a reference server with the four faults at once."""
    known = {one.name: one for one in listed(violations, "VIOLATIONS")}
    parts: dict[str, list[type]] = {}
    for name in FAULTS:
        for part, kind in known[name].parts.items():
            parts.setdefault(part, []).append(kind)
    mixed = {part: type("Faulty", tuple(kinds), {}) for part, kinds in parts.items()}
    return create_app(reference(newest()), **mixed)


def chosen(report: Path) -> Settings:
    """Return the settings of the run that is shown."""
    product = Product(vendor="Example Ltd", name="Example Enrollment", version="3.2")
    return replace(settings(newest()), product=product, report_dir=report, seed=1)


def main() -> int:
    """Make both pictures."""
    app = server()
    transport = AsgiTransport(app)
    console = Console(record=True, file=io.StringIO(), force_terminal=True, width=WIDTH, color_system="truecolor")
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "example"
        request = prepared(
            chosen(report), transport=transport, progress=StillTerminal(console), write_reports=publish, run_id="1" * 8
        )
        try:
            run_suites(request)
        finally:
            transport.close()
            app.close()
        PLACE.mkdir(exist_ok=True)
        TERMINAL.write_text(drawing(console, place), "utf-8")
        with started() as browser, opened(browser, report / "report.html", viewport=_SIZE) as page:
            page.screenshot(path=REPORT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
