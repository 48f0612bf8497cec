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

    @property
    def operation(self) -> str:
        """The operation that answered it, "" if no response shows it."""
        return self.response.operation if self.response else ""


class Unjudged(Exception):
    """The check ends without a judgement; `outcome` says how."""

    outcome = "cantTell"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CannotTell(Unjudged):
    """The check ran and could not be judged."""


class FailedStart(CannotTell):
    """What a check needs first failed, perhaps by chance: the check is run again once (RUL-CODES)."""

    def __init__(self, reason: str, response: Response | None, operation: str = "") -> None:
        super().__init__(reason)
        self.response = response
        self.operation = operation or (response.operation if response else "")


class ConnectionClosed(FailedStart):
    """The server closed a kept connection under a request, as it may at any time (RFC 9112, 9.5)."""

    def __init__(self, reason: str, operation: str) -> None:
        super().__init__(reason, None, operation)


class Untested(Unjudged):
    """This configuration cannot produce the check's case."""

    outcome = "untested"


class Inapplicable(Unjudged):
    """The requirement is not of this version or profile."""

    outcome = "inapplicable"


def cannot_tell(reason: str) -> NoReturn:
    """End the check as cantTell: raise CannotTell."""
    raise CannotTell(reason)
