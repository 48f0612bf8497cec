"""Shards of somebody else, merged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.cli import main
from tests.unit.cli.hostile import expect_a_sentence, shards
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case
from tests.unit.support.test_files import pipe

Record = dict[str, Any]
Change = Callable[[list[Record]], list[Record]]


def test_merge_verifies_each_shard(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = shards(tmp_path)
    command = ["merge", *map(str, parts), "--report-dir"]
    assert "is missing, so the report is not signed" in expect_a_sentence(
        main([*command, str(tmp_path / "m0"), "--key", str(case.public)]), capsys, 64
    )
    for part in parts:
        assert main(["sign", str(part), "--key", f"file:{case.key}"]) == 0
    expect_a_sentence(main([*command, str(tmp_path / "m1"), "--key", str(case.public)]), capsys, 1, 2)
    stranger = str(tmp_path / "stranger.pub")
    expect_a_sentence(main([*command, str(tmp_path / "m2"), "--key", stranger]), capsys, 64)
    # A signature that is there and does not hold is refused without a key, too.
    making.rewrite_journal(parts[1], lambda lines: [{**lines[0], "workers": 2}, *lines[1:]])
    said = expect_a_sentence(main([*command, str(tmp_path / "m3")]), capsys, 64)
    assert "it is signed, and not as it was signed: journal.jsonl is another" in said
    assert not any((tmp_path / name).exists() for name in ("m0", "m2", "m3"))


def weaker(lines: list[Record]) -> list[Record]:
    lines[1]["requirements"][0]["level"] = "MAY"
    return lines


def fewer(lines: list[Record]) -> list[Record]:
    lines[1]["requirements"].pop()
    return lines


def of_other_words(lines: list[Record]) -> list[Record]:
    lines[1]["requirements"][0]["title"] = "It is answered"
    return lines


def none_at_all(lines: list[Record]) -> list[Record]:
    return [line for line in lines if line["kind"] != "register"]


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("change", [weaker, fewer, of_other_words, none_at_all])
def test_merge_takes_no_shards_of_different_registers(
    change: Change, index: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = shards(tmp_path)
    making.rewrite_journal(parts[index], change)
    said = expect_a_sentence(main(["merge", *map(str, parts), "--report-dir", str(tmp_path / "m")]), capsys, 64)
    assert "they were judged by different registers" in said


def other_content(body: Path) -> None:
    body.write_bytes(b"{}")


def cut(body: Path) -> None:
    body.write_bytes(body.read_bytes()[:-1])


def gone(body: Path) -> None:
    body.unlink()


def link(body: Path) -> None:
    body.rename(body.parents[2] / "body")
    body.symlink_to(body.parents[2] / "body")


@pytest.mark.parametrize("change", [other_content, cut, gone, link, pipe])
def test_merge_takes_no_body_under_a_false_name(
    change: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = shards(tmp_path)
    (body,) = (parts[1] / "bodies").iterdir()
    if change is pipe:
        body.unlink()
    change(body)
    expect_a_sentence(main(["merge", *map(str, parts), "--report-dir", str(tmp_path / "m")]), capsys, 64)
    assert not (tmp_path / "m" / "results.json").exists()
