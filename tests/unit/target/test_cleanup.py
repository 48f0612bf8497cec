"""What is deleted on a target, and what is said to be left there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from osia_conformance.target.cleanup import clean_up, open_enrollments
from osia_conformance.verdict import journal
from osia_reference.app import Server, create_app
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
