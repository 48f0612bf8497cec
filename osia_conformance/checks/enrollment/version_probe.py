"""Which version does a target look like? Asked once, on an enrollment of our own, to help with a forgotten option."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from packaging.version import Version

from osia_conformance.config.settings import Settings
from osia_conformance.standard.specification import load_specification
from osia_conformance.standard.versions import judged, newest
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import Payloads
from osia_conformance.target.outcome_errors import CannotTell, Unjudged
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session
from osia_conformance.target.standalone import standalone_session
from osia_conformance.target.statuses import status_phrase
from osia_conformance.wire.status_codes import SUCCESSES

_TYPED = {"enrollmentType": "citizen"}


def looks_like(settings: Settings) -> str:
    """Return the sentence that tells a vendor which version to state; nothing is left on the target."""
    with standalone_session(replace(settings, seed=0, effort="quick"), newest(), "probe") as session:
        try:
            found = guessed_version(session)
        except Unjudged as error:
            return f"--interface-version: it must be stated, and could not be guessed: {error.reason}."
    return f"looks like {found}; say --interface-version"


def guessed_version(session: Session) -> str:
    """Return which versions the target looks like, such as "1.1.x"; raises Unjudged where that cannot be told."""
    session.start_check("version", "createEnrollment")
    enrollments = session.enrollments()
    try:
        return _guess(session, enrollments)
    finally:
        session.delete_created()
        session.end_check()


def fits(guess: str, version: str) -> bool:
    """Return whether a guess such as "1.2.x or newer" fits an interface version."""
    guessed, stated = (Version(text) for text in (guess.partition(".x")[0], ".".join(version.split(".")[:2])))
    return guessed <= stated if guess.endswith("or newer") else guessed == stated


def _guess(session: Session, enrollments: Enrollments) -> str:
    if _accepted(enrollments.new().create({})):
        return "1.2.x or newer"
    if _accepted(enrollments.new().create(_TYPED)):
        return "1.1.x"
    response = enrollments.new().create(Payloads(load_specification(judged()[0]), session.profile).minimal())
    # The code of 1.0.0 alone.
    if response.status == HTTPStatus.CREATED:
        return "1.0.x"
    raise CannotTell(f"createEnrollment answered {status_phrase(response.status)} to what each version takes")


def _accepted(response: Response) -> bool:
    return response.status in SUCCESSES
