"""Images to send: small grey patterns of our own, as PNG, JPEG and JPEG 2000 files of the package.

`patterns/` holds one 64 x 64 pattern (stripes and squares computed from the coordinates, 8 bit grey), written by
Pillow: PNG (ISO/IEC 15948) and JPEG 2000 (ISO/IEC 15444-1, reversible) without loss, JPEG (ISO/IEC 10918-1) at
quality 85, WSQ (wavelet scalar quantization, IAFIS-IC-0110) by its plug-in `wsq` at 0.75 bits a pixel. Nobody is in
it, and nothing of it comes from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from osia_conformance.profile.finger_image_record import finger_image_record
from osia_conformance.profile.statement import ImageSettings

OURS = ("png", "jpeg", "jpeg2000")
SIDE = 64
"""Width and height of our own images, in pixels."""

_FILES = {
    "png": ("pattern.png", "image/png", "PNG"),
    "jpeg": ("pattern.jpg", "image/jpeg", "JPEG"),
    "jpeg2000": ("pattern.jp2", "image/jp2", "JPEG2000"),
    "wsq": ("pattern.wsq", "image/x-wsq", "WSQ"),
}


@dataclass(frozen=True, slots=True)
class Image:
    """A file's bytes, its media type (RFC 6838), and the standard's name of its compression if it has one."""

    name: str
    data: bytes
    mimetype: str
    compression: str | None = None


@cache
def sample_image(name: str) -> Image:
    """Return our image in the format `name`, one of OURS or "wsq"."""
    file, mimetype, compression = _FILES[name]
    return Image(name, (Path(__file__).parent / "patterns" / file).read_bytes(), mimetype, compression)


RECOMMENDED = ("wsq", "iso-19794-4")
"""The formats of finger images that the standard recommends, by our names."""


@cache
def recommended_image(name: str) -> Image:
    """Return a finger image, SIDE pixels wide and high, in the format `name`, one of RECOMMENDED.

    No media type is registered for a record of ISO/IEC 19794.
    """
    if name in _FILES:
        return sample_image(name)
    return Image(name, finger_image_record(), "application/octet-stream", "NONE")


def chosen(choice: str | ImageSettings) -> Image:
    """Return the image that a profile names: one of ours, or a file of the vendor's.

    Raises OSError if the file is no longer there.
    """
    if isinstance(choice, str):
        return sample_image(choice)
    return Image(choice.file.name, choice.file.read_bytes(), choice.mimetype)
