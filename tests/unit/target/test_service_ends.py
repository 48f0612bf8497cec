"""Calls that end the service, as the sessions of one run know them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from osia_conformance.standard.operations import OLDEST
from osia_conformance.target import service_ends
from osia_conformance.target.check_slots import CheckSlots
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.recorder import CheckEvidence, ExchangeRecord, Recorder
from osia_conformance.target.request import Request
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict import journal
from osia_conformance.wire.errors import NoAnswer
from osia_reference.app import create_app
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import URL, reference, settings


class Ends(AsgiTransport):
    """Ends with each request that says so; the call after it finds nobody, those after that a server again."""

    ended = 0
    is_gone = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_gone:
            self.is_gone = False
            raise NoAnswer("nobody is there", sent=False)
        if b"the end" in request.read():
            self.ended += 1
            self.is_gone = True
            raise NoAnswer("the connection broke", sent=True)
        return super().handle_request(request)


@pytest.fixture
def transport() -> Iterator[Ends]:
    app = create_app(reference())
    yield Ends(app)
    app.close()


@pytest.fixture
def session(tmp_path: Path, transport: Ends) -> Iterator[Session]:
    chosen = replace(settings(), wait_for=30.0)
    run = Run("run", str(tmp_path), URL, OLDEST, 1, "quick", 1, embedded=False, settings=chosen)
    opened = Session(run, "main", transport)
    yield opened
    opened.close()


def end_service(session: Session, check: str, words: str = "the end") -> str:
    """Send a call that ends the service in a check; return the reason for which nobody judged that."""
    session.start_check(check, "partialUpdateEnrollment")
    with session.service_ends.watched():
        enrollment = session.enrollments().created()
        with pytest.raises(Unjudged) as told:
            enrollment.patch({"biographicData": {"firstName": words}})
    return told.value.reason


def test_a_call_that_ended_the_service_in_one_thread_is_not_sent_in_another(
    session: Session, transport: Ends, tmp_path: Path
) -> None:
    slots = CheckSlots(2)
    one, other = session.beside("t1", slots), session.beside("t2", slots)
    assert "ended the service, as ENR-SERVICE-01 reports" in end_service(one, "first")
    # It was sent, and repeated alone.
    assert transport.ended == 2
    assert "ended the service (ENR-SERVICE-01), and is not sent again" in end_service(other, "second")
    assert transport.ended == 2
    assert [line["outcome"] for line in journal.read(tmp_path, "check")] == ["failed"]


def test_all_threads_together_may_end_the_service_so_often(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_ends, "_MOST", 2)
    slots = CheckSlots(2)
    one, other = session.beside("t1", slots), session.beside("t2", slots)
    assert "ended the service" in end_service(one, "first")
    assert end_service(other, "second", "the end, again") == "the target was lost: calls ended it 2 times"


def test_the_reader_is_told_by_each_thread(session: Session) -> None:
    said: list[str] = []
    session.service_ends.note = said.append
    end_service(session.beside("t1", CheckSlots(2)), "first")
    assert said != []


def test_the_call_is_named_that_ended_the_service_and_no_other_to_the_same_place(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_error = Recorder.write_error

    def with_another(
        recorder: Recorder, record: ExchangeRecord, evidence: CheckEvidence, request: Request, error: str
    ) -> None:
        """Write an exchange as if another thread of the check had called the same path at that moment."""
        write_error(recorder, record, evidence, request, error)
        evidence.exchanges.append({**record, "id": "another"})

    monkeypatch.setattr(Recorder, "write_error", with_another)
    end_service(session, "first")
    cited = [line["evidence"][0] for line in journal.read(tmp_path, "check")]
    unanswered = [line["id"] for line in journal.read(tmp_path, "exchange") if line["error"] is not None]
    assert cited == unanswered[:1]
