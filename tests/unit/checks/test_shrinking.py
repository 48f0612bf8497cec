"""A failing example is made smaller within a budget, is kept, and comes first when what failed runs again."""

from __future__ import annotations

import base64
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run.selection import Selection, as_before
from osia_conformance.target import shrink_budget
from osia_conformance.target.shrink_budget import ShrinkBudget
from osia_conformance.verdict import journal
from osia_conformance.verdict.checked_journal import JournalError
from osia_conformance.verdict.kept_examples import MOST_BYTES, KeptExample, kept_examples
from osia_reference.enrollments import Enrollments
from tests.harness import lab
from tests.harness.judging import settings

SEQUENCES, GENERATED = "ENR-LIFE-03", "ENR-GENERATED-03-CREATE"
ONLY = (f"--osia-only={SEQUENCES}", f"--osia-only={GENERATED}")


class LosesPatches(Enrollments):
    """Takes any body of a create, and loses what a patch says."""

    def validate(self, operation: str, body: Any) -> None:
        if operation != "createEnrollment" or not isinstance(body, dict):
            super().validate(operation, body)

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().patch(enrollment_id, {}, finalize=finalize)


class Report:
    """The journal of a run in a directory, its exchanges by check."""

    def __init__(self, directory: Path) -> None:
        self.records = journal.read(directory)
        self.checks = {line["id"]: line for line in self.records if line["kind"] == "check"}
        self.failed = {name for name, line in self.checks.items() if line["outcome"] == "failed"}
        self.calls = Counter(line["check"] for line in self.records if line["kind"] == "exchange")
        self.kept = kept_examples(directory)

    def shown(self, check: str) -> list[tuple[str, int]]:
        """Return operation and code of each exchange that shows a failure."""
        known = {line["id"]: line for line in self.records if line["kind"] == "exchange"}
        return [
            (known[name]["operation"], known[name]["response"]["status"]) for name in self.checks[check]["evidence"]
        ]


def judged(directory: Path, *arguments: str, server: type[Enrollments] = Enrollments, **chosen: Any) -> Report:
    """Run the sequences and one check on generated bodies at standard effort."""
    lab.run(
        directory,
        arguments or ONLY,
        chosen=replace(settings(), effort="standard", **chosen),
        write_reports=lambda *_: None,
        enrollments=server,
    )
    return Report(directory)


def judged_again(directory: Path, recorded: Path, server: type[Enrollments] = LosesPatches) -> Report:
    again = as_before(Selection(failed=recorded), settings(), effort=True)
    return judged(directory, f"--osia-rerun-failed={recorded}", server=server, reruns=again.reruns)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("recorded") / "report"
    judged(directory, server=LosesPatches)
    return directory


def test_each_failing_check_keeps_the_example_that_showed_it(recorded):
    report = Report(recorded)
    assert {name.partition("/")[0] for name in report.failed} >= {"generated", "state_machine"}
    assert set(report.kept) == {name for name in report.failed if not name.startswith("lifecycle")}
    assert any(kept.choices for kept in report.kept.values())


def test_a_failure_is_made_smaller(recorded):
    report = Report(recorded)
    lengths = [len(report.shown(name)) for name in report.failed if name.startswith("state_machine")]
    # An enrollment for the check, one of the sequence, the patch that is lost, and what is read of it.
    assert min(lengths) <= 6


def test_what_is_tried_to_make_failures_smaller_stays_within_the_budget(recorded, tmp_path):
    conforming = judged(tmp_path / "report")
    more = Report(recorded).calls.total() - conforming.calls.total()
    # A sequence that was begun is sent to its end.
    assert more <= shrink_budget.CALLS["standard"] + 100


def test_what_failed_begins_with_the_kept_example_and_searches_no_more(recorded, tmp_path):
    before, again = Report(recorded), judged_again(tmp_path / "report", recorded)
    assert again.failed == before.failed
    assert {name: again.shown(name) for name in again.failed} == {name: before.shown(name) for name in before.failed}
    # What a sequence needs, the sequence, and the deletion of what it made.
    assert all(again.calls[name] <= len(again.shown(name)) + 60 for name in again.failed)
    assert again.calls.total() < before.calls.total() / 2


