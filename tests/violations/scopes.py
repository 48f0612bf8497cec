"""Violations of scopes: operations that open to the wrong ones, or not to their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osia_conformance.standard.operations import BUFFER_READ, BUFFER_WRITE, READ, SCOPES, WRITE, by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from osia_reference.specification import Operation
from osia_reference.tokens import Claims, TokenCheck
from tests.harness.variant import Violation

CHANGING = ("CREATE", "UPDATE", "PATCH", "DELETE", "FINALIZE")
Opens = Callable[[str, str], bool]
Scopes = frozenset[str]


def family(number: str, *codes: str) -> tuple[str, ...]:
    return tuple(f"ENR-SCOPE-{number}-{code}" for code in codes)


def asks_for(name: str, change: str, scopes: dict[str, Scopes], *expected: str) -> Violation:
    """A server whose operations, by their codes, ask for other scopes than theirs."""

    class Asks(Server):
        def required_scopes(self, operation: Operation) -> Scopes:
            named = {by_code()[code].id: wanted for code, wanted in scopes.items()}
            return named.get(operation.name, super().required_scopes(operation))

    creates = "CREATE" in scopes
    return Violation(f"scopes-{name}", change, {"server": Asks}, keep_going=creates, expected=expected)


def forgotten_by(code: str) -> Violation:
    return asks_for(
        f"are-not-asked-for-by-{code.lower()}",
        f"{by_code()[code].id} is open to any valid token, whatever its scopes.",
        {code: frozenset()},
        *family("02", code),
    )


def opens(name: str, change: str, opened: Opens, *expected: str) -> Violation:
    """A server where a granted scope opens a required one if `opened` says so of (granted, required)."""

    class Compares(TokenCheck):
        def check_scopes(self, granted: Scopes, required: Scopes) -> None:
            if not all(any(opened(each, one) for each in granted) for one in required):
                super().check_scopes(frozenset(), required)

    return Violation(f"scopes-{name}", change, {"tokens": Compares}, expected=expected)


def implies(name: str, change: str, implied: dict[str, str], *codes: str) -> Violation:
    """A server where a scope opens what another one is for."""
    return opens(name, change, lambda has, wants: has == wants or implied.get(has) == wants, *family("02", *codes))


class WantsNothingOfNobody(TokenCheck):
    """A token without any scope may do everything."""

    def check_scopes(self, granted: Scopes, required: Scopes) -> None:
        if granted:
            super().check_scopes(granted, required)


class TakesAnyOfOurs(TokenCheck):
    def check_scopes(self, granted: Scopes, required: Scopes) -> None:
        if not granted & set(SCOPES):
            super().check_scopes(granted, required)


class ComparesTheWholeClaim(TokenCheck):
    """The claim is compared as one string: a second scope closes everything."""

    def granted(self, claims: Claims) -> Scopes:
        return frozenset({str(claims.get(self.settings.scope_claim))})


class CountsTheFirst(TokenCheck):
    """Only the claim's first scope counts."""

    def granted(self, claims: Claims) -> Scopes:
        return frozenset(str(claims.get(self.settings.scope_claim, "")).split(" ")[:1])


class AnswersBadRequest(TokenCheck):
    def check_scopes(self, granted: Scopes, required: Scopes) -> None:
        try:
            super().check_scopes(granted, required)
        except Refusal as refusal:
            raise Refusal(400, refusal.message) from refusal


class SaysSoInTheBody(Server):
    """A missing scope is answered 200, with an error in the body."""

    async def perform(self, call: Call) -> Reply:
        try:
            return await super().perform(call)
        except Refusal as refusal:
            if refusal.status == 403 and "scope" in refusal.message:
                return Reply(200, {"error": refusal.message})
            raise


def done_all_the_same(*codes: str) -> type[Server]:
    """A server that refuses a call without the scope when it has already been carried out."""

    class ChecksLate(Server):
        async def perform(self, call: Call) -> Reply:
            if call.operation.name not in {by_code()[code].id for code in codes}:
                return await super().perform(call)
            self.tokens.authenticate(call.request.headers.get("authorization"))
            self.check_transaction(call)
            reply = await self.handlers[call.operation.name](call)
            self.authorize(call)
            return reply

    return ChecksLate


def late(name: str, change: str, *codes: str) -> Violation:
    return Violation(f"scopes-{name}", change, {"server": done_all_the_same(*codes)}, expected=family("04", *codes))


def parts(name: str, change: str, expected: tuple[str, ...], **replaced: Any) -> Violation:
    return Violation(f"scopes-{name}", change, replaced, expected=expected)


