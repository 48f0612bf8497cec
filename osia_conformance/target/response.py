"""One response, as a check sees it: without records of others, and with what HTTP says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from osia_conformance.support.bounded_json import BeyondLimits, NotJson, parse
from osia_conformance.target.request import Request
from osia_conformance.wire.headers import Headers, header
from osia_conformance.wire.status_codes import OF_A_GATEWAY

__all__ = ["BeyondLimits", "Headers", "NotJson", "Response", "header"]


_MOST_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Response:
    """One response. `exchange` is its id in the journal, `elapsed` in seconds.

    `truncated`: the body went over a limit and is not whole. `withheld` counts the records of others that the
    privacy filter took out of the body, `unnamed` those of them that do not say whose they are. `documented` is the
    success code of the operation in the judged version; `extra_bytes` counts bytes behind the response's end; `form`
    says what a body that is withheld whole is, such as "a JSON object". `request` is what it answers, None for one that
    is read from the journal.
    """

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
    form: str = ""
    request: Request | None = field(default=None, compare=False, repr=False)

    @property
    def content(self) -> int:
        """Bytes of content, with those that HTTP does not allow: behind a 204, or promised by its Content-Length
        (RFC 9110, 15.3.5 and 8.6)."""
        stated = header(self.headers, "content-length") or ""
        promised = int(stated) if stated.isdecimal() and len(stated) < _MOST_DIGITS else 0
        # The last chunk of an empty chunked body is no content.
        behind = 0 if header(self.headers, "transfer-encoding") else self.extra_bytes
        return max(len(self.body), promised, behind)

    @property
    def may_be_a_gateways(self) -> bool:
        """Whether a gateway may have answered in place of a server that is not there; a server that asks to be called
        later is there (RFC 9110, 15.6.3 to 15.6.5 and 10.2.3)."""
        return self.status in OF_A_GATEWAY and header(self.headers, "retry-after") is None

    @property
    def media_type(self) -> str:
        """The content type without parameters, lower case; "" if there is none (RFC 9110, 8.3.1)."""
        return (header(self.headers, "content-type") or "").partition(";")[0].strip().lower()

    def json(self) -> Any:
        """Return the body as parsed JSON; raise NotJson if it is none (RFC 8259), BeyondLimits if it is too much."""
        if self.truncated:
            raise BeyondLimits("it is larger, or deeper, than is read of one")
        return parse(self.body)
