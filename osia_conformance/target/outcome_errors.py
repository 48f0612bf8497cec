"""What ends a check without a pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NoReturn

from osia_conformance.support.compare import Difference
from osia_conformance.target.response import Response
from osia_conformance.verdict.symptom import Symptom, of_members

_SHOWN = 3
WITHHELD_BODY = "of somebody else, perhaps, and withheld"


class Violation(AssertionError):
    """The answer breaks the requirement: what was expected, what came, and the exchange that shows it.

    `symptom` says by what (default: the words of `actual`, about the answer's operation).
    """

    def __init__(
        self, expected: str, actual: str, response: Response | None = None, symptom: Symptom | None = None
    ) -> None:
        super().__init__(f"expected {expected}; {actual}")
        self.expected = expected
        self.actual = actual
        self.response = response
        self.symptom = symptom or _symptom(response)


class WrongStatus(Violation):
    """An answer whose code breaks the requirement."""

    def __init__(self, expected: str, actual: str, response: Response) -> None:
        super().__init__(expected, actual, response, status_symptom(response))


class WrongMembers(Violation):
    """An answer that differs from what it should hold; the first differences are named."""

    def __init__(self, expected: str, found: Sequence[Difference], response: Response) -> None:
        symptom = of_members(response.operation, (each.path for each in found))
        super().__init__(expected, "; ".join(map(str, found[:_SHOWN])), response, symptom)


class ServerError(WrongStatus):
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
    """The check ran and could not be judged; `response` and `symptom` say by which answer, where it was one."""

    def __init__(self, reason: str, response: Response | None = None, symptom: Symptom | None = None) -> None:
        super().__init__(reason)
        self.response = response
        self.symptom = symptom or _symptom(response)


class FailedStart(CannotTell):
    """What a check needs first failed, perhaps by chance: the check is run again once (RUL-CODES)."""

    def __init__(self, reason: str, response: Response | None, operation: str = "") -> None:
        super().__init__(reason, response, status_symptom(response) if response else None)
        self.operation = operation or (response.operation if response else "")


class ConnectionClosed(FailedStart):
    """The server closed a kept connection under a request, as it may at any time (RFC 9112, 9.5)."""

    def __init__(self, reason: str, operation: str) -> None:
        super().__init__(reason, None, operation)


class ServiceRestarted(FailedStart):
    """The service ended under the check, by another call than the check's own, and is back (RUL-SERVICE)."""

    def __init__(self, reason: str, operation: str) -> None:
        super().__init__(reason, None, operation)


class Untested(Unjudged):
    """This configuration cannot produce the check's case."""

    outcome = "untested"


class Inapplicable(Unjudged):
    """The requirement is not of this version or profile."""

    outcome = "inapplicable"


def cannot_tell(reason: str, response: Response | None = None) -> NoReturn:
    """End the check as cantTell: raise CannotTell, with the code of the `response` that is to blame."""
    raise CannotTell(reason, response, status_symptom(response) if response else None)


def _symptom(response: Response | None) -> Symptom:
    """Return the symptom of a judgement that words tell apart, or records of others that came."""
    if response is None:
        return Symptom()
    return body_symptom(response, WITHHELD_BODY) if response.withheld else Symptom(response.operation)


def status_symptom(response: Response) -> Symptom:
    """Return the symptom of an answer whose code shows the fault."""
    return Symptom(response.operation, response.status)


def search_symptom(response: Response, operator: str) -> Symptom:
    """Return the symptom of a search with this operator that finds others than it should."""
    return replace(_symptom(response), search=operator)


def body_symptom(response: Response, body: str) -> Symptom:
    """Return the symptom of an answer whose body is something else than it should be, such as "no JSON"."""
    return Symptom(response.operation, body=body)
