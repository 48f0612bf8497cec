"""Violations by operations that reach beyond the one enrollment that the path names."""

from collections.abc import Iterator
from typing import Any

from osia_reference.enrollments import FINALIZED, Enrollments
from osia_reference.store import Record
from tests.harness.variant import Violation


class Reaching(Enrollments):
    """Knows the other enrollments of the same kind, which its operations then do something to."""

    def others(self, enrollment_id: str) -> Iterator[Record]:
        for record in list(self.store.find([])):
            if record["enrollmentId"] != enrollment_id:
                yield record

    def overwrite(self, record: Record, **members: Any) -> None:
        changed = {**record, **members}
        self.store.replace(changed, self.search.attributes(changed))


class CreateSupersedes(Reaching):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        for record in self.others(enrollment_id):
            self.overwrite(record, requestData=[])


class UpdateWithoutWhere(Reaching):
    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().update(enrollment_id, body, finalize=finalize)
        for record in self.others(enrollment_id):
            self.overwrite(record, documentData=body.get("documentData", []))


class PatchOfSharedObjects(Reaching):
    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().patch(enrollment_id, body, finalize=finalize)
        for record in self.others(enrollment_id):
            self.overwrite(record, **self.merge(record, body))


class FinalizeTheBatch(Reaching):
    def finalize(self, enrollment_id: str) -> None:
        super().finalize(enrollment_id)
        for record in self.others(enrollment_id):
            self.overwrite(record, status=FINALIZED)


class CreateDropsAllBuffers(Reaching):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        for record in self.others(enrollment_id):
            self.store.delete_buffers(record["enrollmentId"])


VIOLATIONS = [
    Violation(
        "create-empties-the-others",
        "A create empties the request data of the enrollments before it.",
        {"enrollments": CreateSupersedes},
        expected=("ENR-APART-01-CREATE",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "create-drops-all-buffers",
        "A create drops the buffers of the enrollments before it.",
        {"enrollments": CreateDropsAllBuffers},
        expected=("ENR-APART-01-CREATE",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "update-writes-to-all",
        "The documents of an update are stored with every enrollment.",
        {"enrollments": UpdateWithoutWhere},
        expected=("ENR-APART-01-UPDATE",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "patch-writes-to-all",
        "A patch is applied to every enrollment.",
        {"enrollments": PatchOfSharedObjects},
        expected=("ENR-APART-01-PATCH",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "finalize-all",
        "A finalize finalizes every enrollment.",
        {"enrollments": FinalizeTheBatch},
        expected=("ENR-APART-01-FINALIZE",),
        declared=("ENR-LIFE-03",),
    ),
]
