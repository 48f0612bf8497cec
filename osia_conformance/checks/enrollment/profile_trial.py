"""Does the target accept what its profile says? Tried on enrollments of our own, which are deleted afterwards."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from osia_conformance.checks.enrollment.first_calls import quoted_answer
from osia_conformance.profile import BIOGRAPHIC, VALUES
from osia_conformance.profile.blocks import UNKNOWN
from osia_conformance.profile.images import SIDE
from osia_conformance.support.json_words import show
from osia_conformance.support.text import one_line
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.outcome_errors import CannotTell, Unjudged
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session
from osia_conformance.target.statuses import PROFILE_REFUSALS, SUCCESS, status, status_phrase

FITS, CONTRADICTED, NOT_TRIED = 0, 1, 2
_SERVER_ERRORS = range(500, 600)
_LONGEST = 500
_CANONICAL = "the canonical enrollment"


@dataclass(frozen=True, slots=True)
class Trial:
    """One enrollment that the profile says is accepted: what is new in it, and what to change if it is refused."""

    what: str
    body: Json
    advice: str


class Report:
    """What came of the trials, a line each."""

    def __init__(self, session: Session) -> None:
        self.lines: list[str] = []
        self.outcomes: list[str] = []
        self._session = session

    def attempt(self, what: str, advice: str, send: Callable[[], Response]) -> Response | None:
        """Send what a trial needs and note how it ended; return the response, None if none says anything.

        Raises Unjudged if nothing more is sent to the target.
        """
        try:
            response = send()
        except Unjudged as error:
            if self._session.availability.stop_reason():
                raise
            self.note("open", what, error.reason)
            return None
        outcome = "fits" if response.status in SUCCESS else "refused" if response.status in PROFILE_REFUSALS else "open"
        self.note(outcome, what, quoted_answer(self._session, response), advice if outcome == "refused" else "")
        return response

    def note(self, outcome: str, what: str, words: str, advice: str = "") -> None:
        """Note how a trial ended: "fits", "refused", "not found", or "open" where that says nothing of the profile."""
        more = "" if outcome == "fits" else f": {'; '.join(part for part in (words, advice) if part)}"
        self.outcomes.append(outcome)
        self.lines.append(one_line(f"{outcome}: {what}{more}", _LONGEST))

    def conclusion(self) -> tuple[int, str]:
        """Return the exit code and the last line."""
        tried, open_ones = len(self.outcomes), self.outcomes.count("open")
        contradicted = tried - open_ones - self.outcomes.count("fits")
        if contradicted:
            return CONTRADICTED, f"the target contradicts the profile in {contradicted} of {tried} trials"
        if open_ones:
            return NOT_TRIED, f"{open_ones} of {tried} trials could not be judged, and the others fit"
        return FITS, f"the target accepts what the profile says, in {tried} trials"


def check(session: Session) -> tuple[int, list[str]]:
    """Try the profile on the session's target; return exit code and lines: 0 it fits, 1 it does not, 2 it could not be
    tried. What is answered with a 5xx says nothing of the profile, and all else is tried all the same."""
    session.start_check("profile", "createEnrollment")
    report = Report(session)
    try:
        _try_all(session, report)
    except Unjudged as error:
        return NOT_TRIED, [*report.lines, f"the profile could not be tried: {error.reason}"]
    code, last = report.conclusion()
    return code, [*report.lines, last]


def _try_all(session: Session, report: Report) -> None:
    enrollments = session.enrollments()
    for trial in _trials(enrollments):
        response = _create(enrollments, report, trial)
        if trial.what == _CANONICAL and response is not None and response.status not in SUCCESS:
            _expect_tried(response)
            # All else holds it, too; where it goes wrong is found by what is left of it.
            for part in _parts(session, enrollments):
                _create(enrollments, report, part)
            return
    _try_searches(session, enrollments, report)
    _try_largest_buffer(session, enrollments, report)


def _create(enrollments: Enrollments, report: Report, trial: Trial) -> Response | None:
    response = report.attempt(trial.what, trial.advice, lambda: enrollments.new().create(trial.body))
    enrollments.delete_created()
    return response


def _expect_tried(response: Response) -> None:
    """Raise CannotTell for an answer that says nothing of the data: a wrong URL, or a wrong token."""
    if response.status not in PROFILE_REFUSALS and response.status not in _SERVER_ERRORS:
        raise CannotTell(f"{response.operation}, needed first, answered {status_phrase(response.status)}")


def _trials(enrollments: Enrollments) -> Iterator[Trial]:
    payloads, profile = enrollments.payloads, enrollments.payloads.profile
    plain = enrollments.canonical()
    yield Trial(_CANONICAL, plain, "state in [profile] what the target accepts")
    yield Trial("the required members alone", payloads.minimal(), "name in required what each enrollment must have")
    for kind in profile.enrollment_types[1:]:
        yield Trial(f"enrollmentType {kind}", {**plain, "enrollmentType": kind}, "change enrollment-types")
    for name, block in profile.blocks.items():
        if name not in plain:
            continue
        for what, value in _values(enrollments, name):
            body = {**plain, name: payloads.group(name, value)}
            yield Trial(f"{name} {what}", body, f"change [profile.{name}]")
        if block.is_open:
            opened = {**plain, name: payloads.group(name, {**_marked(enrollments, name), UNKNOWN: "kept"})}
            advice = f"give [profile.{name}] a schema with additionalProperties = false"
            yield Trial(f"{name} with a member that nobody knows", opened, advice)
    for image in profile.images():
        data = base64.b64encode(image.data).decode()
        item = payloads.fingerprint(image=data, width=SIDE, height=SIDE, **payloads.image(image))
        body = {**plain, "biometricData": [item]}
        yield Trial(f"the image {image.name}", body, "name in images what the target takes")


def _values(enrollments: Enrollments, name: str) -> Iterator[tuple[str, Json]]:
    """Yield other values of a block that the profile allows, with what is new in them."""
    profile = enrollments.payloads.profile
    block, plain = profile.blocks[name], _marked(enrollments, name)
    if name in profile.settings.blocks:
        for number, example in enumerate(block.examples[1:], start=2):
            marked = {profile.marker: enrollments.marker} if name == BIOGRAPHIC else {}
            yield f"as in example {number}", {**example, **marked}
    for member, values in block.alternatives.items():
        if name == BIOGRAPHIC and member == profile.marker:
            continue
        yield from ((f"with {member} {show(value)}", {**plain, member: value}) for value in values[1:])
        if member in block.optional:
            yield f"without {member}", {other: value for other, value in plain.items() if other != member}


def _marked(enrollments: Enrollments, name: str) -> Json:
    profile = enrollments.payloads.profile
    value = copy.deepcopy(profile.blocks[name].canonical)
    return {**value, profile.marker: enrollments.marker} if name == BIOGRAPHIC else value


def _parts(session: Session, enrollments: Enrollments) -> Iterator[Trial]:
    """Yield the smallest enrollment, and each part of the canonical one with nothing else."""
    plain, least = enrollments.canonical(), enrollments.payloads.minimal()
    standard = "the standard wants it accepted"
    yield Trial("the required members alone", dict(least), standard)
    for name, value in plain.items():
        if name not in least or name == "biometricData":
            advice = f"change [profile.{name}]" if name in session.profile.blocks else standard
            advice = "change enrollment-types" if name == "enrollmentType" else advice
            yield Trial(f"{name} alone", {**least, name: value}, advice)


def _try_searches(session: Session, enrollments: Enrollments, report: Report) -> None:
    profile = session.profile
    for name, one in profile.searchable.items():
        if profile.is_certain(name):
            value = enrollments.marker if name == profile.marker else (one.values or VALUES[one.type])[0]
            _try_search(session, enrollments, report, name, value)
            enrollments.delete_created()


def _try_search(session: Session, enrollments: Enrollments, report: Report, name: str, value: object) -> None:
    """Create one that holds the value, and search for it.

    An integer matches two branches of the standard's schema, so that a strict validator refuses each: that is a defect
    of the standard, and contradicts no profile (RUL-INTEGER-VALUE).
    """
    what, holder = f"a search on {name}", session.profile.holder(name) or BIOGRAPHIC
    block = {**_marked(enrollments, holder), name: value}
    body = {**enrollments.canonical(), holder: enrollments.payloads.group(holder, block)}
    asked = {"attributeName": name, "operator": "=", "value": value}
    try:
        enrollment = enrollments.created(body)
        response = enrollments.find(asked)
        answer = quoted_answer(session, response)
        if response.status in PROFILE_REFUSALS:
            if type(value) is int:
                report.note("fits", f"{what}, where integers are refused as a strict validator does", answer)
            else:
                report.note("refused", what, answer, f"take {name} out of [profile.search]")
        elif response.status not in status(200) and response.status not in status(404):
            report.note("open", what, answer)
        elif enrollments.eventually_found([enrollment], asked):
            report.note("fits", what, "")
        else:
            report.note("not found", what, answer, f"take {name} out of [profile.search]")
    except Unjudged as error:
        report.note("open", what, error.reason)


def _try_largest_buffer(session: Session, enrollments: Enrollments, report: Report) -> None:
    size = session.profile.largest_buffer
    advice = "set largest-buffer to what the target takes"
    report.attempt(f"a buffer of {size} bytes", advice, lambda: enrollments.created().send_buffer(bytes(size)))
    enrollments.delete_created()
