"""What a refusal may look like (rulings 3 and 4)."""

from typing import Any

from starlette.responses import Response

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.harness.variant import Freedom

PAGE = b"<!DOCTYPE html><title>Error</title><h1>It did not work</h1>"


class Refusing(Server):
    """Refuses in a form of its own, where the version leaves the form free: a 400 has one from 1.1.0 on."""

    def is_free(self, reply: Reply) -> bool:
        return reply.status > 400 or (reply.status == 400 and self.specification.version == "1.0.0")


class EmptyRefusals(Refusing):
    def render(self, reply: Reply) -> Response:
        if self.is_free(reply):
            reply.body = None
        return super().render(reply)


class Pages(Refusing):
    """HTML, which is said to be JSON where nothing was found."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        if self.is_free(reply):
            kind = "application/json" if reply.status == 404 else "text/html; charset=utf-8"
            reply.headers["Content-Type"] = kind
            reply.body, reply.stream = None, [PAGE]
        return reply


class Problems(Refusing):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if self.is_free(reply):
            problem = {"type": "about:blank", "title": "It did not work", "status": reply.status, "errors": []}
            reply.body, reply.stream = None, [self.encode(problem)]
            reply.headers["Content-Type"] = "application/problem+json"
        elif reply.status == 400:
            reply.body = {"code": -1001, "message": ""}
        return reply


class Unprocessable(Server):
    """422 wherever the standard documents 400, as frameworks have it."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status == 400:
            reply.status = 422
        return reply


class FailsOnce(Server):
    """The first call of each operation that is let in ends in a server error."""

    number = 1

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.counts: dict[str, int] = {}

    async def perform(self, call: Call) -> Reply:
        name = call.operation.name
        self.counts[name] = self.counts.get(name, 0) + 1
        if self.counts[name] == self.number:
            return Reply(500, {"code": 500, "message": "The pool was not ready."})
        return await super().perform(call)


def failing(number: int) -> Freedom:
    class Fails(FailsOnce):
        pass

    Fails.number = number
    return Freedom(
        f"errors-one-500-at-call-{number}",
        f"Call {number} of each operation ends in a server error, which never repeats.",
        {"server": Fails},
        rulings=("RUL-CODES",),
        may=("RUL-VISIBILITY",),
    )


def freedom(name: str, change: str, part: type[Any]) -> Freedom:
    return Freedom(f"errors-{name}", change, {"server": part})


FREEDOMS = [
    Freedom(
        "errors-unprocessable",
        "A bad request is answered 422, whatever its fault.",
        {"server": Unprocessable},
        inapplicable=("ENR-ERROR-02-*", "ENR-ANSWER-ERROR-*"),
        may=("RUL-RANDOM-DATA", "RUL-DIGEST", "RUL-INTEGER-VALUE"),
    ),
    freedom("empty", "Refusals have no body.", EmptyRefusals),
    freedom("html", "Refusals have an HTML page, called JSON in a 404.", Pages),
    freedom(
        "problem",
        "Refusals are problem details (RFC 9457); a 400 has a code of its own and no words.",
        Problems,
    ),
    *(failing(number) for number in (1, 3, 20)),
]
