"""Tokens and scopes as the checks try them: what must not open an operation, and when that can be judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from osia_conformance.auth import Fault, Token
from osia_conformance.checks.assertions import expect_refusal
from osia_conformance.checks.enrollment.operation_cases import OperationCase
from osia_conformance.standard.operations import SCOPES, by_code
from osia_conformance.target.outcome_errors import cannot_tell
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import SUCCESS, answered

LOOK_ALIKE_SCOPES: Mapping[str, Callable[[str], str]] = {
    "longer": lambda scope: f"{scope}r",
    "shorter": lambda scope: scope[:-1],
    "prefix": lambda scope: scope.rpartition(".")[0],
    "extended": lambda scope: f"{scope}.all",
    "embedded": lambda scope: f"x{scope}",
    "upper-case": str.upper,
    "wildcard": lambda scope: f"{scope.rpartition('.')[0]}.*",
}
"""Scopes that only resemble a real one: no server grants anything for them (RFC 6749, 3.3)."""

_ELSEWHERE = '[auth.tokens] "none" or [auth.clients] can give the suite one that does not'
_OBSERVED = {401: "a valid token without the scope is answered 401", 404: "a missing scope is answered 404"}


def scope_sets_without(scope: str) -> dict[str, tuple[str, ...]]:
    """Return the sets of real scopes that lack `scope`, by a label: each other one, all of them, none."""
    others = tuple(name for name in SCOPES if name != scope)
    return {**{name: (name,) for name in others}, "all-others": others, "no-scope": ()}


def expect_operation_closed(subject: OperationCase, token: Token) -> None:
    """Judge that a valid token without the operation's scope is refused (RUL-SCOPE, RUL-REAL-SCOPES)."""
    scope = by_code()[subject.code].scope
    if token.scopes is not None and scope in token.scopes:
        cannot_tell(f"the token holds {scope} although it was not asked for; {_ELSEWHERE}")
    response = subject.call(token=token)
    if token.scopes is None and response.status in SUCCESS:
        cannot_tell(f"{answered(response)}, but the token's real scopes are unknown")
    expect_refusal(response, 403, 401, 404, sent=f"a valid token without {scope} ({_held(token)})")
    if response.status in _OBSERVED:
        subject.enrollments.target.observe("RUL-SCOPE", _OBSERVED[response.status], response)


def _held(token: Token) -> str:
    """Return the scopes of a token as a phrase."""
    if token.scopes is None:
        return "its own scopes are not known"
    return f"its scopes are {', '.join(sorted(token.scopes))}" if token.scopes else "it has no scope at all"


def call_with_fault(subject: OperationCase, fault: Fault) -> Response:
    """Send the subject's operation with its right scope in a token with this fault."""
    token = subject.enrollments.bad_token(fault, by_code()[subject.code].scope)
    return subject.call(token=token, fault=fault)
