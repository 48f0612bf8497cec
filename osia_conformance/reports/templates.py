"""Jinja templates of pages: one way to lay out what is untrusted, and each compiled once for an installation."""

from __future__ import annotations

import hashlib
import importlib.util
import marshal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket, bc_magic
from markupsafe import Markup

from osia_conformance.support import files
from osia_conformance.support.text import visible

_DIGEST = hashlib.sha256().digest_size


def page_environment(folder: Path) -> Environment:
    """Return what renders the templates of `folder` as HTML: text is escaped, its invisible characters are shown, and a
    name that the page was not given raises UndefinedError."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=CompiledTemplates(),
    )


class CompiledTemplates(BytecodeCache):
    """Keeps compiled templates where, and when, Python keeps compiled modules: to compile one takes 0.1 to 0.2 s.

    What was compiled from another text, by other options, another Jinja or another Python is compiled anew, and so is
    what was damaged.
    """

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the path of a compiled template."""
        return importlib.util.cache_from_source(filename or name)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a bucket the code that was kept for it, if there is any."""
        with suppress(OSError):
            kept = Path(bucket.key).read_bytes()
            digest, code = kept[:_DIGEST], kept[_DIGEST:]
            if digest == _digest(bucket, code):
                bucket.code = marshal.loads(code)  # noqa: S302 - written here, beside modules that Python loads so

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a bucket, where that can be done; whoever may read this module may read it."""
        if not sys.dont_write_bytecode:
            code, path = marshal.dumps(bucket.code), Path(bucket.key)
            with suppress(OSError):
                files.write(path, [_digest(bucket, code), code]).chmod(Path(__file__).stat().st_mode & 0o666)


def _digest(bucket: Bucket, code: bytes) -> bytes:
    """Return the SHA-256 of compiled code and of all that it depends on."""
    options = bucket.environment
    layout = options.autoescape, options.trim_blocks, options.lstrip_blocks, options.finalize is None
    return hashlib.sha256(repr((bc_magic, jinja2.__version__, layout, bucket.checksum)).encode() + code).digest()


def _printable(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
