"""Violations of tokens: operations that do not check them, or check them too late."""

from __future__ import annotations

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from tests.harness.variant import Violation
from tests.violations.tokens import EVERY_FAULT

CHANGING = ("CREATE", "UPDATE", "PATCH", "DELETE", "FINALIZE")


def unchecked_by(code: str) -> Violation:
    """One operation forgot to check tokens."""

    class Forgets(Server):
        def authorize(self, call: Call) -> None:
            if call.operation.name != by_code()[code].id:
                super().authorize(call)

    return Violation(
        f"tokens-are-not-checked-by-{code.lower()}",
        f"{by_code()[code].id} asks for no token.",
        {"server": Forgets},
        expected=tuple(f"ENR-TOKEN-{number}-{code}" for number in EVERY_FAULT),
        declared=(f"ENR-SCOPE-02-{code}",),
    )


class ChecksAtTheDoor(Server):
    """Tokens are checked by path: what ends in a sub-resource is not covered."""

    def authorize(self, call: Call) -> None:
        if call.request.url.path.count("/") == 3:
            super().authorize(call)


class ChecksGetsOnly(Server):
    def authorize(self, call: Call) -> None:
        if call.request.method == "GET":
            super().authorize(call)


class ChecksWritesOnly(Server):
    def authorize(self, call: Call) -> None:
        if call.request.method != "GET":
            super().authorize(call)


def done_all_the_same(*codes: str) -> type[Server]:
    """A server that refuses a bad token when the call has already been carried out."""

    class ChecksLate(Server):
        async def perform(self, call: Call) -> Reply:
            if call.operation.name not in {by_code()[code].id for code in codes}:
                return await super().perform(call)
            try:
                self.authorize(call)
            except Refusal as refusal:
                if refusal.status == 401:
                    await self.handlers[call.operation.name](call)
                raise
            return await super().perform(call)

    return ChecksLate


def late(name: str, change: str, *codes: str) -> Violation:
    return Violation(
        f"tokens-{name}",
        change,
        {"server": done_all_the_same(*codes)},
        expected=tuple(f"ENR-TOKEN-07-{code}" for code in codes),
    )


def forgotten(name: str, change: str, server: type[Server], *codes: str) -> Violation:
    return Violation(
        f"tokens-{name}",
        change,
        {"server": server},
        expected=tuple(f"ENR-TOKEN-{number}-{code}" for number in EVERY_FAULT for code in codes),
        declared=tuple(f"ENR-SCOPE-02-{code}" for code in codes),
    )


VIOLATIONS = [
    *(unchecked_by(code) for code in by_code()),
    forgotten(
        "are-not-checked-below-an-enrollment",
        "Tokens are checked for enrollments, not for what is below one.",
        ChecksAtTheDoor,
        *("FINALIZE", "FIND", "BUFWRITE", "BUFREAD"),
    ),
    forgotten(
        "are-checked-for-reads-only",
        "Only GET is protected.",
        ChecksGetsOnly,
        *("CREATE", "UPDATE", "PATCH", "DELETE", "FINALIZE", "FIND", "BUFWRITE"),
    ),
    forgotten("are-not-checked-for-reads", "GET is not protected.", ChecksWritesOnly, *("READ", "BUFREAD")),
    late("are-checked-too-late", "A bad token is refused when the call has been carried out.", *CHANGING),
    *(
        late(
            f"are-checked-too-late-by-{code.lower()}",
            f"{by_code()[code].id} refuses a bad token when it has been carried out.",
            code,
        )
        for code in CHANGING
    ),
]
