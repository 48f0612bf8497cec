"""The methods "static", with tokens that somebody issued beforehand, and "none"."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Any

import pytest

from osia_conformance.auth import Fault, Token
from osia_conformance.config.settings import AuthSettings
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference
from tests.unit.auth.issued import (
    BOTH_JWT,
    EXPIRED_OR_EARLY,
    HOUR,
    NOW,
    READ,
    READ_JWT,
    WRITE,
    Clock,
    jwt,
    made,
    refused,
    stated,
)


def test_without_a_method_calls_carry_no_token_and_every_token_case_is_untested() -> None:
    source = made(AuthSettings(), {})
    assert source.kind == "none"
    assert source.valid(READ) == Token(None, None)
    for fault in Fault:
        assert not refused(lambda fault=fault: source.faulty(fault, READ)).inapplicable  # type: ignore[misc]
    assert not refused(lambda: source.arbitrary(["enroll.writer"])).inapplicable


NAMES = {
    "enroll.read": SecretReference("env:READ"),
    "enroll.read enroll.write": SecretReference("env:BOTH"),
    "none": SecretReference("env:NONE"),
}
STATIC = AuthSettings(method="static", tokens=NAMES)
JWTS = {"READ": READ_JWT, "BOTH": BOTH_JWT, "NONE": jwt({"exp": NOW + HOUR})}
OPAQUE = {"READ": "opaque-read-1", "BOTH": "opaque-both-1", "NONE": "opaque-none-1"}


def test_static_tokens_go_by_scope_combination_and_tell_their_real_scopes() -> None:
    source = made(STATIC, JWTS)
    assert source.kind == "jwt"
    assert source.valid(READ) == Token(READ_JWT, READ)
    assert source.valid(["enroll.write", "enroll.read"]) == Token(BOTH_JWT, READ | WRITE)
    assert source.valid(frozenset()) == Token(JWTS["NONE"], None)
    cannot = refused(lambda: source.valid(WRITE))
    assert cannot.reason == 'no token is configured for "enroll.write".'
    assert not cannot.inapplicable
    assert not refused(lambda: source.arbitrary(["enroll.writer"])).inapplicable


def test_the_scopes_of_opaque_static_tokens_are_not_known() -> None:
    source = made(STATIC, OPAQUE)
    assert source.kind == "opaque"
    assert source.valid(READ) == Token("opaque-read-1", None)


def test_static_tokens_are_read_again_at_each_use() -> None:
    environ = dict(OPAQUE)
    source = made(STATIC, environ)
    environ["READ"] = READ_JWT
    assert source.valid(READ).value == READ_JWT


def test_a_static_token_that_has_expired_is_not_sent() -> None:
    clock = Clock()
    source = made(STATIC, JWTS, clock)
    clock.now = NOW + HOUR
    assert "has expired" in refused(lambda: source.valid(READ)).reason


@pytest.mark.parametrize("value", ["Bearer abcdef", "abc\ndef", "tökens"])
def test_a_static_token_that_is_none_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(ConfigurationError, match="no bearer token") as caught:
        made(STATIC, {**JWTS, "READ": value})
    assert value not in str(caught.value)
    assert 'auth.tokens."enroll.read"' in str(caught.value)


def test_faults_of_static_jwts_are_made_from_a_real_one() -> None:
    source = made(STATIC, JWTS)
    assert source.faulty(Fault.ABSENT, READ).value is None
    assert source.faulty(Fault.UNKNOWN, WRITE).value
    assert source.faulty(Fault.MALFORMED, READ).value == READ_JWT.rpartition(".")[0]
    wrong = source.faulty(Fault.WRONG_SIGNATURE, READ)
    assert wrong.value is not None
    assert wrong.value.rpartition(".")[0] == READ_JWT.rpartition(".")[0]
    assert base64.urlsafe_b64decode(wrong.value.split(".")[2] + "=") != base64.urlsafe_b64decode(
        READ_JWT.split(".")[2] + "="
    )
    unsigned = stated(source.faulty(Fault.ALG_NONE, READ))
    assert unsigned.header["alg"] == "none"
    assert unsigned.claims == stated(Token(READ_JWT, None)).claims
    for fault in EXPIRED_OR_EARLY:
        assert not refused(lambda fault=fault: source.faulty(fault, READ)).inapplicable  # type: ignore[misc]


def test_of_opaque_static_tokens_an_altered_one_stands_in_and_jwt_faults_do_not_apply() -> None:
    source = made(STATIC, OPAQUE)
    altered = source.faulty(Fault.WRONG_SIGNATURE, READ).value
    assert altered is not None
    assert altered != "opaque-read-1"
    assert len(altered) == len("opaque-read-1")
    assert "{" in (source.faulty(Fault.MALFORMED, READ).value or "")
    for fault in (Fault.ALG_NONE, *EXPIRED_OR_EARLY):
        assert refused(lambda fault=fault: source.faulty(fault, READ)).inapplicable  # type: ignore[misc]


KEPT = replace(
    STATIC,
    tokens={**NAMES, "expired": SecretReference("env:EXPIRED"), "not-yet-valid": SecretReference("env:EARLY")},
)


@pytest.mark.parametrize(
    ("fault", "claims", "good"),
    [
        (Fault.EXPIRED, {"exp": NOW - HOUR}, True),
        (Fault.EXPIRED, {"exp": NOW - HOUR + 1}, False),
        (Fault.EXPIRED, {}, False),
        (Fault.NOT_YET_VALID, {"nbf": NOW + HOUR}, True),
        (Fault.NOT_YET_VALID, {"nbf": NOW + HOUR - 1}, False),
        (Fault.NOT_YET_VALID, {"nbf": "soon"}, False),
    ],
)
def test_a_configured_expired_or_early_token_serves_if_it_is_off_by_an_hour(
    fault: Fault, claims: dict[str, Any], good: bool
) -> None:
    token = jwt({**claims, "scope": "enroll.read"})
    source = made(KEPT, {**JWTS, "EXPIRED": token, "EARLY": token})
    if good:
        assert source.faulty(fault, READ) == Token(token, READ)
    else:
        assert "an hour" in refused(lambda: source.faulty(fault, READ)).reason


def test_opaque_expired_and_early_tokens_serve_where_they_are_configured() -> None:
    source = made(KEPT, {**OPAQUE, "EXPIRED": "opaque-old", "EARLY": "opaque-new"})
    assert source.faulty(Fault.EXPIRED, READ).value == "opaque-old"
    assert source.faulty(Fault.NOT_YET_VALID, READ).value == "opaque-new"


def test_static_tokens_are_told_to_the_scrubber() -> None:
    redactor = Redactor()
    source = made(STATIC, OPAQUE, redactor=redactor)
    for token in (source.valid(READ), source.faulty(Fault.WRONG_SIGNATURE, READ)):
        assert redactor.text(token.value or "") == "[redacted]"
