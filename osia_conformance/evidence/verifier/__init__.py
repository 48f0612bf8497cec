"""`verify.html`: a verifier without Python, one page that opens offline, loads nothing and sends nothing.

The page is made of `verify.html.j2`, `verify.css` and `verify.js` beside this file, always to the same bytes; its
policy lets its own script run, by hash, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from markupsafe import Markup

from osia_conformance import __version__
from osia_conformance.reports.templates import page_environment
from osia_conformance.support import files
from osia_conformance.support.secrets import ConfigurationError

FILE = "verify.html"
HERE = Path(__file__).parent


def page() -> str:
    """Return the page as HTML."""
    script, style = ((HERE / name).read_text("utf-8") for name in ("verify.js", "verify.css"))
    return (
        page_environment(HERE)
        .get_template("verify.html.j2")
        .render(
            version=__version__,
            script=Markup(script),  # noqa: S704 - our own file
            style=Markup(style),  # noqa: S704 - our own file
            script_hash=_hash(script),
            style_hash=_hash(style),
        )
    )


def write(path: Path) -> str:
    """Write the page to the new file `path` and return its SHA-256 (hex), by which anybody can tell it again.

    Raises ConfigurationError if the file is there already or cannot be written.
    """
    if path.exists():
        raise ConfigurationError(f"verifier: {path} is there already; name another file.")
    data = page().encode("utf-8")
    try:
        files.write(path, [data])
    except OSError as error:
        raise ConfigurationError(f"verifier: {path} cannot be written: {error.strerror}.") from None
    return hashlib.sha256(data).hexdigest()


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
