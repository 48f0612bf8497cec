"""We are guests on the target: what did not come from this run is taken out before anything is judged or written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from osia_conformance.exchange import Answer, NotJson

WITHHELD = "[withheld]"


@dataclass(slots=True)
class Guest:
    """Knows the ids that this process made up; everything else on the target is somebody's."""

    marker: str
    enrollments: set[str] = field(default_factory=set)
    buffers: set[str] = field(default_factory=set)

    def filter(self, answer: Answer, *, buffer: str | None = None) -> Answer:
        """Return the answer without other people's records; refusals are left as they are."""
        if not 200 <= answer.status < 300:  # noqa: PLR2004
            return answer
        if answer.operation == "findEnrollments":
            return self._search(answer)
        if answer.operation == "readEnrollment":
            return self._record(answer)
        if buffer is not None and buffer not in self.buffers:
            return _emptied(answer)
        return answer

    def _search(self, answer: Answer) -> Answer:
        try:
            found = answer.json()
        except NotJson:
            return _emptied(answer)
        if not isinstance(found, list):
            return _emptied(answer)
        ours = [record for record in found if self._is_ours(record)]
        if len(ours) == len(found):
            return answer
        body = json.dumps(ours, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return replace(answer, body=body, withheld=len(found) - len(ours))

    def _record(self, answer: Answer) -> Answer:
        try:
            record = answer.json()
        except NotJson:
            return answer
        if not isinstance(record, Mapping) or record.get("enrollmentId", "") in {"", *self.enrollments}:
            return answer
        return replace(answer, body=json.dumps({"enrollmentId": WITHHELD}).encode(), withheld=1)

    def _is_ours(self, record: Any) -> bool:
        if not isinstance(record, Mapping):
            return False
        name = record.get("enrollmentId")
        if name is None:
            return self.marker in json.dumps(record)
        return isinstance(name, str) and name in self.enrollments


def _emptied(answer: Answer) -> Answer:
    return replace(answer, body=b"", withheld=1) if answer.body else answer
