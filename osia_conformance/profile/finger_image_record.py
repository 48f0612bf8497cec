"""A finger image record of ISO/IEC 19794-4:2005: one uncompressed view of one finger, which is nobody's."""

from __future__ import annotations

import struct

SIDE = 64
"""Width and height of the image, in pixels."""
_DENSITY = 500
"""Pixels per inch."""


def finger_image_record() -> bytes:
    """Return the record: its general header (7.1), one finger image header (7.2), and 8 bit grey pixels."""
    pixels = bytes(_grey(x, y) for y in range(SIDE) for x in range(SIDE))
    length = 14 + len(pixels)
    # Length, right index finger (2), one view of one, quality not reported, live scan plain, no compression.
    view = struct.pack(">IBBBBBHHB", length, 2, 1, 1, 254, 0, SIDE, SIDE, 0)
    head = b"FIR\x00" + b"010\x00" + (32 + length).to_bytes(6, "big")
    # Device not reported, acquisition level 31, one finger, pixels per inch, scanned and kept so, 8 bits, plain.
    general = struct.pack(">HHBBHHHHBBH", 0, 31, 1, 1, _DENSITY, _DENSITY, _DENSITY, _DENSITY, 8, 0, 0)
    return head + general + view + pixels


def _grey(x: int, y: int) -> int:
    """Return the shade of a pixel: arcs around a point below the image, as ridges run."""
    return 64 + ((x - SIDE // 2) ** 2 + (y - 2 * SIDE) ** 2) // 48 % 8 * 16
