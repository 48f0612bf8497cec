"""`verify --replay-judgements`: each check runs again, without a target, on the answers that the journal holds.

So a journal whose outcomes were edited and whose exchanges were left is found out. A forged exchange is not: what was
never sent can be made up as a whole.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import pytest

from osia_conformance.checks.offered import SESSION
from osia_conformance.config.loading import read_tables
from osia_conformance.config.places import Place
from osia_conformance.config.settings import Settings
from osia_conformance.run.collection import is_check, planned, requirement_of
from osia_conformance.run.hooks import CHECK
from osia_conformance.run.recorded_answers import RecordedAnswers
from osia_conformance.run.recorded_shrinking import RecordedShrinkBudget
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.standard.register import load_register
from osia_conformance.support.json_types import Record
from osia_conformance.support.polling import SkippedTime
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.text import one_line
from osia_conformance.target.embedded_server import KEY, trusting
from osia_conformance.target.session import Session
from osia_conformance.verdict import journal
from osia_conformance.verdict.judged_checks import judged_checks
from osia_conformance.verdict.recorded_exchanges import (
    RecordedExchanges,
    exchanges_before,
    shard_prefix,
    worker_of,
)

Key = tuple[str, str]

_OF_TARGET = ("enrollment-id", "transaction-id", "visible-within", "timeout", "read-only")
_DECIDED = frozenset({"passed", "failed"})
_COMPARED = frozenset({*_DECIDED, "inapplicable"})
"""Outcomes that must come again: all that a conformant verdict may rest on, and failures."""

_AS_RECORDED = "asRecorded"
"""Member of a line that judging again gave: whether its check sent what it sent in the run."""


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What judging again gave: `same` counts the outcomes that came again; `contradicted` are sentences about those
    that passed, or did not apply, and come out failed, `open_ones` the requirements and checks that cannot be judged
    so, and why: first those whose exchanges give another outcome."""

    same: int
    contradicted: tuple[str, ...]
    open_ones: tuple[tuple[Key, str], ...]


def rejudge(records: Sequence[Record], directory: Path) -> Rejudged:
    """Judge the checks of a journal again; its long bodies lie under `directory`, and nothing is written there.

    Raises ConfigurationError if the recorded configuration cannot be used.
    """
    header = records[0]
    recorded = judged_checks(records)
    settings = _settings(header)
    again: dict[Key, Record] = {}
    with _own_key():
        for worker in dict.fromkeys(line["worker"] for line in recorded.values()):
            again |= _judged_again(records, directory, settings, worker)
    contradicted = [
        _contradiction(key, line, again[key])
        for key, line in recorded.items()
        if key in again and _contradicts(line, again[key])
    ]
    compared = {key: line for key, line in recorded.items() if line["outcome"] in _COMPARED}
    same = sum(key in again and again[key]["outcome"] == line["outcome"] for key, line in compared.items())
    open_ones = [(key, why) for key, line in recorded.items() if (why := _open_because(line, again.get(key)))]
    open_ones.sort(key=lambda one: one[0] not in again or again[one[0]]["outcome"] not in _DECIDED)
    return Rejudged(same, tuple(contradicted), tuple(open_ones))


@contextmanager
def _own_key() -> Iterator[None]:
    """Sign tokens with a key of our own meanwhile; nobody looks at them."""
    before = os.environ.get(KEY)
    os.environ[KEY] = secrets.token_urlsafe(32)
    try:
        yield
    finally:
        os.environ.pop(KEY, None)
        if before is not None:
            os.environ[KEY] = before


def _contradicts(recorded: Record, again: Record) -> bool:
    """Return whether judging again shows that an outcome was edited.

    A check that did not apply may have seen another answer to a poll, or known what other threads had learned: each of
    its calls must have got its own answer.
    """
    if again["outcome"] != "failed":
        return False
    return bool(recorded["outcome"] == "passed" or (recorded["outcome"] == "inapplicable" and again[_AS_RECORDED]))


def _open_because(recorded: Record, again: Record | None) -> str | None:
    """Return why judging again does not confirm an outcome, where it does not contradict it; None if it does.

    What was left open, and stays open, is confirmed: nothing rests on it.
    """
    before, now = recorded["outcome"], again["outcome"] if again is not None else None
    if again is None:
        return "this suite does not have it"
    if before == now or _contradicts(recorded, again):
        return None
    if before in _COMPARED and now not in _DECIDED:
        return str(again["reason"])
    if (before, now) == ("failed", "passed"):
        # Bytes behind an answer, or how it came, are not recorded; and nobody forges a failure.
        return "it failed, and what it failed by is not all in its exchanges"
    return f"it is recorded as {before}, and its exchanges give {now}" if now in _DECIDED else None