def test_what_failed_again_is_kept_again(recorded, tmp_path):
    again = judged_again(tmp_path / "report", recorded)
    assert again.kept == Report(recorded).kept


def test_what_no_longer_fails_is_judged_on_all_examples(recorded, tmp_path):
    mended = judged_again(tmp_path / "report", recorded, server=Enrollments)
    assert {line["outcome"] for line in mended.checks.values()} == {"passed"}
    generated = next(name for name in mended.checks if name.startswith("generated"))
    assert mended.calls[generated] > 15


def test_without_a_budget_a_failure_is_shown_and_kept_as_it_was_found(monkeypatch, tmp_path):
    monkeypatch.setattr(shrink_budget, "CALLS", {"standard": 0})
    report = judged(tmp_path / "report", f"--osia-only={GENERATED}", server=LosesPatches)
    (name,) = report.failed
    assert report.kept[name].number is not None
    again = judged_again(tmp_path / "again", tmp_path / "report")
    assert again.shown(name) == report.shown(name)


def test_of_one_symptom_only_the_first_failure_is_made_smaller():
    budget = ShrinkBudget("standard", 1)
    spent = budget.allowance(lambda: 0)
    assert not budget.knows("one")
    budget.settle(spent, "one")
    assert budget.knows("one")
    assert not budget.knows("another")


def test_the_budget_of_a_run_is_shared_out_to_its_sessions_and_checks():
    sent = 0
    budget = ShrinkBudget("standard", 3)
    first = budget.allowance(lambda: sent)
    sent = 149
    assert not first.is_over
    sent = 150
    assert first.is_over
    budget.settle(first, "one")
    second = budget.allowance(lambda: sent)
    sent = 150 + 75
    assert second.is_over
    budget.settle(second, "another")
    calls = iter(range(0, 4_000, 100))
    for symptom in range(20):
        budget.settle(budget.allowance(lambda: next(calls)), symptom)
    assert budget.is_spent


def rewritten(recorded: Path, place: Path, **members: Any) -> Path:
    """Return a report whose kept examples say something else."""
    lines = []
    for line in journal.read(recorded):
        told = line
        if line["kind"] == "example":
            told = {name: value for name, value in line.items() if name not in ("number", "choices")} | members
        lines.append(json.dumps(told))
    place.mkdir()
    (place / "journal.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return place


JUNK = [b"", b"\xff" * 40, bytes(range(256)), b"\x5f\xff\xff\xff\xff\xff\xff\xff\xff\xff"]


@pytest.mark.parametrize("choices", JUNK, ids=["empty", "no-choice", "any-bytes", "an-endless-size"])
def test_choices_that_are_none_of_ours_find_what_the_search_finds(recorded, tmp_path, choices):
    place = rewritten(recorded, tmp_path / "report", choices=base64.b64encode(choices).decode())
    again = judged_again(tmp_path / "again", place)
    assert again.failed == Report(recorded).failed


def test_a_number_beyond_the_examples_is_passed_over(recorded, tmp_path):
    again = judged_again(tmp_path / "again", rewritten(recorded, tmp_path / "report", number=99_999))
    assert again.failed == Report(recorded).failed


@pytest.mark.parametrize(
    "members",
    [
        {"choices": "A" * 4 * (MOST_BYTES // 3 + 2)},
        {"choices": "!!!!"},
        {"choices": ["AAAA"]},
        {"number": -1},
        {"number": 0, "choices": ""},
        {"value": {"any": "thing"}},
    ],
    ids=["too-long", "no-base64", "a-list", "negative", "both", "a-value"],
)
def test_a_kept_example_that_does_not_fit_the_schema_is_refused(recorded, tmp_path, members):
    place = rewritten(recorded, tmp_path / "report", **members)
    with pytest.raises(JournalError, match="not as the journal's schema has it"):
        kept_examples(place)


def test_a_kept_example_is_read_as_it_was_written():
    for kept in (KeptExample("one", number=3), KeptExample("two", choices=b"\0\xff")):
        assert KeptExample.of_line({"kind": "example", "check": "x", **kept.as_members()}) == kept
