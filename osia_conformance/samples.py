"""The data we send: synthetic people, by names that the standard's own examples use (RUL-EXTENSIBLE)."""

from __future__ import annotations

import base64
import copy
import struct
import zlib
from typing import Any

Json = dict[str, Any]

MARKER = "firstName"
"""The biographic attribute that carries the run's marker (RUL-MARKER)."""
TEXT = "lastName"
DATE = "dateOfBirth"
NUMBER = "timeout"
BOOLEAN = "other"
EXTENSION = "osiaConformanceMember"
"""A biographic member that no server knows."""


def canonical(marker: str, *, status: str = "IN_PROGRESS") -> Json:
    """Return the enrollment that every conforming server must accept: all groups, no images (RUL-RANDOM-DATA)."""
    return {
        "status": status,
        "enrollmentType": "citizen",
        "enrollmentFlags": [{"timeout": 3600, "other": "other"}],
        "requestData": [{"requestType": "IDCARD_ISSUANCE", "deliveryPlace": "paris", "other": "other"}],
        "biographicData": {
            MARKER: marker,
            TEXT: "muster",
            DATE: "1985-11-30",
            "gender": "M",
            "nationality": "FRA",
        },
        "biometricData": [fingerprint()],
        "documentData": [document()],
    }


def minimal(*, status: str = "IN_PROGRESS") -> Json:
    """Return an enrollment of the required members only (1.0.0)."""
    return {"status": status, "enrollmentType": "citizen", "biometricData": []}


def fingerprint(finger: str = "RIGHT_INDEX", **changes: Any) -> Json:
    """Return biometric data without an image: every other member, each by the schema."""
    return {
        "biometricType": "FINGER",
        "biometricSubType": finger,
        "captureDate": "2020-07-01",
        "captureDevice": "synthetic device",
        "impressionType": "LIVE_SCAN_PLAIN",
        "width": 320,
        "height": 480,
        "bitdepth": 8,
        "mimetype": "image/png",
        "resolution": 500,
        "compression": "NONE",
        **changes,
    }


def biometric(member: str, value: str) -> Json:
    """Return biometric data with one member set, and its type and part of the body agreeing."""
    if member == "biometricType":
        return fingerprint(_PART_OF.get(value, "UNKNOWN"), biometricType=value)
    if member != "biometricSubType":
        return fingerprint(**{member: value})
    if value.startswith("EYE"):
        return fingerprint(value, biometricType="IRIS")
    face = value == "PORTRAIT" or value.endswith("PROFILE")
    return fingerprint(value, biometricType="FACE" if face else "FINGER")


_PART_OF = {"FACE": "PORTRAIT", "FINGER": "RIGHT_INDEX", "IRIS": "EYE_RIGHT"}


def document(kind: str = "ID_CARD", instance: str = "first", **part: Any) -> Json:
    """Return document data of one part with two pages; `part` adds or changes members of the part."""
    one = {
        "pages": [1, 2],
        "width": 640,
        "height": 400,
        "captureDate": "2020-07-01",
        "captureDevice": "synthetic scanner",
        "mimetype": "image/png",
    }
    return {"documentType": kind, "instance": instance, "parts": [{**one, **part}]}


def with_biographics(body: Json, **members: Any) -> Json:
    """Return a copy of an enrollment with members of its biographic data set."""
    changed = copy.deepcopy(body)
    changed.setdefault("biographicData", {}).update(members)
    return changed


def without(body: Json, *names: str) -> Json:
    """Return a copy of an enrollment without some of its members."""
    return {name: copy.deepcopy(value) for name, value in body.items() if name not in names}


def png(width: int = 8, height: int = 8, shade: int = 127) -> bytes:
    """Return a real grey PNG (ISO/IEC 15948), made here."""
    rows = b"".join(b"\x00" + bytes((shade + x + y) % 256 for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def base64_png(**options: int) -> str:
    """Return a PNG as base64 text (RFC 4648, 4)."""
    return base64.b64encode(png(**options)).decode("ascii")


def ours(value: Any) -> Any:
    """Return an enrollment, or a part of one, without the members that we never send.

    Those are the server's own, for its schemas are open: a version, a time of the last change (RUL-ECHO).
    """
    if isinstance(value, list):
        return [ours(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: ours(value[name]) if name in _PLACES else value[name] for name in value if name in _NAMES}


def _names(value: Any) -> frozenset[str]:
    if isinstance(value, list):
        return frozenset().union(*map(_names, value))
    return frozenset(value).union(*map(_names, value.values())) if isinstance(value, dict) else frozenset()


_PLACES = frozenset({"enrollmentFlags", "requestData", "biographicData", "biometricData", "documentData", "parts"})
_NAMES = _names(canonical("")) | {"enrollmentId", EXTENSION, "image", "imageRef", "data", "dataRef"}


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
