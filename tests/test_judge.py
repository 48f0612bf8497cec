"""From what a check raises to its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from osia_conformance import journal
from osia_conformance.exchange import Answer
from osia_conformance.expectations import DONE, CannotTell, Inapplicable, Untested, Violation, expect_status
from osia_conformance.handover import prepared
from osia_conformance.judge import Check, Judgement, judge
from osia_conformance.references import ConfigurationError
from osia_conformance.session import Run, Session
from osia_conformance.wire.inprocess import AsgiTransport
from osia_reference.app import create_app
from tests.judging import reference, settings


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    app = create_app(reference())
    transport = AsgiTransport(app)
    chosen = settings()
    run = Run("run", str(tmp_path), str(chosen.target.url), "1.0.0", 1, "quick", 1, False, chosen.dump())
    opened = Session(run, "main", transport)
    yield opened
    opened.close()
    app.close()


CHECK = Check("subject/check", "ENR-READ-01", "readEnrollment")


def answer(code: int) -> Answer:
    return Answer("readEnrollment", "main.1", code)


def judged(session: Session, body: Callable[[Any], None]) -> Judgement:
    return judge(session, CHECK, lambda: body(session.enrollments()))


class TestJudging:
    """From what a check raises to its outcome."""

    def test_a_check_that_sent_something_and_raised_nothing_passes(self, session: Session) -> None:
        assert judged(session, lambda enrollments: enrollments.created()).outcome == "passed"

    def test_a_check_that_sent_nothing_is_a_fault(self, session: Session) -> None:
        judgement = judged(session, lambda enrollments: None)
        assert (judgement.outcome, judgement.fault is not None) == ("cantTell", True)

    @pytest.mark.parametrize(
        ("error", "outcome"),
        [
            (Violation("this", "that"), "failed"),
            (CannotTell("why"), "cantTell"),
            (Untested("why"), "untested"),
            (Inapplicable("why"), "inapplicable"),
            (ConfigurationError("the file is gone."), "untested"),
        ],
    )
    def test_each_ending_has_its_outcome(self, session: Session, error: Exception, outcome: str) -> None:
        def body(enrollments: Any) -> None:
            raise error

        judgement = judged(session, body)
        assert (judgement.outcome, judgement.fault) == (outcome, None)

    def test_any_other_error_is_a_fault_of_ours(self, session: Session) -> None:
        def body(enrollments: Any) -> None:
            enrollments.created()
            raise KeyError("status")

        judgement = judged(session, body)
        assert judgement.outcome == "cantTell"
        assert "KeyError" in (judgement.fault or "")

    def test_a_500_that_does_not_repeat_is_only_observed(self, session: Session, tmp_path: Path) -> None:
        answers = iter([answer(500), answer(200)])

        def body(enrollments: Any) -> None:
            enrollments.created()
            expect_status(next(answers), DONE)

        assert judged(session, body).outcome == "passed"
        (seen,) = (line for line in journal.read(tmp_path) if line["kind"] == "observation")
        assert seen["ruling"] == "RUL-CODES"

    def test_a_500_that_repeats_is_a_failure(self, session: Session) -> None:
        def body(enrollments: Any) -> None:
            enrollments.created()
            expect_status(answer(500), DONE)

        judgement = judged(session, body)
        assert (judgement.outcome, judgement.expected) == ("failed", "no server error")

    def test_a_500_and_then_another_fault_is_the_other_fault(self, session: Session) -> None:
        answers = iter([answer(500), answer(404)])

        def body(enrollments: Any) -> None:
            enrollments.created()
            expect_status(next(answers), DONE)

        assert "404" in (judged(session, body).actual or "")

    def test_what_a_check_made_is_deleted_in_every_ending(self, session: Session) -> None:
        made = []

        def body(enrollments: Any) -> None:
            made.append(enrollments.created())
            raise RuntimeError

        judged(session, body)
        assert made[0].read().status == 404

    def test_what_a_check_made_is_deleted_when_it_is_interrupted(self, session: Session) -> None:
        made = []

        def body(enrollments: Any) -> None:
            made.append(enrollments.created())
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            judged(session, body)
        assert made[0].read().status == 404

    def test_secrets_in_a_reason_are_redacted_even_where_the_words_cut_them(self, session: Session) -> None:
        session.scrubber.add("a-secret-that-nobody-may-read")

        def body(enrollments: Any) -> None:
            raise Violation("nothing", "got a-secret-that-nobody-may-read, then a-secret-that-n… (29 characters)")

        assert judged(session, body).actual == "got [redacted], then [redacted]… (29 characters)"


def test_a_target_without_a_stated_version_is_not_prepared() -> None:
    with pytest.raises(ValueError, match="--interface-version"):
        prepared(settings(interface_version=None))