def _contradiction(key: Key, recorded: Record, again: Record) -> str:
    return one_line(
        f"{journal.FILE}: {key[0]} {key[1]} is recorded as {recorded['outcome']}, and its recorded exchanges give "
        f"failed: {again['reason']}",
        500,
    )


def _settings(header: Record) -> Settings:
    """Return the settings of the run as far as judging needs them: nothing that leads to a target or a secret."""
    configuration = header["configuration"]
    target = {name: value for name, value in configuration.get("target", {}).items() if name in _OF_TARGET}
    tables = {"target": target, **{name: configuration[name] for name in ("profile",) if name in configuration}}
    settings = trusting(read_tables(tables, Place(journal.FILE)))
    url, version = header["target"]["url"], header["interfaceVersion"]
    return replace(
        settings,
        target=replace(settings.target, url=url, interface_version=version),
        seed=header["seed"],
        effort=header["effort"],
        workers=1,
    )


def _judged_again(records: Sequence[Record], directory: Path, settings: Settings, worker: str) -> dict[Key, Record]:
    """Run the checks of one worker in one session, as it did; return their new lines.

    One that got no answer to a call, since another was recorded or none, is untested, whatever it made of that.
    """
    header = records[0]
    answers = RecordedAnswers(_met_by(worker, records), directory)
    again = _Again(records, directory, worker, answers)
    with tempfile.TemporaryDirectory(prefix="osia-rejudging-") as place:
        report = Path(place) / "report"
        request = prepared(
            replace(settings, report_dir=report),
            transport=answers,
            write_reports=lambda *_: None,
            run_id=_run_id(header, worker),
        )
        run_suites(request, plugins=[again])
        if request.refusal is not None:
            raise ConfigurationError(request.refusal)
        lines = journal.read(report, "check") if report.is_dir() else []
    untested = {key: {"outcome": "untested", "reason": reason} for key, reason in again.refused.items()}
    return {
        key: {**line, **untested.get(key, {}), _AS_RECORDED: key in again.as_recorded}
        for line in lines
        for key in [_key(line)]
    }


def _met_by(worker: str, records: Sequence[Record]) -> list[Record]:
    """Return the exchanges of a worker, and those before all checks, which the main process of its shard sent."""
    workers = {worker, f"{shard_prefix(worker)}main"}
    return [line for line in records if line["kind"] == "exchange" and worker_of(line) in workers]


def _run_id(header: Record, worker: str) -> str:
    shards = (shard for shard in header.get("shards", ()) if worker.startswith(f"s{shard['index']}-"))
    return str(next(shards, header)["runId"])


def _key(line: Record) -> Key:
    return line["requirement"], line["id"]


class _Again:
    """A plugin that leaves the checks of one worker, in the order in which it judged them, and shows each of them what
    the run had seen by then. `refused` says which of them got no answer to a call, and why; `as_recorded` are those
    that sent what they sent in the run."""

    def __init__(self, records: Sequence[Record], directory: Path, worker: str, answers: RecordedAnswers) -> None:
        checks = ((place, line) for place, line in enumerate(records) if line["kind"] == "check")
        self._places = {_key(line): place for place, line in checks if line["worker"] == worker}
        self._version = records[0]["interfaceVersion"]
        name = worker.removeprefix(shard_prefix(worker))
        self._sharing_label = "" if name == "main" else name
        self._created = {line["enrollment"] for line in records if line["kind"] == "created"}
        self._records = records
        self._directory = directory
        self._answers = answers
        self._clock = SkippedTime()
        self.refused: dict[Key, str] = {}
        self.as_recorded: set[Key] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        """Show a check what the run had seen; take note of a call that gets no answer."""
        check = pyfuncitem.stash[CHECK]
        key = (check.requirement, check.id)
        session = pyfuncitem.funcargs.get(SESSION)
        if isinstance(session, Session):
            lines = partial(exchanges_before, self._records, self._places[key])
            session.earlier_exchanges = RecordedExchanges(self._directory, lines)
            session.sharing_label = self._sharing_label
            session.visibility.clock = session.availability.clock = self._clock
            session.shrink_budget = RecordedShrinkBudget(session.effort, self._answers)
            # Threads know each other's; and of a recorded answer, what was of others is out already.
            session.privacy.enrollments |= self._created
        self._answers.begin(check.id)
        try:
            return (yield)
        finally:
            if self._answers.refusal is not None:
                self.refused[key] = self._answers.refusal
            elif self._answers.as_recorded:
                self.as_recorded.add(key)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Deselect the others."""
        register = load_register(self._version).requirements
        found: list[tuple[int, pytest.Item]] = []
        for item in items:
            name = requirement_of(item) if is_check(item) else ""
            if name in register:
                check = planned(item, register[name].operations, self._version)
                found += [(self._places[key], item) for key in [(name, check.id)] if key in self._places]
        kept = [item for _, item in sorted(found, key=lambda pair: pair[0])]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
