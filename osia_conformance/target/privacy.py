"""Takes records of others out of a response before anything judges or writes it: the target may hold real people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from osia_conformance.support.json_words import kind_of
from osia_conformance.target.response import BeyondLimits, NotJson, Response
from osia_conformance.wire.status_codes import SUCCESSES

WITHHELD = "[withheld]"


@dataclass(slots=True)
class ForeignRecordFilter:
    """Knows the ids that this session made up; every other record on the target is somebody else's.

    `buffers` are pairs of an enrollment's id and the id of a buffer that was sent for it.
    """

    marker: str
    enrollments: set[str] = field(default_factory=set)
    buffers: set[tuple[str, str]] = field(default_factory=set)

    def filter(self, response: Response, *, buffer: tuple[str, str] | None = None) -> Response:
        """Return the answer without other people's records; refusals are left as they are.

        `buffer` is the pair of ids that was asked for; the bytes under one that is not ours may be somebody's, even if
        the buffer's id is one of ours in another enrollment.
        """
        if response.status not in SUCCESSES:
            return response
        if response.operation == "findEnrollments":
            return self._search(response)
        if buffer is not None:
            return response if buffer in self.buffers else _emptied(response)
        return self._record(response)

    def _search(self, response: Response) -> Response:
        try:
            found = response.json()
        except BeyondLimits:
            return replace(_emptied(response), truncated=True)
        except NotJson:
            return _emptied(response, "no JSON")
        if not isinstance(found, list):
            return _emptied(response, f"JSON, but {kind_of(found)} instead of an array")
        ours = [record for record in found if self._is_ours(record)]
        if len(ours) == len(found):
            return response
        body = json.dumps(ours, ensure_ascii=False).encode("utf-8", "surrogatepass")
        unnamed = sum(not self._is_ours(each) and _names_nobody(each) for each in found)
        return replace(response, body=body, withheld=len(found) - len(ours), unnamed=unnamed)

    def _record(self, response: Response) -> Response:
        if not response.body:
            return response
        try:
            record = response.json()
        except BeyondLimits:
            return replace(response if self._mentions_us(response.body) else _emptied(response), truncated=True)
        except NotJson:
            return response if self._mentions_us(response.body) else _emptied(response)
        if isinstance(record, list):
            return response if all(self._is_ours(item) for item in record) else _emptied(response)
        if not isinstance(record, Mapping) or not self._is_foreign(record):
            return response
        return replace(response, body=json.dumps({"enrollmentId": WITHHELD}).encode(), withheld=1)

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


def _emptied(response: Response, form: str = "") -> Response:
    return replace(response, body=b"", withheld=1, form=form) if response.body else response
