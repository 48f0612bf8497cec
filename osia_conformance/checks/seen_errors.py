"""Refusals and server errors that a run has seen so far, whichever check brought them about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from osia_conformance.target.response import Response
from osia_conformance.target.session import Session
from osia_conformance.verdict import journal
from osia_conformance.verdict.recorded_exchanges import RecordedExchanges, exchanges_so_far

_JUDGED = (400, 500)
"""The codes whose body the standard describes (RUL-ERROR-BODY)."""


class SeenErrors:
    """The answers with 400 and 500 in the journal: those of all processes, up to the first question for them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def answers(self, status: int, operation: str = "") -> Iterator[Response]:
        """Yield the answers with this status, of the operation with this operationId or of any.

        Each becomes evidence of the check that asks.
        """
        for record in self._session.shared.responses("seen errors", self._records):
            if record["response"]["status"] == status and operation in ("", record["operation"]):
                self._session.evidence.add([record])
                yield self._response(record)

    def _recorded(self) -> RecordedExchanges:
        """Return what was seen: what the journal holds by now, or what it held when this was judged first."""
        return self._session.earlier_exchanges or exchanges_so_far(self._session.journal.directory)

    def _records(self) -> Iterator[dict[str, Any]]:
        for record in self._recorded().lines():
            answer = record["response"]
            # What was cut or withheld is not what the target said.
            if answer and answer["status"] in _JUDGED and not answer["truncated"] and not record["withheld"]:
                yield record

    def _response(self, record: dict[str, Any]) -> Response:
        answer = record["response"]
        return Response(
            operation=record["operation"],
            exchange=record["id"],
            status=answer["status"],
            headers=tuple((name, value) for name, value in answer["headers"]),
            body=journal.body_of(self._recorded().directory, answer),
        )
