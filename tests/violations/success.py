"""Violations of what a success looks like: it happens, with its documented code and media type."""

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record
from tests.harness.variant import Violation

NO_CONTENT = 204
CODES = {
    "CREATE": 200,
    "READ": 203,
    "UPDATE": 200,
    "PATCH": 202,
    "DELETE": 200,
    "FINALIZE": 202,
    "FIND": 206,
    "BUFWRITE": 200,
    "BUFREAD": 206,
}


def without(code: str) -> type[Server]:
    """Return a server that lacks the operation: its path answers 405."""

    class Lacking(Server):
        async def perform(self, call: Call) -> Reply:
            if call.operation.name == by_code()[code].id:
                self.authorize(call)
                raise Refusal(405, "Not implemented.")
            return await super().perform(call)

    return Lacking


def answering(code: str, status: int) -> type[Server]:
    """Return a server on which the operation succeeds with `status`."""

    class Answering(Server):
        def answer(self, call: Call, reply: Reply) -> Reply:
            if call.operation.name == by_code()[code].id and reply.status == call.operation.success:
                reply.status = status
            return reply

    return Answering


def saying_more(code: str) -> type[Server]:
    """Return a server on which the operation's 204 has a body."""

    class SaysMore(Server):
        def answer(self, call: Call, reply: Reply) -> Reply:
            if call.operation.name == by_code()[code].id and reply.status == NO_CONTENT:
                reply.body = {"status": "ok"}
            return reply

    return SaysMore


class CrashesOnUpdate(Enrollments):
    def replace(self, current: Record, body: Record) -> Record:
        raise KeyError("revision")


class CrashesOnDocuments(Enrollments):
    def create(self, enrollment_id: str, body: Record, *, finalize: bool = False) -> None:
        self.validate("createEnrollment", body)
        if body.get("documentData"):
            raise KeyError("documentId")
        super().create(enrollment_id, body, finalize=finalize)


class JsonAsText(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status < 300 and reply.body is not None:
            reply.headers["Content-Type"] = "text/plain; charset=utf-8"
        return reply


class CreateWithoutMediaType(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if call.operation.name == "createEnrollment" and reply.status == call.operation.success:
            reply.headers["Content-Type"] = ""
        return reply


class AnswersAsTheOldest(Server):
    async def create_enrollment(self, call: Call) -> Reply:
        await super().create_enrollment(call)
        return Reply(201, {"enrollmentId": self.enrollment_id(call)})


class AnswersABody(Server):
    async def create_enrollment(self, call: Call) -> Reply:
        reply = await super().create_enrollment(call)
        reply.body = {"enrollmentId": self.enrollment_id(call)}
        return reply


class BuffersAsImages(Server):
    async def get_buffer(self, call: Call) -> Reply:
        reply = await super().get_buffer(call)
        reply.headers["Content-Type"] = "image/png"
        return reply


VIOLATIONS = [
    *[
        Violation(
            f"{code.lower()}-is-missing",
            f"{by_code()[code].id} is not implemented and answers 405.",
            {"server": without(code)},
            keep_going=code == "CREATE",
            expected=(f"ENR-DONE-01-{code}",),
        )
        for code in by_code()
    ],
    Violation(
        "update-crashes",
        "Every update ends in a server error.",
        {"enrollments": CrashesOnUpdate},
        expected=("ENR-DONE-01-UPDATE",),
    ),
    Violation(
        "create-crashes-on-documents",
        "Creating an enrollment with documents ends in a server error.",
        {"enrollments": CrashesOnDocuments},
        expected=("ENR-DONE-01-CREATE",),
    ),
    *[
        Violation(
            f"{code.lower()}-answers-{status}",
            f"{by_code()[code].id} succeeds with {status} instead of its documented code.",
            {"server": answering(code, status)},
            expected=(f"ENR-CODE-01-{code}",),
        )
        for code, status in CODES.items()
    ],
    Violation(
        "create-answers-201",
        "A create is answered as in 1.0.0, with 201 and the id.",
        {"server": AnswersAsTheOldest},
        expected=("ENR-CODE-01-CREATE",),
        declared=("ENR-GENERATED-01-CREATE", "ENR-CREATE-18"),
        versions=">=1.1.0",
    ),
    Violation(
        "create-answers-a-body",
        "A create is answered with 204 and the id.",
        {"server": AnswersABody},
        expected=("ENR-CREATE-18",),
        declared=("ENR-GENERATED-01-CREATE",),
    ),
    *[
        Violation(
            f"{code.lower()}-answers-a-body",
            f"{by_code()[code].id} is answered with 204 and an object.",
            {"server": saying_more(code)},
            expected=(f"ENR-EMPTY-01-{code}",),
        )
        for code in ("UPDATE", "PATCH", "DELETE", "FINALIZE")
    ],
    Violation(
        "json-as-text",
        "JSON is answered as text/plain.",
        {"server": JsonAsText},
        expected=(
            "ENR-MEDIA-01-CREATE",
            "ENR-MEDIA-01-READ",
            "ENR-MEDIA-01-FIND",
            "ENR-MEDIA-01-BUFWRITE",
        ),
        declared=(
            "ENR-GENERATED-01-CREATE",
            "ENR-GENERATED-01-READ",
            "ENR-GENERATED-01-FIND",
            "ENR-GENERATED-01-BUFWRITE",
        ),
    ),
    Violation(
        "create-without-media-type",
        "The answer of a create does not say that it is JSON.",
        {"server": CreateWithoutMediaType},
        expected=("ENR-MEDIA-01-CREATE",),
        declared=("ENR-GENERATED-01-CREATE",),
    ),
    Violation(
        "buffers-as-images",
        "A buffer is answered as image/png.",
        {"server": BuffersAsImages},
        expected=("ENR-MEDIA-01-BUFREAD", "ENR-BUFFER-11"),
        declared=("ENR-GENERATED-01-BUFREAD",),
    ),
]
