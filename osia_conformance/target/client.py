"""Sends one request once: token, rate limit, wire, privacy filter, record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osia_conformance.auth import TokenSource
from osia_conformance.target.privacy import ForeignRecordFilter
from osia_conformance.target.recorder import CheckEvidence, ExchangeRecord, Recorder
from osia_conformance.target.request import Pairs, Request
from osia_conformance.target.response import Response
from osia_conformance.verdict.journal import INLINE_LIMIT
from osia_conformance.wire.limits import RateLimiter
from osia_conformance.wire.transport import NoAnswer, Wire, WireAnswer

Additions = tuple[Pairs, Pairs]
"""Headers and query parameters that a request gets besides its own."""


class Client:
    """The way to the target for one session. Safe for the threads of one check.

    `additions` gives, for a request and the id of its check, what is added to it: the transactionId, and what the
    configuration adds to every request (a gateway's key, a tenant).
    """

    def __init__(
        self,
        transport: Wire,
        recorder: Recorder,
        tokens: TokenSource,
        privacy: ForeignRecordFilter,
        limiter: RateLimiter,
        additions: Callable[[Request, str], Additions],
    ) -> None:
        self.recorder = recorder
        self.privacy = privacy
        self._transport = transport
        self._tokens = tokens
        self._limiter = limiter
        self._additions = additions

    def send(self, request: Request, evidence: CheckEvidence, within: float, waited: float = 0.0) -> Response:
        """Send the request once and return its response, on the record.

        `within` is the seconds that it may take; `waited` those that were waited before, as a Retry-After asked.
        Raises CannotIssue without a token for it, NoAnswer if no whole response came.
        """
        token = request.token or self._tokens.valid(frozenset({request.operation.scope}))
        more_headers, more_query = self._additions(request, evidence.id)
        query = [*request.query, *more_query]
        headers = [*request.all_headers(token), *more_headers]
        self._limiter.wait()
        url = self._transport.url(request.path, query)
        record = self.recorder.start(request, evidence, token, url, headers)
        record["waited"] = round(waited, 3)
        sent = {"query": query, "headers": headers, "within": within}
        return self._exchange(request, evidence, record, sent)

    def _exchange(
        self, request: Request, evidence: CheckEvidence, record: ExchangeRecord, sent: dict[str, Any]
    ) -> Response:
        """Let the wire carry a request; every request of a session passes here."""
        try:
            answer = self._transport.send(
                request.operation.method, request.path, body=request.body, sink=request.sink, **sent
            )
        except NoAnswer as error:
            record["retries"] = error.retries
            self.recorder.write_error(record, evidence, request, str(error))
            raise
        record["retries"] = answer.retries
        response = self.privacy.filter(_response(request, record["id"], answer), buffer=request.buffer_path)
        self.recorder.write_response(record, evidence, request, response)
        return response


def _response(request: Request, exchange: str, answer: WireAnswer) -> Response:
    return Response(
        operation=request.operation.id,
        exchange=exchange,
        status=answer.status,
        headers=answer.headers,
        # What is not whole proves nothing, and must not fill the disk.
        body=answer.body[:INLINE_LIMIT] if answer.truncated else answer.body,
        elapsed=answer.elapsed,
        truncated=answer.truncated,
        documented=request.operation.success,
        extra_bytes=answer.extra_bytes,
    )
