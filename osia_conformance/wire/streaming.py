"""Bodies of any size that are never whole in memory: made, sent, received and hashed piece by piece.

`python -m osia_conformance.wire.streaming SIZE` writes the bytes that a check sends, for curl lines.
"""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Iterator

PIECE = 256 * 1024
"""Bytes that are in memory at a time."""

SLOWEST = 1024 * 1024
"""Bytes per second that a transfer may take at least, beside the time that any call has."""

_SEED = "osia-conformance/big-buffer"


class Upload:
    """`size` bytes of no pattern that a compression or a block store could use, the same each time."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._sha256: str | None = None

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[bytes]:
        whole, left = hashlib.sha256(), self.size
        pattern = random.Random(_SEED).randbytes(PIECE - 8)  # noqa: S311 - data, no secret
        number = 0
        while left:
            # Its number makes each piece another one, so that none can stand for another.
            piece = (number.to_bytes(8, "big") + pattern)[:left]
            whole.update(piece)
            yield piece
            left -= len(piece)
            number += 1
        self._sha256 = whole.hexdigest()

    @property
    def sha256(self) -> str:
        """The SHA-256 of all bytes, in hexadecimal."""
        if self._sha256 is None:
            for _ in self:
                pass
        return str(self._sha256)


class Download:
    """Takes the body of an answer with a 2xx code: `size` bytes so far. `expected` bytes are awaited."""

    def __init__(self, expected: int) -> None:
        self.expected = expected
        self.begin()

    def begin(self) -> None:
        """Forget what came: the answer begins, perhaps once more."""
        self.size = 0
        self._sha256 = hashlib.sha256()

    def feed(self, piece: bytes | memoryview) -> None:
        """Take a piece of the body."""
        self.size += len(piece)
        self._sha256.update(piece)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what came, in hexadecimal."""
        return self._sha256.hexdigest()


Body = bytes | Upload


def allowance(body: Body | None, sink: Download | None) -> float:
    """Return the seconds that a call may take longer for what it carries."""
    size = (len(body) if isinstance(body, Upload) else 0) + (sink.expected if sink else 0)
    return size / SLOWEST


if __name__ == "__main__":
    for part in Upload(int(sys.argv[1])):
        sys.stdout.buffer.write(part)
