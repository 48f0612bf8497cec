"""Violations by what a server keeps from one call and uses for the next, on whatever enrollment that is."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Reply
from osia_reference.store import Record, StoredBuffer
from tests.harness.remembering import Remembering
from tests.harness.variant import Violation

GROUPS = ("biographicData", "contextualData", "requestData", "enrollmentFlags", "documentData")


class SharedDefaults(Remembering):
    """Fills what a create leaves out from an object that all creates share and change."""

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        self.validate("createEnrollment", body)
        self.kept.update({name: body[name] for name in ("biographicData", "documentData") if name in body})
        super().create(enrollment_id, {**self.kept, **body}, finalize=finalize)


class MutableDefault(Remembering):
    """Gives all enrollments that are created without any group the same object, which patches then change."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.sharing: set[str] = set()

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        if not set(GROUPS) & body.keys():
            self.sharing.add(enrollment_id)

    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().patch(enrollment_id, body, finalize=finalize)
        if enrollment_id in self.sharing:
            record = self.existing(enrollment_id)
            self.kept.update({name: record[name] for name in GROUPS if name in record})

    def existing(self, enrollment_id: str) -> Record:
        record = super().existing(enrollment_id)
        return {**record, **self.kept} if enrollment_id in self.sharing else record


class UpdatesFromTheLastForm(Remembering):
    """Fills what an update leaves out from the update before it."""

    def replace(self, current: Record, body: Record) -> Record:
        filled = {**{name: self.kept[name] for name in GROUPS if name in self.kept}, **body}
        self.kept = dict(body)
        return filled


class FlagsFromTheLastForm(Remembering):
    """Fills the flags of a record that has none from what was stored before."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        self.kept.update({name: value for name, value in record.items() if name == "enrollmentFlags" and value})
        return {**self.kept, **record}


class KeepsTheFlag(Enrollments):
    """Finalizes the create after one that was finalized, too."""

    last = False

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize or self.last)
        self.last = finalize


class CachesByAttributes(Remembering):
    """Keys what was read by the attributes that were asked for, and puts the right id on it."""

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        if attributes is None:
            return super().read(enrollment_id)
        record = self.kept.setdefault("&".join(attributes), super().read(enrollment_id, attributes))
        return {**record, **super().read(enrollment_id, ["enrollmentId"])}


class AnswersTheLastWritten(Remembering):
    """Reads out of the buffer into which changes are written, whoever's was the last."""

    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        super().keep(current, data, finalize=finalize)
        self.kept["last"] = self.existing(current["enrollmentId"])

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        record = super().read(enrollment_id, attributes)
        last = self.kept.pop("last", None)
        return {**last, "enrollmentId": enrollment_id} if last and attributes is None else record


class AnswersTheLastUpdated(Remembering):
    """Keeps what was updated last in a cache that knows no ids, until something else is written."""

    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        super().keep(current, data, finalize=finalize)
        self.kept.clear()

    def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().create(enrollment_id, body, finalize=finalize)
        self.kept.clear()

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().update(enrollment_id, body, finalize=finalize)
        self.kept["last"] = super().read(enrollment_id)

    def delete(self, enrollment_id: str) -> None:
        super().delete(enrollment_id)
        self.kept.clear()

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        record = super().read(enrollment_id, attributes)
        return self.kept.get("last", record) if attributes is None else record


class CutsTheGroup(Enrollments):
    """Takes members out of the record itself, to answer those that were asked for."""

    def limited_group(self, group: Any, attributes: Sequence[str]) -> Any:
        kept = super().limited_group(group, attributes)
        if kept and isinstance(group, dict):
            for name in group.keys() - set(attributes):
                del group[name]
        return kept

    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        kept = super().limited(record, attributes)
        self.store.replace(record, self.search.attributes(record))
        return kept


class CachesSearchesByNames(Remembering):
    """Keys what was found by the names and operators that were asked for, without the values."""

    def find(self, expressions: Any) -> list[Record]:
        found = super().find(expressions)
        known: list[Record] = self.kept.setdefault(
            str([(each["attributeName"], each["operator"]) for each in expressions]), found
        )
        return known


