"""What a check of the enrollment interface may ask for by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from osia_conformance.target.enrollment.enrollments import Enrollments
    from osia_conformance.target.enrollment.payloads import Payloads
    from osia_conformance.target.session import Session


@pytest.fixture
def enrollments(session: Session) -> Enrollments:
    """Enrollments of this check's own, deleted when it ends."""
    return session.enrollments()


@pytest.fixture
def payloads(session: Session) -> Payloads:
    """The data that is sent: it has the shape of the judged version, and fits the profile."""
    return session.payloads
