"""The reference service with a memory of its own, for variants that mix up what was with what is."""

from typing import Any

from osia_reference.enrollments import Enrollments


class Remembering(Enrollments):
    """`kept` holds whatever a variant remembers of enrollments, by their ids."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.kept: dict[str, Any] = {}
