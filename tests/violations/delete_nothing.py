"""Violations by deletes of what is not there."""

from osia_reference.enrollments import Enrollments
from tests.harness.remembering import Remembering
from tests.harness.variant import Violation


class DeletesAnything(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        self.store.delete(enrollment_id)


class DeletesTwice(Remembering):
    def delete(self, enrollment_id: str) -> None:
        if enrollment_id not in self.kept:
            super().delete(enrollment_id)
        self.kept[enrollment_id] = True


VIOLATIONS = [
    Violation(
        "delete-of-nothing-is-done",
        "Deleting an unknown enrollment answers 204.",
        {"enrollments": DeletesAnything},
        expected=("ENR-UNKNOWN-01-DELETE",),
        declared=("ENR-GENERATED-01-DELETE",),
    ),
    Violation(
        "delete-again-is-done",
        "Deleting a deleted enrollment answers 204.",
        {"enrollments": DeletesTwice},
        expected=("ENR-DELETE-05",),
    ),
]
