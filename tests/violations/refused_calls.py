"""Violations by calls that are refused and do something all the same."""

from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import IN_PROGRESS, Enrollments
from osia_reference.replies import Refusal, Reply
from tests.harness.variant import Violation

EMPTY = {"enrollmentType": "", "biometricData": []}


class ChecksTheTransactionLast(Server):
    async def perform(self, call: Call) -> Reply:
        self.authorize(call)
        reply = await self.handlers[call.operation.name](call)
        self.check_transaction(call)
        return reply


class ChecksTheFlagLast(Server):
    def parse_finalize(self, call: Call) -> bool:
        return call.request.query_params.get("finalize") == "true"

    async def perform(self, call: Call) -> Reply:
        reply = await super().perform(call)
        super().parse_finalize(call)
        return reply


class StoresBeforeItChecksAPatch(Enrollments):
    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        current = self.changeable(enrollment_id)
        merged = self.merge(current, body)
        if isinstance(merged, dict):
            self.keep(current, merged, finalize=finalize)
        self.validate("partialUpdateEnrollment", merged)


class EmptiesBeforeItChecksAnUpdate(Enrollments):
    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.keep(self.changeable(enrollment_id), EMPTY, finalize=False)
        super().update(enrollment_id, body, finalize=finalize)


class ReservesTheIdBeforeItChecks(Enrollments):
    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        stub = self.settled(enrollment_id, EMPTY, IN_PROGRESS)
        if not self.store.insert(stub, ()):
            raise Refusal(409, "The id is taken.")
        self.validate("createEnrollment", body)
        self.keep(stub, body, finalize=finalize)


VIOLATIONS = [
    Violation(
        "refused-for-its-transaction-after-the-fact",
        "The transactionId is checked when the call has been carried out.",
        {"server": ChecksTheTransactionLast},
        expected=("ENR-INTACT-01-*",),
    ),
    Violation(
        "refused-for-its-flag-after-the-fact",
        "The finalize flag is checked when the call has been carried out.",
        {"server": ChecksTheFlagLast},
        expected=("ENR-INTACT-01-CREATE", "ENR-INTACT-01-UPDATE", "ENR-INTACT-01-PATCH"),
    ),
    Violation(
        "refused-patch-is-stored",
        "A patch is stored before its result is checked against the schema.",
        {"enrollments": StoresBeforeItChecksAPatch},
        expected=("ENR-INTACT-01-PATCH",),
        declared=("ENR-PATCH-11",),
    ),
    Violation(
        "refused-update-empties",
        "An update empties the record before the new one is checked against the schema.",
        {"enrollments": EmptiesBeforeItChecksAnUpdate},
        expected=("ENR-INTACT-01-UPDATE",),
    ),
    Violation(
        "refused-create-leaves-a-stub",
        "A create that is refused leaves an empty enrollment behind.",
        {"enrollments": ReservesTheIdBeforeItChecks},
        expected=("ENR-INTACT-01-CREATE",),
    ),
]
