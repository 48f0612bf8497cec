"""The first calls of a run: one canonical enrollment from its create to its delete, with whatever is answered.

They come before anything is judged, and show whether URL, tokens and profile are right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus

from osia_conformance.support.text import one_line
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.identify import buffer_id
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session
from osia_conformance.target.statuses import MEMBER_REFUSALS, REFUSED, UNKNOWN_PATH, answered
from osia_conformance.wire.status_codes import SUCCESSES

QUOTED = 200
"""Characters of a server's own words that a sentence quotes."""

_MOST_TRIALS = 8
_LATER = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)

_PROFILE_ADVICE = "say in [profile] what the target accepts, and try it with osia-conformance profile --check"
_MISSING_ADVICE = "every target must have this operation; --keep-going judges the others all the same"
_ADVICE = {
    401: "see that a token with enroll.write is let in",
    403: f"see that a token with enroll.write may create, or {_PROFILE_ADVICE}",
    **dict.fromkeys(UNKNOWN_PATH, _MISSING_ADVICE),
}


@dataclass(slots=True)
class FirstCalls:
    """What the first calls were answered, by operationId, in the order in which they were sent."""

    responses: dict[str, Response] = field(default_factory=dict)

    @property
    def statuses(self) -> set[int]:
        """The codes that were answered."""
        return {response.status for response in self.responses.values()}


def make_first_calls(session: Session) -> FirstCalls:
    """Create the canonical enrollment, read it, find it, send and read a buffer, delete it: at most six calls.

    What gets no answer is left out. A run that only reads reads an id that nobody has used, and searches.
    """
    made = FirstCalls()
    with _own_enrollments(session, "preflight") as enrollments:
        enrollment = enrollments.new()
        if not session.settings.target.read_only:
            _keep(made, lambda: enrollment.create(enrollments.canonical()))
        _keep(made, enrollment.read)
        _keep(made, enrollments.find)
        if not session.settings.target.read_only:
            _try_buffer(made, enrollment)
    return made


def search_status(session: Session) -> int | None:
    """Return the code that a search on this run's marker is answered, None without an answer."""
    with suppress(Unjudged), _own_enrollments(session, "preflight") as enrollments:
        return enrollments.find().status
    return None


def is_refused(made: FirstCalls) -> bool:
    """Return whether the canonical enrollment was refused for good: with a 4xx that does not ask to come later."""
    created = made.responses.get("createEnrollment")
    return created is not None and created.status in REFUSED and created.status not in _LATER


def refusal(session: Session, made: FirstCalls) -> tuple[str, str] | None:
    """Return why the canonical enrollment is refused with a 4xx, and what to change; None if it is not.

    Which member is refused is told by the server's own words, or by trials of its parts.
    """
    if not is_refused(made):
        return None
    response = made.responses["createEnrollment"]
    stated = "the profile's" if session.profile.stated else "the default profile's"
    with _own_enrollments(session, "preflight") as enrollments:
        member = _refused_member(enrollments, response)
    named = f", and {member} is what is refused" if member else ""
    text = f"{stated} canonical enrollment was refused: {quoted_answer(session, response)}{named}"
    return text, _ADVICE.get(response.status, _PROFILE_ADVICE)


def quoted_answer(session: Session, response: Response) -> str:
    """Return what was answered, in the server's own words as far as they are short, without secrets."""
    words = one_line(session.redactor.beginning(response.body, QUOTED).decode("utf-8", "replace")).strip()
    return f"{answered(response)}{f' ({words})' if words else ''}"


def _keep(made: FirstCalls, send: Callable[[], Response]) -> Response | None:
    with suppress(Unjudged):
        response = send()
        made.responses[response.operation] = response
        return response
    return None


def _try_buffer(made: FirstCalls, enrollment: Enrollment) -> None:
    response = _keep(made, lambda: enrollment.send_buffer(b"osia-conformance"))
    if response is not None and response.status in SUCCESSES:
        for name in buffer_id(response):
            _keep(made, lambda: enrollment.read_buffer(name))  # noqa: B023 - called at once


@contextmanager
def _own_enrollments(session: Session, check: str) -> Iterator[Enrollments]:
    session.start_check(check, "createEnrollment")
    try:
        yield session.enrollments()
    finally:
        session.delete_created()
        session.end_check()


def _refused_member(enrollments: Enrollments, response: Response) -> str | None:
    """Return the member of the canonical enrollment that is refused, such as "biographicData.firstName"."""
    plain = enrollments.canonical()
    if response.status not in MEMBER_REFUSALS:
        return None
    if member := _named_member(plain, response.body.decode("utf-8", "replace")):
        return member
    return _member_by_trials(enrollments, plain)


def _named_member(body: Json, words: str) -> str | None:
    """Return the member that the server's own words name; one of a group before the group itself."""
    names = [(f"{group}.{name}", name) for group, value in body.items() if isinstance(value, dict) for name in value]
    names += [(name, name) for name in body]
    return next((path for path, name in names if re.search(rf"\b{re.escape(name)}\b", words)), None)


def _member_by_trials(enrollments: Enrollments, plain: Json) -> str | None:
    least, left = enrollments.payloads.minimal(), _MOST_TRIALS
    if _is_refused(enrollments, least):
        return "an enrollment with nothing but what the version requires"
    groups = {name: value for name, value in plain.items() if name not in least}
    for group, value in groups.items():
        left -= 1
        if left and _is_refused(enrollments, {**least, group: value}):
            return _member_of_group(enrollments, least, group, value, left)
    return None


def _member_of_group(enrollments: Enrollments, least: Json, group: str, value: object, left: int) -> str:
    if isinstance(value, Mapping) and len(value) > 1:
        for name, one in list(value.items())[:left]:
            if _is_refused(enrollments, {**least, group: {name: one}}):
                return f"{group}.{name}"
    return group


def _is_refused(enrollments: Enrollments, body: Json) -> bool:
    with suppress(Unjudged):
        return enrollments.new().create(body).status in MEMBER_REFUSALS
    return False
