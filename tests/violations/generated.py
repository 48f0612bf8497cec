"""Violations that generated input finds: of answers to valid input, of robustness, of validation."""

from __future__ import annotations

import struct
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from tests.harness.variant import Violation

KNOWN = {"transactionId", "finalize", "attributes", "offset", "limit"}


class AnswersWithAnotherCode(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status == call.operation.success:
            reply.status = 202 if call.operation.name != "readEnrollment" else 203
        return reply


class FailsOnUnknownParameters(Server):
    async def perform(self, call: Call) -> Reply:
        if set(call.request.query_params) - KNOWN:
            raise RuntimeError("an unknown query parameter")
        return await super().perform(call)


class RefusesAnEmptyType(Enrollments):
    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if isinstance(body, dict) and body.get("enrollmentType") == "":
            raise Refusal(412, "The enrollment type is empty.")


class WantsAType(Enrollments):
    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if operation != "findEnrollments" and isinstance(body, dict) and not body.get("enrollmentType"):
            raise Refusal(412, "The enrollment type is missing.")


class ChecksNothing(Enrollments):
    def validate(self, operation: str, body: Any) -> None:
        if operation == "findEnrollments" or not isinstance(body, dict):
            super().validate(operation, body)


class FindsWithoutChecking(Enrollments):
    def find(self, expressions: Any) -> list[Any]:
        try:
            return super().find(expressions)
        except Refusal:
            return []


class StumblesOverDepth(Server):
    async def read_json(self, call: Call) -> Any:
        if (await call.request.body()).count(b"[") > 1000:
            raise RecursionError
        return await super().read_json(call)


class CountsIn32Bits(Server):
    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        for number in super().parse_paging(call):
            struct.pack("i", number or 0)
        return super().parse_paging(call)


VIOLATIONS = [
    Violation(
        "generated-deep-json-crashes",
        "JSON that nests deeper than 1000 levels is a server error.",
        {"server": StumblesOverDepth},
        expected=("ENR-GENERATED-02-CREATE", "ENR-GENERATED-02-UPDATE", "ENR-GENERATED-02-PATCH"),
    ),
    Violation(
        "generated-large-pages-crash",
        "A limit or an offset beyond 32 bits is a server error.",
        {"server": CountsIn32Bits},
        expected=("ENR-GENERATED-02-FIND",),
        versions=">=1.1.0",
    ),
    Violation(
        "generated-another-success",
        "Every success is answered with 202, and a read with 203.",
        {"server": AnswersWithAnotherCode},
        expected=("ENR-CODE-01-*", "ENR-GENERATED-01-*"),
    ),
    Violation(
        "generated-unknown-parameter",
        "A query parameter that the interface does not know ends in a server error.",
        {"server": FailsOnUnknownParameters},
        expected=("ENR-GENERATED-02-*",),
    ),
    Violation(
        "generated-undocumented-refusal",
        "An empty enrollment type, which is valid, is refused with 412.",
        {"enrollments": RefusesAnEmptyType},
        expected=("ENR-GENERATED-01-CREATE", "ENR-GENERATED-01-UPDATE"),
        declared=("ENR-GENERATED-01-PATCH", "ENR-GENERATED-03-*"),
        versions="<1.2.0",
    ),
    Violation(
        "generated-type-wanted",
        "An enrollment without a type, which is valid from 1.2.0 on, is refused with 412.",
        {"enrollments": WantsAType},
        expected=("ENR-GENERATED-01-CREATE", "ENR-GENERATED-01-UPDATE", "ENR-CREATE-03"),
        declared=("ENR-GENERATED-01-PATCH", "ENR-GENERATED-03-*"),
        versions=">=1.2.0",
    ),
    Violation(
        "generated-nothing-checked",
        "Enrollments are taken without a look at their schema.",
        {"enrollments": ChecksNothing},
        expected=("ENR-GENERATED-03-CREATE", "ENR-GENERATED-03-UPDATE", "ENR-GENERATED-03-PATCH", "ENR-JSON-03-*"),
        declared=("ENR-INPUT-*", "ENR-GENERATED-*", "ENR-PATCH-11"),
    ),
    Violation(
        "generated-broken-searches-find-nothing",
        "A search that breaks the schema is answered 200 with an empty list.",
        {"enrollments": FindsWithoutChecking},
        expected=("ENR-GENERATED-03-FIND", "ENR-INPUT-EXPRESSION-*", "ENR-INPUT-EXPRESSIONS-*"),
    ),
]
