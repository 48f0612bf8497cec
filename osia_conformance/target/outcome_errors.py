"""What ends a check without a pass."""

from __future__ import annotations

from typing import NoReturn

from osia_conformance.target.response import Response


class Violation(AssertionError):
    """The answer breaks the requirement: what was expected, what came, and the exchange that shows it."""

    def __init__(self, expected: str, actual: str, response: Response | None = None) -> None:
        super().__init__(f"expected {expected}; {actual}")
        self.expected = expected
        self.actual = actual
        self.response = response


class ServerError(Violation):
    """A 500 where it may be chance: a violation once the same kind of request repeats it (RUL-CODES)."""


class Unjudged(Exception):
    """The check ends without a judgement; `outcome` says how."""

    outcome = "cantTell"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotTell(Unjudged):
    """The check ran and could not be judged."""


class FailedStart(CannotTell):
    """What a check needs first ended in a 500: worth a second try (RUL-CODES)."""

    def __init__(self, reason: str, response: Response) -> None:
        super().__init__(reason)
        self.response = response


class Untested(Unjudged):
    """This configuration cannot produce the check's case."""

    outcome = "untested"


class Inapplicable(Unjudged):
    """The requirement is not of this version or profile."""

    outcome = "inapplicable"


def cannot_tell(reason: str) -> NoReturn:
    """End the check as cantTell: raise CannotTell."""
    raise CannotTell(reason)
