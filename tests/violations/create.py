"""Violations of createEnrollment: what is created is not what was sent, or not once."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Attribute, Record, Store
from tests.harness.records import biographics
from tests.harness.variant import Violation


def creating(change: Callable[[Record], Record]) -> type[Enrollments]:
    """Return a server that creates something else than was sent."""

    class Creating(Enrollments):
        def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
            self.validate("createEnrollment", body)
            super().create(enrollment_id, change(body), finalize=finalize)

    return Creating


def dropping(*names: str) -> Callable[[Record], Record]:
    return lambda item: {name: value for name, value in item.items() if name not in names}


def with_lower_nationality(body: Record) -> Record:
    biographic = biographics(body)
    lowered = {"nationality": str(biographic["nationality"]).lower()} if "nationality" in biographic else {}
    return {**body, "biographicData": {**biographic, **lowered}} if biographic else body


class NamesNothing(Server):
    async def create_enrollment(self, call: Call) -> Reply:
        await super().create_enrollment(call)
        return self.success(call, {})


class NamesItsOwnId(Server):
    async def create_enrollment(self, call: Call) -> Reply:
        await super().create_enrollment(call)
        return self.success(call, {"enrollmentId": "00000000-0000-4000-8000-000000000001"})


class NamesTheIdAsText(Server):
    async def create_enrollment(self, call: Call) -> Reply:
        await super().create_enrollment(call)
        return self.success(call, self.enrollment_id(call))


class NamesTheIdInUpperCase(Server):
    async def create_enrollment(self, call: Call) -> Reply:
        await super().create_enrollment(call)
        return self.success(call, {"enrollmentId": self.enrollment_id(call).upper()})


class WantsMore(Enrollments):
    """Asks for biographic data, which is optional."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if operation == "createEnrollment" and "biographicData" not in body:
            raise Refusal(412, "biographicData is missing.")


class Overwrites(Store):
    def insert(self, record: Record, attributes: Iterable[Attribute]) -> bool:
        attributes = tuple(attributes)
        if not super().insert(record, attributes):
            self.replace(record, attributes)
        return True


class KeepsTheFirstSilently(Store):
    def insert(self, record: Record, attributes: Iterable[Attribute]) -> bool:
        super().insert(record, attributes)
        return True


class OverwritesAndRefuses(Store):
    def insert(self, record: Record, attributes: Iterable[Attribute]) -> bool:
        attributes = tuple(attributes)
        inserted = super().insert(record, attributes)
        if not inserted:
            self.replace(record, attributes)
        return inserted


class CrashesOnDuplicates(Store):
    def insert(self, record: Record, attributes: Iterable[Attribute]) -> bool:
        if not super().insert(record, attributes):
            raise KeyError("UNIQUE constraint failed: enrollment.id")
        return True


class ChecksThenStores(Store):
    """Looks whether an id is free, and then stores: creates on several threads meet in between."""

    def __init__(self, database: Any = None) -> None:
        super().__init__(database)
        self.home = threading.get_ident()
        self.together = threading.Barrier(2)

    def insert(self, record: Record, attributes: Iterable[Attribute]) -> bool:
        attributes = tuple(attributes)
        if self.get(record["enrollmentId"]) is not None:
            return False
        if threading.get_ident() != self.home:
            self.meet()
        if not super().insert(record, attributes):
            self.replace(record, attributes)
        return True

    def meet(self) -> None:
        """Wait for another create; alone, go on after a while."""
        try:
            self.together.wait(timeout=1)
        except threading.BrokenBarrierError:
            self.together.reset()


ANSWERS = [
    Violation(
        "create-names-nothing",
        "The answer of a create is an empty object.",
        {"server": NamesNothing},
        expected=("ENR-CREATE-01",),
        declared=("ENR-GENERATED-01-CREATE",),
    ),
    Violation(
        "create-names-its-own-id",
        "The answer of a create names another id than the client's.",
        {"server": NamesItsOwnId},
        expected=("ENR-CREATE-01",),
    ),
    Violation(
        "create-names-the-id-as-text",
        "The answer of a create is the id itself instead of an object that holds it.",
        {"server": NamesTheIdAsText},
        expected=("ENR-CREATE-01",),
        declared=("ENR-GENERATED-01-CREATE",),
    ),
    Violation(
        "create-names-the-id-in-upper-case",
        "The answer of a create names the id in upper case.",
        {"server": NamesTheIdInUpperCase},
        expected=("ENR-CREATE-01",),
    ),
]
LOSSES = [
    Violation(
        "create-loses-documents",
        "A create stores all but the documents.",
        {"enrollments": creating(dropping("documentData"))},
        expected=("ENR-CREATE-02",),
        # A read of documentData alone has nothing to answer.
        declared=("ENR-READ-03",),
    ),
    Violation(
        "create-loses-request-data",
        "A create stores all but the request data.",
        {"enrollments": creating(dropping("requestData"))},
        expected=("ENR-CREATE-02",),
        declared=("ENR-PATCH-02",),
    ),
    Violation(
        "create-loses-a-biometric-member",
        "A create stores biometric data without their resolution.",
        {
            "enrollments": creating(
                lambda body: {
                    **body,
                    "biometricData": [dropping("resolution")(item) for item in body.get("biometricData", ())],
                }
            )
        },
        expected=("ENR-CREATE-02",),
    ),
    Violation(
        "create-loses-contextual-data",
        "A create stores all but the contextual data.",
        {"enrollments": creating(dropping("contextualData"))},
        expected=("ENR-CREATE-02",),
        versions=">=1.1.0",
    ),
    Violation(
        "create-lowers-codes",
        "A create stores the nationality in lower case.",
        {"enrollments": creating(with_lower_nationality)},
        expected=("ENR-CREATE-02",),
    ),
    Violation(
        "create-wants-more",
        "A create without biographic data is refused with 412.",
        {"enrollments": WantsMore},
        expected=("ENR-CREATE-03",),
    ),
]


DUPLICATES = [
    Violation(
        "create-overwrites",
        "A second create of an id replaces the first record.",
        {"store": Overwrites},
        expected=("ENR-CREATE-04", "ENR-CREATE-05", "ENR-CREATE-06"),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "create-again-is-done",
        "A second create of an id is answered as done, and ignored.",
        {"store": KeepsTheFirstSilently},
        expected=("ENR-CREATE-04", "ENR-CREATE-06"),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "create-overwrites-and-refuses",
        "A second create of an id is refused, and replaces the first record.",
        {"store": OverwritesAndRefuses},
        expected=("ENR-CREATE-05",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "create-again-crashes",
        "A second create of an id is a server error.",
        {"store": CrashesOnDuplicates},
        expected=("ENR-CREATE-04",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "create-checks-then-stores",
        "Two creates of one id at the same moment both succeed.",
        {"store": ChecksThenStores},
        expected=("ENR-CREATE-06",),
    ),
]
VIOLATIONS = [*ANSWERS, *LOSSES, *DUPLICATES]
