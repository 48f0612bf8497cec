"""A report's files are read to their ends, whatever a single read brings."""

from __future__ import annotations

import hashlib
from io import FileIO
from pathlib import Path

import pytest

from osia_conformance.evidence import files
from osia_conformance.verdict.journal import FILE
from osia_conformance.verdict.report_files import ALLURE


class Slow(FileIO):
    """A file of which each read brings ten thousand bytes at most."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(10_000, size) if size and size > 0 else 10_000)


@pytest.mark.parametrize("size", [0, 9_999, 1 << 16, (1 << 16) + 1, 1 << 18])
def test_a_read_that_brings_less_than_was_asked_for_is_no_end(
    size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytes(number % 251 for number in range(size))
    (tmp_path / ALLURE).mkdir()
    for name in (FILE, f"{ALLURE}/one"):
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(files, "FileIO", Slow)
    with files.snapshot(tmp_path) as taken:
        assert set(taken.digests.values()) == {hashlib.sha256(content).hexdigest()}
        assert [taken.content(name) for name in taken.digests] == [content, content]
