"""What is deleted on a target, and what is said to be left there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest

from osia_conformance.auth import Token
from osia_conformance.standard.operations import OLDEST
from osia_conformance.target.check_slots import CheckSlots, RunEnded
from osia_conformance.target.cleanup import clean_up, open_enrollments, report_leftovers
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict import journal
from osia_reference.app import Server, create_app
from osia_reference.calls import Call as Received
from osia_reference.replies import Refusal, Reply
from tests.harness import lab
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import URL, reference, settings

OTHER = "OSIA_TEST_OTHER_KEY"


@pytest.fixture
def app() -> Iterator[Server]:
    app = create_app(reference())
    yield app
    app.close()


def test_what_a_token_that_is_refused_cannot_reach_is_left_until_a_right_one_deletes_it(
    tmp_path: Path, app: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OTHER, "the key of another server altogether, of 32 bytes")
    with lab.session(tmp_path, app) as ours:
        made = ours.enrollments().created().id
    with lab.session(tmp_path, app, OTHER) as theirs:
        left = clean_up(theirs, tmp_path)
    assert left == {made: "deleteEnrollment answered 401 Unauthorized, then readEnrollment 401 Unauthorized"}
    assert open_enrollments(journal.read(tmp_path)) == [made]
    with lab.session(tmp_path, app) as ours:
        assert clean_up(ours, tmp_path) == {}
    assert app.enrollments.store.get(made) is None


def test_nothing_is_left_of_what_was_refused(tmp_path: Path, app: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OTHER, "the key of another server altogether, of 32 bytes")
    with lab.session(tmp_path, app, OTHER) as theirs:
        assert theirs.enrollments().new().create({}).status == 401
        assert clean_up(theirs, tmp_path) == {}
    assert open_enrollments(journal.read(tmp_path)) == []


class RefusesAfterCreate(Server):
    """Creates what it is asked to, and answers every delete and read with 400."""

    async def delete_enrollment(self, call: Received) -> Reply:
        raise Refusal(400, "no")

    async def read_enrollment(self, call: Received) -> Reply:
        raise Refusal(400, "no")


class RefusesEverything(RefusesAfterCreate):
    """Answers every create, delete and read with 400."""

    async def create_enrollment(self, call: Received) -> Reply:
        raise Refusal(400, "no")


REASON = "deleteEnrollment answered 400 Bad Request, then readEnrollment 400 Bad Request"


def test_a_read_that_is_refused_proves_nothing_of_what_was_created(tmp_path: Path) -> None:
    app = create_app(reference(), server=RefusesAfterCreate)
    with lab.session(tmp_path, app) as session:
        enrollments = session.enrollments()
        made = [enrollments.new().id for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(lambda name: Enrollment(name, session.target).create(enrollments.canonical()), made)
            assert {response.status for response in answers} == {201}
        session.delete_created()
        assert clean_up(session, tmp_path) == dict.fromkeys(made, REASON)
    app.close()
    assert open_enrollments(journal.read(tmp_path)) == made
    assert [line["enrollment"] for line in journal.read(tmp_path, "leftover")] == made


def test_what_no_create_made_is_not_left(tmp_path: Path) -> None:
    app = create_app(reference(), server=RefusesEverything)
    with lab.session(tmp_path, app) as session:
        assert session.enrollments().new().create({}).status == 400
        session.enrollments().new()
        assert clean_up(session, tmp_path) == {}
    app.close()
    assert journal.read(tmp_path, "leftover") == []


def test_what_no_create_made_is_not_left_where_nothing_can_be_called_any_more(tmp_path: Path, app: Server) -> None:
    with lab.session(tmp_path, app) as session:
        made = session.enrollments().created().id
        session.enrollments().new()
        assert session.enrollments().new().create({}, token=Token("nobody's", frozenset())).status == 401
        session.availability.lost = "it is gone"
        session.wire.close()
        assert list(clean_up(session, tmp_path, within=0)) == [made]


def test_what_a_clean_up_did_not_reach_is_reported_if_it_may_be_there(tmp_path: Path, app: Server) -> None:
    with lab.session(tmp_path, app) as session:
        made = session.enrollments().created().id
        deleted = session.enrollments().created()
        deleted.delete()
        session.enrollments().new()
        report_leftovers(session, tmp_path)
    assert [line["enrollment"] for line in journal.read(tmp_path, "leftover")] == [made]


class CreatesLate(AsgiTransport):
    """Holds each create until it is let go, or until a delete was answered where `after_delete` is set."""

    def __init__(self, app: Server) -> None:
        super().__init__(app)
        self.arrived, self.released, self.after_delete = Event(), Event(), False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.arrived.set()
            self.released.wait()
        response = super().handle_request(request)
        if request.method == "DELETE" and self.after_delete:
            self.released.set()
        return response


@pytest.fixture
def late(app: Server) -> CreatesLate:
    return CreatesLate(app)


@pytest.fixture
def interrupted(tmp_path: Path, late: CreatesLate) -> Iterator[tuple[Session, Thread]]:
    """A run that was ended while a thread of it waits for the answer to a create, and that thread."""
    run = Run("run", str(tmp_path), URL, OLDEST, 1, "quick", 2, embedded=False, settings=settings())
    session, slots = Session(run, "main", late), CheckSlots(2)
    thread = Thread(target=create_one, args=(session.beside("t1", slots),))
    thread.start()
    late.arrived.wait()
    slots.end()
    yield session, thread
    late.released.set()
    thread.join()
    session.close()


def create_one(session: Session) -> None:
    with suppress(RunEnded):
        session.enrollments().created().read()


def test_what_a_thread_creates_after_it_was_deleted_is_deleted_again(
    tmp_path: Path, app: Server, late: CreatesLate, interrupted: tuple[Session, Thread]
) -> None:
    session, thread = interrupted
    late.after_delete = True
    assert clean_up(session, tmp_path) == {}
    late.released.set()
    thread.join()
    names = [line["enrollment"] for line in journal.read(tmp_path, "created")]
    assert [name for name in names if app.enrollments.store.get(name) is not None] == []
    assert open_enrollments(journal.read(tmp_path)) == []


def test_what_a_thread_may_create_yet_is_left_and_not_taken_for_deleted(
    tmp_path: Path, interrupted: tuple[Session, Thread]
) -> None:
    session, _ = interrupted
    session.writes.wait_until_ended = lambda name, within: False  # type: ignore[method-assign]
    left = clean_up(session, tmp_path)
    assert list(left.values()) == ["a call that writes it was still under way when the clean-up ended"]
    assert open_enrollments(journal.read(tmp_path)) == list(left)


def test_what_a_thread_may_create_yet_is_left_where_there_is_no_time_to_delete_it(
    tmp_path: Path, interrupted: tuple[Session, Thread]
) -> None:
    session, _ = interrupted
    assert list(clean_up(session, tmp_path, within=0).values()) == ["the time for cleaning up was over"]


def test_what_a_thread_may_create_yet_is_reported_after_a_clean_up_that_was_interrupted(
    tmp_path: Path, interrupted: tuple[Session, Thread]
) -> None:
    session, _ = interrupted
    report_leftovers(session, tmp_path)
    assert len(journal.read(tmp_path, "leftover")) == 1
