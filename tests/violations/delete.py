"""Violations of deleteEnrollment."""

from typing import Any

from osia_reference.enrollments import Enrollments
from tests.variant import Violation


class KeepsTheRecord(Enrollments):
    def delete(self, name: str) -> Any:
        self.read(name)


VIOLATIONS = [
    Violation(
        "delete-keeps-the-record",
        "A delete answers 204 and deletes nothing.",
        {"enrollments": KeepsTheRecord},
        expected=("ENR-DELETE-01",),
        declared=("ENR-DELETE-02", "ENR-DELETE-04", "ENR-FINAL-01-DELETE", "ENR-LIFE-03"),
    ),
]
