"""A response is read to its end: decoded, within its deadline, and no more of it than a limit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import httpx

from osia_conformance.wire.decoding import Undecodable, decode_body, feed_sink
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.limits import Deadline
from osia_conformance.wire.status_codes import SUCCESSES
from osia_conformance.wire.streaming import Download


class WholeResponse(httpx.Response):
    """A response that was read: `content` is its decoded body, within bounds; headers are as they came."""

    def __init__(self, response: httpx.Response, content: bytes, **more: object) -> None:
        super().__init__(
            response.status_code, stream=httpx.ByteStream(content), extensions={**response.extensions, **more}
        )
        self.headers = response.headers
        self._whole = content

    @property
    def content(self) -> bytes:
        """The decoded body."""
        return self._whole

    def read(self) -> bytes:
        """Return the decoded body; httpx would decode it once more."""
        return self._whole


def read_response(
    response: httpx.Response, deadline: Deadline, largest: int, sink: Download | None = None
) -> WholeResponse:
    """Read a response of any httpx transport and return it with its body, close its stream, raise NoAnswer.

    `content` of what is returned is the decoded body, of which at most `largest` bytes are kept; that of a 2xx response
    goes to the `sink`, if there is one. Headers are as they came. Further extensions: `elapsed` (float), the seconds of
    the exchange, and `truncated` (bool), whether the body went over the limit.
    """
    assert isinstance(response.stream, httpx.SyncByteStream)
    pieces, coding = _body_of(response)
    pieces, truncated = _within(deadline, pieces), False
    try:
        if sink is not None and response.status_code in SUCCESSES:
            body = feed_sink(pieces, coding, sink)
        else:
            body, truncated = decode_body(pieces, coding, largest)
    except TimeoutError:
        raise NoAnswer(f"the answer was not complete within {deadline.seconds:.3g} s", sent=True) from None
    except Undecodable as error:
        raise NoAnswer(str(error), sent=True) from None
    finally:
        response.stream.close()
    return WholeResponse(response, body, elapsed=deadline.elapsed, truncated=truncated)


def _body_of(response: httpx.Response) -> tuple[Iterable[bytes], str]:
    """Return the pieces of a body and their content coding; one that a transport has read already is decoded."""
    if response.is_stream_consumed and not isinstance(response.stream, httpx.ByteStream):
        return [response.content], ""
    assert isinstance(response.stream, httpx.SyncByteStream)
    coding = b", ".join(value for name, value in response.headers.raw if name.lower() == b"content-encoding")
    return response.stream, coding.decode("latin-1")


def _within(deadline: Deadline, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        deadline.left()
        yield piece
