"""Violations of what a 400 says (1.1.0 on)."""

from collections.abc import Callable
from typing import Any

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
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


FACTS = {
    "type": ("The code of a 400 is a text.", lambda error: {**error, "code": str(error["code"])}),
    "required": ("A 400 has no message.", lambda error: {"code": error["code"]}),
    "format": ("The code of a 400 does not fit 32 bits.", lambda error: {**error, "code": 400_000_000_000}),
    "additionalproperties": ("A 400 says when it happened.", lambda error: {**error, "timestamp": "2020-07-01"}),
}
VIOLATIONS = [
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
