"""What a refusal may look like (rulings 3 and 4)."""

from typing import Any

from starlette.responses import Response

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.variant import Freedom

PAGE = b"<!DOCTYPE html><title>Error</title><h1>It did not work</h1>"


class Refusing(Server):
    """Answers every 4xx with `body` of type `kind`."""

    body = b""
    kind = "text/plain"

    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            reply.headers["Content-Type"] = self.kind
            reply.body, reply.stream = None, [self.body]
        return reply


class EmptyRefusals(Server):
    def render(self, reply: Reply) -> Response:
        if reply.status >= 400:
            reply.body = None
        return super().render(reply)


class Pages(Refusing):
    body = PAGE
    kind = "text/html; charset=utf-8"


class WrongJson(Refusing):
    body = b"{'error': not json}"
    kind = "application/json"


class Problems(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            problem = {"type": "about:blank", "title": "It did not work", "status": reply.status, "errors": []}
            reply.body, reply.stream = None, [self.encode(problem)]
            reply.headers["Content-Type"] = "application/problem+json"
        return reply


class OtherMembers(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status >= 400:
            reply.body = {"code": "E-17", "errors": [{"message": "bad"}]}
        return reply


class FailsOnce(Server):
    """The first call of each operation that is let in ends in a server error."""

    seen: set[str]
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
    freedom("empty", "Refusals have no body.", EmptyRefusals),
    freedom("html", "Refusals have an HTML page.", Pages),
    freedom("wrong-json", "Refusals have a body that is not the JSON it is said to be.", WrongJson),
    freedom("problem", "Refusals are problem details (RFC 9457).", Problems),
    freedom("other-members", "Refusals have a JSON object of the server's own kind.", OtherMembers),
    *(failing(number) for number in (1, 2, 3, 7, 20)),
]
