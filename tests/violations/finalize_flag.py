"""Violations of the finalize flag of create, update and patch."""

from collections.abc import Callable
from typing import Any

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.variant import Violation

CODES = ("CREATE", "UPDATE", "PATCH")


def ignoring(code: str) -> type[Server]:
    """Return a server on which the operation never finalizes."""

    class Ignoring(Server):
        def parse_finalize(self, call: Call) -> bool:
            return super().parse_finalize(call) and call.operation.name != by_code()[code].id

    return Ignoring


def defaulting(code: str) -> type[Server]:
    """Return a server on which the operation finalizes unless it is told not to."""

    class Defaulting(Server):
        def parse_finalize(self, call: Call) -> bool:
            absent = "finalize" not in call.request.query_params
            return super().parse_finalize(call) or (absent and call.operation.name == by_code()[code].id)

    return Defaulting


def presence(code: str) -> type[Server]:
    """Return a server on which the operation finalizes if the flag is there, whatever its value."""

    class Presence(Server):
        def parse_finalize(self, call: Call) -> bool:
            if call.operation.name != by_code()[code].id:
                return super().parse_finalize(call)
            return "finalize" in call.request.query_params

    return Presence


class AnythingElseIsFalse(Server):
    def parse_finalize(self, call: Call) -> bool:
        return call.request.query_params.get("finalize") == "true"


class AnythingElseIsFalseInAPatch(Server):
    def parse_finalize(self, call: Call) -> bool:
        if call.operation.name == "partialUpdateEnrollment":
            return call.request.query_params.get("finalize") == "true"
        return super().parse_finalize(call)


class NoBooleanIs422(Server):
    def parse_finalize(self, call: Call) -> bool:
        try:
            return super().parse_finalize(call)
        except Refusal:
            raise Refusal(422, "finalize: not a boolean") from None


class NoBooleanCrashes(Server):
    def parse_finalize(self, call: Call) -> bool:
        return {"true": True, "false": False}[call.request.query_params.get("finalize", "false")]


class UpdateOnlyFinalizes(Enrollments):
    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if finalize:
            self.finalize(enrollment_id)
        else:
            super().update(enrollment_id, body)


class PatchOnlyFinalizes(Enrollments):
    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        if finalize:
            self.finalize(enrollment_id)
        else:
            super().patch(enrollment_id, body)


def each(name: str, change: str, server: Callable[[str], type[Server]], *numbers: str) -> list[Violation]:
    """Return a violation for each operation with the flag; in `name` and `change` stands {} for the operation."""
    return [
        Violation(
            f"finalize-{name.format(code.lower())}",
            change.format(by_code()[code].id),
            {"server": server(code)},
            expected=tuple(f"ENR-FLAG-{number}-{code}" for number in numbers),
            declared=("ENR-LIFE-03",),
        )
        for code in CODES
    ]


VIOLATIONS = [
    *each("ignored-by-{}", "{} ignores finalize=true.", ignoring, "01"),
    *each("is-the-default-of-{}", "{} finalizes unless it is told not to.", defaulting, "02"),
    *each("by-presence-in-{}", "{} finalizes whenever the flag is there, false or not.", presence, "03", "04"),
    *[
        Violation(
            f"finalize-is-all-of-{code.lower()}",
            f"{by_code()[code].id} with finalize=true stores nothing.",
            {"enrollments": enrollments},
            expected=(f"ENR-FLAG-05-{code}",),
        )
        for code, enrollments in {"UPDATE": UpdateOnlyFinalizes, "PATCH": PatchOnlyFinalizes}.items()
    ],
    Violation(
        "finalize-else-is-false",
        "A finalize that is no boolean counts as false.",
        {"server": AnythingElseIsFalse},
        expected=("ENR-FLAG-04-*",),
    ),
    Violation(
        "finalize-else-is-false-in-patch",
        "A finalize that is no boolean counts as false in a patch.",
        {"server": AnythingElseIsFalseInAPatch},
        expected=("ENR-FLAG-04-PATCH",),
    ),
    Violation(
        "finalize-else-is-422",
        "A finalize that is no boolean is answered 422.",
        {"server": NoBooleanIs422},
        expected=("ENR-REFUSAL-01-CREATE", "ENR-REFUSAL-01-UPDATE", "ENR-REFUSAL-01-PATCH"),
    ),
    Violation(
        "finalize-else-crashes",
        "A finalize that is no boolean is a server error.",
        {"server": NoBooleanCrashes},
        expected=("ENR-FLAG-04-*",),
    ),
]
