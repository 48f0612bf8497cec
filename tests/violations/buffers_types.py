"""Violations of the media types of buffers (1.1.0 on)."""

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from tests.harness.variant import Violation


class OctetsOnly(Server):
    async def get_buffer(self, call: Call) -> Reply:
        reply = await super().get_buffer(call)
        reply.headers["Content-Type"] = "application/octet-stream"
        return reply


class KnownTypes(Server):
    """Other types than these are kept as octets."""

    def buffer_type(self, call: Call) -> str:
        kind = super().buffer_type(call)
        return kind if kind in ("image/png", "application/octet-stream") else "application/octet-stream"


class RefusesTypes(Server):
    def buffer_type(self, call: Call) -> str:
        kind = super().buffer_type(call)
        if kind not in ("image/png", "application/octet-stream"):
            raise Refusal(409, "This type is not known.")
        return kind


def buffers(name: str, change: str, server: type[Server], *expected: str, declared: tuple[str, ...] = ()) -> Violation:
    return Violation(f"buffers-{name}", change, {"server": server}, expected=expected, declared=declared)


VIOLATIONS = [
    buffers("are-octets", "Every buffer is answered as octets.", OctetsOnly, "ENR-BUFFER-11"),
    buffers("of-unknown-types-are-octets", "Only PNG keeps its type.", KnownTypes, "ENR-BUFFER-12"),
    buffers("of-unknown-types-conflict", "Types other than PNG are refused with 409.", RefusesTypes, "ENR-BUFFER-12"),
]
