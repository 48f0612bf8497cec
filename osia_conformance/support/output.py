"""Standard output and error that never end a command: who stops reading has no say in an exit code."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TextIO


class Output:
    """A text stream that goes silent where it can no longer be written; `error` says why."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.error: OSError | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write the text, unless that failed before."""
        self._unless_lost(lambda: self._stream.write(text))
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        """Write each of the texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Bring what was written on its way."""
        self._unless_lost(self._stream.flush)

    def _unless_lost(self, act: Any) -> None:
        if self.error is not None:
            return
        try:
            act()
        except OSError as error:
            self.error = error
            # What still waits in the stream's own buffer must not fail once more when the process ends.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    @property
    def lost(self) -> str | None:
        """Why the output is not whole; None where all was written, or the reader had seen enough."""
        if self.error is None or self.error.errno == errno.EPIPE:
            return None
        return self.error.strerror or "it cannot be written"


@contextmanager
def standard() -> Iterator[tuple[Output, Output]]:
    """Put an Output in the place of stdout and of stderr; a closed one is one that nobody reads."""
    before = sys.stdout, sys.stderr
    with ExitStack() as opened:
        out, error = (Output(_open(stream, opened)) for stream in before)
        sys.stdout, sys.stderr = out, error
        try:
            yield out, error
        finally:
            out.flush()
            error.flush()
            sys.stdout, sys.stderr = before


def _open(stream: TextIO | None, opened: ExitStack) -> TextIO:
    if stream is None:
        return opened.enter_context(open(os.devnull, "w", encoding="utf-8"))
    if isinstance(stream, io.TextIOWrapper):
        # What a terminal cannot show is written as an escape; it must not end a run.
        stream.reconfigure(errors="backslashreplace")
    return stream
