"""Status codes as sets with words, and the preconditions of a check."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from osia_conformance.target.outcome_errors import CannotTell, FailedStart, body_symptom, status_symptom
from osia_conformance.target.response import Response
from osia_conformance.target.server_words import server_words
from osia_conformance.verdict.symptom import of_members
from osia_conformance.wire.status_codes import INCONCLUSIVE, SUCCESSES


@dataclass(frozen=True, slots=True)
class Statuses:
    """A set of status codes with the words that name it in a report."""

    label: str
    codes: frozenset[int]

    def __contains__(self, code: int) -> bool:
        return code in self.codes


REFUSED = Statuses("a refusal (4xx)", frozenset(range(400, 500)) - {429})


SUCCESS = Statuses("a success (2xx)", frozenset(SUCCESSES))


NOT_AUTHORIZED = Statuses("401 or 403", frozenset({401, 403}))


BAD_REQUEST = Statuses("400 or 422", frozenset({400, 422}))
"""The codes that refuse a bad request; that it is 400, the documented one, is a rule of its own (RUL-REFUSAL-CODE)."""


REFUSALS = BAD_REQUEST.codes | {403, 413}
"""Codes by which a rule of the server's own may refuse valid data that is not canonical (RUL-RANDOM-DATA)."""


CANONICAL_REFUSALS = REFUSALS - {413}
"""Codes by which such a rule may refuse the canonical enrollment, which is too small for 413."""


PROFILE_REFUSALS = REFUSALS | {415}
"""Codes that contradict the profile, which states formats of images, too."""


MEMBER_REFUSALS = PROFILE_REFUSALS - {403} | {409}
"""Codes that speak of what the first enrollment holds: 403 is most likely the token's, 409 a value's that is taken."""


GONE = frozenset({404, 410})
"""Codes by which a read shows that an enrollment is not there; any other refusal proves nothing."""


DELETED = GONE | {200, 202, 204}
"""Codes by which a delete shows that nothing is left, as there was nothing or as it was deleted."""


UNKNOWN_PATH = GONE | {405}
"""Codes of a server that does not have the path at all, or not with the method."""


def status(code: int) -> Statuses:
    """Return the set that holds only `code`."""
    return Statuses(status_phrase(code), frozenset({code}))


def one_of(*alternatives: Statuses | int) -> Statuses:
    """Return the union of what the standard leaves to the server; integers are single codes."""
    sets = [status(item) if isinstance(item, int) else item for item in alternatives]
    return Statuses(" or ".join(item.label for item in sets), frozenset().union(*(item.codes for item in sets)))


def documented_success(response: Response) -> Statuses:
    """Return the success code that the answer's operation documents."""
    return status(response.documented)


def status_phrase(code: int) -> str:
    """Return the code with its name, such as "404 Not Found"."""
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def precondition(response: Response, *allowed: Statuses | int, what: str = "") -> Response:
    """Return the answer if its code is one of `allowed` (none: any 2xx); CannotTell if not, FailedStart for a 500.

    `what` says, as the rest of a phrase, what a success that is not allowed leaves open.
    """
    wanted = one_of(*(allowed or (SUCCESS,)))
    if response.withheld and response.operation == "readEnrollment":
        reason = "readEnrollment, needed first, answered an enrollment of another id"
        raise CannotTell(reason, response, of_members(response.operation, ["$.enrollmentId"]))
    if response.status in wanted:
        return response
    reason = f"{_answered(response, ', needed first,')} instead of {wanted.label}"
    if what and response.status in SUCCESS:
        # Its code is a documented one: what is wrong with the answer, another requirement tells.
        raise CannotTell(f"{response.operation}, needed first, {what}", response, body_symptom(response, what))
    if response.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise FailedStart(reason, response)
    raise CannotTell(reason, response, status_symptom(response))


def answered(response: Response) -> str:
    """Return what was answered, such as "readEnrollment answered 404 Not Found".

    Of a server error it has the server's own words, too.
    """
    return _answered(response)


def _answered(response: Response, when: str = "") -> str:
    """Return what was answered; of a server error the server's own words, too."""
    words = f"{response.operation}{when} answered {status_phrase(response.status)}"
    unexpected = response.status >= HTTPStatus.INTERNAL_SERVER_ERROR and response.status not in INCONCLUSIVE
    said = server_words(response) if unexpected else ""
    return f'{words} ("{said}")' if said else words
