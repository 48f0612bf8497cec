"""Violations of the transactionId that every operation requires."""

from collections.abc import Callable

from osia_conformance.standard.operations import by_code
from osia_conformance.support.ids import is_uuid
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal
from tests.harness.variant import Violation


def forgetting(code: str) -> type[Server]:
    """Return a server on which the operation does without a transactionId."""

    class Forgetting(Server):
        def check_transaction(self, call: Call) -> None:
            if call.operation.name != by_code()[code].id:
                super().check_transaction(call)

    return Forgetting


class NeverAsks(Server):
    def check_transaction(self, call: Call) -> None:
        pass


class AnswersUnprocessable(Server):
    def check_transaction(self, call: Call) -> None:
        if "transactionId" not in call.request.query_params:
            raise Refusal(422, "transactionId: field required")


class AnswersConflict(Server):
    def check_transaction(self, call: Call) -> None:
        if "transactionId" not in call.request.query_params:
            raise Refusal(409, "transactionId: field required")


class Crashes(Server):
    def check_transaction(self, call: Call) -> None:
        call.request.query_params["transactionId"]


def wanting(fits: Callable[[str], bool], *codes: str) -> type[Server]:
    """Return a server that takes certain texts only for a transactionId, on some operations or on all."""
    names = {by_code()[code].id for code in codes or by_code()}

    class Wanting(Server):
        def check_transaction(self, call: Call) -> None:
            super().check_transaction(call)
            if call.operation.name in names and not fits(call.request.query_params["transactionId"]):
                raise Refusal(400, "transactionId has another form.")

    return Wanting


class CrashesWhenLong(Server):
    def check_transaction(self, call: Call) -> None:
        super().check_transaction(call)
        if len(call.request.query_params["transactionId"]) > 64:
            raise ValueError("value too long for type character varying(64)")


WANTED: dict[str, tuple[str, Callable[[str], bool]]] = {
    "wanted-as-a-uuid": ("A transactionId is a UUID.", is_uuid),
    "wanted-in-ascii": ("A transactionId is in ASCII.", str.isascii),
    "wanted-without-spaces": ("A transactionId has no spaces.", lambda text: " " not in text),
    "wanted-short": ("A transactionId has at most 64 characters.", lambda text: len(text) <= 64),
}
VIOLATIONS = [
    Violation(
        "transaction-never-asked-for",
        "No operation asks for a transactionId.",
        {"server": NeverAsks},
        expected=("ENR-TXN-01-*",),
    ),
    Violation(
        "transaction-missing-is-422",
        "A missing transactionId is answered 422.",
        {"server": AnswersUnprocessable},
        expected=("ENR-REFUSAL-01-*",),
    ),
    Violation(
        "transaction-missing-is-409",
        "A missing transactionId is answered 409.",
        {"server": AnswersConflict},
        expected=("ENR-TXN-01-*",),
    ),
    *(
        Violation(f"transaction-{name}", change, {"server": wanting(fits)}, expected=("ENR-TXN-03-*",))
        for name, (change, fits) in WANTED.items()
    ),
    *(
        Violation(
            f"transaction-wanted-as-a-uuid-by-{code.lower()}",
            f"{by_code()[code].id} takes UUIDs only for a transactionId.",
            {"server": wanting(is_uuid, code)},
            expected=(f"ENR-TXN-03-{code}",),
        )
        for code in ("CREATE", "FINALIZE", "FIND", "BUFWRITE", "BUFREAD")
    ),
    Violation(
        "transaction-long-crashes",
        "A transactionId of more than 64 characters is a server error.",
        {"server": CrashesWhenLong},
        expected=("ENR-TXN-03-*",),
    ),
    Violation(
        "transaction-missing-is-500",
        "A missing transactionId is a server error.",
        {"server": Crashes},
        expected=("ENR-TXN-01-*",),
    ),
    *[
        Violation(
            f"transaction-not-asked-for-by-{code.lower()}",
            f"{by_code()[code].id} alone does without a transactionId.",
            {"server": forgetting(code)},
            expected=(f"ENR-TXN-01-{code}",),
        )
        for code in ("FINALIZE", "FIND", "BUFREAD")
    ],
]
