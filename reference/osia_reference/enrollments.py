"""The rules of the service: the life of an enrollment, search, and buffers."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from osia_reference.replies import Refusal
from osia_reference.search import GROUPS, Search, items
from osia_reference.specification import Specification
from osia_reference.store import DeletedError, Record, Store, StoredBuffer

IN_PROGRESS = "IN_PROGRESS"
FINALIZED = "FINALIZED"
NOT_FOUND = 404
CONFLICT = 409
ALWAYS = ("enrollmentId", "status")
MOST_EXPRESSIONS = 100


def merge_patch(target: Any, patch: Any) -> Any:
    """Return `target` changed by a JSON merge patch; neither is modified (RFC 7396, 2).

    The suite has a merge of its own. The two share nothing on purpose: each is an independent oracle of the other.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


class Enrollments:
    """All nine operations, free of HTTP. Each raises Refusal where it does not carry out the call."""

    def __init__(self, specification: Specification, store: Store, search: Search) -> None:
        self.specification = specification
        self.store = store
        self.search = search

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        """Store a new enrollment."""
        self.validate("createEnrollment", body)
        self.check_identity(enrollment_id, body)
        record = self.settled(enrollment_id, body, self.status(None, finalize=finalize))
        if not self.store.insert(record, self.search.attributes(record)):
            raise self.duplicate(enrollment_id)

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        """Return an enrollment, limited to `attributes` unless that is None."""
        record = self.existing(enrollment_id)
        return record if attributes is None else self.limited(record, attributes)

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        """Replace an enrollment."""
        self.validate("updateEnrollment", body)
        self.check_identity(enrollment_id, body)
        with self.store.lock:
            current = self.changeable(enrollment_id)
            self.keep(current, self.replace(current, body), finalize=finalize)

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        """Change an enrollment by a merge patch; what comes out must fit the schema."""
        with self.store.lock:
            current = self.changeable(enrollment_id)
            merged = self.merge(current, body)
            self.validate("partialUpdateEnrollment", merged)
            self.check_identity(enrollment_id, merged)
            self.keep(current, merged, finalize=finalize)

    def delete(self, enrollment_id: str) -> None:
        """Delete an enrollment, finalized or not, and its buffers."""
        if not self.store.delete(enrollment_id):
            raise self.unknown(enrollment_id)

    def finalize(self, enrollment_id: str) -> None:
        """Declare an enrollment's data collected."""
        with self.store.lock:
            current = self.changeable(enrollment_id)
            self.keep(current, current, finalize=True)

    def find(self, expressions: Any) -> list[Record]:
        """Return the enrollments for which all expressions hold."""
        self.validate("findEnrollments", expressions)
        if len(expressions) > MOST_EXPRESSIONS:
            raise Refusal(400, f"A search takes at most {MOST_EXPRESSIONS} expressions; send fewer.")
        return list(self.store.find([self.search.condition(each) for each in expressions]))

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        """Store a buffer as its bytes arrive; return its new id."""
        self.check_buffer_allowed(enrollment_id)
        buffer_id = self.new_buffer_id(enrollment_id)
        try:
            with self.store.writing(enrollment_id, buffer_id, media_type) as append:
                async for piece in data:
                    append(piece)
        except DeletedError as error:
            raise self.unknown(enrollment_id) from error
        return buffer_id

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        """Return what is known of a buffer of this enrollment."""
        buffer = self.store.get_buffer(enrollment_id, buffer_id)
        if buffer is None:
            raise Refusal(404, f"Enrollment {enrollment_id} has no buffer {buffer_id}; check both ids.")
        return buffer

    def buffer_bytes(self, buffer: StoredBuffer) -> Iterable[bytes]:
        """Yield the bytes of a buffer, piece by piece."""
        return self.store.pieces(buffer.buffer_id)

    def validate(self, operation: str, body: Any) -> None:
        """Refuse a body that breaks the operation's schema."""
        if problem := self.specification.problem(operation, body):
            raise Refusal(400, f"The body does not fit the schema of {operation} at {problem}")

    def check_identity(self, enrollment_id: str, body: Record) -> None:
        """Refuse a body that names another enrollment than the path."""
        if body.get("enrollmentId", enrollment_id) != enrollment_id:
            raise Refusal(400, "The body's enrollmentId is not the path's; send the same or leave it out.")

    def check_open(self, record: Record) -> None:
        """Refuse changes to a finalized enrollment."""
        if record["status"] == FINALIZED:
            raise Refusal(403, f"Enrollment {record['enrollmentId']} is finalized and cannot be changed.")

    def check_buffer_allowed(self, enrollment_id: str) -> None:
        """Refuse a buffer for an enrollment that is unknown or cannot be changed."""
        self.changeable(enrollment_id)

    def existing(self, enrollment_id: str) -> Record:
        """Return the enrollment, or refuse."""
        record = self.store.get(enrollment_id)
        if record is None:
            raise self.unknown(enrollment_id)
        return record

    def changeable(self, enrollment_id: str) -> Record:
        """Return the enrollment if it may be changed, or refuse."""
        record = self.existing(enrollment_id)
        self.check_open(record)
        return record

    def unknown(self, enrollment_id: str) -> Refusal:
        """Return the refusal for an id that is not there."""
        return Refusal(404, f"Enrollment {enrollment_id} does not exist; create it first.")

    def duplicate(self, enrollment_id: str) -> Refusal:
        """Return the refusal for an id that is taken: 409, or 404 where the version documents that."""
        documented = self.specification.operations["createEnrollment"].codes
        status = NOT_FOUND if NOT_FOUND in documented else CONFLICT
        return Refusal(status, f"Enrollment {enrollment_id} already exists; choose another id.")

    def replace(self, current: Record, body: Record) -> Record:
        """Return what an update makes of the current record: the body, wholly (RFC 9110, 9.3.4)."""
        return body

    def merge(self, current: Record, patch: Any) -> Any:
        """Return what a partial update makes of the current record."""
        return merge_patch(current, patch)

    def status(self, current: str | None, *, finalize: bool) -> str:
        """Return the status that follows `current` (None: not created yet); FINALIZED is never left."""
        return FINALIZED if finalize or current == FINALIZED else IN_PROGRESS

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        """Return the record to store: the server, not the body, decides its id and its status."""
        return {**data, "enrollmentId": enrollment_id, "status": status}

    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        """Store `data` in place of the current record."""
        status = self.status(current["status"], finalize=finalize)
        record = self.settled(current["enrollmentId"], data, status)
        self.store.replace(record, self.search.attributes(record))

    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        """Return only what is named of a record: groups, or members within groups; id and status always."""
        kept: Record = {}
        for name, value in record.items():
            if name in attributes or name in ALWAYS:
                kept[name] = value
            elif name in GROUPS and (members := self.limited_group(value, attributes)):
                kept[name] = members
        return kept

    def limited_group(self, group: Any, attributes: Sequence[str]) -> Any:
        """Return a group's named members, without the items that have none; something falsy if none has."""
        kept = [{name: item[name] for name in item if name in attributes} for item in items(group)]
        left = [item for item in kept if item]
        return left[0] if left and isinstance(group, dict) else left

    def new_buffer_id(self, enrollment_id: str) -> str:
        """Return an id that no buffer has."""
        return secrets.token_hex(16)
