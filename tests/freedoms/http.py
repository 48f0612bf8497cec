"""What HTTP leaves free in the form of an answer (ruling 6)."""

import base64
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from typing import Any

from starlette.responses import Response

from osia_reference.app import Server, Streamed
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.harness.variant import Freedom

HEADERS = {
    "X-Request-Id": "7f",
    "Set-Cookie": "node=3; HttpOnly",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=63072000",
    "Access-Control-Allow-Origin": "*",
    "Vary": "Authorization, Accept-Encoding",
    "Via": "1.1 gateway",
    "Connection": "close",
    "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
    "Expires": "0",
    "Age": "86400",
}


class MoreHeaders(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        reply.headers |= HEADERS
        if reply.stream is None:
            digest = base64.b64encode(hashlib.sha256(self.encode(reply.body)).digest()).decode("ascii")
            reply.headers |= {"ETag": f'W/"{digest}"', "Digest": f"SHA-256={digest}"}
        if reply.status == 201:
            reply.headers["Location"] = call.request.url.path
        if reply.status == 204:
            reply.headers |= {"Content-Type": "application/json; charset=utf-8", "Content-Language": "en"}
        return reply


class Charset(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.body is not None:
            reply.headers["Content-Type"] = "application/json; charset=utf-8"
        if reply.stream is not None:
            reply.headers["Content-Type"] += ";charset=binary"
        return reply


class CapitalTypes(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.body is not None:
            reply.headers["CONTENT-TYPE"] = "Application/JSON;Charset=UTF-8"
        if reply.stream is not None:
            reply.headers["CONTENT-TYPE"] = reply.headers.pop("Content-Type").upper()
        return reply


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    yield from (data[start : start + size] for start in range(0, len(data), size))


class Pieces(Server):
    def render(self, reply: Reply) -> Response:
        if reply.body is None:
            return super().render(reply)
        headers = {**reply.headers, "Content-Type": "application/json"}
        return Streamed(pieces(self.encode(reply.body), 7), reply.status, headers)


class Coded(Server):
    coding: str

    def coded(self, data: bytes) -> bytes:
        raise NotImplementedError

    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.body is not None and self.coding in call.request.headers.get("accept-encoding", ""):
            reply.stream = [self.coded(self.encode(reply.body))]
            reply.headers |= {"Content-Type": "application/json", "Content-Encoding": self.coding}
        return reply


class Gzipped(Coded):
    coding = "gzip"

    def coded(self, data: bytes) -> bytes:
        return gzip.compress(data)

    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.stream is not None:
            reply.stream = [gzip.compress(b"".join(reply.stream))]
            reply.headers["Content-Encoding"] = "gzip"
            del reply.headers["Content-Length"]
        return super().answer(call, reply)


class OldNames(Gzipped):
    """Calls gzip by its old name, and says of what is not coded that it is not (RFC 9110, 8.4.1.3)."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        reply = super().answer(call, reply)
        coded = "Content-Encoding" in reply.headers
        reply.headers["Content-Encoding"] = "x-gzip" if coded else "identity"
        return reply


class Deflated(Coded):
    coding = "deflate"

    def coded(self, data: bytes) -> bytes:
        return zlib.compress(data)


def freedom(name: str, change: str, part: type[Any]) -> Freedom:
    return Freedom(f"http-{name}", change, {"server": part})


FREEDOMS = [
    freedom("headers", "Answers have headers that no document mentions, a 204 a content type.", MoreHeaders),
    freedom("charset", "Content types have parameters.", Charset),
    freedom("capital-types", "Content types are in capitals.", CapitalTypes),
    freedom("pieces", "JSON is sent in small pieces, without a Content-Length.", Pieces),
    freedom("gzip", "JSON is compressed when the client offers it, buffers although it asks for identity.", Gzipped),
    freedom("old-names", "What is compressed is said to be x-gzip, all else identity.", OldNames),
    freedom("deflate", "JSON is compressed with deflate when the client offers it.", Deflated),
]
