"""What a check of the enrollment interface may ask for by name, and any test by that name behind `osia_`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osia_conformance.checks.offered import for_all_tests

if TYPE_CHECKING:
    from osia_conformance.target.enrollment.enrollments import Enrollments
    from osia_conformance.target.enrollment.payloads import Payloads
    from osia_conformance.target.session import Session


@for_all_tests
def enrollments(osia_session: Session) -> Enrollments:
    """Enrollments of this test's own, deleted when it ends."""
    return osia_session.enrollments()


@for_all_tests
def payloads(osia_session: Session) -> Payloads:
    """The data that is sent: it has the shape of the judged version, and fits the profile."""
    return osia_session.payloads
