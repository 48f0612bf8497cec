"""What is free about buffers (ruling 30)."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import StoredBuffer
from tests.harness.variant import Freedom


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


class BeforeTheCreate(Enrollments):
    def check_buffer_allowed(self, enrollment_id: str) -> None:
        record = self.store.get(enrollment_id)
        if record is not None:
            self.check_open(record)


class Named(Enrollments):
    """Gives ids by `named`, which need only differ within an enrollment."""

    def named(self, enrollment_id: str, data: bytes) -> str:
        raise NotImplementedError

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        self.check_buffer_allowed(enrollment_id)
        whole = b"".join([piece async for piece in data])
        name = self.named(enrollment_id, whole)
        if self.store.get_buffer(enrollment_id, f"{enrollment_id}.{name}") is None:
            with self.store.writing(enrollment_id, f"{enrollment_id}.{name}", media_type) as append:
                append(whole)
        return name

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        return super().get_buffer(enrollment_id, f"{enrollment_id}.{buffer_id}")


class Shared(Named):
    def named(self, enrollment_id: str, data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()


class Counted(Named):
    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.counts: dict[str, int] = {}

    def named(self, enrollment_id: str, data: bytes) -> str:
        self.counts[enrollment_id] = self.counts.get(enrollment_id, 0) + 1
        return str(self.counts[enrollment_id])


class Forbids(Enrollments):
    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        whole = b"".join([piece async for piece in data])
        if not whole:
            raise Refusal(400, "The buffer is empty.")
        return await super().send_buffer(enrollment_id, media_type, once(whole))

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        owner = self.store._execute("SELECT enrollment FROM buffer WHERE id = ?", (buffer_id,)).fetchone()
        if owner is not None and owner[0] != enrollment_id:
            raise Refusal(403, "The buffer is another enrollment's.")
        return super().get_buffer(enrollment_id, buffer_id)


class LooksInside(Enrollments):
    """Refuses what does not begin like its type."""

    beginnings = {
        "image/png": b"\x89PNG\r\n",
        "image/jpeg": b"\xff\xd8\xff",
        "image/jp2": b"\0\0\0\x0cjP  ",
        "application/pdf": b"%PDF-",
    }

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        whole = b"".join([piece async for piece in data])
        if not whole.startswith(self.beginnings.get(media_type, b"")):
            raise Refusal(400, "This is not what its type says.")
        return await super().send_buffer(enrollment_id, media_type, once(whole))


def freedom(name: str, change: str, part: type[Enrollments]) -> Freedom:
    return Freedom(f"buffers-{name}", change, {"enrollments": part})


FREEDOMS = [
    Freedom(
        "buffers-before-the-create",
        "A buffer is taken before its enrollment exists.",
        {"enrollments": BeforeTheCreate},
        inapplicable=("ENR-UNKNOWN-02-BUFWRITE",),
    ),
    freedom("shared", "Equal buffers share an id.", Shared),
    freedom("counted", "The buffers of each enrollment are numbered from 1.", Counted),
    freedom("forbids", "An empty buffer is refused with 400, another enrollment's with 403.", Forbids),
    freedom("looked-into", "A buffer that is not what its type says is refused with 400.", LooksInside),
    Freedom(
        "buffers-small",
        "A buffer of one MiB is refused with 413.",
        options={"largest_buffer": 512 * 1024},
        rulings=("RUL-BUFFERS",),
    ),
]
