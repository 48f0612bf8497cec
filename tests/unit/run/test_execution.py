"""From what a check raises to its outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.checks.assertions import expect_status
from osia_conformance.run.execution import Check, CheckResult, judge
from osia_conformance.run.run_request import prepared
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.outcome_errors import CannotTell, Inapplicable, Untested, Violation
from osia_conformance.target.response import Response
from osia_conformance.target.session import Run, Session
from osia_conformance.target.statuses import SUCCESS
from osia_conformance.verdict import journal
from osia_reference.app import create_app
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import reference, settings


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    app = create_app(reference())
    transport = AsgiTransport(app)
    chosen = settings()
    run = Run("run", str(tmp_path), str(chosen.target.url), "1.0.0", 1, "quick", 1, False, chosen)
    opened = Session(run, "main", transport)
    yield opened
    opened.close()
    app.close()


CHECK = Check("subject/check", "ENR-READ-01", "readEnrollment")


def response(code: int) -> Response:
    return Response("readEnrollment", "main.1", code)


def judged(session: Session, body: Callable[[Any], None]) -> CheckResult:
    return judge(session, CHECK, lambda: body(session.enrollments()))


class TestJudging:
    """From what a check raises to its outcome."""

    def test_a_check_that_sent_something_and_raised_nothing_passes(self, session: Session) -> None:
        assert judged(session, lambda enrollments: enrollments.created()).outcome == "passed"

    def test_a_check_that_sent_nothing_is_a_fault(self, session: Session) -> None:
        result = judged(session, lambda enrollments: None)
        assert (result.outcome, result.fault is not None) == ("cantTell", True)

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

        result = judged(session, body)
        assert (result.outcome, result.fault) == (outcome, None)

    def test_any_other_error_is_a_fault_of_ours(self, session: Session) -> None:
        def body(enrollments: Any) -> None:
            enrollments.created()
            raise KeyError("status")

        result = judged(session, body)
        assert result.outcome == "cantTell"
        assert "KeyError" in (result.fault or "")

    def test_a_500_that_does_not_repeat_is_only_observed(self, session: Session, tmp_path: Path) -> None:
        answers = iter([response(500), response(200)])

        def body(enrollments: Any) -> None:
            enrollments.created()
            expect_status(next(answers), SUCCESS)

        assert judged(session, body).outcome == "passed"
        (seen,) = (line for line in journal.read(tmp_path) if line["kind"] == "observation")
        assert seen["ruling"] == "RUL-CODES"

    def test_a_500_that_repeats_is_a_failure(self, session: Session) -> None:
        def body(enrollments: Any) -> None:
            enrollments.created()
            expect_status(response(500), SUCCESS)

        result = judged(session, body)
        assert (result.outcome, result.expected) == ("failed", "no server error")

    def test_the_symptom_and_the_decisive_exchange_are_on_the_record(self, session: Session, tmp_path: Path) -> None:
        def body(enrollments: Any) -> None:
            enrollment = enrollments.created()
            enrollment.read("biographicData")
            answer = enrollment.read()
            enrollment.delete()
            expect_status(answer, 404)

        result = judged(session, body)
        (line,) = (line for line in journal.read(tmp_path) if line["kind"] == "check")
        assert line["symptom"] == {"operation": "readEnrollment", "status": 200, "members": []}
        assert line["decisive"] == result.decisive == line["evidence"][-2]
        assert "DELETE" not in line["curl"]
        assert len(line["curl"].splitlines()) == 3

    def test_a_500_and_then_another_fault_is_the_other_fault(self, session: Session) -> None:
        answers = iter([response(500), response(404)])

        def body(enrollments: Any) -> None:
            enrollments.created()
            expect_status(next(answers), SUCCESS)

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
        session.redactor.add("a-secret-that-nobody-may-read")

        def body(enrollments: Any) -> None:
            raise Violation("nothing", "got a-secret-that-nobody-may-read, then a-secret-that-n… (29 characters)")

        assert judged(session, body).actual == "got [redacted], then [redacted]… (29 characters)"


def test_a_target_without_a_stated_version_is_not_prepared() -> None:
    with pytest.raises(ValueError, match="--interface-version"):
        prepared(settings(interface_version=None))
