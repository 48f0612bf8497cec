"""verify --replay-judgements: outcomes that the recorded exchanges contradict are found, without a target."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run.rejudging import Rejudged, rejudge
from osia_conformance.support.polling import Clock
from osia_conformance.verdict import journal
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Store
from tests.harness import lab
from tests.harness.judging import reference
from tests.harness.running import ALONE, JWT_KEY, configured, hosted, osia, osia_here, suites_by_pytest

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
    return {name: found.count(name) for name in ("passed", "failed", "inapplicable") if name in found}


def test_what_was_judged_comes_out_the_same_again(recorded: Path) -> None:
    records = journal.read(recorded)
    counts = outcomes(records)
    assert all(counts.values())
    again = rejudge(records, recorded)
    assert (again.contradicted, again.open_ones) == ((), ())
    assert again.same == sum(counts.values())


def flipped(name: str, to: str = "") -> Callable[[Record], Record]:
    """Return what turns an outcome into the other one, or into `to`."""
    other = to or {"failed": "passed", "passed": "failed"}[name]

    def flip(line: Record) -> Record:
        decided = line["kind"] == "check" and line["outcome"] == name
        return {**line, "outcome": other, "reason": None, "expected": None, "actual": None} if decided else line

    return flip


@pytest.mark.parametrize("outcome", ["cantTell", "untested"])
def test_failures_that_were_edited_away_are_listed(outcome: str, recorded: Path) -> None:
    records = journal.read(recorded)
    edited = [flipped("failed", outcome)(line) for line in records]
    again = rejudge(edited, recorded)
    assert again.contradicted == ()
    assert len(again.open_ones) == outcomes(records)["failed"]
    assert {reason for _, reason in again.open_ones} == {f"it is recorded as {outcome}, and its exchanges give failed"}


def test_failures_that_were_edited_to_inapplicable_are_contradicted(recorded: Path) -> None:
    records = journal.read(recorded)
    edited = [flipped("failed", "inapplicable")(line) for line in records]
    again = rejudge(edited, recorded)
    assert len(again.contradicted) == outcomes(records)["failed"]
    assert all(
        " is recorded as inapplicable, and its recorded exchanges give failed: " in s for s in again.contradicted
    )
    assert again.open_ones == ()
    # Without its exchanges nobody can tell.
    bare = [line for line in edited if line["kind"] != "exchange"]
    again = rejudge(bare, recorded)
    assert again.contradicted == ()
    failed = {(line["requirement"], line["id"]) for line in records if line.get("outcome") == "failed"}
    assert failed <= {key for key, _ in again.open_ones}


def test_a_check_that_went_another_way_than_recorded_is_listed_and_first(recorded: Path) -> None:
    """One whose calls are not all recorded as its own may have been honest: it saw, or knew, more."""
    records = journal.read(recorded)
    edited = [flipped("failed", "inapplicable")(line) for line in records]
    failed = {line["id"] for line in records if line.get("outcome") == "failed"}
    # As if each had gone on to poll, and had been told something else.
    more = [
        {**line, "response": {**line["response"], "status": 299}}
        for line in edited
        if line["kind"] == "exchange" and line["check"] in failed
    ]
    footer = edited.pop()
    again = rejudge([*edited, *more, footer], recorded)
    assert again.contradicted == ()
    number = outcomes(records)["failed"]
    shown = [reason for _, reason in again.open_ones[:number]]
    assert shown == ["it is recorded as inapplicable, and its exchanges give failed"] * number


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


NEWEST = "1.3.1"
KEYED = ("ENR-CREDENTIAL", "ENR-ENCRYPTION", "ENR-INTEGRITY", "ENR-ANSWER-ENCRYPTION")
"""Where the checks stand that send what is made with keys of their own process."""
SOME = (*KEYED, "ENR-DELETE", "ENR-ERROR", "ENR-FIND", "ENR-READ", "ENR-ANSWER-ERROR")
"""Those, others that fail, and those that judge what all workers of a run have seen."""
WAYS = ("one thread", "4 threads", "2 processes")


@dataclass
class Elsewhere:
    """A run that other processes judged, of a server that deletes nothing, at the newest version."""

    directory: Path
    public: Path

    @cached_property
    def records(self) -> list[Record]:
        """The lines of its journal."""
        return journal.read(self.directory)

    @cached_property
    def again(self) -> Rejudged:
        """What comes of it when this process judges it again."""
        return rejudge(self.records, self.directory)


@contextmanager
def configuration(place: Path) -> Iterator[Path]:
    app = create_app(reference(NEWEST), **lab.BROKEN)
    with hosted(app) as url:
        yield configured(place, url, interface_version=NEWEST, visible_within=2)


def judged_elsewhere(place: Path, way: str) -> Elsewhere:
    key, report = place / "key.pem", place / "r"
    assert osia_here("keygen", "--out", key).returncode == 0
    with configuration(place) as file:
        if way == WAYS[2]:
            env = {**JWT_KEY, "OSIA_CONFIG": str(file), "OSIA_EFFORT": "quick", "OSIA_REPORT_DIR": str(report), **ALONE}
            done = suites_by_pytest("suites", "-p", "xdist", "-n", 2, *(f"--osia-only={one}" for one in SOME), env=env)
        else:
            workers = 1 if way == WAYS[0] else 4
            more = ("--effort", "quick", "--workers", workers, "--report-dir", report, "--only", *SOME)
            done = osia("run", "--config", file, *more, env=JWT_KEY)
    assert done.returncode == 1, done.stdout
    assert osia_here("sign", report, "--key", f"file:{key}").returncode == 0
    return Elsewhere(report, key.with_suffix(".pub"))


@pytest.fixture(scope="module", name="all_elsewhere")
def runs_elsewhere(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Elsewhere]:
    """The same run in each way, each judged by processes of its own."""
    return {way: judged_elsewhere(tmp_path_factory.mktemp("elsewhere"), way) for way in WAYS}


@pytest.fixture(params=WAYS, name="elsewhere")
def run_elsewhere(request: pytest.FixtureRequest, all_elsewhere: dict[str, Elsewhere]) -> Elsewhere:
    return all_elsewhere[request.param]


def test_an_honest_report_is_not_contradicted_by_another_process(elsewhere: Elsewhere) -> None:
    done = osia_here("verify", elsewhere.directory, "--key", elsewhere.public, "--replay-judgements")
    assert (done.returncode, done.stderr) == (2, "")
    assert "note: cannot be judged again: ENR-CREDENTIAL-01-CREATE " in done.stdout
    (unchecked,) = [line for line in done.stdout.splitlines() if line.startswith("unchecked: ")]
    assert unchecked.endswith(" judgements cannot be replayed from their recorded exchanges")


def test_what_is_made_with_keys_is_listed_and_all_else_comes_again(elsewhere: Elsewhere) -> None:
    again, counts = elsewhere.again, outcomes(elsewhere.records)
    listed = {key for key, _ in again.open_ones}
    assert again.contradicted == ()
    assert again.same == sum(counts.values()) - len(listed)
    assert {key[0] for key in listed} >= {"ENR-CREDENTIAL-01-CREATE", "ENR-ENCRYPTION-02", "ENR-INTEGRITY-06-JWS"}
    # A hash needs no key.
    assert "ENR-INTEGRITY-01" not in {key[0] for key in listed}
    assert any(reason.startswith("it sends another body than the recorded one, ") for _, reason in again.open_ones)


@pytest.mark.parametrize("outcome", ["passed", "inapplicable"])
def test_an_outcome_that_was_edited_is_found_by_another_process(outcome: str, elsewhere: Elsewhere) -> None:
    records = elsewhere.records
    again = rejudge([flipped("failed", outcome)(line) for line in records], elsewhere.directory)
    assert outcomes(records)["failed"]
    assert len(again.contradicted) == outcomes(records)["failed"]


def test_it_is_the_same_however_many_judged(all_elsewhere: dict[str, Elsewhere]) -> None:
    again = [one.again for one in all_elsewhere.values()]
    # What threads learned from each other of a target's lags is not recorded, so more may be listed.
    found = [{key for key, _ in one.open_ones if key[0].startswith(KEYED)} for one in again]
    assert found[1:] == found[:-1]


class PutsOffSome(Enrollments):
    """Asks to read again at once, at every third read."""

    reads = itertools.count(1)

    def read(self, *arguments: Any) -> Record:
        if next(self.reads) % 3 == 0:
            raise Refusal(503, "Read again.", {"Retry-After": "0"})
        return super().read(*arguments)


def test_what_was_put_off_comes_again_and_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.run(tmp_path / "r", ("--osia-only=ENR-READ-01", "--osia-only=ENR-DELETE-01"), enrollments=PutsOffSome)
    records = journal.read(tmp_path / "r")
    answers = [line["response"]["status"] for line in records if line["kind"] == "exchange"]
    assert 503 in answers
    monkeypatch.setattr(Clock, "wait", lambda *_: pytest.fail("it waits"))
    again = rejudge(records, tmp_path / "r")
    assert (again.contradicted, again.open_ones) == ((), ())
    assert again.same == sum(outcomes(records).values()) > 0


class MissesSome(Enrollments):
    """Leaves out the last match of every third search."""

    searches = itertools.count()

    def find(self, expressions: Any) -> list[Record]:
        found = super().find(expressions)
        return found if next(self.searches) % 3 else found[:-1]


class ShowsLater(Store):
    """A search shows what the same search found some searches ago."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._seen: dict[str, list[list[Record]]] = defaultdict(list)

    def find(self, conditions: Any) -> Iterator[Record]:
        found = self._seen[repr(conditions)]
        found.append(list(super().find(conditions)))
        return iter(found[-3] if len(found) > 2 else [])


