"""Servers that each take one freedom that the standard or HTTP leaves them: conformant, every one."""

from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply

Json = dict[str, Any]


class Showing(Server):
    """Answers each record as `shown` makes it, when it is read and when it is found."""

    def shown(self, record: Json) -> Json:
        raise NotImplementedError

    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status == 200 and call.operation.name == "readEnrollment":
            reply.body = self.shown(reply.body)
        if reply.status == 200 and call.operation.name == "findEnrollments":
            reply.body = [self.shown(record) for record in reply.body]
        return reply


class Recoding(Server):
    """Refuses some calls of an operation with another code: `codes` maps (operation, code) to what is answered."""

    codes: dict[tuple[str, int], int] = {}

    async def perform(self, call: Call) -> Reply:
        try:
            return await super().perform(call)
        except Refusal as refusal:
            code = self.codes.get((call.operation.name, refusal.status), refusal.status)
            raise Refusal(code, refusal.message, refusal.headers) from refusal
