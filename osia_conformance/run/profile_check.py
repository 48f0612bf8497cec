"""Does the target accept what its profile says? Tried on enrollments of our own, which are deleted afterwards."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from osia_conformance.config.settings import Settings
from osia_conformance.profile import BIOGRAPHIC, VALUES
from osia_conformance.profile.blocks import UNKNOWN
from osia_conformance.profile.images import SIDE
from osia_conformance.run.run_request import prepared
from osia_conformance.support.text import one_line
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Json
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session
from osia_conformance.target.standalone import standalone_session
from osia_conformance.target.statuses import SUCCESS, answered, one_of, precondition, status, status_phrase

if TYPE_CHECKING:
    import httpx

FITS, CONTRADICTED, NOT_TRIED = 0, 1, 2
NOT_TAKEN = one_of(400, 403, 413, 415, 422)
_CONTRADICTED = (400, 422)
_SHOWN = 200
_MISCONFIGURED = {
    401: "does [auth] give what {url} lets in?",
    403: "does [auth] give what {url} lets in?",
    404: "is {url} what stands before /v1/... there?",
    405: "is {url} what stands before /v1/... there?",
}
"""What to ask oneself before a run is waited for that can say little."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One enrollment that the profile says is accepted: what is new in it, and what to change if it is refused."""

    what: str
    body: Json
    advice: str


def refusal(session: Session, note: Callable[[str], None]) -> str | None:
    """Create the canonical enrollment and return in one sentence why the profile does not fit; None if it does.

    Only what refuses data as bad contradicts a profile; other answers are for the checks to judge. An answer that
    a wrong configuration has too, and that will then come to every call, is told by `note`.
    """
    session.start_check("profile", "createEnrollment")
    try:
        enrollments = session.enrollments()
        response = enrollments.new().create(enrollments.canonical())
    except Unjudged:
        return None
    finally:
        session.delete_created()
        session.end_check()
    if response.status not in _CONTRADICTED:
        if response.status in _MISCONFIGURED:
            question = _MISCONFIGURED[response.status].format(url=session.run.url)
            note(f"createEnrollment answered {status_phrase(response.status)}: {question}")
        return None
    stated = "the profile's" if session.profile.stated else "the default profile's"
    return (
        f"{stated} canonical enrollment was refused: {_said(session, response)}; "
        "say in [profile] what the target accepts, and try it with osia-conformance profile --check"
    )


def check(settings: Settings, *, transport: httpx.BaseTransport | None = None) -> tuple[int, list[str]]:
    """Try the profile on the target; return exit code and lines: 0 it fits, 1 it does not, 2 it could not be tried.

    Raises what a run's start raises for a setting that cannot work.
    """
    lines: list[str] = []
    run_request = prepared(replace(settings, seed=0, effort="quick"), transport=transport)
    with standalone_session(run_request.settings, run_request.version, "profile", transport) as session:
        session.start_check("profile", "createEnrollment")
        try:
            found = [line for line in _tried(session, lines) if line is not None]
        except Unjudged as error:
            return NOT_TRIED, [*lines, f"the profile could not be tried: {error.reason}"]
    if found:
        return CONTRADICTED, [*lines, f"the target contradicts the profile in {len(found)} of {len(lines)} trials"]
    return FITS, [*lines, f"the target accepts what the profile says, in {len(lines)} trials"]


def _tried(session: Session, lines: list[str]) -> Iterator[str | None]:
    enrollments = session.enrollments()
    for trial in _trials(enrollments):
        response = precondition(enrollments.new().create(trial.body), SUCCESS, NOT_TAKEN)
        yield _noted(session, lines, trial.what, response, trial.advice)
        enrollments.delete_created()
        if response.status in NOT_TAKEN and trial.what == _CANONICAL:
            # All else holds it, too; where it goes wrong is found by what is left of it.
            yield from _narrowed_down(session, enrollments, lines)
            return
    yield from _searches(session, enrollments, lines)
    yield _largest_buffer(session, enrollments, lines)


_CANONICAL = "the canonical enrollment"


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
        yield from ((f"with {member} {value!r}", {**plain, member: value}) for value in values[1:])
        if member in block.optional:
            yield f"without {member}", {other: value for other, value in plain.items() if other != member}


def _marked(enrollments: Enrollments, name: str) -> Json:
    profile = enrollments.payloads.profile
    value = copy.deepcopy(profile.blocks[name].canonical)
    return {**value, profile.marker: enrollments.marker} if name == BIOGRAPHIC else value


def _narrowed_down(session: Session, enrollments: Enrollments, lines: list[str]) -> Iterator[str | None]:
    """Try the smallest enrollment, and each part of the canonical one with nothing else."""
    plain, least = enrollments.canonical(), enrollments.payloads.minimal()
    parts: list[tuple[str, Json]] = [("the required members alone", {})]
    parts += [(f"{name} alone", {name: plain[name]}) for name in plain if name not in least or name == "biometricData"]
    for what, part in parts:
        response = precondition(enrollments.new().create({**least, **part}), SUCCESS, NOT_TAKEN)
        place = next(iter(part), "")
        advice = f"change [profile.{place}]" if place in session.profile.blocks else "the standard wants it accepted"
        yield _noted(session, lines, what, response, advice)
        enrollments.delete_created()


def _searches(session: Session, enrollments: Enrollments, lines: list[str]) -> Iterator[str | None]:
    payloads, profile = enrollments.payloads, session.profile
    for name, one in profile.searchable.items():
        if not profile.is_certain(name):
            continue
        holder, plain = profile.holder(name) or BIOGRAPHIC, enrollments.canonical()
        value = enrollments.marker if name == profile.marker else (one.values or VALUES[one.type])[0]
        block = {**_marked(enrollments, holder), name: value}
        enrollment = enrollments.created({**plain, holder: payloads.group(holder, block)})
        asked = {"attributeName": name, "operator": "=", "value": value}
        response = precondition(enrollments.find(asked), status(200), NOT_TAKEN, status(404))
        found = response.status not in NOT_TAKEN and enrollments.eventually_found([enrollment], asked)
        outcome = "fits" if found else "refused" if response.status in NOT_TAKEN else "not found"
        yield _line(session, lines, outcome, f"a search on {name}", response, f"take {name} out of [profile.search]")
        enrollments.delete_created()


def _largest_buffer(session: Session, enrollments: Enrollments, lines: list[str]) -> str | None:
    size = session.profile.largest_buffer
    response = precondition(enrollments.created().send_buffer(bytes(size)), SUCCESS, NOT_TAKEN)
    enrollments.delete_created()
    return _noted(session, lines, f"a buffer of {size} bytes", response, "set largest-buffer to what the target takes")


def _noted(session: Session, lines: list[str], what: str, response: Response, advice: str) -> str | None:
    return _line(session, lines, "refused" if response.status in NOT_TAKEN else "fits", what, response, advice)


def _line(session: Session, lines: list[str], outcome: str, what: str, response: Response, advice: str) -> str | None:
    words = "" if outcome == "fits" else f": {_said(session, response)}; {advice}"
    lines.append(one_line(f"{outcome}: {what}{words}"))
    return None if outcome == "fits" else lines[-1]


def _said(session: Session, response: Response) -> str:
    """Return what was answered, in the server's own words as far as they are short."""
    text = one_line(session.redactor.beginning(response.body, _SHOWN).decode("utf-8", "replace")).strip()
    words = f" ({text})" if text else ""
    return f"{answered(response)}{words}"
