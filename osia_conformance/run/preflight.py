"""What a few calls tell of a target before anything is judged: whether URL, TLS, tokens, version and profile are right.

At most about 30 calls. What makes every judgement worthless ends a run; a 5xx never does.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

from osia_conformance.auth import CannotIssue, TokenError
from osia_conformance.checks.enrollment.first_calls import FirstCalls, make_first_calls, quoted_answer, refusal
from osia_conformance.checks.enrollment.version_probe import fits, guessed_version
from osia_conformance.config.settings import Settings
from osia_conformance.run.advice import advice_on
from osia_conformance.run.url_variants import NOT_THERE, find_url, interface_answers, speaks_other_scheme
from osia_conformance.standard.operations import SCOPES
from osia_conformance.standard.versions import newest, resolve
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.standalone import standalone_session
from osia_conformance.target.statuses import NOT_AUTHORIZED, UNKNOWN_PATH
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.headers import header

if TYPE_CHECKING:
    import httpx

    from osia_conformance.target.response import Response
    from osia_conformance.target.session import Session

Level = Literal["fits", "advice", "wrong"]
_FORBIDDEN = 403
_MINUTE = 60
_CLOCK_TOLERANCE = 2 * _MINUTE
_SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried: what came of it, and what to change.

    `level` "wrong": nothing can be judged until it is changed; "advice": worth a look; "fits": as it should be.
    """

    level: Level
    text: str
    advice: str = ""

    @property
    def sentence(self) -> str:
        """What was found and what to change, in one sentence."""
        return "; ".join(part for part in (self.text, self.advice) if part)


@dataclass(slots=True)
class Diagnosis:
    """What a preflight found, in the order in which it was tried.

    `latency` is the median of what its calls took, in seconds, None if none was answered; `unreachable` tells whether
    no answer, or no token, came at all.
    """

    findings: list[Finding] = field(default_factory=list)
    latency: float | None = None
    unreachable: bool = False

    @property
    def cause(self) -> str | None:
        """Why nothing can be judged, with the remedy; None if something can."""
        return next((one.sentence for one in self.findings if one.level == "wrong"), None)

    @property
    def notes(self) -> list[str]:
        """What else a reader must know."""
        return [one.sentence for one in self.findings if one.level == "advice"]


def run_preflight(session: Session, transport: httpx.BaseTransport | None = None) -> Diagnosis:
    """Try the session's target; `transport` is what the session was opened with. Nothing is left on the target."""
    found = Diagnosis()
    session.start_check("preflight", "readEnrollment")
    trouble = _reach(session, transport)
    if trouble is not None:
        found.findings.append(trouble)
        found.unreachable = True
        return found
    made = make_first_calls(session)
    found.latency = _median(made)
    found.findings += _judged_calls(session, made, transport)
    found.findings += _clock(made)
    if found.cause is None:
        found.findings += [*_scopes(session), *_version(session)]
    return found


def diagnose(settings: Settings, *, transport: httpx.BaseTransport | None = None) -> list[Finding]:
    """Try the target that `settings` name, on enrollments that are deleted again; return what was found, in order.

    Without a stated version the newest one is tried. Raises ConfigurationError for settings that cannot be used.
    """
    claim = settings.target.interface_version
    chosen = replace(settings, seed=0, effort="quick")
    with standalone_session(chosen, resolve(claim) if claim else newest(), "doctor", transport) as session:
        found = run_preflight(session, transport).findings
        if claim is None and not any(one.level == "wrong" for one in found):
            found = [one for one in found if "looks like" not in one.text]
            found.append(_unstated_version(session))
    return found


def _median(made: FirstCalls) -> float | None:
    times = [response.elapsed for response in made.responses.values()]
    return statistics.median(times) if times else None


def _reach(session: Session, transport: httpx.BaseTransport | None) -> Finding | None:
    """Return why the target cannot be reached at all: no answer, or no token."""
    try:
        session.target.ping()
    except NoAnswer as error:
        other = None if "refused" in error.reason else speaks_other_scheme(session, transport)
        advice = (
            f"did you mean {other}?" if other else advice_on(error.reason, may_want_certificate=_is_unnamed(session))
        )
        return Finding("wrong", f"the target cannot be judged: it gave no answer: {error.reason}", advice)
    except Unjudged as error:
        if isinstance(error.__cause__, TokenError):
            advice = "see that [auth] says how tokens are had"
            return Finding("wrong", f"the target cannot be judged: {error.reason}", advice)
    return None


def _is_unnamed(session: Session) -> bool:
    """Return whether TLS is spoken without a certificate of the client."""
    return session.run.url.startswith("https:") and session.settings.target.client_cert is None


