"""Which version does a target look like? Asked once, on an enrollment of our own, to help with a forgotten option."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from osia_conformance.apart import session_apart
from osia_conformance.exchange import SUCCESSES, Answer
from osia_conformance.expectations import CannotTell, Unjudged, phrase
from osia_conformance.samples import Samples
from osia_conformance.session import Session
from osia_conformance.settings import Settings
from osia_conformance.specification import load_specification
from osia_conformance.versions import judged, newest

_TYPED = {"enrollmentType": "citizen"}


def looks_like(settings: Settings) -> str:
    """Return the sentence that tells a vendor which version to state; nothing is left on the target."""
    with session_apart(replace(settings, seed=0, effort="quick"), newest(), "probe") as session:
        try:
            found = _guess(session)
        except Unjudged as error:
            return f"--interface-version: it must be stated, and could not be guessed: {error.reason}."
    return f"looks like {found}; say --interface-version"


def _guess(session: Session) -> str:
    enrollments = session.enrollments()
    if _accepted(enrollments.new().create({})):
        return "1.2.x or newer"
    if _accepted(enrollments.new().create(_TYPED)):
        return "1.1.x"
    answer = enrollments.new().create(Samples(load_specification(judged()[0]), session.profile).minimal())
    # The code of 1.0.0 alone.
    if answer.status == HTTPStatus.CREATED:
        return "1.0.x"
    raise CannotTell(f"createEnrollment answered {phrase(answer.status)} to what each version takes")


def _accepted(answer: Answer) -> bool:
    return answer.status in SUCCESSES
