"""What later versions leave free: pages, media types of buffers, digests, values of untyped blocks."""

import base64
import hashlib
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record, StoredBuffer
from tests.harness.variant import Freedom

Records = list[Record]


class ShortPages(Server):
    """A page holds two matches at most, whatever limit says."""

    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(records, offset, min(2, limit) if limit else limit)


class NewestFirst(Server):
    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(records[::-1], offset, limit)


class AnyNumber(Server):
    """A limit below one is an empty page, an offset below zero the first match."""

    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        query = call.request.query_params
        try:
            return max(0, int(query.get("offset", "0"))), max(0, int(query.get("limit", "100")))
        except ValueError as error:
            raise Refusal(400, "limit and offset are integers.") from error

    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return records[offset : offset + (limit or 0)]


class NoLargePages(Server):
    """Refuses a limit above the documented default, and an offset that leads too far."""

    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        offset, limit = super().parse_paging(call)
        if offset > 10_000 or (limit or 0) > 100:
            raise Refusal(400, "Pages hold at most 100 matches, of the first 10,000.")
        return offset, limit


class PngOnly(Server):
    def buffer_type(self, call: Call) -> str:
        kind = super().buffer_type(call)
        if kind not in ("image/png", "application/octet-stream"):
            raise Refusal(415, "Images are PNG.")
        return kind


class OctetsOnly(Server):
    def buffer_type(self, call: Call) -> str:
        kind = super().buffer_type(call)
        if kind != "application/octet-stream":
            raise Refusal(400, "Buffers are octets.")
        return kind


class OneAlgorithm(Server):
    def checked(self, call: Call, data: Any) -> Any:
        for line in call.request.headers.getlist("digest"):
            if not line.lower().startswith("sha-256="):
                raise Refusal(400, "Digests are by SHA-256.")
        return super().checked(call, data)


class NeverChecks(Server):
    def checked(self, call: Call, data: Any) -> Any:
        return data


class NoDigest(Server):
    async def get_buffer(self, call: Call) -> Reply:
        reply = await super().get_buffer(call)
        reply.headers.pop("Digest", None)
        return reply


class OtherDigests(Server):
    """Several algorithms in one header, their names small, one of them of no document."""

    def digest(self, buffer: StoredBuffer) -> str:
        data = b"".join(self.enrollments.buffer_bytes(buffer))
        parts = [f"{name}={encoded(hashlib.new(known, data).digest())}" for name, known in KNOWN.items()]
        return ", ".join(["unixsum=30637", *parts])


class ChecksOneAlgorithm(Server):
    def checked(self, call: Call, data: Any) -> Any:
        name = call.request.headers.get("digest", "").partition("=")[0]
        return super().checked(call, data) if name.upper() == "MD5" else data


KNOWN = {"md5": "md5", "sha": "sha1", "Sha-512": "sha512"}


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def freedom(name: str, change: str, server: type[Server], *observed: str, away: tuple[str, ...] = ()) -> Freedom:
    parts = {"server": server}
    return Freedom(f"later-{name}", change, parts, rulings=observed, inapplicable=away, versions=">=1.1.0")


FREEDOMS = [
    freedom("short-pages", "A page holds two matches at most.", ShortPages),
    freedom("newest-first", "Matches come newest first.", NewestFirst),
    freedom("any-number", "A limit of 0 is an empty page, an offset below 0 the first match.", AnyNumber),
    freedom("no-large-pages", "A limit above 100 or an offset above 10,000 is refused.", NoLargePages),
    freedom(
        "png-only",
        "Buffers other than PNG and octets are refused with 415.",
        PngOnly,
        "RUL-BUFFERS",
        away=("ENR-BUFFER-12",),
    ),
    freedom(
        "octets-only",
        "Buffers other than octets are refused with 400.",
        OctetsOnly,
        "RUL-BUFFERS",
        away=("ENR-BUFFER-12",),
    ),
    freedom("one-digest", "A Digest by another algorithm than SHA-256 is refused.", OneAlgorithm, "RUL-DIGEST"),
    freedom("digests-unchecked", "A Digest is not looked at.", NeverChecks),
    freedom("no-digest", "Buffers have no Digest.", NoDigest, away=("ENR-DIGEST-03",)),
    freedom("other-digests", "Buffers have Digests by MD5, SHA and SHA-512, written small.", OtherDigests),
    freedom("checks-one-algorithm", "Of the digests sent only MD5 is checked.", ChecksOneAlgorithm),
]
