"""Answers that break one schema fact each: read and find answer something else than fits."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.variant import Violation

Record = dict[str, Any]
READ, FIND = "readEnrollment", "findEnrollments"


def first(record: Record, group: str) -> Any:
    return record[group][0]


def part(record: Record) -> Any:
    return record["documentData"][0]["parts"][0]


MUTATIONS: dict[str, Callable[[Record], Any]] = {
    "ENROLLMENT-TYPE": lambda record: record.update(enrollmentType=7),
    "ENROLLMENT-REQUIRED": lambda record: record.pop("enrollmentType"),
    "ENROLLMENT-ENUM": lambda record: record.update(status="SUSPENDED"),
    "REQUESTDATA-TYPE": lambda record: record.update(requestData=["none"]),
    "ENROLLMENTFLAGS-TYPE": lambda record: record.update(enrollmentFlags=["urgent"]),
    "BIOGRAPHICDATA-TYPE": lambda record: record.update(biographicData=["muster"]),
    "BIOMETRICDATA-TYPE": lambda record: first(record, "biometricData").update(width="320"),
    "BIOMETRICDATA-REQUIRED": lambda record: first(record, "biometricData").pop("biometricType"),
    "BIOMETRICDATA-FORMAT": lambda record: first(record, "biometricData").update(captureDate="01/07/2020"),
    "BIOMETRICTYPE-ENUM": lambda record: first(record, "biometricData").update(biometricType="EAR"),
    "BIOMETRICSUBTYPE-ENUM": lambda record: first(record, "biometricData").update(biometricSubType="THIRD_THUMB"),
    "IMPRESSIONTYPE-ENUM": lambda record: first(record, "biometricData").update(impressionType="plain"),
    "COMPRESSIONTYPE-ENUM": lambda record: first(record, "biometricData").update(compression="none"),
    "DOCUMENTDATA-TYPE": lambda record: first(record, "documentData").update(instance=1),
    "DOCUMENTDATA-REQUIRED": lambda record: first(record, "documentData").pop("documentType"),
    "DOCUMENTDATA-MINITEMS": lambda record: first(record, "documentData").update(parts=[]),
    "DOCUMENTTYPE-TYPE": lambda record: first(record, "documentData").update(documentType=1),
    "DOCUMENTPART-TYPE": lambda record: part(record).update(pages="1-2"),
    "DOCUMENTPART-MINITEMS": lambda record: part(record).update(pages=[]),
    "DOCUMENTPART-FORMAT": lambda record: part(record).update(captureDate="July 2020"),
}


def has_both(record: Any) -> bool:
    """Return whether an image is there by value and by reference: only then is the answer wrong, so that nothing
    but the schema fact breaks."""
    items = record.get("biometricData", []) if isinstance(record, dict) else []
    return any("image" in item and "imageRef" in item for item in items)


def mutated(record: Any, mutation: Callable[[Record], Any]) -> Any:
    if not has_both(record):
        return record
    changed = copy.deepcopy(record)
    mutation(changed)
    return changed


def answering(fact: str, *operations: str) -> Violation:
    """A server whose `operations` answer records that break the fact."""

    class Mutates(Server):
        def answer(self, call: Call, reply: Reply) -> Reply:
            if call.operation.name in operations and reply.status == call.operation.success:
                reply.body = self.changed(reply.body)
            return reply

        def changed(self, body: Any) -> Any:
            if isinstance(body, list):
                return [mutated(record, MUTATIONS[fact]) for record in body]
            return mutated(body, MUTATIONS[fact])

    where = " and ".join(operation.removesuffix("Enrollments").removesuffix("Enrollment") for operation in operations)
    return Violation(
        f"answers-{fact.lower()}-in-{where.replace(' ', '-')}",
        f"What {where} answer breaks {fact} where an image is there by value and by reference.",
        {"server": Mutates},
        expected=(f"ENR-ANSWER-{fact}",),
    )


VIOLATIONS = [
    *(answering(fact, READ, FIND) for fact in MUTATIONS),
    *(answering(fact, FIND) for fact in ("ENROLLMENT-REQUIRED", "BIOMETRICDATA-TYPE")),
]
