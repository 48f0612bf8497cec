"""One HTTP call as it went over the wire: what was asked, what came back, how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from osia_conformance.support.bounded_json import BeyondLimits, NotJson, parse
from osia_conformance.wire.headers import Headers, header

__all__ = ["BeyondLimits", "Headers", "NotJson", "Response", "header"]


_MOST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Response:
    """What came back. `elapsed` in seconds; `truncated` if the body went over a limit and is not whole; `withheld`
    counts the records of others that were taken out of the body before anything looked at it, `unnamed` those of
    them that say nothing of whose they are. `documented` is the success code of the operation in the judged version,
    `surplus` counts bytes that came behind the answer."""

    operation: str
    exchange: str
    status: int
    headers: Headers = ()
    body: bytes = b""
    elapsed: float = 0.0
    truncated: bool = False
    withheld: int = 0
    unnamed: int = 0
    documented: int = 0
    extra_bytes: int = 0

    @property
    def content(self) -> int:
        """How many bytes of content there are, those included that HTTP allows no answer of this status to have:
        behind a 204, or promised by its Content-Length (RFC 9110, 15.3.5 and 8.6)."""
        stated = header(self.headers, "content-length") or ""
        promised = int(stated) if stated.isdecimal() and len(stated) < _MOST_DIGITS else 0
        # The end of an empty chunked body is no content, though it does not belong behind a 204 either.
        behind = 0 if header(self.headers, "transfer-encoding") else self.extra_bytes
        return max(len(self.body), promised, behind)

    @property
    def media_type(self) -> str:
        """The content type without parameters, lower case; "" if there is none (RFC 9110, 8.3.1)."""
        return (header(self.headers, "content-type") or "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Return the body as parsed JSON; raise NotJson if it is none (RFC 8259), BeyondLimits if it is too much."""
        if self.truncated:
            raise BeyondLimits("it is larger, or deeper, than is read of one")
        return parse(self.body)
