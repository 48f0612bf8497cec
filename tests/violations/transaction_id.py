"""Violations of the transactionId that every operation requires."""

from osia_conformance.standard.operations import by_code
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


class Crashes(Server):
    def check_transaction(self, call: Call) -> None:
        call.request.query_params["transactionId"]


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
        expected=("ENR-TXN-01-*",),
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
