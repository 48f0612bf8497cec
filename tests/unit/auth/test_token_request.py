"""What vendors add to the token request, and the answers of endpoints that differ a little from RFC 6749."""

from __future__ import annotations

import pytest

from osia_conformance.auth import Token
from osia_conformance.config.settings import ClientSettings
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference
from tests.unit.auth.endpoint import ENVIRON, HUNTER, Endpoint, client
from tests.unit.auth.issued import READ, WRITE, made, stated

KEY = {"client_secret": None, "key": SecretReference("env:PEM"), "algorithm": "ES256"}
TOKEN = b'{"access_token": "opaque-token-1", "token_type": "%s"}'


def test_more_parameters_stand_in_the_form(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1")
    redactor = Redactor()
    more = {"tenant": "blue", "ticket": SecretReference("env:TICKET")}
    made(client(endpoint, parameters=more), {**ENVIRON, "TICKET": HUNTER}, redactor=redactor).valid(READ)
    assert endpoint.form == {
        "grant_type": ["client_credentials"],
        "scope": ["enroll.read"],
        "tenant": ["blue"],
        "ticket": [HUNTER],
    }
    assert redactor.text(HUNTER) == "[redacted]"


@pytest.mark.parametrize("client_auth", ["post", "private_key_jwt"])
def test_more_parameters_never_replace_those_of_the_suite(endpoint: Endpoint, client_auth: str) -> None:
    endpoint.answers(access_token="opaque-token-1")
    how = {"client_auth": client_auth, "audience": ("api",), **(KEY if client_auth == "private_key_jwt" else {})}
    made(client(endpoint, **how), ENVIRON).valid(READ)
    usual = endpoint.form
    made(client(endpoint, parameters=dict.fromkeys(usual, "other"), **how), ENVIRON).valid(READ)
    assert endpoint.form.keys() == usual.keys()
    assert all("other" not in values for values in endpoint.form.values())


def test_a_parameter_whose_secret_has_gone_is_one_sentence(endpoint: Endpoint) -> None:
    source = made(client(endpoint, parameters={"ticket": SecretReference("env:TICKET")}), ENVIRON)
    with pytest.raises(ConfigurationError, match=r"^the environment variable TICKET is not set or is empty\.$"):
        source.valid(READ)
    assert endpoint.seen == []


def test_the_audience_of_the_assertion_can_be_another_than_the_endpoint(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1")
    clients = {"enroll.read": ClientSettings("reader", assertion_audience="https://own.example")}
    auth = client(
        endpoint, client_auth="private_key_jwt", assertion_audience="https://as.example", clients=clients, **KEY
    )
    source = made(auth, ENVIRON)
    for scopes, audience in ((READ, "https://own.example"), (WRITE, "https://as.example")):
        source.valid(scopes)
        assert stated(Token(endpoint.form["client_assertion"][0], None)).claims["aud"] == audience


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (201, TOKEN % b"Bearer"),
        (200, TOKEN % b"BEARER"),
        (200, TOKEN % b"bEaReR"),
        (200, b"\xef\xbb\xbf" + TOKEN % b"bearer"),
        (201, b"\xef\xbb\xbf" + TOKEN % b"Bearer"),
    ],
)
def test_an_answer_that_differs_a_little_is_served(endpoint: Endpoint, status: int, body: bytes) -> None:
    endpoint.status, endpoint.body = status, body
    assert made(client(endpoint), ENVIRON).valid(READ).value == "opaque-token-1"
