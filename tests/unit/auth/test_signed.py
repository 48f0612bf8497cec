"""The method "jwt": what the suite signs itself, with which keys, and how it makes a token faulty."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from osia_conformance.auth import Fault, Token, jwt_text
from osia_conformance.config.settings import AuthSettings
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference
from tests.unit.auth.issued import EXPIRED_OR_EARLY, HOUR, NOW, READ, SECRET, WRITE, Clock, made, stated, verified

HS = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference("env:KEY"))


def pem(key: RSAKey | ECKey | OKPKey) -> str:
    return key.as_pem(private=True).decode()


def jwk(key: Key) -> str:
    return json.dumps(key.as_dict(private=True))


RSA = RSAKey.generate_key(2048)
EC256, EC384, EC521 = (ECKey.generate_key(curve) for curve in ("P-256", "P-384", "P-521"))
ED25519, ED448 = (OKPKey.generate_key(curve) for curve in ("Ed25519", "Ed448"))
OCT = OctKey.import_key(SECRET)


@pytest.mark.parametrize(
    ("algorithm", "text", "key"),
    [
        *((f"HS{bits}", SECRET, OCT) for bits in (256, 384, 512)),
        ("HS256", jwk(OCT), OCT),
        *((f"{family}{bits}", pem(RSA), RSA) for family in ("RS", "PS") for bits in (256, 384, 512)),
        ("RS256", jwk(RSA), RSA),
        ("ES256", pem(EC256), EC256),
        ("ES384", pem(EC384), EC384),
        ("ES512", pem(EC521), EC521),
        ("ES256", jwk(EC256), EC256),
        ("EdDSA", pem(ED25519), ED25519),
        ("EdDSA", pem(ED448), ED448),
        ("EdDSA", jwk(ED25519), ED25519),
    ],
)
def test_each_algorithm_signs_what_its_key_verifies_and_a_stranger_s_signature_does_not(
    algorithm: str, text: str, key: Key
) -> None:
    source = made(replace(HS, algorithm=algorithm), {"KEY": text})
    token = source.valid(READ)
    assert source.kind == "jwt"
    assert token.value is not None
    assert verified(token.value, key)
    assert stated(token).header["alg"] == algorithm
    assert token.scopes == stated(token).scopes() == READ
    wrong = source.faulty(Fault.WRONG_SIGNATURE, READ)
    assert wrong.value is not None
    assert not verified(wrong.value, key)
    assert stated(wrong).header == stated(token).header


def test_a_raw_secret_may_look_like_anything() -> None:
    for text in ("{not a JWK at all", '{"a": 1}', "weak", "ünïcödé-sécrét"):
        token = made(HS, {"KEY": text}).valid(READ)
        assert token.value is not None
        assert verified(token.value, _oct(text))


def _oct(text: str) -> OctKey:
    raw = text.encode()
    return OctKey(raw, raw)


@pytest.mark.parametrize(
    ("algorithm", "text", "needs"),
    [
        ("HS256", pem(RSA), "a secret of any text"),
        ("HS256", RSA.as_pem(private=False).decode(), "a secret of any text"),
        ("HS256", jwk(RSA), "a secret of any text"),
        ("HS256", "-----BEGIN PRIVATE KEY-----\nbroken", "a secret of any text"),
        ("RS256", SECRET, "an RSA private key"),
        ("RS256", pem(EC256), "an RSA private key"),
        ("RS256", RSA.as_pem(private=False).decode(), "an RSA private key"),
        ("RS256", json.dumps(RSA.as_dict(private=False)), "an RSA private key"),
        ("PS256", jwk(OCT), "an RSA private key"),
        ("RS256", json.dumps({"kty": "RSA"}), "an RSA private key"),
        ("RS256", json.dumps({"kty": "RSA", "n": 5, "e": [], "d": None}), "an RSA private key"),
        ("RS256", json.dumps({"kty": []}), "an RSA private key"),
        ("ES256", pem(EC384), "an EC private key on the algorithm's curve"),
        ("ES512", jwk(EC256), "an EC private key on the algorithm's curve"),
        ("EdDSA", pem(EC256), "an Ed25519 or Ed448 private key"),
        ("EdDSA", pem(OKPKey.generate_key("X25519")), "EdDSA signature"),
        ("RS256", RSA.as_pem(private=True, password="x").decode(), "not encrypted"),
        ("HS512", json.dumps({**OCT.as_dict(), "alg": "HS256"}), "HS512 signature"),
        ("HS256", json.dumps({**OCT.as_dict(), "use": "enc"}), "HS256 signature"),
    ],
)
def test_a_key_that_does_not_suit_is_one_sentence_without_the_key(algorithm: str, text: str, needs: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        made(replace(HS, algorithm=algorithm), {"KEY": text})
    sentence = str(caught.value)
    assert sentence.startswith("auth.key: ")
    assert needs in sentence
    assert not [line for line in text.splitlines() if line in sentence]
    assert "\n" not in sentence


def outcome(call: Callable[[], Token]) -> Token | str:
    try:
        return call()
    except ConfigurationError as error:
        return str(error)


MEMBERS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["kty", "crv", "k", "n", "e", "d", "x", "y", "p", "alg", "use", "key_ops", "kid"]),
    st.sampled_from(["oct", "RSA", "EC", "OKP", "P-256", "Ed25519", "AQAB", "AA", "sig", "HS256", 1, None, []])
    | st.text(max_size=4),
    min_size=1,
)


@given(st.sampled_from(["HS256", "RS256", "ES256", "EdDSA"]), MEMBERS.map(json.dumps) | st.text(min_size=4))
def test_any_key_text_signs_or_is_one_sentence(algorithm: str, text: str) -> None:
    token = outcome(lambda: made(replace(HS, algorithm=algorithm), {"KEY": text}).valid(READ))
    if isinstance(token, str):
        assert token.startswith(("auth.key: ", "the secret", "the environment"))
    else:
        assert stated(token).header["alg"] == algorithm


def test_the_claims_are_those_that_were_configured() -> None:
    auth = replace(
        HS,
        issuer="https://issuer.example",
        audience=("api",),
        kid="k1",
        lifetime=120.0,
        claims={"sub": "me", "roles": ["x"]},
        jwt_header={"typ": "at+jwt", "x": 1},
    )
    said = stated(made(auth, {"KEY": SECRET}).valid({"enroll.write", "enroll.read"}))
    assert said.header == {"alg": "HS256", "typ": "at+jwt", "kid": "k1", "x": 1}
    claims = dict(said.claims)
    assert claims.pop("jti")
    assert claims == {
        "iss": "https://issuer.example",
        "aud": "api",
        "sub": "me",
        "roles": ["x"],
        "scope": "enroll.read enroll.write",
        "iat": NOW - 12,
        "nbf": NOW - 12,
        "exp": NOW + 108,
    }


def test_scopes_may_go_as_a_list_in_another_claim_and_none_leaves_the_claim_out() -> None:
    auth = replace(HS, scope_claim="permissions", scope_format="list", audience=("a", "b"))
    source = made(auth, {"KEY": SECRET})
    claims = stated(source.valid(READ | WRITE)).claims
    assert claims["permissions"] == ["enroll.read", "enroll.write"]
    assert claims["aud"] == ["a", "b"]
    empty = source.valid(frozenset())
    assert "permissions" not in stated(empty).claims
    assert empty.scopes == frozenset()


def test_a_jwk_gives_its_key_id_unless_one_is_configured() -> None:
    text = json.dumps({**OCT.as_dict(), "kid": "own"})
    assert stated(made(HS, {"KEY": text}).valid(READ)).header["kid"] == "own"
    assert stated(made(replace(HS, kid="set"), {"KEY": text}).valid(READ)).header["kid"] == "set"


def test_made_up_scopes_are_signed_as_they_are() -> None:
    source = made(HS, {"KEY": SECRET})
    token = source.arbitrary(["enroll.writer", "ENROLL.WRITE"])
    assert stated(token).claims["scope"] == "enroll.writer ENROLL.WRITE"
    assert source.valid({"enroll.writ"}).scopes == frozenset({"enroll.writ"})


def test_a_token_serves_until_it_is_about_to_expire() -> None:
    clock = Clock()
    source = made(HS, {"KEY": SECRET}, clock)
    first = source.valid(READ)
    assert source.valid(["enroll.read"]) is first
    assert source.valid(WRITE) != first
    clock.now = NOW + 209
    assert source.valid(READ) is first
    clock.now = NOW + 210
    later = source.valid(READ)
    assert later != first
    assert (stated(later).moment("exp") or 0) > clock.now + 200


@pytest.mark.parametrize("lifetime", [5.0, 7.5, 300.0, 86400.0])
def test_a_token_is_valid_when_it_is_given_out(lifetime: float) -> None:
    clock = Clock()
    source = made(replace(HS, lifetime=lifetime), {"KEY": SECRET}, clock)
    for step in range(50):
        clock.now = NOW + step * lifetime / 7 + 0.9
        said = stated(source.valid(READ))
        assert (said.moment("nbf") or 0) <= clock.now < (said.moment("exp") or 0)


def test_a_changed_key_is_used_at_once() -> None:
    environ = {"KEY": SECRET}
    source = made(HS, environ)
    source.valid(READ)
    environ["KEY"] = SECRET[::-1]
    token = source.valid(READ)
    assert token.value is not None
    assert verified(token.value, _oct(SECRET[::-1]))


def test_a_key_that_went_missing_is_one_sentence() -> None:
    environ = {"KEY": SECRET}
    source = made(HS, environ)
    del environ["KEY"]
    with pytest.raises(ConfigurationError, match="KEY is not set"):
        source.valid(READ)


def test_times_are_off_by_more_than_an_hour_and_only_they() -> None:
    source = made(HS, {"KEY": SECRET})
    expired, early = (source.faulty(fault, READ) for fault in EXPIRED_OR_EARLY)
    assert (stated(expired).moment("exp") or 0) <= NOW - HOUR
    assert (stated(expired).moment("nbf") or 0) < (stated(expired).moment("exp") or 0)
    assert (stated(early).moment("nbf") or 0) >= NOW + HOUR
    assert (stated(early).moment("iat") or 0) <= NOW
    assert (stated(early).moment("exp") or 0) > (stated(early).moment("nbf") or 0)
    for token in (expired, early):
        assert token.scopes == stated(token).scopes() == READ
        assert token.value is not None
        assert verified(token.value, OCT)


def test_the_other_faults_are_what_they_are_called() -> None:
    source = made(HS, {"KEY": SECRET})
    assert source.faulty(Fault.ABSENT, READ) == Token(None, frozenset())
    unknown, malformed, unsigned = (
        source.faulty(fault, READ) for fault in (Fault.UNKNOWN, Fault.MALFORMED, Fault.ALG_NONE)
    )
    assert unknown.value
    assert jwt_text.parse(unknown.value) is None
    assert unknown != source.faulty(Fault.UNKNOWN, READ)
    assert malformed.value
    assert malformed.value.count(".") == 1
    assert stated(unsigned).header["alg"] == "none"
    assert unsigned.value
    assert unsigned.value.endswith(".")
    assert stated(unsigned).scopes() == READ
    assert (stated(unsigned).moment("exp") or 0) > NOW


def test_every_token_and_key_is_told_to_the_scrubber() -> None:
    redactor = Redactor()
    source = made(replace(HS, key=SecretReference("env:KEY"), audience=("a",)), {"KEY": jwk(OCT)}, redactor=redactor)
    # Of a secret there is no public key to confuse it with.
    faults = [fault for fault in Fault if fault is not Fault.KEY_CONFUSION]
    tokens = [source.valid(READ), source.arbitrary(["x"]), *(source.faulty(fault, READ) for fault in faults)]
    for token in tokens:
        assert redactor.text(token.value or "") == ("[redacted]" if token.value else "")
    assert redactor.text(SECRET) == SECRET
    assert redactor.text(str(OCT.as_dict()["k"])) == "[redacted]"


def test_a_token_does_not_show_its_value() -> None:
    assert "hunter2" not in repr(Token("hunter2", READ))
