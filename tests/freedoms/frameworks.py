"""What common databases, frameworks and gateways do of themselves, and may."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record, Store
from tests.freedoms.data_refused import Ruled, texts
from tests.harness.variant import Freedom

SUSPICIOUS = re.compile(rb"<b>|\$\{|' *or|__proto__|\.\./|\\u0000")
HALF = re.compile(rb"\\ud8[0-9a-f]{2}(?!\\ud[c-f])", re.IGNORECASE)
NAMES = "RUL-EXTENSIBLE"
VALUES = "RUL-RANDOM-DATA"


def in_order_of_length(value: Any) -> Any:
    """Return a JSON value with the names of objects in the order of jsonb: shorter ones first."""
    if isinstance(value, list):
        return [in_order_of_length(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: in_order_of_length(value[name]) for name in sorted(value, key=lambda name: (len(name), name))}


class Jsonb(Store):
    """Keeps no order of names, and no number with a fraction of zero."""

    def encode(self, record: Record) -> str:
        return super().encode(in_order_of_length(record))

    def decode(self, text: str) -> Record:
        read: Record = json.loads(
            text, parse_float=lambda digits: int(float(digits)) if is_whole(digits) else float(digits)
        )
        return read


def is_whole(digits: str) -> bool:
    return float(digits).is_integer() and abs(float(digits)) < 2**53


class NoNul(Ruled):
    """A text with a NUL is refused, as jsonb does."""

    def fits(self, body: Any) -> bool:
        return not any("\0" in text for text in texts(body))


def without_nul(value: Any) -> Any:
    """Return a JSON value whose texts lack U+0000."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [without_nul(each) for each in value]
    return {name: without_nul(each) for name, each in value.items()} if isinstance(value, dict) else value


class LosesNul(Store):
    """Keeps texts without U+0000, as a server does whose database fails for it."""

    def encode(self, record: Record) -> str:
        return super().encode(without_nul(record))


class NamesOfOneCase(Ruled):
    """Refuses names of one block that differ in case alone."""

    def fits(self, body: Any) -> bool:
        block = body.get("biographicData", {})
        return not isinstance(block, dict) or len({name.lower() for name in block}) == len(block)


class NoBlanks(Ruled):
    """A text of biographic data is not blank."""

    def fits(self, body: Any) -> bool:
        return all(text.strip() for text in texts(body.get("biographicData")))


def names_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from names_in(each)


class PlainNames(Ruled):
    """Names with dots, dollar signs and underscores in front are refused."""

    def fits(self, body: Any) -> bool:
        return all(name and "." not in name and name[0] not in "$_" for name in names_in(body))


class Firewall(Server):
    """A gateway refuses what looks like an attack, before the server sees it."""

    async def perform(self, call: Call) -> Reply:
        is_json = "json" in call.request.headers.get("content-type", "")
        if is_json and SUSPICIOUS.search(await call.request.body()):
            self.authorize(call)
            self.check_transaction(call)
            raise Refusal(403, "The request was blocked.")
        return await super().perform(call)


class SortedAndEscaped(Server):
    """Names in order, and no character that means something to HTML."""

    def encode(self, body: Any) -> bytes:
        text = json.dumps(body, ensure_ascii=False, sort_keys=True).encode("utf-8") + b"\n"
        for character in b"<>&":
            text = text.replace(bytes([character]), f"\\u{character:04x}".encode())
        return text


class ReplacesHalfCharacters(Server):
    def parse_json(self, data: bytes) -> Any:
        return super().parse_json(HALF.sub(rb"\\ufffd", data))


class DigestsInTwoLines(Server):
    """One header line for each algorithm."""

    def render(self, reply: Reply) -> Response:
        if "Digest" not in reply.headers or reply.stream is None:
            return super().render(reply)
        data = b"".join(reply.stream)
        reply.stream = [data]
        response = super().render(reply)
        line = f"MD5={b64encode(hashlib.md5(data).digest()).decode('ascii')}"
        response.raw_headers.append((b"digest", line.encode("ascii")))
        return response


def freedom(
    name: str, change: str, *observed: str, may: tuple[str, ...] = (), versions: str = "", **parts: type[Any]
) -> Freedom:
    return Freedom(name, change, parts, rulings=observed, may=may, versions=versions)


FREEDOMS = [
    freedom(
        "data-in-jsonb",
        "JSON is kept as by jsonb of PostgreSQL, which refuses a NUL.",
        VALUES,
        store=Jsonb,
        enrollments=NoNul,
    ),
    freedom("data-without-nul", "Texts are kept without U+0000.", "RUL-ECHO", store=LosesNul),
    freedom(
        "data-names-of-one-case",
        "Biographic members whose names differ in case alone are refused.",
        NAMES,
        enrollments=NamesOfOneCase,
    ),
    freedom(
        "data-no-blanks",
        "An empty text is refused with 400, as by forms of Django.",
        VALUES,
        may=(NAMES,),
        enrollments=NoBlanks,
    ),
    freedom(
        "data-plain-names",
        "Names with dots, dollar signs and underscores in front are refused.",
        NAMES,
        may=(VALUES,),
        enrollments=PlainNames,
    ),
    freedom(
        "data-behind-a-firewall",
        "What looks like an attack is refused with 403.",
        VALUES,
        may=(NAMES,),
        server=Firewall,
    ),
    freedom(
        "answers-sorted-and-escaped",
        "Names are sorted, and characters of HTML escaped, as by Go.",
        server=SortedAndEscaped,
    ),
    freedom(
        "requests-half-characters-replaced", "Half a surrogate pair becomes U+FFFD.", server=ReplacesHalfCharacters
    ),
    freedom(
        "buffers-digests-in-two-lines",
        "The Digests of a buffer come in two header lines.",
        versions=">=1.1.0",
        server=DigestsInTwoLines,
    ),
]
