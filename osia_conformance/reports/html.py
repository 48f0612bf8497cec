"""`report.html`: the run for people. One file, nothing loaded from outside, readable without a script.

`view` works out what the template shows; the template, `report.html.j2` with `report.css`, only lays it out.
`report.js` adds sorting, search, copying and filters kept in the address for those who have scripts; the page's
policy lets no other one run, by hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup, escape

from osia_conformance.reports.clauses import clause_words
from osia_conformance.reports.exchanges import Record, gather
from osia_conformance.reports.moments import minute
from osia_conformance.reports.templates import page_environment
from osia_conformance.reports.view import view
from osia_conformance.standard.interface import TITLE
from osia_conformance.support import files
from osia_conformance.support.text import one_line, visible
from osia_conformance.verdict.report_files import HTML

HERE = Path(__file__).parent


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results`, with the journal's evidence, to `report.html` under `directory`; return its path."""
    script = (HERE / "report.js").read_text("utf-8")
    shown = {**view(results, gather(records, directory)), "script": Markup(script), "script_hash": _hash(script)}  # noqa: S704 - our own file
    return files.write(directory / HTML, _template().generate(shown))


@cache
def _template() -> Template:
    environment = page_environment(HERE)
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.filters["pretty"] = files.as_json
    environment.filters["ms"] = _milliseconds
    environment.filters["minute"] = minute
    environment.filters["breakable"] = _breakable
    environment.filters["worded"] = _worded
    environment.filters["clipped"] = one_line
    environment.filters["clause"] = clause_words
    environment.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    environment.filters["coded"] = _coded
    environment.globals["interface"] = TITLE
    return environment.get_template("report.html.j2")


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")


def _breakable(text: str) -> Markup:
    """Return an id that a narrow screen breaks behind its hyphens."""
    return Markup("-<wbr>").join(visible(text).split("-"))


def _worded(text: str) -> Markup:
    """Return an operationId that a narrow screen breaks between its words."""
    return Markup("<wbr>").join(re.split(r"(?<=[a-z])(?=[A-Z])", visible(text)))


def _coded(text: str) -> Markup:
    """Return a sentence of the register with what stands between backticks as code."""
    parts = visible(text).split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _milliseconds(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"  # noqa: PLR2004 - where fractions stop to matter
