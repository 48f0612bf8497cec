"""Violations of what a 400 says (1.1.0 on)."""

from collections.abc import Callable
from typing import Any

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from osia_reference.tokens import Claims, TokenCheck
from tests.harness.variant import Violation


def answering(change: Callable[[Reply], None], *codes: str) -> type[Server]:
    """Return a server that changes the 400s of some operations, or of all."""
    names = {by_code()[code].id for code in codes or by_code()}

    class Answering(Server):
        def answer(self, call: Call, reply: Reply) -> Reply:
            if reply.status == 400 and call.operation.name in names:
                change(reply)
            return reply

    return Answering


def emptied(reply: Reply) -> None:
    reply.body = None


def as_text(reply: Reply) -> None:
    reply.headers["Content-Type"] = "text/plain"
    reply.body, reply.stream = None, [b"This was not understood."]


def as_problem(reply: Reply) -> None:
    reply.headers["Content-Type"] = "application/problem+json"


def body(change: Callable[[dict[str, Any]], Any]) -> Callable[[Reply], None]:
    """Return the change of a 400's body."""

    def changed(reply: Reply) -> None:
        reply.body = change(reply.body)

    return changed


def violation(
    name: str, change: str, done: Callable[[Reply], None], *expected: str, codes: tuple[str, ...] = ()
) -> Violation:
    return Violation(f"errors-{name}", change, {"server": answering(done, *codes)}, expected=expected)


def of_kind(words: str, change: Callable[[Reply], None], status: int = 400) -> type[Server]:
    """Return a server that changes the 400s to one kind of fault: those whose message holds these words."""

    class OfKind(Server):
        def answer(self, call: Call, reply: Reply) -> Reply:
            if reply.status == status and words in str(reply.body):
                change(reply)
            return reply

    return OfKind


def as_page(reply: Reply) -> None:
    reply.headers["Content-Type"] = "text/html"
    reply.body, reply.stream = None, [b"<html><h1>400 Bad Request</h1></html>"]


def as_a_list_of_errors(reply: Reply) -> None:
    reply.body = {"errors": [{"field": "body", "message": "not valid"}]}


class MalformedIsBad(TokenCheck):
    def parse(self, token: str) -> tuple[Claims, Claims]:
        if token.count(".") == 1:
            raise Refusal(400, "The Authorization header is malformed.")
        return super().parse(token)


def kind(name: str, change: str, words: str, done: Callable[[Reply], None], *expected: str, **parts: type) -> Violation:
    return Violation(f"errors-{name}", change, {"server": of_kind(words, done), **parts}, expected=expected)


def bodies_of(*codes: str) -> tuple[str, ...]:
    return tuple(f"ENR-ERROR-02-{code}" for code in codes)


WRITING = ("CREATE", "UPDATE", "PATCH")
KINDS = [
    kind(
        "of-a-framework",
        "What breaks the schema is answered with a list of errors by the framework.",
        "does not fit the schema",
        as_a_list_of_errors,
        "ENR-ANSWER-ERROR-REQUIRED",
        "ENR-ANSWER-ERROR-ADDITIONALPROPERTIES",
    ),
    kind(
        "of-validation-are-text",
        "What breaks the schema is answered in plain text.",
        "does not fit the schema",
        as_text,
        *bodies_of(*WRITING, "FIND"),
    ),
    kind(
        "of-searches-are-text",
        "A search that breaks the schema is answered in plain text.",
        "the schema of findEnrollments",
        as_text,
        *bodies_of("FIND"),
    ),
    kind(
        "of-a-gateway",
        "Malformed JSON is answered with a page by the gateway.",
        "not a JSON text",
        as_page,
        *bodies_of(*WRITING, "FIND"),
    ),
    kind("of-digests-are-text", "A wrong Digest is answered in plain text.", "digest", as_text, *bodies_of("BUFWRITE")),
    kind(
        "of-the-flag-are-empty", "A bad finalize is answered without a body.", "finalize", emptied, *bodies_of(*WRITING)
    ),
    kind("of-pages-are-text", "A bad limit is answered in plain text.", "limit is", as_text, *bodies_of("FIND")),
    kind("of-offsets-are-pages", "A bad offset is answered with a page.", "offset is", as_page, *bodies_of("FIND")),
    kind(
        "of-tokens-are-text",
        "A malformed token is answered 400 in plain text.",
        "header is malformed",
        as_text,
        "ENR-ERROR-02-*",
        tokens=MalformedIsBad,
    ),
    kind(
        "of-the-transaction-name-no-code",
        "A missing transactionId is answered without a code.",
        "transactionId is missing",
        lambda reply: setattr(reply, "body", {"message": "missing"}),
        "ENR-ANSWER-ERROR-REQUIRED",
    ),
]


class NoBodyFails(Server):
    def parse_json(self, data: bytes) -> Any:
        if not data:
            raise TypeError("'NoneType' object is not subscriptable")
        return super().parse_json(data)


def failing(name: str, change: str, done: Callable[[Reply], None]) -> Violation:
    """A server that fails without a body, and says so in a form of its own."""

    class Failing(NoBodyFails):
        def answer(self, call: Call, reply: Reply) -> Reply:
            if reply.status == 500:
                done(reply)
            return reply

    declared = tuple(f"ENR-GENERATED-{one}-*" for one in ("01", "02"))
    expected = ("ENR-ERROR-01", "ENR-JSON-02-*")
    return Violation(f"errors-{name}", change, {"server": Failing}, expected=expected, declared=declared)


FAILURES = [
    failing("of-failures-are-text", "A server error is answered in plain text.", as_text),
    failing("of-failures-are-pages", "A server error is answered with a page.", as_page),
    failing("of-failures-are-empty", "A server error has no body.", emptied),
    failing(
        "of-failures-have-no-code",
        "A server error has no code.",
        body(lambda error: error and {"message": error["message"]}),
    ),
    failing("of-failures-are-lists", "A server error is a list of errors.", as_a_list_of_errors),
]
FACTS = {
    "type": ("The code of a 400 is a text.", lambda error: {**error, "code": str(error["code"])}),
    "required": ("A 400 has no message.", lambda error: {"code": error["code"]}),
    "format": ("The code of a 400 does not fit 32 bits.", lambda error: {**error, "code": 400_000_000_000}),
    "additionalproperties": ("A 400 says when it happened.", lambda error: {**error, "timestamp": "2020-07-01"}),
}
VIOLATIONS = [
    *KINDS,
    *FAILURES,
    violation("are-empty", "A 400 has no body.", emptied, "ENR-ERROR-02-*"),
    violation("are-problem-details", "A 400 is a problem detail (RFC 9457).", as_problem, "ENR-ERROR-02-*"),
    *(
        violation(
            f"of-{code.lower()}-are-text",
            f"A 400 of {operation.id} is plain text.",
            as_text,
            f"ENR-ERROR-02-{code}",
            codes=(code,),
        )
        for code, operation in by_code().items()
    ),
    *(
        violation(f"break-{name}", words, body(change), f"ENR-ANSWER-ERROR-{name.upper()}")
        for name, (words, change) in FACTS.items()
    ),
    violation("are-lists", "A 400 is a list of errors.", body(lambda error: [error]), "ENR-ANSWER-ERROR-TYPE"),
]
