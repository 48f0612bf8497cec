"""What an update and a patch may make of a record (ruling 13 and what the prose says of updates)."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from osia_reference.enrollments import Enrollments, merge_patch
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.variant import Freedom

REQUIRED = ("status", "enrollmentType", "biometricData")


class MergesShallowly(Enrollments):
    def replace(self, current: Record, body: Record) -> Record:
        return {**current, **body}


class MergesDeeply(Enrollments):
    """Objects are merged at every depth; lists are replaced."""

    def replace(self, current: Record, body: Record) -> Record:
        merged: Record = merge_patch(current, body)
        return merged


class AppendsBiometrics(MergesShallowly):
    def replace(self, current: Record, body: Record) -> Record:
        sent = body.get("biometricData", [])
        old = [each for each in current.get("biometricData", []) if each not in sent]
        return {**super().replace(current, body), "biometricData": old + sent}


class MergesByFinger(MergesDeeply):
    """Biometric data of an update takes the place of that of the same part of the body, and comes first."""

    def replace(self, current: Record, body: Record) -> Record:
        sent = body.get("biometricData", [])
        parts = {each.get("biometricSubType") for each in sent}
        old = [each for each in current.get("biometricData", []) if each.get("biometricSubType") not in parts]
        return {**super().replace(current, body), "biometricData": sent + old}


class NamesInstances(Enrollments):
    """Items without an instance get one of the server's own, and those without a capture date that of now."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        record = super().settled(enrollment_id, data, status)
        today = datetime.now(UTC)
        own = {"captureDate": today.date().isoformat() if self.specification.version < "1.2.0" else today.isoformat()}
        named = {"instance": str(uuid4())} if self.specification.version >= "1.1.0" else {}
        if "biometricData" in record:
            record["biometricData"] = [{**own, **named, **each} for each in record["biometricData"]]
        if "documentData" in record:
            record["documentData"] = [
                {"instance": str(uuid4()), **each, "parts": [{**own, **part} for part in each["parts"]]}
                for each in record["documentData"]
            ]
        return record


class CompletesUpdates(MergesDeeply):
    """An update needs only what changed, as the prose says."""

    def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        known = self.store.get(enrollment_id)
        if known and isinstance(body, dict):
            body = {**{name: known[name] for name in REQUIRED if name in known}, **body}
        super().update(enrollment_id, body, finalize=finalize)


def required(version: str) -> tuple[str, ...]:
    """Return the members that answers of a version, or its bodies, must have (RUL-NULL-REQUIRED)."""
    return REQUIRED[: {"1.0.0": 3, "1.1.0": 2}.get(version, 1)]


class RefusesNulls(Enrollments):
    codes = {"status": 409, "enrollmentType": 422, "biometricData": 403}

    def merge(self, current: Record, patch: Any) -> Any:
        for name in required(self.specification.version):
            code = self.codes[name]
            if isinstance(patch, dict) and patch.get(name, "") is None:
                raise Refusal(code, f"{name} cannot be removed.")
        return super().merge(current, patch)


class KeepsRequired(Enrollments):
    def merge(self, current: Record, patch: Any) -> Any:
        if not isinstance(patch, dict):
            return super().merge(current, patch)
        names = required(self.specification.version)
        kept = {name: value for name, value in patch.items() if value is not None or name not in names}
        return super().merge(current, kept)


class EmptiesRequired(Enrollments):
    """Puts defaults where required members were removed."""

    def merge(self, current: Record, patch: Any) -> Any:
        merged = super().merge(current, patch)
        if not isinstance(merged, dict):
            return merged
        defaults = {"status": "IN_PROGRESS", "enrollmentType": "unknown", "biometricData": []}
        return {**{name: defaults[name] for name in required(self.specification.version)}, **merged}


def freedom(name: str, change: str, part: type[Enrollments], **more: Any) -> Freedom:
    return Freedom(f"changing-{name}", change, {"enrollments": part}, **more)


FREEDOMS = [
    freedom("merges-shallowly", "An update replaces the groups that it has and leaves the others.", MergesShallowly),
    freedom("merges-deeply", "An update is merged into the record member by member.", MergesDeeply),
    freedom("appends-biometrics", "Biometric data of an update is added to what is there.", AppendsBiometrics),
    freedom("merges-by-finger", "Biometric data of an update replaces that of the same finger.", MergesByFinger),
    freedom("names-instances", "Items get an instance, or a capture date, that they lack.", NamesInstances),
    freedom(
        "completes-updates",
        "An update without required members keeps those of the record.",
        CompletesUpdates,
        rulings=("RUL-BAD-REQUEST",),
        versions="<1.2.0",
    ),
    freedom("refuses-nulls", "null on a required member is refused with 403, 409 or 422.", RefusesNulls),
    freedom("keeps-required", "null on a required member is ignored.", KeepsRequired),
    freedom("empties-required", "null on a required member sets a default.", EmptiesRequired),
]
