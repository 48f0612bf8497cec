"""What an enrollment must look like after a sequence of operations, as far as the standard says it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from osia_conformance.support.compare import same
from osia_conformance.support.json_words import show
from osia_conformance.target.enrollment.payloads import Json

ABSENT = object()
"""Stands for a member that may be absent."""


@dataclass
class ExpectedEnrollment:
    """One enrollment, with the values that each of the `tracked` biographic members may have.

    An update may merge or replace (RUL-PUT), so what it leaves out is as before or gone. A change that is taken after
    finalizing may open the enrollment again (RUL-AFTER-FINALIZED): `reopened` leaves that to the server.
    """

    tracked: tuple[str, ...]
    exists: bool = False
    deleted: bool = False
    finalized: bool = False
    reopened: bool = False
    processed: bool = False
    members: dict[str, list[Any]] = field(default_factory=dict)
    buffers: dict[str, bytes] = field(default_factory=dict)

    def create(self, biographic: Json, *, finalize: bool) -> None:
        """Take note of an accepted create."""
        self.exists, self.finalized, self.reopened = True, finalize, False
        self.members = {name: [biographic.get(name, ABSENT)] for name in self.tracked}

    def update(self, biographic: Json, *, finalize: bool) -> None:
        """Take note of an accepted update."""
        self._changed(finalize=finalize)
        for name in self.tracked:
            self.members[name] = [biographic[name]] if name in biographic else [*self.members[name], ABSENT]

    def patch(self, biographic: Json, *, finalize: bool) -> None:
        """Take note of an accepted patch (RFC 7396)."""
        self._changed(finalize=finalize)
        for name, value in biographic.items():
            self.members[name] = [ABSENT if value is None else value]

    def finalize(self) -> None:
        """Take note of an accepted finalize."""
        self.finalized, self.reopened = True, False

    def _changed(self, *, finalize: bool) -> None:
        self.reopened = self.finalized and not finalize
        self.finalized |= finalize

    def delete(self) -> None:
        """Take note of an accepted delete."""
        self.exists, self.deleted = False, True
        self.buffers.clear()

    def contradiction(self, record: Json, defaults: Json) -> str | None:
        """Return what a record says otherwise, as a phrase; None if it is one of the possible ones.

        `defaults` are the server's own values of biographic members that are absent (RUL-ECHO).
        """
        status = "FINALIZED" if self.finalized else "IN_PROGRESS"
        if record.get("status") != status and not (self.reopened and record.get("status") == "IN_PROGRESS"):
            return f"the status is {show(record.get('status'))} instead of {status}"
        biographic = record.get("biographicData")
        if not isinstance(biographic, dict):
            # What else may stand there is a matter of the schema.
            biographic = {}
        absent = {name: value for name, value in defaults.items() if biographic.get(name) == value}
        for name, values in self.members.items():
            got = biographic.get(name, ABSENT)
            if ABSENT in values and name in absent:
                continue
            if not any(got is value or (value is not ABSENT and same(value, got)) for value in values):
                return f"{name} is {_shown(got)} instead of {' or '.join(map(_shown, values))}"
        return None


def _shown(value: Any) -> str:
    return "absent" if value is ABSENT else show(value)
