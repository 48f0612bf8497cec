"""Violations of verifiable credentials as documents (from 1.3.0)."""

from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.store import Record
from tests.harness.variant import Violation
from tests.violations.create_values import storing
from tests.violations.integrity import in_parts

Json = dict[str, Any]


def with_known_type(part: Json) -> Json:
    """What a server keeps that knows images and PDF only."""
    kind = part.get("mimeType", "")
    return {**part, "mimeType": "application/octet-stream"} if kind.startswith("application/vc") else part


def unsigned(part: Json) -> Json:
    """What is left of a credential that the server has read: what it says, not who says it."""
    if not part.get("mimeType", "").startswith("application/vc"):
        return part
    return {**part, "data": part["data"][: len(part["data"]) // 2]}


class PatchImagesOnly(Enrollments):
    """A patch keeps the data of those parts only that are images."""

    def merge(self, current: Record, patch: Any) -> Any:
        merged = super().merge(current, patch)
        self.validate("partialUpdateEnrollment", merged)
        return in_parts(lambda part: part if part.get("mimeType", "image/").startswith("image/") else bare(part))(
            merged
        )


def bare(part: Json) -> Json:
    return {name: value for name, value in part.items() if name != "data"}


VIOLATIONS = [
    Violation(name, change, parts, expected=(expected,), versions=">=1.3.0")
    for name, change, parts, expected in (
        (
            "credential-of-unknown-type",
            "The media type of a credential becomes application/octet-stream.",
            {"store": storing(in_parts(with_known_type))},
            "ENR-CREDENTIAL-01-*",
        ),
        (
            "credential-unsigned",
            "Half of a credential is kept.",
            {"store": storing(in_parts(unsigned))},
            "ENR-CREDENTIAL-01-*",
        ),
        (
            "credential-lost-by-patch",
            "A patch keeps no data but images.",
            {"enrollments": PatchImagesOnly},
            "ENR-CREDENTIAL-01-PATCH",
        ),
    )
]
