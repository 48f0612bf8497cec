"""`--shard I/N` and `merge`: several machines come to what one comes to, and never to more."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.cli import main
from osia_conformance.config.settings import Settings
from osia_conformance.config.shard import Shard, shard_of
from osia_conformance.run.run_request import StartError, prepared
from osia_conformance.verdict import journal
from tests.harness import lab
from tests.harness.judging import settings

SHARDS = ("1/2", "2/2")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Judge a broken server whole and in two shards; return the report directories, the merged one among them."""
    place = tmp_path_factory.mktemp("shards")
    found = {"whole": place / "whole", **{name: place / name.replace("/", "-of-") for name in SHARDS}}
    for name, directory in found.items():
        chosen = settings() if name == "whole" else replace(settings(), shard=name)
        lab.run(directory, chosen=chosen, **lab.BROKEN)
    found["merged"] = place / "merged"
    assert merge(found["merged"], found["1/2"], found["2/2"]) == 1
    return found


def merge(into: Path, *shards: Path) -> int:
    return main(["merge", *map(str, shards), "--report-dir", str(into)])


def results(directory: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((directory / "results.json").read_bytes())
    return loaded


def outcomes(directory: Path) -> dict[str, list[tuple[str, str]]]:
    return {
        entry["id"]: [(entry["outcome"], ""), *((check["id"], check["outcome"]) for check in entry["checks"])]
        for entry in results(directory)["requirements"]
    }


def test_merged_shards_come_to_what_one_run_comes_to(reports: dict[str, Path]) -> None:
    assert results(reports["merged"])["verdict"] == results(reports["whole"])["verdict"] == "nonconformant"
    assert outcomes(reports["merged"]) == outcomes(reports["whole"])
    assert results(reports["merged"])["shards"] == {"of": 2, "present": [1, 2]}


def test_a_shard_alone_says_that_it_is_one(reports: dict[str, Path]) -> None:
    for number, name in enumerate(SHARDS, start=1):
        alone = results(reports[name])
        assert f"only shard {number} of 2 was run" in alone["reasons"]
        reasons = {check["reason"] for entry in alone["requirements"] for check in entry["checks"]}
        assert "another shard judges this check" in reasons


def test_every_check_is_judged_in_one_shard(reports: dict[str, Path]) -> None:
    judged = Counter((line["requirement"], line["id"]) for name in SHARDS for line in checks(reports[name]))
    whole = {(line["requirement"], line["id"]) for line in checks(reports["whole"])}
    assert set(judged) == whole
    assert set(judged.values()) == {1}


def checks(directory: Path) -> list[dict[str, Any]]:
    return [line for line in journal.read(directory) if line["kind"] == "check"]


def test_the_merged_journal_holds_the_lines_of_its_shards(reports: dict[str, Path]) -> None:
    lines = set((reports["merged"] / journal.FILE).read_bytes().splitlines())
    for name in SHARDS:
        own = (reports[name] / journal.FILE).read_bytes().splitlines()
        kept = {line for line in own if json.loads(line)["kind"] not in ("header", "footer")}
        assert kept <= lines
    names = [line["id"] for line in journal.read(reports["merged"]) if line["kind"] == "exchange"]
    assert len(names) == len(set(names))


def test_a_merged_report_is_signed_verified_rebuilt_and_compared(
    reports: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, report = tmp_path / "key.pem", tmp_path / "report"
    shutil.copytree(reports["merged"], report)
    assert main(["keygen", "--out", str(key)]) == 0
    assert main(["report", str(report)]) == 0
    assert main(["sign", str(report), "--key", f"file:{key}"]) == 0
    assert main(["verify", str(report), "--key", str(key.with_suffix(".pub"))]) == 0
    assert main(["compare", str(reports["whole"]), str(report)]) == 0
    assert "nonconformant" in capsys.readouterr().out


def test_a_missing_shard_leaves_the_run_incomplete(reports: dict[str, Path], tmp_path: Path) -> None:
    merge(tmp_path / "half", reports["2/2"])
    half = results(tmp_path / "half")
    assert "only shard 2 of 2 was run" in half["reasons"]
    untested = [entry for entry in half["requirements"] if entry["outcome"] == "untested"]
    assert untested


def test_a_shard_that_was_cut_off_leaves_the_run_cut_off(reports: dict[str, Path], tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.mkdir()
    lines = (reports["2/2"] / journal.FILE).read_bytes().splitlines(keepends=True)
    (cut / journal.FILE).write_bytes(b"".join(line for line in lines if not line.startswith(b'{"kind":"footer"')))
    if (reports["2/2"] / journal.BODIES).exists():
        shutil.copytree(reports["2/2"] / journal.BODIES, cut / journal.BODIES)
    merge(tmp_path / "merged", reports["1/2"], cut)
    assert results(tmp_path / "merged")["ending"] == "cut off"


def changed(source: Path, place: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Return a copy of a report whose header was changed."""
    shutil.copytree(source, place)
    first, _, rest = (place / journal.FILE).read_bytes().partition(b"\n")
    header = json.loads(first)
    change(header)
    (place / journal.FILE).write_bytes(json.dumps(header, separators=(",", ":")).encode() + b"\n" + rest)
    return place


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "seed": lambda header: header.update(seed=2),
    "effort": lambda header: header.update(effort="thorough"),
    "interfaceVersion": lambda header: header.update(interfaceVersion="1.3.0"),
    "tool": lambda header: header["tool"].update(version="0.0.1"),
    "sources": lambda header: header["sources"].update(suite="0" * 64),
    "target": lambda header: header["target"].update(url="http://127.0.0.1:2"),
    "configuration": lambda header: header["configuration"]["target"].update(timeout=3),
    "product": lambda header: header["product"].update(name="another"),
    "packages": lambda header: header["environment"]["packages"].update(hypothesis="1"),
    "one of 3": lambda header: header["shard"].update(of=3, index=3),
}


@pytest.mark.parametrize("name", CHANGES)
def test_shards_of_different_runs_are_refused(
    name: str, reports: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = changed(reports["2/2"], tmp_path / "other", CHANGES[name])
    if name == "one of 3":
        lines = (other / journal.FILE).read_bytes().splitlines(keepends=True)
        (other / journal.FILE).write_bytes(b"".join(line for line in lines if not line.startswith(b'{"kind":"check"')))
    assert merge(tmp_path / "merged", reports["1/2"], other) == 64
    error = capsys.readouterr().err
    assert "no shard of the run in" in error
    assert name in error
    assert not (tmp_path / "merged").exists()


def test_a_shard_that_is_named_twice_is_refused(
    reports: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert merge(tmp_path / "merged", reports["1/2"], reports["2/2"], reports["1/2"]) == 64
    assert "both hold shard 1 of 2" in capsys.readouterr().err


def test_a_check_of_another_shard_is_refused(
    reports: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = changed(reports["2/2"], tmp_path / "other", lambda header: header["shard"].update(index=1))
    assert merge(tmp_path / "merged", other) == 64
    assert "is no check of shard 1" in capsys.readouterr().err


def test_a_run_that_was_no_shard_is_refused(
    reports: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert merge(tmp_path / "merged", reports["whole"]) == 64
    assert "was no shard" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "0/2", "3/2", "1", "1/0", "a/b", "1/1001", " 1/2"])
def test_what_is_no_shard_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="no shard"):
        shard_of(text)
    assert main(["run", "--shard", text, "--seed", "1"]) == 64
    assert "I/N" in capsys.readouterr().err


def test_a_shard_needs_a_seed_that_is_stated() -> None:
    with pytest.raises(StartError, match="state the same --seed"):
        prepared(Settings(demonstration=True, shard="1/2"))


def test_each_check_is_in_one_share_whatever_the_order() -> None:
    names = [f"subject/check{number}" for number in range(500)]
    for of in (1, 2, 3, 7):
        shares = [{name for name in names if Shard(index, of).has("ENR-X-01", name)} for index in range(1, of + 1)]
        assert sorted(name for share in shares for name in share) == sorted(names)
        assert all(shares)
