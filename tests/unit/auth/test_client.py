"""The method "client-credentials": what is asked of the token endpoint, and what is made of its answer."""

from __future__ import annotations

import base64
import socket
import threading
from typing import Any

import pytest

from osia_conformance.auth import Fault, Token, TokenError
from osia_conformance.config.settings import ClientSettings, TargetSettings
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference
from tests.unit.auth.endpoint import EC256, ENVIRON, HUNTER, Endpoint, client
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
    verified,
)


def test_basic_credentials_are_form_encoded_first(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1", token_type="bearer", expires_in=300, scope="enroll.read")
    auth = client(endpoint, audience=("api",), resource=("urn:a", "urn:b"))
    source = made(auth, ENVIRON)
    before = source.kind
    assert source.valid(READ) == Token("opaque-token-1", READ)
    assert (before, source.kind) == ("unknown", "opaque")
    assert endpoint.authorization == "Basic " + base64.b64encode(b"my+client:s3cret%2F+%2B%C3%BC").decode()
    assert endpoint.form == {
        "grant_type": ["client_credentials"],
        "scope": ["enroll.read"],
        "audience": ["api"],
        "resource": ["urn:a", "urn:b"],
    }


def test_post_puts_the_credentials_into_the_form(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1")
    made(client(endpoint, client_auth="post"), ENVIRON).valid(READ | WRITE)
    assert endpoint.authorization is None
    assert endpoint.form["client_id"] == ["my client"]
    assert endpoint.form["client_secret"] == [ENVIRON["SECRET"]]
    assert endpoint.form["scope"] == ["enroll.read enroll.write"]


def test_a_private_key_signs_an_assertion_for_the_endpoint(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1")
    auth = client(
        endpoint,
        client_auth="private_key_jwt",
        client_secret=None,
        key=SecretReference("env:PEM"),
        algorithm="ES256",
        kid="k1",
    )
    redactor = Redactor()
    made(auth, ENVIRON, redactor=redactor).valid(READ)
    assert endpoint.form["client_assertion_type"] == ["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
    assertion = endpoint.form["client_assertion"][0]
    said = stated(Token(assertion, None))
    assert verified(assertion, EC256)
    assert said.header["kid"] == "k1"
    assert (said.claims["iss"], said.claims["sub"], said.claims["aud"]) == (
        "my client",
        "my client",
        endpoint.url,
    )
    assert NOW < said.claims["exp"] <= NOW + 300
    assert redactor.text(assertion) == "[redacted]"


def test_an_unsuitable_client_key_is_found_before_the_first_call(endpoint: Endpoint) -> None:
    auth = client(endpoint, client_auth="private_key_jwt", key=SecretReference("env:PEM"), algorithm="RS256")
    with pytest.raises(ConfigurationError, match="does not suit RS256"):
        made(auth, ENVIRON)
    assert endpoint.seen == []


@pytest.mark.parametrize(
    ("members", "asked", "scopes"),
    [
        ({"scope": "enroll.read"}, READ, READ),
        ({"scope": "enroll.read enroll.write"}, READ, READ | WRITE),
        ({"scope": ""}, READ, set()),
        ({"scope": 5}, READ, None),
        ({}, READ, READ),
        ({"scope": None}, READ, READ),
        ({}, frozenset(), None),
        ({"access_token": BOTH_JWT}, READ, READ | WRITE),
        ({"access_token": READ_JWT}, READ | WRITE, READ),
        ({"access_token": READ_JWT, "scope": "enroll.write"}, WRITE, READ | WRITE),
        ({"access_token": jwt({})}, READ, READ),
    ],
)
def test_real_scopes_come_from_the_answer_and_the_claim(
    endpoint: Endpoint, members: dict[str, Any], asked: frozenset[str], scopes: set[str] | None
) -> None:
    endpoint.answers(**{"access_token": "opaque-token-1", **members})
    assert made(client(endpoint), ENVIRON).valid(asked).scopes == scopes
    assert ("scope" in endpoint.form) == bool(asked)


@pytest.mark.parametrize(
    ("members", "useful"),
    [
        ({"expires_in": 300}, 240),
        ({"expires_in": "300"}, 240),
        ({"expires_in": 20}, 10),
        ({}, 30),
        ({"expires_in": True}, 30),
        ({"expires_in": -5}, 30),
        ({"expires_in": 1e300}, 30),
        ({"access_token": READ_JWT}, HOUR - 60),
    ],
)
def test_a_token_is_asked_for_again_shortly_before_it_expires(
    endpoint: Endpoint, members: dict[str, Any], useful: float
) -> None:
    endpoint.answers(**{"access_token": "opaque-token-1", **members})
    clock = Clock()
    source = made(client(endpoint), ENVIRON, clock)
    source.valid(READ)
    clock.now = NOW + useful - 1
    source.valid(READ)
    assert len(endpoint.seen) == 1
    clock.now = NOW + useful
    source.valid(READ)
    assert len(endpoint.seen) == 2


def test_each_scope_may_have_a_client_of_its_own(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1")
    clients = {"enroll.read": ClientSettings("reader", SecretReference("env:OTHER"))}
    both = made(client(endpoint, clients=clients, client_auth="post"), ENVIRON)
    both.valid(READ)
    assert (endpoint.form["client_id"], endpoint.form["client_secret"]) == (["reader"], ["other-secret"])
    both.valid(WRITE)
    assert endpoint.form["client_id"] == ["my client"]
    alone = made(client(endpoint, clients=clients, client_id=None, client_secret=None), ENVIRON)
    assert alone.valid(READ).value == "opaque-token-1"
    assert refused(lambda: alone.valid(WRITE)).reason == 'no client is configured for "enroll.write".'


@pytest.mark.parametrize(
    ("status", "body", "part"),
    [
        (400, b'{"error": "invalid_scope"}', "refused a token for enroll.read with 400 (invalid_scope)."),
        (401, f'{{"error": "{HUNTER} is wrong"}}'.encode(), "with 401."),
        (500, b"<html>", "with 500."),
        (302, b"", "with 302."),
        (202, b'{"access_token": "opaque-token-1"}', "with 202."),
        (200, b"", "without an access_token"),
        (200, b"[]", "without an access_token"),
        (200, b"\xff", "without an access_token"),
        (200, b"[" * 100_000, "without an access_token"),
        (200, b'{"access_token": 5}', "without an access_token"),
        (200, b'{"access_token": "a b"}', "without an access_token"),
        (200, b'{"access_token": "opaque-token-1", "token_type": "mac"}', "another type than Bearer"),
        (200, b'{"access_token": "opaque-token-1", "token_type": 5}', "another type than Bearer"),
        (200, b" " * ((1 << 20) + 1), "more than 1048576 bytes"),
    ],
)
def test_a_refusal_of_the_endpoint_is_one_sentence(endpoint: Endpoint, status: int, body: bytes, part: str) -> None:
    endpoint.status, endpoint.body = status, body
    endpoint.headers = {"Location": "http://127.0.0.1:1/elsewhere"} if status == 302 else {}
    source = made(client(endpoint), {**ENVIRON, "SECRET": HUNTER})
    error = refused(lambda: source.valid(READ))
    assert isinstance(error, TokenError)
    assert not error.inapplicable
    assert error.reason.startswith(f"the token endpoint {endpoint.url} ")
    assert part in error.reason
    assert HUNTER not in error.reason
    assert len(endpoint.seen) == 1


def test_a_refusal_is_not_remembered(endpoint: Endpoint) -> None:
    endpoint.answers(503)
    source = made(client(endpoint), ENVIRON)
    refused(lambda: source.valid(READ))
    endpoint.answers(access_token="opaque-token-1")
    assert source.valid(READ).value == "opaque-token-1"


def test_an_endpoint_that_is_not_there_is_one_sentence_without_its_query() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/token?tenant=hunter2"
        source = made(client(Endpoint(url)), ENVIRON)
        reason = refused(lambda: source.valid(READ)).reason
    assert "cannot be used: connection refused" in reason
    assert "hunter2" not in reason


def test_an_endpoint_that_does_not_answer_is_left_at_the_timeout(endpoint: Endpoint) -> None:
    endpoint.silent = threading.Event()
    source = made(client(endpoint), ENVIRON, target=TargetSettings(timeout=0.5))
    assert "cannot be used: no answer within 0.5 s" in refused(lambda: source.valid(READ)).reason


def test_the_proxy_setting_holds_for_the_endpoint(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint.answers(access_token="through-the-proxy")
    away = client(Endpoint("http://as.example.invalid/token"))
    proxy = endpoint.url.removesuffix("/token")
    assert made(away, ENVIRON, target=TargetSettings(proxy=proxy)).valid(READ).value == "through-the-proxy"
    hidden = TargetSettings(proxy=SecretReference("env:PROXY"))
    assert made(away, {**ENVIRON, "PROXY": proxy}, target=hidden).valid(READ).value == "through-the-proxy"
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.setenv("http_proxy", proxy)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert made(away, ENVIRON, target=TargetSettings(proxy="env")).valid(READ).value == "through-the-proxy"
    endpoint.seen.clear()
    made(client(endpoint), ENVIRON, target=TargetSettings(proxy="none")).valid(READ)
    assert endpoint.seen[0][0]["host"] == proxy.removeprefix("http://")


def test_faults_of_tokens_from_an_endpoint(endpoint: Endpoint) -> None:
    endpoint.answers(access_token=READ_JWT)
    source = made(client(endpoint), ENVIRON)
    assert source.faulty(Fault.ABSENT, READ).value is None
    assert source.faulty(Fault.UNKNOWN, READ).value
    assert endpoint.seen == []
    assert source.faulty(Fault.MALFORMED, READ).value == READ_JWT.rpartition(".")[0]
    assert source.faulty(Fault.WRONG_SIGNATURE, READ).scopes == READ
    assert stated(source.faulty(Fault.ALG_NONE, READ)).header["alg"] == "none"
    for fault in EXPIRED_OR_EARLY:
        assert not refused(lambda fault=fault: source.faulty(fault, READ)).inapplicable  # type: ignore[misc]
    assert not refused(lambda: source.arbitrary(["enroll.writer"])).inapplicable


def test_faults_of_opaque_tokens_from_an_endpoint(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1")
    source = made(client(endpoint), ENVIRON)
    for fault in (Fault.ALG_NONE, *EXPIRED_OR_EARLY):
        assert refused(lambda fault=fault: source.faulty(fault, READ)).inapplicable  # type: ignore[misc]
    assert source.faulty(Fault.WRONG_SIGNATURE, READ).value not in {None, "opaque-token-1"}


def test_an_expired_token_may_be_configured_beside_the_endpoint(endpoint: Endpoint) -> None:
    endpoint.answers(access_token=READ_JWT)
    old = jwt({"exp": NOW - HOUR, "scope": "enroll.read"})
    source = made(client(endpoint, tokens={"expired": SecretReference("env:OLD")}), {**ENVIRON, "OLD": old})
    assert source.faulty(Fault.EXPIRED, READ) == Token(old, READ)


def test_tokens_and_credentials_of_the_endpoint_are_told_to_the_scrubber(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1")
    redactor = Redactor()
    made(client(endpoint), ENVIRON, redactor=redactor).valid(READ)
    assert redactor.text("opaque-token-1") == "[redacted]"
    assert redactor.text(ENVIRON["SECRET"]) == "[redacted]"
    assert redactor.text((endpoint.authorization or "").rstrip("=")) == "Basic [redacted]"
