"""What is deleted on a target, and what is said to be left there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from osia_conformance.auth import Token
from osia_conformance.target.cleanup import clean_up, open_enrollments, report_leftovers
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.verdict import journal
from osia_reference.app import Server, create_app
from osia_reference.calls import Call as Received
from osia_reference.replies import Refusal, Reply
from tests.harness import lab
from tests.harness.judging import reference

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