VIOLATIONS = [
    asks_for(
        "are-two-for-most-operations",
        "Every operation but create and sendBuffer asks for the scopes to read and to write.",
        {code: frozenset({READ, WRITE, BUFFER_READ}) for code in by_code() if code not in ("CREATE", "BUFWRITE")},
        *family("01", "READ", "UPDATE", "PATCH", "DELETE", "FINALIZE", "FIND", "BUFREAD"),
    ),
    asks_for(
        "are-two-for-create",
        "Creating asks for the scope to read as well.",
        {"CREATE": frozenset({READ, WRITE})},
        *family("01", "CREATE"),
    ),
    asks_for(
        "are-two-for-buffers",
        "Sending a buffer asks for the scope to write enrollments as well.",
        {"BUFWRITE": frozenset({WRITE, BUFFER_WRITE})},
        *family("01", "BUFWRITE"),
    ),
    asks_for(
        "of-sent-buffers-are-those-of-enrollments",
        "Buffers are sent with the scope to write enrollments.",
        {"BUFWRITE": frozenset({WRITE})},
        *family("01", "BUFWRITE"),
        *family("02", "BUFWRITE"),
    ),
    asks_for(
        "of-read-buffers-are-those-of-enrollments",
        "Buffers are read with the scope to read enrollments.",
        {"BUFREAD": frozenset({READ})},
        *family("01", "BUFREAD"),
        *family("02", "BUFREAD"),
    ),
    parts(
        "are-one-string",
        "A token with a second scope is refused everywhere.",
        ("ENR-SCOPE-01-*",),
        tokens=ComparesTheWholeClaim,
    ),
    parts(
        "are-the-first-only",
        "Of a token's scopes only the first counts.",
        family("01", *(code for code in by_code() if code != "BUFREAD")),
        tokens=CountsTheFirst,
    ),
    *(forgotten_by(code) for code in by_code()),
    implies("of-writers-open-reading", "enroll.write opens reading.", {WRITE: READ}, "READ", "FIND"),
    implies(
        "of-readers-open-writing",
        "enroll.read opens writing.",
        {READ: WRITE},
        *CHANGING,
    ),
    implies(
        "of-writers-open-buffers",
        "enroll.write opens the sending of buffers.",
        {WRITE: BUFFER_WRITE},
        "BUFWRITE",
    ),
    implies("of-readers-open-buffers", "enroll.read opens buffers.", {READ: BUFFER_READ}, "BUFREAD"),
    implies(
        "of-buffers-open-enrollments",
        "enroll.buf.write opens the writing of enrollments.",
        {BUFFER_WRITE: WRITE},
        *CHANGING,
    ),
    implies(
        "of-buffer-writers-open-reading",
        "enroll.buf.write opens the reading of buffers.",
        {BUFFER_WRITE: BUFFER_READ},
        "BUFREAD",
    ),
    parts(
        "are-not-asked-of-tokens-without-any",
        "A token without scopes may do everything.",
        ("ENR-SCOPE-02-*",),
        tokens=WantsNothingOfNobody,
    ),
    parts(
        "are-all-the-same",
        "Any scope of the interface opens all of it.",
        ("ENR-SCOPE-02-*",),
        tokens=TakesAnyOfOurs,
    ),
    parts(
        "are-missing-with-400",
        "A missing scope is answered 400.",
        ("ENR-SCOPE-02-*",),
        tokens=AnswersBadRequest,
    ),
    parts(
        "are-missing-with-200",
        "A missing scope is answered 200, with an error in the body.",
        ("ENR-SCOPE-02-*",),
        server=SaysSoInTheBody,
    ),
    opens(
        "are-compared-by-prefix",
        "A scope opens whatever it begins with.",
        lambda has, wants: has.startswith(wants),
        "ENR-SCOPE-03-*",
    ),
    opens(
        "are-compared-by-substring",
        "A scope opens whatever it contains.",
        lambda has, wants: wants in has,
        "ENR-SCOPE-03-*",
    ),
    opens(
        "open-what-begins-with-them",
        "A scope opens whatever begins with it.",
        lambda has, wants: wants.startswith(has),
        "ENR-SCOPE-03-*",
    ),
    opens(
        "are-compared-in-any-case",
        "Scopes are compared without regard to case.",
        lambda has, wants: has.lower() == wants.lower(),
        "ENR-SCOPE-03-*",
    ),
    opens(
        "have-wildcards",
        "A scope that ends in * opens whatever begins like it.",
        lambda has, wants: has == wants or (has.endswith("*") and wants.startswith(has[:-1])),
        "ENR-SCOPE-03-*",
    ),
    opens(
        "open-their-branches",
        "A scope opens whatever stands below it.",
        lambda has, wants: has == wants or wants.startswith(f"{has}."),
        "ENR-SCOPE-03-*",
    ),
    late(
        "are-checked-too-late",
        "A call that lacks the scope is refused, when it has been carried out.",
        *CHANGING,
    ),
    *(
        late(
            f"are-checked-too-late-by-{code.lower()}",
            f"{by_code()[code].id} is refused for its scope when it has been carried out.",
            code,
        )
        for code in CHANGING
    ),
]
