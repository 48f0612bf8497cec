"""Where nobody reads, or nothing can be written: the exit code says what it would have said."""

from __future__ import annotations

import errno
import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from osia_conformance.cli import main


class Broken(io.StringIO):
    """A stream that fails from its second text on."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def write(self, text: str) -> int:
        if self.tell():
            raise OSError(self.number, "what the system says")
        return super().write(text)


def printing_to(stream: io.StringIO | None, *arguments: object) -> tuple[int, str]:
    """Return the exit code of the command line, and what it said on stderr."""
    said = io.StringIO()
    with redirect_stdout(stream), redirect_stderr(said):
        return main([str(argument) for argument in arguments]), said.getvalue()


def test_a_reader_that_goes_away_changes_no_exit_code(tmp_path: Path) -> None:
    gone = Broken(errno.EPIPE)
    assert printing_to(gone, "keygen", "--out", tmp_path / "k.pem") == (0, "")
    assert printing_to(gone, "keygen", "--out", tmp_path / "k.pem")[0] == 64
    assert printing_to(gone, "requirements") == (0, "")


def test_output_that_cannot_be_written_is_a_sentence_and_no_success() -> None:
    sentence = "osia-conformance: what was to be printed is not all there: what the system says.\n"
    assert printing_to(Broken(errno.ENOSPC), "requirements") == (70, sentence)


def test_without_stdout_and_stderr_a_command_does_its_work(tmp_path: Path) -> None:
    with redirect_stderr(None):
        assert main(["run", "--seed", "-1"]) == 64
        with redirect_stdout(None):
            assert main(["keygen", "--out", str(tmp_path / "k.pem")]) == 0
            assert sys.stdout is None
    assert (tmp_path / "k.pem").is_file()
