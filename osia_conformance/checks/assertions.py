"""What a check may say about an answer. Everything a check judges goes through these helpers.

An answer that breaks the requirement raises `Violation`; one that leaves the case open raises `CannotTell`.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from osia_conformance.support.compare import changes, differences
from osia_conformance.target.enrollment.sent_names import SentNames
from osia_conformance.target.outcome_errors import (
    CannotTell,
    ServerError,
    Violation,
    WrongMembers,
    WrongStatus,
    body_symptom,
    status_symptom,
)
from osia_conformance.target.response import BeyondLimits, NotJson, Response
from osia_conformance.target.statuses import NOT_AUTHORIZED, SUCCESS, Statuses, answered, one_of
from osia_conformance.verdict.symptom import ACCEPTED, of_members
from osia_conformance.wire.status_codes import INCONCLUSIVE


def expect_status(response: Response, *allowed: Statuses | int, what: str = "", sent: str = "") -> Response:
    """Judge the status code; return the answer. `what` names what is expected better than its codes do, `sent` what
    was special about the call.

    Raises Violation for another code, ServerError for a 500 (RUL-CODES), CannotTell for one of INCONCLUSIVE and for
    401 and 403, which a good token does not rule out (RUL-FORBIDDEN).
    """
    wanted = one_of(*allowed)
    if response.status in wanted:
        return response
    _open_cases(response, sent)
    if response.status in NOT_AUTHORIZED:
        raise CannotTell(f"{answered(response)} to what [auth] gives for its scope", response, status_symptom(response))
    expected = (what or wanted.label) + (f" to {sent}" if sent else "")
    raise WrongStatus(expected, answered(response), response)


def expect_refusal(response: Response, *allowed: Statuses | int, sent: str) -> Response:
    """Judge the refusal of a token: here 401 and 403 are the subject, so nothing is open but INCONCLUSIVE.

    `sent` is what was wrong with the token, as a phrase. Raises Violation, ServerError or CannotTell.
    """
    wanted = one_of(*allowed)
    if response.status not in wanted:
        _open_cases(response, sent)
        raise WrongStatus(f"{wanted.label} to {sent}", answered(response), response)
    return response


def require_refused(response: Response, wanted: Statuses | int, what: str) -> None:
    """Raise CannotTell if `what`, a call that a check needs refused first, was accepted.

    Another requirement judges that; `wanted` are the first codes that it expects, by which its finding is found.
    """
    if response.status in SUCCESS:
        symptom = body_symptom(response, f"{ACCEPTED}{one_of(wanted).label}")
        raise CannotTell(f"{what} was accepted, which is judged elsewhere", response, symptom)


def _open_cases(response: Response, sent: str) -> None:
    if response.status in INCONCLUSIVE:
        raise CannotTell(f"{answered(response)}, which leaves the case open", response, status_symptom(response))
    if response.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        expected = "no server error" + (f" to {sent}" if sent else "")
        raise ServerError(expected, answered(response), response)


def expect(
    condition: bool,
    expected: str,
    actual: str,
    response: Response | None = None,
    *,
    body: str | None = None,
    member: str | None = None,
) -> None:
    """Judge a condition: Violation if it does not hold. Both texts are whole phrases, for the report.

    Where other checks stumble over the same, `body` says what the answer's body is instead of what it should be, or
    `member` is the JSONPath of the member that is wrong.
    """
    if condition:
        return
    symptom = body_symptom(response, body) if response and body else None
    if response and member:
        symptom = of_members(response.operation, [member])
    raise Violation(expected, actual, response, symptom)


def expect_json(response: Response) -> Any:
    """Return the body as a JSON value. Raises Violation if it is none (RFC 8259).

    Raises CannotTell for one beyond what is read here, which leaves the case open.
    """
    if response.withheld and not response.body:
        actual = f"it is {response.form or 'of another form'}, and is withheld, since it may be of somebody else"
        raise Violation("a body as it is documented", actual, response)
    try:
        return response.json()
    except BeyondLimits as error:
        raise CannotTell(f"the body of {response.operation} cannot be judged: {error}", response) from error
    except NotJson as error:
        words = f"the body is no JSON: {error}"
        raise Violation("a JSON body", words, response, body_symptom(response, "no JSON")) from error


def expect_holds(sent: Any, got: Any, response: Response, what: str = "the enrollment") -> None:
    """Judge that the JSON `got` answers all of `sent` (RUL-ECHO), Violation if not; more members are free."""
    found = differences(sent, got)
    if found:
        raise WrongMembers(f"{what} as sent", found, response)


def expect_unchanged(
    before: Any, after: Any, response: Response, what: str = "the enrollment", *, names: SentNames
) -> None:
    """Judge that a record is as it was in the members that the run sends; the server's own are free (RUL-ECHO).

    Raises Violation if it is not.
    """
    found = changes(names.only(before), names.only(after))
    if found:
        raise WrongMembers(f"{what} as it was before", found, response)


def listed(items: Iterable[object]) -> str:
    """Return items as a sorted, comma-separated phrase; "none" if there are none."""
    return ", ".join(sorted(map(str, items))) or "none"
