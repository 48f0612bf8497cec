"""What a server may ask of requests, and of nothing but what the standard or HTTP says of them."""

from __future__ import annotations

from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record
from tests.freedoms.buffers import Named
from tests.harness.variant import Freedom

KNOWN = {"transactionId", "finalize", "attributes", "offset", "limit"}
JSON_IN = ("createEnrollment", "updateEnrollment", "partialUpdateEnrollment", "findEnrollments")
LARGEST = 8192


class Strict(Server):
    """Refuses parameters and bodies that no document mentions, and a transactionId that it has seen."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.seen: set[str] = set()

    def check_transaction(self, call: Call) -> None:
        super().check_transaction(call)
        name = call.request.query_params["transactionId"]
        if name in self.seen:
            raise Refusal(400, "This transactionId has been used.")
        self.seen.add(name)

    async def perform(self, call: Call) -> Reply:
        self.authorize(call)
        headers, query = call.request.headers, call.request.query_params
        if set(query) - KNOWN:
            raise Refusal(400, "There is no such parameter.")
        if call.request.method in ("POST", "PUT", "PATCH") and "content-length" not in headers:
            raise Refusal(411, "A length is needed.")
        if call.operation.name in JSON_IN and await call.request.body():
            self.check_json(headers.get("content-type"), int(headers["content-length"]))
        elif call.request.method in ("GET", "DELETE") and "content-type" in headers:
            raise Refusal(400, "There is nothing to send.")
        return await super().perform(call)

    def check_json(self, kind: str | None, length: int) -> None:
        if kind != "application/json":
            raise Refusal(415, "The body is not said to be JSON, and nothing else.")
        if length > LARGEST:
            raise Refusal(413, "The body is too large.")


class OddNames(Named):
    """Names buffers by what must be encoded in a URL, never gives an id again, locks with 423."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.used: set[str] = set()

    def named(self, enrollment_id: str, data: bytes) -> str:
        self.used.add(f"buffer {len(self.used)}")
        return f"urn:x-buffer:{len(self.used)} é+%41&=?#;,/../{'x' * 150}"

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if enrollment_id in self.used:
            raise Refusal(409 if self.specification.version >= "1.2.1" else 404, "This id has been used.")
        super().create(enrollment_id, body, finalize=finalize)
        self.used.add(enrollment_id)

    def check_open(self, record: dict[str, Any]) -> None:
        if record["status"] == "FINALIZED":
            raise Refusal(423, "It is locked.")

    def delete(self, enrollment_id: str) -> None:
        self.changeable(enrollment_id)
        super().delete(enrollment_id)


class OtherOrder(Server):
    """Looks at the record first, then at the query, then at the body, and at the token last."""

    async def perform(self, call: Call) -> Reply:
        if call.operation.name == "createEnrollment":
            if self.enrollments.store.get(self.enrollment_id(call)):
                raise self.enrollments.duplicate(self.enrollment_id(call))
        elif "enrollmentId" in call.path:
            self.enrollments.existing(self.enrollment_id(call))
        self.check_transaction(call)
        self.parse_finalize(call)
        await call.request.body()
        if call.operation.name in ("createEnrollment", "updateEnrollment", "findEnrollments"):
            self.enrollments.validate(call.operation.name, await self.read_json(call))
        return await super().perform(call)


class FailsByChance(Server):
    """Of the reads with a space in the transactionId, the first does not find the record yet, and the second fails."""

    spaced = 0

    def check_transaction(self, call: Call) -> None:
        super().check_transaction(call)
        if call.operation.name == "readEnrollment" and " " in call.request.query_params["transactionId"]:
            self.spaced += 1
            if self.spaced <= 2:
                raise Refusal(404 if self.spaced == 1 else 500, "It is not there, for a moment.")


class TakesWhatItRefused(Server):
    """One read with a space in its transactionId is refused."""

    refused = False

    def check_transaction(self, call: Call) -> None:
        super().check_transaction(call)
        spaced = call.operation.name == "readEnrollment" and " " in call.request.query_params["transactionId"]
        if spaced and not self.refused:
            self.refused = True
            raise Refusal(400, "Not now.")


class WantsAllToFinalize(Enrollments):
    """Takes what is incomplete, and refuses to finalize it."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.validate("createEnrollment", body)
        self.check_complete(body, finalize=finalize)
        super().create(enrollment_id, body, finalize=finalize)

    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        self.check_complete(data, finalize=finalize)
        super().keep(current, data, finalize=finalize)

    def check_complete(self, data: Record, *, finalize: bool) -> None:
        known = data.get("biographicData", {})
        whole = isinstance(known, str) or {"lastName", "dateOfBirth", "gender"} <= set(known)
        if finalize and not (whole and data.get("documentData") and data.get("biometricData")):
            raise Refusal(400, "It is not complete.")


FREEDOMS = [
    Freedom(
        "requests-checked-in-another-order",
        "What a call is about is looked at before its query, its body and its token.",
        {"server": OtherOrder},
    ),
    Freedom(
        "requests-fail-by-chance", "One read is refused, and the next one a server error.", {"server": FailsByChance}
    ),
    Freedom(
        "requests-refused-once",
        "One read is refused, and the same one then taken.",
        {"server": TakesWhatItRefused},
        rulings=("RUL-TRANSACTION-ID",),
    ),
    Freedom(
        "requests-complete-at-last",
        "Only an enrollment with biographic data, biometrics and documents is finalized.",
        {"enrollments": WantsAllToFinalize},
    ),
    Freedom(
        "requests-strictly-read",
        "Unknown parameters, types with parameters, missing lengths, large JSON and a second use of a transactionId "
        "are refused.",
        {"server": Strict},
        rulings=("RUL-RANDOM-DATA",),
    ),
    Freedom(
        "requests-odd-names",
        "Buffers have ids that URLs must encode, ids are never used again, and finalized enrollments are locked (423).",
        {"enrollments": OddNames},
    ),
]
