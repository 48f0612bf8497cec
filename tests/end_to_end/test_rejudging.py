"""verify --replay-judgements: outcomes that the recorded exchanges contradict are found, without a target."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run.rejudging import rejudge
from osia_conformance.verdict import journal
from tests.harness import lab

PART = ("--osia-only=ENR-DELETE", "--osia-only=ENR-READ-01", "--osia-only=ENR-FIND-01")
Record = dict[str, Any]


@pytest.fixture(scope="module", name="recorded")
def recorded_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run against a server that deletes nothing."""
    directory = tmp_path_factory.mktemp("rejudged") / "report"
    lab.run(directory, PART, **lab.BROKEN)
    return directory


def outcomes(records: list[Record]) -> dict[str, int]:
    found = [line["outcome"] for line in records if line["kind"] == "check"]
    return {name: found.count(name) for name in ("passed", "failed")}


def test_what_was_judged_comes_out_the_same_again(recorded: Path) -> None:
    records = journal.read(recorded)
    counts = outcomes(records)
    assert all(counts.values())
    again = rejudge(records, recorded)
    assert (again.contradicted, again.open_ones) == ((), ())
    assert again.same == sum(counts.values())


def flipped(name: str) -> Callable[[Record], Record]:
    """Return what turns an outcome into the other one."""
    other = {"failed": "passed", "passed": "failed"}[name]

    def flip(line: Record) -> Record:
        decided = line["kind"] == "check" and line["outcome"] == name
        return {**line, "outcome": other, "reason": None, "expected": None, "actual": None} if decided else line

    return flip


def test_failures_that_were_edited_are_contradicted_by_the_exchanges(recorded: Path) -> None:
    records = journal.read(recorded)
    again = rejudge([flipped("failed")(line) for line in records], recorded)
    assert len(again.contradicted) == outcomes(records)["failed"]
    assert all("and its recorded exchanges give failed: " in sentence for sentence in again.contradicted)


def test_a_failure_that_the_exchanges_do_not_show_is_listed(recorded: Path) -> None:
    records = journal.read(recorded)
    again = rejudge([flipped("passed")(line) for line in records], recorded)
    assert again.contradicted == ()
    assert len(again.open_ones) == outcomes(records)["passed"]


def test_one_edited_outcome_among_many_is_named(recorded: Path) -> None:
    records = journal.read(recorded)
    place = next(n for n, line in enumerate(records) if line["kind"] == "check" and line["outcome"] == "failed")
    line = records[place]
    records[place] = flipped("failed")(line)
    (sentence,) = rejudge(records, recorded).contradicted
    assert sentence.startswith(f"journal.jsonl: {line['requirement']} {line['id']} is recorded as passed, and ")


def test_what_cannot_be_judged_again_is_listed(recorded: Path) -> None:
    records = journal.read(recorded)
    without = [line for line in records if line["kind"] != "exchange" or line["request"]["method"] != "DELETE"]
    again = rejudge(without, recorded)
    assert again.contradicted == ()
    assert {key[0] for key, _ in again.open_ones} >= {"ENR-DELETE-01", "ENR-DELETE-02"}
    assert all(reason for _, reason in again.open_ones)


def test_a_check_that_nobody_has_is_listed(recorded: Path) -> None:
    records = journal.read(recorded)
    made_up = {**next(line for line in records if line["kind"] == "check"), "id": "read/made-up", "outcome": "passed"}
    again = rejudge([*records, made_up], recorded)
    assert [(key[1], reason) for key, reason in again.open_ones] == [("read/made-up", "this suite does not have it")]
