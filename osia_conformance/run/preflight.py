"""What can be told of a target by a few calls: whether URL, TLS, token, version and profile are right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Literal

from osia_conformance.auth import TokenError
from osia_conformance.config.settings import Settings
from osia_conformance.run.profile_check import refusal
from osia_conformance.run.version_probe import guessed_version
from osia_conformance.standard.versions import newest, public, resolve
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session
from osia_conformance.target.standalone import standalone_session
from osia_conformance.target.statuses import status_phrase
from osia_conformance.wire.errors import NoAnswer

Level = Literal["fits", "advice", "wrong"]
_NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
_NOT_LET_IN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_PATHS = ("/v1", "/v1/enrollments", "/enrollments")
"""What is put behind the URL by mistake."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: what came of it, and what to change."""

    level: Level
    text: str
    advice: str = ""


def diagnose(settings: Settings) -> list[Finding]:
    """Try the target that `settings` name, on enrollments that are deleted again; return what was found, in order.

    What follows on something wrong is not tried. Raises ConfigurationError for settings that cannot be used.
    """
    return list(_found(replace(settings, seed=0, effort="quick")))


def _found(settings: Settings) -> Iterator[Finding]:
    claim = settings.target.interface_version
    with standalone_session(settings, resolve(claim) if claim else newest(), "doctor") as session:
        session.start_check("doctor", "createEnrollment")
        try:
            session.target.ping()
        except NoAnswer as error:
            yield Finding("wrong", f"{session.run.url} gave no answer: {error.reason}", _reachable(error.reason))
            return
        except Unjudged as error:
            if isinstance(error.__cause__, TokenError):
                yield Finding("wrong", f"there is no token: {error.reason}", "correct [auth]")
                return
        yield Finding("fits", f"{session.run.url} answers")
        if (refused := _created(session)) is not None and refused.level == "wrong":
            yield refused
            return
        yield Finding("fits", "URL and token open createEnrollment")
        yield _of_version(session, claim)
        if (contradicted := refusal(session, lambda _: None)) is not None:
            yield Finding("wrong", contradicted)
        else:
            yield Finding("fits", "the canonical enrollment is accepted")


def _reachable(reason: str) -> str:
    words = reason.lower()
    if "certificate" in words or "tls" in words or "ssl" in words:
        return "name the CA that signed the target's certificate as ca-file, and the host that it is issued for in url"
    return "is the server started, and is url right?"


def _created(session: Session) -> Finding | None:
    try:
        response = _create(session)
    except Unjudged as error:
        return Finding("wrong", f"createEnrollment cannot be tried: {error.reason}")
    said = f"createEnrollment answered {status_phrase(response.status)}"
    if response.status in _NOT_THERE:
        return Finding("wrong", said, _other_url(session) or "is url what stands before /v1/... there?")
    if response.status in _NOT_LET_IN:
        return Finding(
            "wrong", said, "does [auth] give what the target lets in: key, algorithm, issuer, audience, scopes?"
        )
    return None


def _create(session: Session) -> Response:
    enrollments = session.enrollments()
    try:
        return enrollments.new().create(enrollments.canonical())
    finally:
        session.delete_created()


def _other_url(session: Session) -> str | None:
    """Return what to say of a URL under which the interface is, tried before it is said; None if none was found."""
    url = session.run.url
    for path in _PATHS:
        if not url.endswith(path):
            continue
        other = url.removesuffix(path)
        settings = replace(session.settings, target=replace(session.settings.target, url=other))
        with standalone_session(settings, session.run.version, "doctor") as there:
            there.start_check("doctor", "createEnrollment")
            try:
                if _create(there).status not in _NOT_THERE:
                    return f"did you mean {other}? It answers there"
            except Unjudged:
                continue
    return None


def _of_version(session: Session, claim: str | None) -> Finding:
    try:
        guess = guessed_version(session)
    except Unjudged as error:
        return Finding("advice", f"the version could not be guessed: {error.reason}")
    finally:
        session.delete_created()
    if claim is None:
        return Finding("advice", f"it looks like {guess}", "state it as interface-version")
    known = public(session.run.version).rpartition(".")[0]
    newer = guess.endswith("or newer") and known >= guess[: len(known)]
    if newer or guess.startswith(known):
        return Finding("fits", f"it looks like {guess}, which {session.run.version} is")
    return Finding(
        "advice", f"it looks like {guess}, and {session.run.version} is stated", "is interface-version right?"
    )
