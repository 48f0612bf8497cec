"""Which version does a target look like? Asked once, on an enrollment of our own, to help with a forgotten option."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from http import HTTPStatus

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
_HASH = hashlib.sha256(b'{"enrollmentType":"citizen"}').hexdigest()
_INTEGRITY = {"id": "1", "type": "NONE", "scope": "enrollmentType", "alg": "SHA256", "hash": _HASH}
"""The hash is that of canonical JSON (RFC 8785), for a server that verifies it."""


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
    """Return whether a guess such as "1.2.x" fits an interface version."""
    return version.startswith(guess.removesuffix("x"))


def observe_other_version(session: Session) -> str | None:
    """Observe that the target looks like another version than the judged one, and return that sentence.

    None where it looks like the judged one, or nobody can tell. Nothing is left on the target.
    """
    version = session.run.version
    try:
        guess = guessed_version(session)
    except Unjudged:
        return None
    if fits(guess, version):
        return None
    text = f"the target looks like {guess} and is judged as {version}: was --interface-version meant?"
    session.target.observe("RUL-VERSION-CLAIM", text)
    return text


def _keeps_integrity(enrollments: Enrollments) -> bool:
    """Return whether the target keeps an integrity block, which no version before 1.3.0 has."""
    enrollment = enrollments.new()
    response = enrollment.create({**_TYPED, "integrity": [_INTEGRITY]})
    # 1.0.0, whose enrollments are open, answers a create with 201.
    if not _accepted(response) or response.status == HTTPStatus.CREATED:
        return False
    return enrollment.record().get("integrity") is not None


def _guess(session: Session, enrollments: Enrollments) -> str:
    if _keeps_integrity(enrollments):
        return "1.3.x"
    if _accepted(enrollments.new().create({})):
        return "1.2.x"
    if _accepted(enrollments.new().create(_TYPED)):
        return "1.1.x"
    response = enrollments.new().create(Payloads(load_specification(judged()[0]), session.profile).minimal())
    # The code of 1.0.0 alone.
    if response.status == HTTPStatus.CREATED:
        return "1.0.x"
    raise CannotTell(f"createEnrollment answered {status_phrase(response.status)} to what each version takes")


def _accepted(response: Response) -> bool:
    return response.status in SUCCESSES