class KeepsTheCursor(Server):
    """Turns the pages of the search that was begun last."""

    last: Sequence[Record] = ()

    def page(self, records: list[Record], offset: int, limit: int | None) -> list[Record]:
        if not offset:
            self.last = records
        return super().page(list(self.last), offset, limit)


class TypesOfTheLastBuffer(Remembering):
    """Notes the content type of buffers with their enrollment."""

    async def send_buffer(self, enrollment_id: str, media_type: str, data: AsyncIterator[bytes]) -> str:
        self.kept[enrollment_id] = media_type
        return await super().send_buffer(enrollment_id, media_type, data)

    def get_buffer(self, enrollment_id: str, buffer_id: str) -> StoredBuffer:
        found = super().get_buffer(enrollment_id, buffer_id)
        return StoredBuffer(found.buffer_id, self.kept.get(enrollment_id, found.media_type), found.size)


class DigestsOfTheLastBuffer(Server):
    """States the Digest that was computed when the last buffer came."""

    last = ""

    async def send_buffer(self, call: Call) -> Reply:
        reply = await super().send_buffer(call)
        found = self.enrollments.get_buffer(self.enrollment_id(call), reply.body["bufferId"])
        self.last = super().digest(found)
        return reply

    def digest(self, buffer: StoredBuffer) -> str:
        return self.last


def shared(
    name: str,
    change: str,
    part: type[Any],
    expected: str = "ENR-LIFE-04",
    declared: tuple[str, ...] = (),
    *,
    versions: str = "",
) -> Violation:
    """Return the violation of a server of which one part keeps what it should not."""
    place = "server" if issubclass(part, Server) else "enrollments"
    return Violation(name, change, {place: part}, expected=(expected,), declared=declared, versions=versions)


VIOLATIONS = [
    shared(
        "create-shares-its-defaults", "What a create leaves out is filled in from the create before it.", SharedDefaults
    ),
    shared(
        "create-shares-a-mutable-default",
        "What creates leave out is one object, which patches change for all.",
        MutableDefault,
    ),
    shared(
        "flags-fill-in-from-another",
        "Flags that a body leaves out are filled in from the write before.",
        FlagsFromTheLastForm,
    ),
    shared("create-keeps-the-flag", "A create after one with finalize=true is finalized, too.", KeepsTheFlag),
    shared(
        "update-fills-in-from-another",
        "What an update leaves out is filled in from the update before it.",
        UpdatesFromTheLastForm,
    ),
    shared(
        "read-caches-by-attributes",
        "A read with attributes is answered from a cache that knows no ids.",
        CachesByAttributes,
    ),
    shared(
        "read-answers-the-last-written",
        "The first read after a change answers the record that was changed.",
        AnswersTheLastWritten,
        "ENR-LIFE-03",
    ),
    shared(
        "read-answers-the-last-updated",
        "A read after an update answers the enrollment that was updated, whichever is asked for.",
        AnswersTheLastUpdated,
        "ENR-APART-01-UPDATE",
    ),
    shared(
        "read-by-members-cuts-the-group",
        "A read of a member leaves its group without the others.",
        CutsTheGroup,
        "ENR-READ-05",
    ),
    shared(
        "find-caches-by-names",
        "A search is answered from a cache that knows no values.",
        CachesSearchesByNames,
        "ENR-FIND-01",
    ),
    shared(
        "find-keeps-the-cursor", "A later page is one of the search that was begun last.", KeepsTheCursor, "ENR-PAGE-02"
    ),
    shared(
        "buffers-have-the-type-of-the-last",
        "All buffers of an enrollment have the content type of the last one.",
        TypesOfTheLastBuffer,
        "ENR-BUFFER-11",
    ),
    shared(
        "buffers-have-the-digest-of-the-last",
        "The Digest is that of the buffer that was sent last.",
        DigestsOfTheLastBuffer,
        "ENR-DIGEST-03",
    ),
]
