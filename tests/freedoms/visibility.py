"""Searches and deletions that lag behind (ruling 15)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.store import Condition, Record, Store, opened
from tests.harness.variant import Freedom


class SearchesBehind(Store):
    """A search sees what was stored when the one before it came."""

    def __init__(self, database: Path | None = None) -> None:
        super().__init__(database)
        self.behind = opened(":memory:")

    def find(self, conditions: Sequence[Condition]) -> Iterator[Record]:
        with self.lock:
            now, self._database = self._database, self.behind
            try:
                found = list(super().find(conditions))
            finally:
                self._database = now
            now.backup(self.behind)
        return iter(found)

    def close(self) -> None:
        super().close()
        self.behind.close()


class DeletesLater(Enrollments):
    """What is deleted stays until two more reads or searches have come."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.left: dict[str, int] = {}

    def delete(self, enrollment_id: str) -> None:
        self.existing(enrollment_id)
        self.left.setdefault(enrollment_id, 2)

    def tick(self) -> None:
        for name in list(self.left):
            self.left[name] -= 1
            if self.left[name] < 0:
                del self.left[name]
                self.store.delete(name)

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Record:
        self.tick()
        return super().read(enrollment_id, attributes)

    def find(self, expressions: Any) -> list[Record]:
        self.tick()
        return super().find(expressions)


AMPLE = {"visible_within": 60}
"""Both lag by a number of calls, however long these take."""

FREEDOMS = [
    Freedom(
        "visibility-searches-behind",
        "A search does not see what came after the search before it.",
        {"store": SearchesBehind},
        target=AMPLE,
        rulings=("RUL-VISIBILITY",),
    ),
    Freedom(
        "visibility-deletes-later",
        "A deleted enrollment is there for a while.",
        {"enrollments": DeletesLater},
        target=AMPLE,
        rulings=("RUL-VISIBILITY",),
    ),
]
