"""The certificate's bytes: PDF 1.7, PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1), by typst.

The document goes to the template as a JSON file beside it, never as markup, so that nothing in a report is
interpreted. Fonts are the library's own, the date is the run's and nothing is loaded: the same report gives the
same bytes with the same release of the library.
"""

from __future__ import annotations

import io
import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from osia_conformance.reports.certificate.blocks import Document
from osia_conformance.support.files import ReportError

MISSING = (
    "certificate.pdf needs the packages typst and segno, which are not installed; install them with "
    "`pip install 'osia-conformance[pdf]'`"
)
STANDARDS = ("a-2a", "ua-1")
TEMPLATE = "template.typ"
_CREATOR = re.compile(rb"<xmp:CreatorTool>([^<]{1,80})</xmp:CreatorTool>")


class MissingPackage(ReportError):
    """What writes PDF is an extra of the package, and is not installed; the message says how to get it."""


def check_installed() -> None:
    """Raise MissingPackage if what writes PDF is not installed."""
    try:
        import segno  # noqa: F401, PLC0415 - an extra
        import typst  # noqa: F401, PLC0415 - an extra
    except ImportError:
        raise MissingPackage(f"{MISSING}.") from None


def pdf(document: Document) -> bytes:
    """Return the document as PDF. Raises MissingPackage if the library is not installed."""
    check_installed()
    import typst  # noqa: PLC0415 - an extra, and slow to load

    template = Path(__file__).with_name(TEMPLATE).read_bytes()
    data = json.dumps(asdict(document), ensure_ascii=True).encode("ascii")
    files = {"main.typ": template, "document.json": data, "code.svg": qr_code(document.cover.code)}
    # The library's type hints do not know of several files by name.
    compile_files: Any = typst.compile
    made: bytes = compile_files(
        files, format="pdf", pdf_standards=list(STANDARDS), ignore_system_fonts=True, timestamp=0
    )
    return made


def is_made_by_this_library(path: Path) -> bool:
    """Return whether the PDF file at `path` names the release of the library that is installed here.

    Another release may write other bytes for the same document. Raises OSError if the file cannot be read.
    """
    try:
        check_installed()
    except MissingPackage:
        return False
    import typst  # noqa: PLC0415 - an extra, and slow to load

    own = _CREATOR.search(typst.compile(b"", format="pdf", pdf_standards=["a-2b"], timestamp=0))
    found = _CREATOR.search(path.read_bytes())
    return own is not None and found is not None and own[1] == found[1]


def qr_code(text: str) -> bytes:
    """Return a QR code (ISO/IEC 18004) of `text` as SVG. Raises MissingPackage if the library is not installed."""
    check_installed()
    import segno  # noqa: PLC0415 - an extra

    drawn = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, border=2, light="#fff")
    return drawn.getvalue()
