"""Violations of readEnrollment: another record, more or less of it than was asked for, or an old one."""

from collections.abc import Sequence
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.variant import Violation

GROUPS = {
    "enrollmentType",
    "enrollmentFlags",
    "requestData",
    "biographicData",
    "biometricData",
    "documentData",
}
KNOWN = {*GROUPS, "firstName", "lastName", "deliveryPlace", "documentType"}


class AnswersAnInternalId(Enrollments):
    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        return {**super().read(enrollment_id, attributes), "enrollmentId": "ENR-000001"}


class AnswersTheIdInUpperCase(Enrollments):
    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        return {**super().read(enrollment_id, attributes), "enrollmentId": enrollment_id.upper()}


class AnswersTheNewest(Enrollments):
    """Keeps the record that was created last in a place that all requests share."""

    newest = ""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        self.newest = enrollment_id

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        known = self.existing(enrollment_id) and self.store.get(self.newest)
        return super().read(self.newest if known else enrollment_id, attributes)


class IgnoresAttributes(Server):
    def parse_attributes(self, call: Call) -> list[str] | None:
        return None


class AnswersIdsOnly(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        return super().limited(record, ())


class AnswersEmptyGroups(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        return {name: {} for name, value in super().limited(record, attributes).items() if name in GROUPS}


class SaysFinalized(Enrollments):
    """Looks for the status where a filtered record has none, and takes what is the default there."""

    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        return {**super().limited(record, attributes), "status": "FINALIZED"}


class TakesTheLastAttribute(Server):
    def parse_attributes(self, call: Call) -> list[str] | None:
        return (super().parse_attributes(call) or [])[-1:] or None


class TakesOneAttributeForLetters(Server):
    """Takes a single value for a list, as where a parser of queries makes lists of several ones alone."""

    def parse_attributes(self, call: Call) -> list[str] | None:
        names = super().parse_attributes(call)
        return list(names[0]) if names and len(names) == 1 else names


class WantsCommas(Server):
    def parse_attributes(self, call: Call) -> list[str] | None:
        names = super().parse_attributes(call)
        return names and names[0].split(",")


class AnswersNullForUnknown(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        return {name: None for name in attributes if name not in KNOWN} | super().limited(record, attributes)


class UnknownAttributeIs404(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        if not KNOWN.issuperset(attributes):
            raise Refusal(404, "There is no such attribute.")
        return super().limited(record, attributes)


class UnknownAttributeCrashes(Enrollments):
    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        if not KNOWN.issuperset(attributes):
            raise KeyError(attributes)
        return super().limited(record, attributes)


class KeepsTheLimitedRecord(Enrollments):
    """Puts what was answered last into the place from which it answers next."""

    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        kept = super().limited(record, attributes)
        self.store.replace({**kept, "enrollmentId": record["enrollmentId"]}, ())
        return kept


class Caches(Enrollments):
    """Answers from memory what was read before; each change but those in `forgetful` renews it."""

    forgetful: tuple[str, ...] = ()

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.cache: dict[str, Record] = {}

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        if enrollment_id not in self.cache:
            self.cache[enrollment_id] = super().read(enrollment_id)
        record = self.cache[enrollment_id]
        return record if attributes is None else self.limited(record, attributes)

    def renew(self, enrollment_id: str, change: str) -> None:
        if change not in self.forgetful:
            self.cache.pop(enrollment_id, None)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().update(enrollment_id, body, finalize=finalize)
        self.renew(enrollment_id, "update")

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().patch(enrollment_id, body, finalize=finalize)
        self.renew(enrollment_id, "patch")

    def finalize(self, enrollment_id: str) -> None:
        super().finalize(enrollment_id)
        self.renew(enrollment_id, "finalize")

    def delete(self, enrollment_id: str) -> None:
        super().delete(enrollment_id)
        self.renew(enrollment_id, "delete")


class ForgetsPatches(Caches):
    forgetful = ("patch",)


class ForgetsUpdates(Caches):
    forgetful = ("update",)


class ForgetsFinalizing(Caches):
    forgetful = ("finalize",)


VIOLATIONS = [
    Violation(
        "read-answers-an-internal-id",
        "A read answers an id of the server's own.",
        {"enrollments": AnswersAnInternalId},
        expected=("ENR-READ-01",),
    ),
    Violation(
        "read-answers-the-id-in-upper-case",
        "A read answers the id in upper case.",
        {"enrollments": AnswersTheIdInUpperCase},
        expected=("ENR-READ-01",),
    ),
    Violation(
        "read-answers-the-newest",
        "A read answers the enrollment that was created last.",
        {"enrollments": AnswersTheNewest},
        expected=("ENR-READ-01",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "read-ignores-attributes",
        "A read answers the whole record, whatever attributes are asked for.",
        {"server": IgnoresAttributes},
        expected=("ENR-READ-02",),
    ),
    Violation(
        "read-by-attributes-says-finalized",
        "A read with attributes says FINALIZED of any enrollment.",
        {"enrollments": SaysFinalized},
        expected=("ENR-READ-02",),
    ),
    Violation(
        "read-by-attributes-answers-ids-only",
        "A read with attributes answers id and status, and nothing that was asked for.",
        {"enrollments": AnswersIdsOnly},
        expected=("ENR-READ-02", "ENR-READ-03"),
    ),
    Violation(
        "read-by-attributes-answers-empty-groups",
        "A read with attributes answers the groups without their members.",
        {"enrollments": AnswersEmptyGroups},
        expected=("ENR-READ-02", "ENR-READ-03"),
    ),
    Violation(
        "read-takes-the-last-attribute",
        "Of several attributes the last is answered.",
        {"server": TakesTheLastAttribute},
        expected=("ENR-READ-03",),
    ),
    Violation(
        "read-takes-an-attribute-for-letters",
        "One attribute alone is taken for a list of letters, as with the qs parser of Express.",
        {"server": TakesOneAttributeForLetters},
        expected=("ENR-READ-02",),
    ),
    Violation(
        "read-wants-commas",
        "Several attributes are answered only when commas separate them.",
        {"server": WantsCommas},
        expected=("ENR-READ-03",),
    ),
    Violation(
        "read-answers-null-for-an-unknown-attribute",
        "An attribute that does not exist is answered as null.",
        {"enrollments": AnswersNullForUnknown},
        expected=("ENR-READ-04",),
    ),
    Violation(
        "read-of-an-unknown-attribute-is-404",
        "An attribute that does not exist is answered 404.",
        {"enrollments": UnknownAttributeIs404},
        expected=("ENR-READ-04",),
    ),
    Violation(
        "read-of-an-unknown-attribute-crashes",
        "An attribute that does not exist is a server error.",
        {"enrollments": UnknownAttributeCrashes},
        expected=("ENR-READ-04",),
        declared=(
            "ENR-GENERATED-01-READ",
            "ENR-GENERATED-02-READ",
        ),
    ),
    Violation(
        "read-by-attributes-cuts-the-record",
        "A read with attributes leaves the record with nothing else.",
        {"enrollments": KeepsTheLimitedRecord},
        expected=("ENR-READ-05",),
    ),
    *[
        Violation(
            f"read-is-stale-after-{name}",
            f"What was read once is answered again after {name}.",
            {"enrollments": part},
            expected=("ENR-READ-06",),
            declared=("ENR-LIFE-03", "ENR-PATCH-05"),
        )
        for name, part in {
            "a-patch": ForgetsPatches,
            "an-update": ForgetsUpdates,
            "a-finalize": ForgetsFinalizing,
        }.items()
    ],
]
