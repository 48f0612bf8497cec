"""Violations with enrollments that do not exist."""

from typing import Any

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import FINALIZED, IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record, StoredBuffer
from tests.harness.variant import Violation

STUB = {"enrollmentType": "citizen", "biometricData": []}


class AnswersEmptyObject(Enrollments):
    def read(self, enrollment_id: str, attributes: Any = None) -> Record:
        return super().read(enrollment_id, attributes) if self.store.get(enrollment_id) else {}


class AnswersNoContent(Server):
    async def read_enrollment(self, call: Call) -> Reply:
        known = self.enrollments.store.get(self.enrollment_id(call))
        return await super().read_enrollment(call) if known else Reply(204)


class AnswersNotFoundAs(Enrollments):
    status_of_unknown = 400

    def unknown(self, enrollment_id: str) -> Refusal:
        return Refusal(self.status_of_unknown, "no such enrollment")

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        if not self.store.get(enrollment_id):
            raise self.unknown(enrollment_id)
        return super().get_buffer(enrollment_id, buffer_id)


class AnswersForbidden(AnswersNotFoundAs):
    status_of_unknown = 409


class Crashes(AnswersNotFoundAs):
    status_of_unknown = 500


class Ignores(Enrollments):
    """Changes as many records as there are by this id, without looking how many."""

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if self.store.get(enrollment_id):
            super().update(enrollment_id, body, finalize=finalize)

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if self.store.get(enrollment_id):
            super().patch(enrollment_id, body, finalize=finalize)

    def finalize(self, enrollment_id: str) -> None:
        if self.store.get(enrollment_id):
            super().finalize(enrollment_id)


class UpdateCreates(Enrollments):
    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        change = super().update if self.store.get(enrollment_id) else self.create
        change(enrollment_id, body, finalize=finalize)


class PatchCreates(Enrollments):
    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.store.insert(self.settled(enrollment_id, STUB, IN_PROGRESS), ())
        super().patch(enrollment_id, body, finalize=finalize)


class FinalizeCreates(Enrollments):
    def finalize(self, enrollment_id: str) -> None:
        if not self.store.insert(self.settled(enrollment_id, STUB, FINALIZED), ()):
            super().finalize(enrollment_id)


class LeavesStub(Enrollments):
    def changeable(self, enrollment_id: str) -> Record:
        if self.store.insert(self.settled(enrollment_id, STUB, IN_PROGRESS), ()):
            raise self.unknown(enrollment_id)
        return super().changeable(enrollment_id)


class AnswersEmptyBuffer(Server):
    async def get_buffer(self, call: Call) -> Reply:
        if self.enrollments.store.get(self.enrollment_id(call)):
            return await super().get_buffer(call)
        return Reply(200, stream=[b""], headers={"Content-Type": "application/octet-stream"})


class DeleteOfUnknown(Server):
    """Answers the delete of an unknown enrollment with `answered`."""

    answered = 200

    async def delete_enrollment(self, call: Call) -> Reply:
        if self.enrollments.store.get(self.enrollment_id(call)):
            return await super().delete_enrollment(call)
        return Reply(self.answered)


class DeleteOfUnknownCrashes(DeleteOfUnknown):
    answered = 500


CREATING = {"UPDATE": UpdateCreates, "PATCH": PatchCreates, "FINALIZE": FinalizeCreates}
VIOLATIONS = [
    Violation(
        "unknown-read-answers-an-empty-object",
        "Reading an unknown enrollment answers 200 and {}.",
        {"enrollments": AnswersEmptyObject},
        expected=("ENR-UNKNOWN-01-READ",),
    ),
    Violation(
        "unknown-read-answers-204",
        "Reading an unknown enrollment answers 204.",
        {"server": AnswersNoContent},
        expected=("ENR-UNKNOWN-01-READ",),
    ),
    Violation(
        "unknown-is-400",
        "An unknown enrollment is answered 400.",
        {"enrollments": AnswersNotFoundAs},
        expected=("ENR-UNKNOWN-01-*",),
        declared=("ENR-BUFFER-05",),
    ),
    Violation(
        "unknown-is-409",
        "An unknown enrollment is answered 409.",
        {"enrollments": AnswersForbidden},
        expected=("ENR-UNKNOWN-01-*",),
        declared=("ENR-BUFFER-05",),
    ),
    Violation(
        "unknown-is-500",
        "An unknown enrollment is a server error.",
        {"enrollments": Crashes},
        expected=("ENR-UNKNOWN-01-*", "ENR-UNKNOWN-03"),
        declared=("ENR-BUFFER-05",),
    ),
    Violation(
        "unknown-is-done",
        "Updating, patching and finalizing an unknown enrollment are answered as done.",
        {"enrollments": Ignores},
        expected=("ENR-UNKNOWN-01-UPDATE", "ENR-UNKNOWN-01-PATCH", "ENR-UNKNOWN-01-FINALIZE"),
        declared=("ENR-LIFE-03",),
    ),
    *[
        Violation(
            f"unknown-{code.lower()}-creates",
            f"{by_code()[code].id} of an unknown enrollment creates it.",
            {"enrollments": creating},
            expected=(f"ENR-UNKNOWN-01-{code}", f"ENR-UNKNOWN-02-{code}"),
            declared=("ENR-LIFE-03",),
        )
        for code, creating in CREATING.items()
    ],
    Violation(
        "unknown-leaves-a-stub",
        "A change of an unknown enrollment, or a buffer for it, answers 404 and leaves an empty enrollment behind.",
        {"enrollments": LeavesStub},
        expected=("ENR-UNKNOWN-02-*",),
        declared=("ENR-LIFE-03",),
    ),
    Violation(
        "unknown-buffer-is-empty",
        "Reading a buffer of an unknown enrollment answers no bytes.",
        {"server": AnswersEmptyBuffer},
        expected=("ENR-UNKNOWN-01-BUFREAD",),
    ),
    Violation(
        "unknown-delete-answers-200",
        "Deleting an unknown enrollment answers 200.",
        {"server": DeleteOfUnknown},
        expected=("ENR-UNKNOWN-03",),
    ),
    Violation(
        "unknown-delete-crashes",
        "Deleting an unknown enrollment is a server error.",
        {"server": DeleteOfUnknownCrashes},
        expected=("ENR-UNKNOWN-03",),
        declared=("ENR-LIFE-03",),
    ),
]
