"""Jinja templates of pages: one way to lay out what is untrusted, and each compiled once for an installation."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from osia_conformance.support import files
from osia_conformance.support.text import visible


def page_environment(folder: Path) -> Environment:
    """Return what renders the templates of `folder` as HTML: text is escaped, its invisible characters are shown, and a
    name that the page was not given raises UndefinedError."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        # To look for what is constant takes longer than it spares a template that is used once.
        optimized=False,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledTemplates(),
    )


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates where and when Python keeps compiled modules: to compile one takes a tenth of `verify`.

    What was compiled from another text, by other options or for another Python is compiled anew.
    """

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the path of a compiled template."""
        return importlib.util.cache_from_source(filename or name)

    def get_source_checksum(self, source: str) -> str:
        """Return a checksum of a template and of this module, which has the options it is compiled with."""
        return hashlib.sha256(Path(__file__).read_bytes() + source.encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a bucket the code that was kept for it, if there is any."""
        with suppress(OSError):
            bucket.bytecode_from_string(Path(bucket.key).read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a bucket, where that can be done."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                files.write(Path(bucket.key), [bucket.bytecode_to_string()])


def _printable(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
