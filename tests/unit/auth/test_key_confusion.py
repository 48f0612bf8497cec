"""A token by HS256 whose secret is the issuer's public key: servers that let tokens say their algorithm take it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from osia_conformance.auth import CannotIssue, Fault, jwt_text
from osia_conformance.config.settings import AuthSettings, Settings
from osia_conformance.support.secrets import SecretReference
from osia_reference.app import create_app
from osia_reference.tokens import Claims, TokenCheck
from tests.harness.judging import judge, reference, settings
from tests.unit.auth.issued import NOW, READ, SECRET, jwt, made

KEY = ECKey.generate_key("P-256")
PRIVATE, PUBLIC = (KEY.as_pem(private=private).decode() for private in (True, False))
NAME = "OSIA_TEST_EC_KEY"


class LetsTokensChoose(TokenCheck):
    """Verifies by the algorithm that the token names, with the one key that it has."""

    def check_algorithm(self, header: Claims) -> None:
        self.by_secret = header["alg"] == "HS256"
        if not self.by_secret:
            super().check_algorithm(header)

    def check_signature(self, token: str) -> None:
        if not self.by_secret:
            super().check_signature(token)
            return
        header, claims = self.parse(token)
        if jwt_text.by_hs256(header, claims, PUBLIC.encode()) != token:
            raise self.bad_token("its signature is wrong")


@pytest.fixture
def run() -> Iterator[Settings]:
    os.environ[NAME] = PRIVATE
    auth = AuthSettings(method="jwt", algorithm="ES256", key=SecretReference(f"env:{NAME}"))
    yield replace(settings(), auth=auth)
    del os.environ[NAME]


def test_a_server_that_lets_tokens_choose_is_caught(run: Settings) -> None:
    server = create_app(reference(jwt_key=PUBLIC, jwt_algorithm="ES256"), tokens=LetsTokensChoose)
    judged = judge(server, run=run, only=("ENR-TOKEN",))
    assert {name.rpartition("-")[0] for name in judged.outcomes("failed")} == {"ENR-TOKEN-05"}
    reason = judged.requirement("ENR-TOKEN-05-READ")["reason"]
    assert "a token signed by HS256 with the issuer's public key as the secret" in reason


def test_a_server_that_knows_its_algorithm_is_not(run: Settings) -> None:
    judged = judge(create_app(reference(jwt_key=PUBLIC, jwt_algorithm="ES256")), run=run, only=("ENR-TOKEN",))
    assert judged.outcomes("failed") | judged.outcomes("cantTell") == set()
    checks = judged.requirement("ENR-TOKEN-05-READ")["checks"]
    assert {check["outcome"] for check in checks} == {"passed"}


def test_its_signature_is_the_one_of_the_public_key() -> None:
    source = made(AuthSettings(method="jwt", algorithm="ES256", key=SecretReference("env:KEY")), {"KEY": PRIVATE})
    token = source.faulty(Fault.KEY_CONFUSION, READ).value or ""
    stated = jwt_text.parse(token)
    assert stated is not None
    assert stated.scopes() == READ
    assert jwt_text.by_hs256(stated.header, stated.claims, PUBLIC.encode()) == token
    plain = jwt_text.by_hs256({}, {"scope": "enroll.read"}, SECRET.encode())
    assert jws.deserialize_compact(plain, OctKey.import_key(SECRET)).headers() == {"alg": "HS256"}


@pytest.mark.parametrize(
    "auth",
    [
        AuthSettings(method="jwt", algorithm="HS256", key=SecretReference("env:KEY")),
        AuthSettings(method="static", tokens={"enroll.read": SecretReference("env:KEY")}),
    ],
    ids=["secret", "tokens of others"],
)
def test_without_a_public_key_the_case_does_not_exist(auth: AuthSettings) -> None:
    value = SECRET if auth.method == "jwt" else jwt({"scope": "enroll.read", "exp": NOW + 600})
    with pytest.raises(CannotIssue) as raised:
        made(auth, {"KEY": value}).faulty(Fault.KEY_CONFUSION, READ)
    assert raised.value.inapplicable
