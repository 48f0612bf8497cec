"""Enrollments for a run that only reads: the vendor's own test records, and ids under which there is nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from osia_conformance.config.settings import ReadOnlyRecords
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.outcome_errors import Untested

if TYPE_CHECKING:
    from osia_conformance.target.session import Session


class ReadOnlyEnrollments(Enrollments):
    """Creates nothing. What a check needs to be there is named in [read-only], or the check is untested."""

    def __init__(self, session: Session, marker: str) -> None:
        super().__init__(session, marker)
        self._records = self.session.settings.read_only or ReadOnlyRecords()
        self._next = 0

    def new(self, name: str | None = None) -> Enrollment:
        """Return an enrollment with a fresh id, which stays unknown: it is not in the ledger."""
        return Enrollment(name or self.session.fresh_id(), self.target)

    def existing(self) -> Enrollment:
        """Return a named record, each in turn; Untested if none is named."""
        names = self._records.enrollments
        if not names:
            raise Untested("this run only reads, and [read-only] names no enrollments")
        self._next += 1
        return self._named(names[(self._next - 1) % len(names)])

    def existing_buffer(self, data: bytes) -> tuple[Enrollment, str]:
        """Return a named record and the id of its named buffer; Untested if none is named."""
        for named in self._records.buffers:
            self.session.privacy.buffers.add((named.enrollment, named.buffer))
            return self._named(named.enrollment), named.buffer
        raise Untested("this run only reads, and [read-only] names no buffers")

    def several(self, bodies: Mapping[str, Json]) -> Iterator[Enrollment]:
        """Yield the named records, at least one."""
        return (self.existing() for _ in self._records.enrollments or bodies)

    @property
    def searched(self) -> tuple[str, Any]:
        """The attribute and value by which [read-only] says the named records are found; Untested if it names none."""
        if self._records.attribute is None:
            raise Untested("this run only reads, and [read-only] names no search")
        return self._records.attribute, self._records.value

    def _named(self, name: str) -> Enrollment:
        self.session.privacy.enrollments.add(name)
        return Enrollment(name, self.target)
