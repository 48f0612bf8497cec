"""We are guests on the target: what did not come from this run is taken out before it is judged or written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from osia_conformance.exchange import SUCCESSES, Answer, BeyondLimits, NotJson

WITHHELD = "[withheld]"


@dataclass(slots=True)
class Guest:
    """Knows the ids that this process made up; everything else on the target is somebody's.

    `buffers` are pairs of an enrollment's id and the id of a buffer that was sent for it.
    """

    marker: str
    enrollments: set[str] = field(default_factory=set)
    buffers: set[tuple[str, str]] = field(default_factory=set)

    def filter(self, answer: Answer, *, buffer: tuple[str, str] | None = None) -> Answer:
        """Return the answer without other people's records; refusals are left as they are.

        `buffer` is the pair of ids that was asked for; the bytes under one that is not ours may be somebody's, even if
        the buffer's id is one of ours in another enrollment.
        """
        if answer.status not in SUCCESSES:
            return answer
        if answer.operation == "findEnrollments":
            return self._search(answer)
        if buffer is not None:
            return answer if buffer in self.buffers else _emptied(answer)
        return self._record(answer)

    def _search(self, answer: Answer) -> Answer:
        try:
            found = answer.json()
        except BeyondLimits:
            return replace(_emptied(answer), truncated=True)
        except NotJson:
            return _emptied(answer)
        if not isinstance(found, list):
            return _emptied(answer)
        ours = [record for record in found if self._is_ours(record)]
        if len(ours) == len(found):
            return answer
        body = json.dumps(ours, ensure_ascii=False).encode("utf-8", "surrogatepass")
        unnamed = sum(not self._is_ours(each) and _names_nobody(each) for each in found)
        return replace(answer, body=body, withheld=len(found) - len(ours), unnamed=unnamed)

    def _record(self, answer: Answer) -> Answer:
        if not answer.body:
            return answer
        try:
            record = answer.json()
        except BeyondLimits:
            return replace(answer if self._mentions_us(answer.body) else _emptied(answer), truncated=True)
        except NotJson:
            return answer if self._mentions_us(answer.body) else _emptied(answer)
        if isinstance(record, list):
            return answer if all(self._is_ours(item) for item in record) else _emptied(answer)
        if not isinstance(record, Mapping) or not self._is_foreign(record):
            return answer
        return replace(answer, body=json.dumps({"enrollmentId": WITHHELD}).encode(), withheld=1)

    def _is_foreign(self, record: Mapping[str, Any]) -> bool:
        """Return whether a record names another enrollment; a bare id is no record, and may be a wrong answer."""
        name = record.get("enrollmentId", "")
        return len(record) > 1 and name != "" and not (isinstance(name, str) and name in self.enrollments)

    def _mentions_us(self, body: bytes) -> bool:
        names = (self.marker, *self.enrollments)
        return any(name.encode("utf-8", "surrogatepass") in body for name in names)

    def _is_ours(self, record: Any) -> bool:
        if not isinstance(record, Mapping):
            return False
        name = record.get("enrollmentId")
        if name is None:
            return self.marker in json.dumps(record)
        return isinstance(name, str) and name in self.enrollments


def _names_nobody(record: Any) -> bool:
    return isinstance(record, Mapping) and not record.get("enrollmentId") and not record.get("biographicData")


def _emptied(answer: Answer) -> Answer:
    return replace(answer, body=b"", withheld=1) if answer.body else answer
