"""Violations that end the service: after some call nothing is answered until somebody starts it again."""

from typing import Any

from starlette.requests import Request

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.harness.ending_server import names_in
from tests.harness.variant import Violation

UNANSWERED = 2
"""Calls that find nobody there before the server's supervisor has started it again."""


class Ended(Exception):
    """The process is gone, and with it each connection."""


class EndsAfterItsAnswer(Server):
    """It puts the names of members into a header of its own, as a public mock server did: one with a line break ends
    the process after the answer. Some calls find it gone before it is started again."""

    missing = 0

    async def respond(self, request: Request) -> Reply:
        if self.missing:
            self.missing -= 1
            raise Ended
        return await super().respond(request)

    def parse_json(self, data: bytes) -> Any:
        value = super().parse_json(data)
        if any("\n" in name or "\r" in name for name in names_in(value)):
            self.missing = UNANSWERED
        return value


class EndsBehindAGateway(EndsAfterItsAnswer):
    """A gateway before it answers in its place until it is started again."""

    code = 502

    async def respond(self, request: Request) -> Reply:
        try:
            return await super().respond(request)
        except Ended:
            return Reply(self.code, "Bad gateway")

    def parse_json(self, data: bytes) -> Any:
        value = super().parse_json(data)
        self.missing *= 4
        return value


class EndsBehindABusyGateway(EndsBehindAGateway):
    code = 503


class EndsAtOddNames(EndsAfterItsAnswer):
    """It ends at once: the call itself gets no answer."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        if self.missing:
            raise Ended
        return super().answer(call, reply)


VIOLATIONS = [
    *(
        Violation(
            f"service-ends-behind-a-{name}",
            f"a member's name with a line break in a create ends the process, and a gateway answers {server.code} then",
            {"server": server},
            expected=("ENR-SERVICE-01",),
            wait_for=5.0,
        )
        for name, server in (("gateway", EndsBehindAGateway), ("busy-gateway", EndsBehindABusyGateway))
    ),
    Violation(
        "service-ends-at-odd-names",
        "a member's name with a line break in a create ends the process",
        {"server": EndsAtOddNames},
        expected=("ENR-SERVICE-01",),
        wait_for=5.0,
    ),
    Violation(
        "service-ends-after-its-answer",
        "a member's name with a line break in a create ends the process after the answer",
        {"server": EndsAfterItsAnswer},
        expected=("ENR-SERVICE-01",),
        wait_for=5.0,
    ),
]
