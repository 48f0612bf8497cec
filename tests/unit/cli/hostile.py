"""What tests of hostile reports share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.evidence import making


def expect_a_sentence(code: int, capsys: pytest.CaptureFixture[str], *codes: int) -> str:
    said = capsys.readouterr()
    assert code in codes, said
    assert "Traceback" not in said.err
    return said.out + said.err


def unfinished(place: Path, url: str, *names: str) -> Path:
    """Write a report whose journal says that a run left enrollments of these ids at a URL."""
    making.written(place, target={"url": url, "embedded": False})
    created = [{"kind": "created", "enrollment": name, "check": "create/one"} for name in names]
    making.rewrite_journal(place, lambda lines: [*lines[:-1], *created])
    return place


def shards(place: Path) -> list[Path]:
    """Write the two shards of a run."""
    made = []
    for index in (1, 2):
        directory = making.written(place / f"s{index}", shard={"index": index, "of": 2})
        making.rewrite_journal(directory, lambda lines: [one for one in lines if one["kind"] != "check"])
        making.rewrite_reports(directory, making.small_register())
        made.append(directory)
    return made
