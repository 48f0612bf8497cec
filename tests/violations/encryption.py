"""Violations of encrypted parts (from 1.3.0): refused, told otherwise, or mangled."""

import base64
import binascii
from collections.abc import AsyncIterator, Callable
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.variant import Violation
from tests.violations.create_values import storing
from tests.violations.integrity import each_block, everywhere, in_biometrics, in_parts, member, without

Json = dict[str, Any]
Change = Callable[[Json], Json]
BLOCKS = ("biographicData", "contextualData", "requestData", "enrollmentFlags")
BUFFERS = ("image", "template", "data")


def encrypted_only(change: Callable[[Any], Any], *names: str) -> Change:
    """Return the change of an object that changes those members that its encryption block names."""

    def changed(owner: Json) -> Json:
        scope = owner.get("encryption", {}).get("scope", "").split()
        return {name: change(value) if name in names and name in scope else value for name, value in owner.items()}

    return changed


def in_buffers(change: Callable[[str], str]) -> Change:
    """Return the change of a record that changes its encrypted buffers."""
    one = encrypted_only(change, *BUFFERS)
    return lambda record: in_parts(one)(in_biometrics(one)(record))


def references_dropped(owner: Json) -> Json:
    """What a server keeps that fetches what is referenced and cannot read it."""
    if "encryption" not in owner:
        return owner
    return {name: value for name, value in owner.items() if not name.endswith("Ref")}


class Checked(Enrollments):
    """Refuses bodies that do not keep to `fits`."""

    def fits(self, body: Json) -> bool:
        raise NotImplementedError

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if isinstance(body, dict) and not self.fits(body):
            raise Refusal(400, "The body does not fit.")


class ObjectsOnly(Checked):
    """Has types for the extensible blocks, as before 1.3.0."""

    def fits(self, body: Json) -> bool:
        return not any(isinstance(body.get(name), str) for name in BLOCKS)


class ImagesOnly(Checked):
    """Looks into buffers, as a server without the encryption of 1.3.0 may."""

    def fits(self, body: Json) -> bool:
        parts = [part for document in body.get("documentData", []) for part in document["parts"]]
        owners = [owner for owner in (*body.get("biometricData", []), *parts) if "encryption" in owner]
        return not any(name in owner for owner in owners for name in BUFFERS)


class JweOnly(Checked):
    def fits(self, body: Json) -> bool:
        return bool(body.get("encryption", {}).get("type", "JWE") == "JWE")


class ArmoursBuffers(Enrollments):
    """Keeps what begins as DER in PEM."""

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        whole = b"".join([piece async for piece in data])
        if whole.startswith(b"\x30\x82"):
            whole = b"-----BEGIN CMS-----\n" + base64.encodebytes(whole) + b"-----END CMS-----\n"

        async def pieces() -> AsyncIterator[bytes]:
            yield whole

        return await super().send_buffer(enrollment_id, media_type, pieces())


def is_base64(text: str) -> bool:
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


STORED = (
    ("encryption-lost", "The enrollment's encryption block is lost.", without("encryption"), ("01-*",)),
    (
        "encryption-lost-in-biometrics",
        "Encryption blocks of biometric data are lost.",
        in_biometrics(without("encryption")),
        ("03-*", "06"),
    ),
    (
        "encryption-lost-in-parts",
        "Encryption blocks of document parts are lost.",
        in_parts(without("encryption")),
        ("03-*", "06"),
    ),
    (
        "encryption-in-capitals",
        "Encrypted blocks are kept in capitals.",
        encrypted_only(str.upper, *BLOCKS),
        ("02",),
    ),
    (
        "encryption-wrapped",
        "A block that is a string is kept as an object around it.",
        encrypted_only(lambda text: {"value": text}, *BLOCKS),
        ("02",),
    ),
    (
        "encryption-coded-twice",
        "Encrypted buffers are coded in base64 once more.",
        in_buffers(lambda text: base64.b64encode(text.encode()).decode()),
        ("04",),
    ),
    (
        "encryption-other-alphabet",
        "Encrypted buffers are kept in the alphabet of base64url.",
        in_buffers(lambda text: text.translate(str.maketrans("+/", "-_")).rstrip("=")),
        ("04",),
    ),
    (
        "encryption-reference-lost",
        "References to encrypted buffers are lost.",
        in_biometrics(references_dropped),
        ("06",),
    ),
    (
        "encryption-flag-off",
        "All hashes are kept as taken before the encryption.",
        everywhere(each_block(member("encrypted", lambda flag: False))),
        ("07",),
    ),
)
SERVED = (
    ("encryption-objects-only", "A block that is no object is refused.", ObjectsOnly, ("01-*",)),
    ("encryption-refused-in-buffers", "A buffer that is encrypted is refused.", ImagesOnly, ("03-*",)),
    ("encryption-jwe-only", "Encryption as PKCS7 is refused.", JweOnly, ("01-PKCS7",)),
    ("encryption-buffers-armoured", "A buffer in DER is kept as PEM.", ArmoursBuffers, ("05",)),
)

VIOLATIONS = [
    Violation(name, change, parts, expected=tuple(f"ENR-ENCRYPTION-{each}" for each in expected), versions=">=1.3.0")
    for name, change, parts, expected in (
        *((name, words, {"store": storing(change)}, expected) for name, words, change, expected in STORED),
        *((name, words, {"enrollments": made}, expected) for name, words, made, expected in SERVED),
    )
]