def _judged_calls(session: Session, made: FirstCalls, transport: httpx.BaseTransport | None) -> Iterator[Finding]:
    url = session.run.url
    if not made.responses:
        yield Finding("advice", f"{url} answers, but no call was answered as the interface does")
    elif made.statuses <= NOT_THERE and not interface_answers(session) and _is_certain(session):
        yield _wrong_url(session, made, transport)
    elif made.statuses <= NOT_AUTHORIZED.codes:
        yield _wrong_token(session, made)
    elif refused := refusal(session, made):
        # A server of another version often refuses what this one takes.
        other = [one.sentence for one in _version(session) if one.level == "advice"]
        yield Finding("wrong", refused[0], other[0] if other else refused[1])
    else:
        yield Finding("fits", f"{url} answers, and a token opens it")
        yield from _server_errors(session, made)


def _is_certain(session: Session) -> bool:
    # A run that only reads reads what is not there, and a search may well find nothing (RUL-NO-MATCH).
    return not session.settings.target.read_only


def _wrong_url(session: Session, made: FirstCalls, transport: httpx.BaseTransport | None) -> Finding:
    other = find_url(session, transport)
    if other is None and not made.statuses <= UNKNOWN_PATH:
        # A redirect where the interface may well be is a failure of its operations (RUL-SUCCESS).
        text = f"every call to {session.run.url} is redirected, and no redirect is followed"
        return Finding("advice", text, "see that url in [target] is what stands before /v1/... there")
    advice = f"did you mean {other}?" if other else "url in [target] must be what stands before /v1/... there"
    text = f"the interface is not at {session.run.url}: every call was answered as an unknown path"
    return Finding("wrong", text, advice)


def _wrong_token(session: Session, made: FirstCalls) -> Finding:
    first = next(iter(made.responses.values()))
    said = quoted_answer(session, first)
    challenge = header(first.headers, "www-authenticate")
    if challenge and not first.body:
        said += f" ({session.redactor.text(challenge)[:200]})"
    if session.settings.auth.method == "none":
        advice = 'it wants tokens, and auth.method is "none": say in [auth] how they are had'
    elif first.status == _FORBIDDEN:
        advice = "see that the tokens of [auth] hold the interface's scopes under the claim that the target reads"
    else:
        advice = "see that key, algorithm, issuer and audience in [auth] are what the target trusts"
    return Finding("wrong", f"tokens that should open the target are refused everywhere: {said}", advice)


def _server_errors(session: Session, made: FirstCalls) -> Iterator[Finding]:
    for response in made.responses.values():
        if response.status in _SERVER_ERRORS:
            yield Finding("advice", quoted_answer(session, response), "the server's own log says why")
            return
    if "createEnrollment" in made.responses:
        yield Finding("fits", "the canonical enrollment is accepted")


def _clock(made: FirstCalls) -> Iterator[Finding]:
    """Say if the target's clock is minutes off, by its Date header (RFC 9110, 6.6.1)."""
    for response in made.responses.values():
        seconds = _seconds_off(response)
        if seconds is None:
            continue
        if abs(seconds) > _CLOCK_TOLERANCE:
            direction = "ahead of" if seconds > 0 else "behind"
            text = f"the target's clock is {round(abs(seconds) / _MINUTE)} minutes {direction} this machine's"
            yield Finding("advice", text, "tokens may count as expired, or as not valid yet")
        return


def _seconds_off(response: Response) -> float | None:
    try:
        there = parsedate_to_datetime(header(response.headers, "date") or "")
    except ValueError:
        return None
    there = there if there.tzinfo else there.replace(tzinfo=UTC)
    return (there - datetime.now(UTC)).total_seconds()


def _scopes(session: Session) -> Iterator[Finding]:
    """Say if tokens hold more scopes than were asked for: what needs narrow ones cannot be judged then."""
    more: set[str] = set()
    for scope in SCOPES:
        try:
            held = session.tokens.valid(frozenset({scope})).scopes
        except (CannotIssue, ConfigurationError) as error:
            text = f"there is no token for {scope}: {str(error).rstrip('.')}"
            yield Finding("advice", text, "what needs it stays untested")
            continue
        more |= (held or frozenset()) - {scope}
    if more:
        text = f"tokens hold more scopes than were asked for ({', '.join(sorted(more))})"
        yield Finding("advice", text, "let each hold what is asked for, or what a narrow token must not do stays open")


def _version(session: Session) -> Iterator[Finding]:
    guess = _guess(session)
    version = session.run.version
    if guess is None:
        return
    if fits(guess, version):
        yield Finding("fits", f"the target looks like {guess}, and {version} is stated")
    else:
        text = f"the target looks like {guess}, and {version} is stated"
        yield Finding("advice", text, "see that interface-version is what the server implements")


def _unstated_version(session: Session) -> Finding:
    guess = _guess(session)
    unknown = "the interface version is not stated, and could not be guessed"
    text = f"the target looks like {guess}" if guess else unknown
    return Finding("advice", text, "state it as interface-version in [target]")


def _guess(session: Session) -> str | None:
    if session.settings.target.read_only or session.profile.stated:
        # A server with required members of its own refuses what its version takes.
        return None
    try:
        return guessed_version(session)
    except Unjudged:
        return None
