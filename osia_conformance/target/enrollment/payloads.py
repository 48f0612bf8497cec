"""The data that a run sends: synthetic people, by names of the standard's own examples (RUL-EXTENSIBLE)."""

from __future__ import annotations

import base64
import copy
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from osia_conformance.profile import BIOGRAPHIC, Profile, load_profile
from osia_conformance.profile.images import Image
from osia_conformance.profile.statement import ProfileSettings
from osia_conformance.standard.specification import Specification
from osia_conformance.support.json_types import Json
from osia_conformance.target.enrollment.sent_names import EXTENSION, SentNames

__all__ = ["EXTENSION", "Json", "Payloads", "SentNames", "base64_png", "first", "png", "with_biographics", "without"]


@dataclass(frozen=True, slots=True)
class Payloads:
    """What a run sends to a server of one interface version.

    Its shape is read off the version's OpenAPI file: which members a body needs, whether flags and request data
    are lists, how a member is spelt, whether a capture is dated by day or by instant. What the blocks hold, and
    which enrollment types there are, the profile says.
    """

    specification: Specification
    profile: Profile = field(default_factory=lambda: load_profile(ProfileSettings()))

    @property
    def marker(self) -> str:
        """The biographic attribute that carries the run's marker (RUL-MARKER)."""
        return self.profile.marker

    @property
    def sent(self) -> SentNames:
        """The member names that this run sends, to compare records by (RUL-ECHO)."""
        return SentNames.of(self.profile)

    def canonical(self, marker: str, *, status: str = "IN_PROGRESS") -> Json:
        """Return the enrollment that every conforming server must accept: all groups, no images (RUL-RANDOM-DATA).

        `status` is sent only where the version requires one (RUL-FINALIZE-FLAG).
        """
        whole = self._whole()
        whole[BIOGRAPHIC][self.marker] = marker
        return {**self.minimal(status=status), **{name: value for name, value in whole.items() if first(value)}}

    def minimal(self, *, status: str = "IN_PROGRESS") -> Json:
        """Return an enrollment of the members that a body needs, by the standard and by the profile, and no others."""
        members = {"status": status, "enrollmentType": self.profile.enrollment_types[0], "biometricData": []}
        return {**{name: members[name] for name in self.needed}, **self.required()}

    def required(self) -> Json:
        """Return the members that each enrollment must have by the profile, with their canonical values."""
        whole = self._whole()
        return {name: whole[name] for name in self.profile.settings.required if name in whole}

    def _whole(self) -> Json:
        blocks = {name: copy.deepcopy(block.canonical) for name, block in self.profile.blocks.items()}
        return {
            "enrollmentType": self.profile.enrollment_types[0],
            **{name: self.group(name, value) for name, value in self.known("Enrollment", blocks).items()},
            "biometricData": [self.fingerprint()],
            "documentData": [self.document()],
        }

    @property
    def needed(self) -> tuple[str, ...]:
        """The members that the body of a create or update needs: those required that are not readOnly."""
        return self.specification.needed

    @property
    def alternatives(self) -> dict[str, tuple[Any, ...]]:
        """The values that each biographic member may have but the marker's, the canonical one first."""
        found = self.profile.biographics.alternatives
        return {name: values for name, values in found.items() if name != self.marker}

    @property
    def optional(self) -> tuple[str, ...]:
        """The canonical biographic members that may be absent, but for the marker's."""
        return tuple(name for name in self.alternatives if name in self.profile.biographics.optional)

    @property
    def changes(self) -> list[Json]:
        """Single biographic members with another value than the canonical one, different members first."""
        found = self.alternatives
        most = max((len(values) for values in found.values()), default=0)
        return [{name: found[name][at]} for at in range(1, most) for name in found if at < len(found[name])]

    def fits(self, members: Json) -> bool:
        """Return whether the canonical biographic data with these members fits the profile; None removes one."""
        block = self.profile.biographics
        whole = {**block.canonical, **members}
        return block.fits({name: value for name, value in whole.items() if value is not None})

    def other(self, name: str) -> Json | None:
        """Return another value of a block than the canonical one, None if the profile has only that."""
        block = self.profile.blocks[name]
        changes = {member: values[1] for member, values in block.alternatives.items() if len(values) > 1}
        for member in list(changes):
            if not block.fits({**block.canonical, **changes}):
                del changes[member]
        return {**copy.deepcopy(block.canonical), **changes} if changes else None

    def least(self, marker: str) -> Json:
        """Return biographic data of the marker and what the profile does not let go, as little as fits."""
        block = self.profile.biographics
        whole = {**copy.deepcopy(block.canonical), self.marker: marker}
        kept = dict(whole)
        for name in sorted(block.optional - {self.marker}):
            rest = {other: value for other, value in kept.items() if other != name}
            kept = rest if block.fits(rest) else kept
        return kept

    def group(self, name: str, *items: Json) -> Any:
        """Return the value of an enrollment's group: a list of `items`, or the last of them where it is one object."""
        return [*items] if self._property("Enrollment", name).get("type") == "array" else items[-1]

    def fingerprint(self, finger: str = "RIGHT_INDEX", **changes: Any) -> Json:
        """Return biometric data without an image: other members, each by the schema."""
        whole = {
            "biometricType": "FINGER",
            "biometricSubType": finger,
            "captureDate": self.date("BiometricData"),
            "captureDevice": "synthetic device",
            "impressionType": "LIVE_SCAN_PLAIN",
            "width": 320,
            "height": 480,
            "bitdepth": 8,
            "mimetype": "image/png",
            "mimeType": "image/png",
            "resolution": 500,
            "compression": "NONE",
        }
        return {**self.known("BiometricData", whole), **changes}

    def biometric(self, member: str, value: str) -> Json:
        """Return biometric data with one member set, and its type and part of the body agreeing."""
        if member == "biometricType":
            return self.fingerprint(_PART_OF.get(value, "UNKNOWN"), biometricType=value)
        if member != "biometricSubType":
            return self.fingerprint(**{member: value})
        if value.startswith("EYE"):
            return self.fingerprint(value, biometricType="IRIS")
        face = value == "PORTRAIT" or value.endswith("PROFILE")
        return self.fingerprint(value, biometricType="FACE" if face else "FINGER")

    def image(self, image: Image) -> Json:
        """Return the members of biometric data that say what an image is."""
        whole = {"mimetype": image.mimetype, "mimeType": image.mimetype}
        compressed = {"compression": image.compression} if image.compression else {}
        return {**self.known("BiometricData", whole), **compressed}

    def image_of_page(self, image: Image) -> Json:
        """Return the members of a document's part that say what an image is."""
        return self.known("DocumentPart", {"mimetype": image.mimetype, "mimeType": image.mimetype})

    def document(self, kind: str = "ID_CARD", instance: str = "first", **part: Any) -> Json:
        """Return document data of one part with two pages; `part` adds or changes members of the part."""
        whole = {
            "pages": [1, 2],
            "width": 640,
            "height": 400,
            "captureDate": self.date("DocumentPart"),
            "captureDevice": "synthetic scanner",
            "mimetype": "image/png",
            "mimeType": "image/png",
        }
        one = {**self.known("DocumentPart", whole), **part}
        return {"documentType": kind, "instance": instance, "parts": [one]}

    def rich_fingerprint(self, finger: str = "LEFT_RING", **changes: Any) -> Json:
        """Return biometric data with every plain member that the version has for it, images apart."""
        more = {
            "instance": "second capture",
            "missing": [{"biometricSubType": finger, "presence": "BANDAGED"}],
            "metadata": "synthetic",
            "comment": "made for a conformance test",
            "template": base64.b64encode(b"a synthetic template").decode("ascii"),
            "templateRef": "http://127.0.0.1/template?id=1",
            "templateFormat": "ISO_19794_2",
            "quality": 71,
            "qualityFormat": "NFIQ2",
            "algorithm": "synthetic algorithm",
            "vendor": "synthetic vendor",
        }
        return {**self.fingerprint(finger), **self.known("BiometricData", more), **changes}

    def passport(self, instance: str = "first", **part: Any) -> Json:
        """Return a passport as `document` does; its name is not written alike in all versions."""
        kinds = self.specification.listed("DocumentData", "documentType")
        return self.document("PASSPORT" if "PASSPORT" in kinds else "Passport", instance, **part)

    def date(self, schema: str, day: str = "2020-07-01") -> str:
        """Return a capture date as the schema writes it: a day, or the whole second at its noon."""
        instant = self._property(schema, "captureDate").get("format") == "date-time"
        return f"{day}T12:00:00Z" if instant else day

    def known(self, schema: str, members: Json) -> Json:
        """Return those of the members that a component schema of this version has."""
        properties = self.specification.schema(schema)["properties"]
        return {name: value for name, value in members.items() if name in properties}

    def _property(self, schema: str, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.specification.schema(schema)["properties"][name]
        return found


_PART_OF = {"FACE": "PORTRAIT", "FINGER": "RIGHT_INDEX", "IRIS": "EYE_RIGHT"}


def with_biographics(body: Json, **members: Any) -> Json:
    """Return a copy of an enrollment with members of its biographic data set."""
    changed = copy.deepcopy(body)
    changed.setdefault("biographicData", {}).update(members)
    return changed


def without(body: Json, *names: str) -> Json:
    """Return a copy of an enrollment without some of its members."""
    return {name: copy.deepcopy(value) for name, value in body.items() if name not in names}


def pick_members(value: Any, *names: str) -> Any:
    """Return a JSON value with only these members of each object in it, at every depth."""
    if isinstance(value, list):
        return [pick_members(each, *names) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: pick_members(each, *names) for name, each in value.items() if name in names}


IDENTITY = ("biometricSubType", "documentType", "instance", "parts", "pages")
"""The members by which the items of a list are told apart."""


def identities(items: list[Json]) -> Any:
    """Return the items of a list with what tells them apart, and nothing else."""
    return pick_members(items, *IDENTITY)


def other_than(body: Json, plain: Json) -> Json:
    """Return the members of a body that `plain` has not, or has otherwise: of objects in it again only those."""
    return {
        name: other_than(value, plain[name])
        if isinstance(value, dict) and isinstance(plain.get(name), dict)
        else copy.deepcopy(value)
        for name, value in body.items()
        if name not in plain or value != plain[name]
    }


def first(group: Any) -> Any:
    """Return the first item of a group that is a list, or the group that is one object itself."""
    return group[0] if isinstance(group, list) else group


def png(width: int = 8, height: int = 8, shade: int = 127) -> bytes:
    """Return a real grey PNG (ISO/IEC 15948), made here."""
    rows = b"".join(b"\x00" + bytes((shade + x + y) % 256 for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def base64_png(width: int = 8, height: int = 8, shade: int = 127) -> str:
    """Return the PNG of `png` as base64 text (RFC 4648, 4)."""
    return base64.b64encode(png(width, height, shade)).decode("ascii")


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
