"""Violations of Digest headers of buffers (1.1.0 on)."""

import base64
import hashlib
from collections.abc import AsyncIterator

from osia_reference.app import Server
from osia_reference.buffers import parsed_digests, verified
from osia_reference.calls import Call
from osia_reference.replies import Refusal
from osia_reference.store import StoredBuffer
from tests.harness.variant import Violation


class NeverChecks(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        return data


class RefusesDigests(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        if call.request.headers.get("digest"):
            raise Refusal(400, "Digest is not supported.")
        return data


class ExactNames(Server):
    """Algorithms are known by their names in capitals only."""

    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        name = call.request.headers.get("digest", "SHA=").partition("=")[0]
        if name != name.upper():
            raise Refusal(400, "This algorithm is not known.")
        return super().checked(call, data)


class CrashesForDigests(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        for algorithm, _ in parsed_digests(call.request.headers.getlist("digest")):
            if algorithm == "sha512":
                raise KeyError(algorithm)
        return super().checked(call, data)


class OneDigest(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        if "," in call.request.headers.get("digest", ""):
            raise Refusal(400, "One Digest at a time.")
        return super().checked(call, data)


class ListForOne(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        value = call.request.headers.get("digest", "")
        return verified(data, parsed_digests([value.replace(",", "").replace(" ", "")])) if value else data


class CrashesForLists(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        if len(call.request.headers.get("digest", "").split(",")) > 1:
            raise ValueError("too many values to unpack (expected 2)")
        return super().checked(call, data)


class CrashesForMd5(Server):
    def checked(self, call: Call, data: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        if [name for name, _ in parsed_digests(call.request.headers.getlist("digest"))] == ["md5"]:
            raise ValueError("[digital envelope routines] unsupported")
        return super().checked(call, data)


class HexDigests(Server):
    def digest(self, buffer: StoredBuffer) -> str:
        data = b"".join(self.enrollments.buffer_bytes(buffer))
        return f"SHA-256={hashlib.sha256(data).hexdigest()}"


class DigestsInSmallLetters(Server):
    """A proxy writes the values of headers small."""

    def digest(self, buffer: StoredBuffer) -> str:
        return super().digest(buffer).lower()


class MisnamedDigests(Server):
    def digest(self, buffer: StoredBuffer) -> str:
        data = b"".join(self.enrollments.buffer_bytes(buffer))
        return f"SHA={base64.b64encode(hashlib.sha256(data).digest()).decode('ascii')}"


class ShortDigests(Server):
    """Only the first bytes are hashed."""

    def digest(self, buffer: StoredBuffer) -> str:
        data = b"".join(self.enrollments.buffer_bytes(buffer))[:64]
        return f"md5={base64.b64encode(hashlib.md5(data).digest()).decode('ascii')}"


def buffers(name: str, change: str, server: type[Server], *expected: str, declared: tuple[str, ...] = ()) -> Violation:
    return Violation(f"buffers-{name}", change, {"server": server}, expected=expected, declared=declared)


VIOLATIONS = [
    buffers("are-not-checked", "A Digest is not looked at.", NeverChecks, "ENR-DIGEST-02"),
    buffers("refuse-digests", "A buffer with a Digest is refused.", RefusesDigests, "ENR-DIGEST-01"),
    buffers("know-capitals-only", "Digest algorithms are compared with their case.", ExactNames, "ENR-DIGEST-04"),
    buffers("take-one-digest", "A Digest header with several values is refused.", OneDigest, "ENR-DIGEST-04"),
    buffers("take-the-list-for-one", "Several digests are taken for one.", ListForOne, "ENR-DIGEST-04"),
    buffers(
        "crash-for-lists", "A Digest header with several values is a server error.", CrashesForLists, "ENR-DIGEST-04"
    ),
    buffers("crash-for-md5", "A Digest by MD5 alone is a server error.", CrashesForMd5, "ENR-DIGEST-01"),
    buffers("crash-for-sha-512", "A Digest by SHA-512 is a server error.", CrashesForDigests, "ENR-DIGEST-01"),
    buffers("have-hex-digests", "The Digest is in hexadecimal.", HexDigests, "ENR-DIGEST-03"),
    buffers("have-digests-in-small-letters", "The Digest is written small.", DigestsInSmallLetters, "ENR-DIGEST-03"),
    buffers("have-misnamed-digests", "The Digest says SHA for SHA-256.", MisnamedDigests, "ENR-DIGEST-03"),
    buffers("have-short-digests", "The Digest covers 64 bytes.", ShortDigests, "ENR-DIGEST-03"),
]
