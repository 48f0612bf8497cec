"""What a check may say about an answer. Everything a check judges goes through these helpers.

An answer that breaks the requirement raises `Violation`; one that leaves the case open raises `CannotTell`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NoReturn

from osia_conformance.echo import changes, differences
from osia_conformance.exchange import SUCCESSES, Answer, BeyondLimits, NotJson
from osia_conformance.samples import ours


class Violation(AssertionError):
    """The answer breaks the requirement: what was expected, what came, and the exchange that shows it."""

    def __init__(self, expected: str, actual: str, answer: Answer | None = None) -> None:
        super().__init__(f"expected {expected}; {actual}")
        self.expected = expected
        self.actual = actual
        self.answer = answer


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

    def __init__(self, reason: str, answer: Answer) -> None:
        super().__init__(reason)
        self.answer = answer


class Untested(Unjudged):
    """This configuration cannot produce the check's case."""

    outcome = "untested"


class Inapplicable(Unjudged):
    """The requirement is not of this version or profile."""

    outcome = "inapplicable"


@dataclass(frozen=True, slots=True)
class Statuses:
    """A set of status codes with the words that name it in a report."""

    label: str
    codes: frozenset[int]

    def __contains__(self, code: int) -> bool:
        return code in self.codes


REFUSED = Statuses("a refusal (4xx)", frozenset(range(400, 500)) - {429})
DONE = Statuses("a success (2xx)", frozenset(SUCCESSES))
NOT_AUTHORIZED = Statuses("401 or 403", frozenset({401, 403}))
OPEN = frozenset({429, 501, 502, 503, 504})
"""Codes that leave a case open: the server says that it cannot answer now, or not at all (RUL-CODES)."""


def status(code: int) -> Statuses:
    """Return the set that holds only `code`."""
    return Statuses(phrase(code), frozenset({code}))


def one_of(*alternatives: Statuses | int) -> Statuses:
    """Return the union of what the standard leaves to the server; integers are single codes."""
    sets = [status(item) if isinstance(item, int) else item for item in alternatives]
    return Statuses(" or ".join(item.label for item in sets), frozenset().union(*(item.codes for item in sets)))


def documented_success(answer: Answer) -> Statuses:
    """Return the success code that the answer's operation documents."""
    return status(answer.documented)


def phrase(code: int) -> str:
    """Return the code with its name, such as "404 Not Found"."""
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def expect_status(answer: Answer, *allowed: Statuses | int, what: str = "", sent: str = "") -> Answer:
    """Judge the status code; return the answer. `what` names what is expected better than its codes do, `sent` what
    was special about the call.

    Raises Violation for another code, ServerError for a 500 (RUL-CODES), CannotTell for one of OPEN and for 401 and
    403, which a good token does not rule out (RUL-FORBIDDEN).
    """
    wanted = one_of(*allowed)
    if answer.status in wanted:
        return answer
    _open_cases(answer)
    if answer.status in NOT_AUTHORIZED:
        raise CannotTell(f"{answer.operation} answered {phrase(answer.status)} to what [auth] gives for its scope")
    expected = (what or wanted.label) + (f" to {sent}" if sent else "")
    raise Violation(expected, f"{answer.operation} answered {phrase(answer.status)}", answer)


def expect_refusal(answer: Answer, *allowed: Statuses | int, sent: str) -> Answer:
    """Judge the refusal of a token: here 401 and 403 are the subject, so nothing is open but OPEN.

    `sent` is what was wrong with the token, as a phrase. Raises Violation, ServerError or CannotTell.
    """
    wanted = one_of(*allowed)
    if answer.status not in wanted:
        _open_cases(answer)
        expected, actual = f"{wanted.label} to {sent}", f"{answer.operation} answered {phrase(answer.status)}"
        raise Violation(expected, actual, answer)
    return answer


def _open_cases(answer: Answer) -> None:
    if answer.status in OPEN:
        raise CannotTell(f"{answer.operation} answered {phrase(answer.status)}, which leaves the case open")
    if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ServerError("no server error", f"{answer.operation} answered {phrase(answer.status)}", answer)


def expect(condition: bool, expected: str, actual: str, answer: Answer | None = None) -> None:
    """Judge a condition: Violation if it does not hold. Both texts are whole phrases, for the report."""
    if not condition:
        raise Violation(expected, actual, answer)


def expect_json(answer: Answer) -> Any:
    """Return the body as a JSON value. Raises Violation if it is none (RFC 8259).

    Raises CannotTell for one beyond what is read here, which leaves the case open.
    """
    if answer.withheld and not answer.body:
        actual = "it has another form, and is withheld, since it may be of somebody else"
        raise Violation("a body as it is documented", actual, answer)
    try:
        return answer.json()
    except BeyondLimits as error:
        raise CannotTell(f"the body of {answer.operation} cannot be judged: {error}") from error
    except NotJson as error:
        raise Violation("a JSON body", f"the body is no JSON: {error}", answer) from error


def expect_holds(sent: Any, got: Any, answer: Answer, what: str = "the enrollment") -> None:
    """Judge that the JSON `got` answers all of `sent` (RUL-ECHO), Violation if not; more members are free."""
    found = differences(sent, got)
    if found:
        raise Violation(f"{what} as sent", "; ".join(found[:3]), answer)


def expect_unchanged(before: Any, after: Any, answer: Answer, what: str = "the enrollment") -> None:
    """Judge that a record is as it was, Violation if not; the server's own members are free (RUL-ECHO)."""
    found = changes(ours(before), ours(after))
    if found:
        raise Violation(f"{what} as it was before", "; ".join(found[:3]), answer)


def precondition(answer: Answer, *allowed: Statuses | int) -> Answer:
    """Return the answer if its code is one of `allowed` (none: any 2xx); CannotTell if not, FailedStart for a 500."""
    wanted = one_of(*(allowed or (DONE,)))
    if answer.withheld and answer.operation == "readEnrollment":
        raise CannotTell("readEnrollment, needed first, answered an enrollment of another id")
    if answer.status in wanted:
        return answer
    reason = f"{answer.operation}, needed first, answered {phrase(answer.status)}"
    if answer.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FailedStart(reason, answer)
    raise CannotTell(reason)


def give_up(reason: str) -> NoReturn:
    """End the check as cantTell: raise CannotTell."""
    raise CannotTell(reason)


def eventually(probe: Callable[[], bool], within: float, *, pause: float = 0.1) -> float | None:
    """Poll until `probe` holds; return the seconds it took, 0 if it held at once, or None after `within` seconds.

    A lag is free within a bound (RUL-VISIBILITY).
    """
    start = time.monotonic()
    if probe():
        return 0.0
    while (passed := time.monotonic() - start) < within:
        wait(min(pause, within - passed))
        if probe():
            return time.monotonic() - start
    return None


def wait(seconds: float) -> None:
    """Let `seconds` pass; the only place of the suite that does."""
    time.sleep(seconds)


def listed(items: Iterable[object]) -> str:
    """Return items as a sorted, comma-separated phrase; "none" if there are none."""
    return ", ".join(sorted(map(str, items))) or "none"