SEARCHED = ("ENR-DELETE-01", "ENR-FIND-01", "ENR-FIND-07", "ENR-FIND-09", "ENR-FIND-11")
POLLED = {
    "misses some": {"enrollments": MissesSome},
    "shows later": {"store": ShowsLater},
    "shows later and deletes nothing": {"store": ShowsLater, **lab.BROKEN},
}


@pytest.mark.parametrize("server", POLLED.values(), ids=POLLED)
def test_what_threads_polled_beside_each_other_comes_again(server: dict[str, type], tmp_path: Path) -> None:
    """Each thread has its own records under a marker of its own, and what others made is in no answer to it."""
    with hosted(create_app(reference(NEWEST), **server)) as url:
        file = configured(tmp_path, url, interface_version=NEWEST, visible_within=0.5)
        more = ("--effort", "quick", "--workers", 4, "--report-dir", tmp_path / "r")
        osia_here("run", "--config", file, *more, "--only", *SEARCHED, env=JWT_KEY)
    records = journal.read(tmp_path / "r")
    assert len({line["worker"] for line in records if line["kind"] == "check"}) > 1
    failed = [line for line in records if line["kind"] == "check" and line["outcome"] == "failed"]
    again = rejudge([flipped("failed")(line) for line in records], tmp_path / "r")
    # So nothing that passed is contradicted, and nothing is listed.
    named = {sentence.split(" is recorded as ")[0] for sentence in again.contradicted}
    assert named == {f"journal.jsonl: {line['requirement']} {line['id']}" for line in failed}
    assert again.open_ones == ()
