"""Second creates, missing bodies, unusual ids and deletions (rulings 5, 9, 12 and 29)."""

import re
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Store
from tests.freedoms import Recoding
from tests.harness.variant import Freedom


class OwnIdRefused(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.refuse_own_id(body)
        super().create(enrollment_id, body, finalize=finalize)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.refuse_own_id(body)
        super().update(enrollment_id, body, finalize=finalize)

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.refuse_own_id(body)
        super().patch(enrollment_id, body, finalize=finalize)

    def refuse_own_id(self, body: Any) -> None:
        if isinstance(body, dict) and "enrollmentId" in body:
            raise Refusal(400, "enrollmentId is read-only.")


class LowerCaseIds(Server):
    def enrollment_id(self, call: Call) -> str:
        return super().enrollment_id(call).lower()


MINIMAL = {"status": "IN_PROGRESS", "enrollmentType": "unknown", "biometricData": []}


class DuplicateNotFound(Recoding):
    codes = {("createEnrollment", 409): 404, ("createEnrollment", 404): 404}


class DuplicateUnprocessable(Recoding):
    codes = {("createEnrollment", 409): 422, ("createEnrollment", 404): 422}


class DuplicateForbidden(Recoding):
    codes = {("createEnrollment", 409): 403, ("deleteEnrollment", 404): 400}


class DuplicateConflict(Recoding):
    codes = {("createEnrollment", 404): 409}


class NoBodyNeeded(Server):
    """Without a body, a create and an update have the required members only, and a search finds all."""

    bodies: dict[str, Any] = {
        "createEnrollment": MINIMAL,
        "updateEnrollment": MINIMAL,
        "partialUpdateEnrollment": {},
        "findEnrollments": [],
    }

    async def read_json(self, call: Call) -> Any:
        return await super().read_json(call) if await call.request.body() else self.bodies[call.operation.name]


class BodyNeeded(Server):
    """Each operation refuses a missing body in a way of its own."""

    codes = {
        "createEnrollment": 411,
        "updateEnrollment": 415,
        "partialUpdateEnrollment": 422,
        "findEnrollments": 413,
    }

    async def read_json(self, call: Call) -> Any:
        if not await call.request.body():
            raise Refusal(self.codes[call.operation.name], "A body is needed.")
        return await super().read_json(call)


class PlainIds(Server):
    def enrollment_id(self, call: Call) -> str:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,36}", call.path["enrollmentId"]):
            raise Refusal(400, "This is no id.")
        return super().enrollment_id(call)


class ShortTargets(Server):
    def enrollment_id(self, call: Call) -> str:
        name = super().enrollment_id(call)
        if len(name) > 64:
            raise Refusal(414, "The id is too long.")
        if not name.isascii() or set(name) & set("/ %+."):
            raise Refusal(404, "There is nothing of this name.")
        return name


class DeletesAnything(Enrollments):
    def delete(self, enrollment_id: str) -> None:
        self.store.delete(enrollment_id)


class KeepsBuffers(Store):
    def delete_buffers(self, enrollment_id: str) -> None:
        pass


def freedom(name: str, change: str, observed: str = "", /, versions: str = "", **parts: type[Any]) -> Freedom:
    return Freedom(f"creating-{name}", change, parts, rulings=(observed,) if observed else (), versions=versions)


FREEDOMS = [
    freedom("own-id-refused", "A body that names its own id is refused.", enrollments=OwnIdRefused, versions=">=1.2.0"),
    Freedom(
        "creating-ids-in-lower-case",
        "Ids are UUIDs, in a column that knows no upper case.",
        {"server": LowerCaseIds},
        rulings=("RUL-ID-CASE",),
    ),
    freedom(
        "duplicate-404",
        "A second create is refused with 404; deleting an unknown id answers 204.",
        server=DuplicateNotFound,
        enrollments=DeletesAnything,
        versions="==1.0.0",
    ),
    freedom(
        "duplicate-403",
        "A second create is refused with 403, deleting an unknown id with 400.",
        server=DuplicateForbidden,
        versions="==1.0.0",
    ),
    freedom(
        "duplicate-422",
        "It is refused with 422.",
        "RUL-DUPLICATE",
        server=DuplicateUnprocessable,
        versions="<1.2.1",
    ),
    freedom(
        "duplicate-409",
        "It is refused with 409 before that is documented.",
        server=DuplicateConflict,
        versions=">=1.1.0, <1.2.1",
    ),
    freedom("no-body-needed", "Calls without a body are done.", server=NoBodyNeeded),
    freedom("body-needed", "Calls without a body are refused with 411, 413, 415 and 422.", server=BodyNeeded),
    freedom("plain-ids", "Ids other than ours are refused with 400.", server=PlainIds),
    freedom("short-targets", "Long ids are refused with 414, unusual ones with 404.", server=ShortTargets),
    freedom("keeps-buffers", "Buffers of a deleted enrollment are still answered.", store=KeepsBuffers),
]
