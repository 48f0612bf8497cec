"""Sends one request once: token, rate limit, wire, privacy filter, record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import httpx

from osia_conformance.auth import TokenSource
from osia_conformance.target.privacy import ForeignRecordFilter
from osia_conformance.target.recorder import CheckEvidence, Recorder
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.verdict.journal import INLINE_LIMIT, Unwritable
from osia_conformance.wire.client import HttpClient, Pairs
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.headers import header_fields
from osia_conformance.wire.limits import RateLimiter

CUT_OFF = "the run was interrupted before an answer came"
"""The error of an exchange in whose middle somebody ended the run."""
Additions = tuple[Pairs, Pairs]
"""Headers and query parameters that a request gets besides its own."""


class Client:
    """The way to the target for one session. Safe for the threads of one check.

    `additions` gives, for a request and the id of its check, what is added to it: the transactionId, and what the
    configuration adds to every request (a gateway's key, a tenant).
    """

    def __init__(
        self,
        wire: HttpClient,
        recorder: Recorder,
        tokens: TokenSource,
        privacy: ForeignRecordFilter,
        limiter: RateLimiter,
        additions: Callable[[Request, str], Additions],
    ) -> None:
        self.recorder = recorder
        self.privacy = privacy
        self._wire = wire
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
        url = self._wire.url(request.path, query)
        record = self.recorder.start(request, evidence, token, url, headers) | {"waited": round(waited, 3)}
        method, body, sink = request.operation.method, request.body, request.sink
        try:
            received = self._wire.send(
                method, request.path, query=query, headers=headers, body=body, sink=sink, within=within
            )
        except NoAnswer as error:
            error.exchange = record["id"]
            self.recorder.write_error(record | {"retries": error.retries}, evidence, request, str(error))
            raise
        except KeyboardInterrupt:
            # The target may have got it all the same: whoever cleans up must know.
            with suppress(Unwritable):
                self.recorder.write_error(record, evidence, request, CUT_OFF)
            raise
        response = self.privacy.filter(self._response(request, record["id"], received), buffer=request.buffer_path)
        self.recorder.write_response(
            record | {"retries": received.extensions.get("retries", 0)}, evidence, request, response
        )
        return response

    def _response(self, request: Request, exchange: str, received: httpx.Response) -> Response:
        body, extensions = received.content, received.extensions
        return Response(
            operation=request.operation.id,
            exchange=exchange,
            status=received.status_code,
            headers=header_fields(received),
            # What is not whole proves nothing, and must not fill the disk.
            body=self.recorder.beginning(body, INLINE_LIMIT) if extensions["truncated"] else body,
            elapsed=extensions["elapsed"],
            truncated=extensions["truncated"],
            documented=request.operation.success,
            extra_bytes=extensions.get("extra_bytes", 0),
            request=request,
        )
