"""Several sessions in one process, each in a thread of its own, judge as each of them would alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from osia_conformance.checks.crypto.keys import own_keys
from osia_conformance.checks.generation import corpus
from osia_conformance.checks.offered import SESSION
from osia_conformance.profile.statement import BlockSettings, ProfileSettings
from osia_conformance.run.execution import Check, judge
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict import journal
from osia_reference.app import create_app
from suites.enrollment import test_find, test_generated, test_patch, test_read, test_tokens
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import URL, reference, settings

OWN = ProfileSettings(
    blocks={
        "biographicData": BlockSettings(
            examples=(
                {"firstName": "muster", "lastName": "muster", "householdSize": 3},
                {"firstName": "muster", "lastName": "sample", "householdSize": 4},
            )
        )
    }
)
"""A profile with a member that no other run sends."""

CHECKS: Mapping[str, tuple[Callable[..., None], Mapping[str, Any]]] = {
    "empty": (test_patch.test_an_empty_patch_changes_nothing, {"patch": {}}),
    "outside": (test_patch.test_members_outside_the_patch_stay, {}),
    "reading": (test_read.test_reading_changes_nothing, {}),
    "found": (test_find.test_a_changed_enrollment_is_found_as_it_is_now, {}),
    "token": (test_tokens.test_a_token_is_refused_whatever_is_wrong_with_its_signature, {"operation": "READ"}),
    "drawn": (test_generated.test_valid_input_is_answered_as_documented, {"operation": "CREATE"}),
}
"""Checks with known answers, with searches, with forged tokens and with drawn input, and their parameters."""


@dataclass(frozen=True)
class Case:
    """A session: its version, its profile, and the seed of its run."""

    version: str
    profile: ProfileSettings
    seed: int


CASES = (Case("1.0.0", ProfileSettings(), 1), Case("1.2.1", OWN, 2), Case("1.2.1", ProfileSettings(), 3))


@contextmanager
def opened(case: Case, directory: Path) -> Iterator[Session]:
    directory.mkdir()
    app = create_app(reference(case.version))
    chosen = replace(settings(case.version), profile=case.profile)
    run = Run(str(case), str(directory), URL, case.version, case.seed, "quick", 1, False, chosen)
    session = Session(run, "main", AsgiTransport(app))
    try:
        yield session
    finally:
        session.close()
        app.close()


def run_check(session: Session, function: Callable[..., None], parameters: Mapping[str, Any]) -> None:
    """Call a check with its parameters and the fixtures that it asks for."""
    fixtures = {
        SESSION: session,
        "enrollments": session.enrollments(),
        "payloads": session.payloads,
        "specification": session.specification,
    }
    names = inspect.signature(function).parameters
    function(**{name: value for name, value in {**fixtures, **parameters}.items() if name in names})


def judged(case: Case, directory: Path, barrier: Barrier | None = None) -> dict[str, Any]:
    """Judge all checks; return outcome, reason and the number of exchanges of each."""
    found = {}
    with opened(case, directory) as session:
        for name, (function, parameters) in CHECKS.items():
            if barrier is not None:
                barrier.wait()
            body = partial(run_check, session, function, parameters)
            result = judge(session, Check(name, "ENR-READ-01", "readEnrollment"), body)
            sent = [line for line in journal.read(directory, "exchange") if line["check"] == name]
            found[name] = (result.outcome, result.reason, len(sent))
    return found


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    place = tmp_path_factory.mktemp("alone")
    return [judged(case, place / str(number)) for number, case in enumerate(CASES)]


def test_sessions_side_by_side_judge_as_each_does_alone(
    alone: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each draws its input anew.
    monkeypatch.setattr(corpus, "_KEPT", {})
    barrier = Barrier(len(CASES))
    with ThreadPoolExecutor(len(CASES)) as pool:
        runs = [pool.submit(judged, case, tmp_path / str(number), barrier) for number, case in enumerate(CASES)]
        together = [run.result() for run in runs]
    assert together == alone
    assert {outcome for outcome, _, _ in alone[0].values()} == {"passed"}


def test_what_a_run_sends_is_its_own(tmp_path: Path) -> None:
    member = {"biographicData": {"householdSize": 3}}
    with opened(CASES[0], tmp_path / "plain") as plain, opened(CASES[1], tmp_path / "own") as own:
        assert own.payloads.sent.only(member) == member
        assert plain.payloads.sent.only(member) == {"biographicData": {}}


def test_all_threads_get_the_same_keys() -> None:
    barrier, found = Barrier(4), []

    def ask() -> None:
        barrier.wait()
        found.append(own_keys())

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(keys) for keys in found}) == 1
