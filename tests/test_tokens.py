from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey, Key, OctKey, OKPKey, RSAKey

from osia_conformance import jwt_text
from osia_conformance.config import (
    AuthSettings,
    ConfigurationError,
)
from osia_conformance.references import Reference, Scrubber
from osia_conformance.tokens import Fault, Token
from tests.issued import (
    EXPIRED_OR_EARLY,
    HOUR,
    NOW,
    READ,
    SECRET,
    WRITE,
    Clock,
    jwt,
    made,
    refused,
    stated,
    verified,
)

# The method "none"


def test_without_a_method_calls_carry_no_token_and_every_token_case_is_untested() -> None:
    source = made(AuthSettings(), {})
    assert source.kind == "none"
    assert source.valid(READ) == Token(None, None)
    for fault in Fault:
        assert not refused(lambda fault=fault: source.faulty(fault, READ)).inapplicable  # type: ignore[misc]
    assert not refused(lambda: source.arbitrary(["enroll.writer"])).inapplicable


# The method "jwt"

HS = AuthSettings(method="jwt", algorithm="HS256", key=Reference("env:KEY"))


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


def test_times_are_off_by_two_hours_and_only_they() -> None:
    source = made(HS, {"KEY": SECRET})
    expired, early = (source.faulty(fault, READ) for fault in EXPIRED_OR_EARLY)
    assert (stated(expired).moment("exp") or 0) <= NOW - 2 * HOUR
    assert (stated(expired).moment("nbf") or 0) < (stated(expired).moment("exp") or 0)
    assert (stated(early).moment("nbf") or 0) >= NOW + 2 * HOUR
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
    scrubber = Scrubber()
    source = made(replace(HS, key=Reference("env:KEY")), {"KEY": jwk(OCT)}, scrubber=scrubber)
    tokens = [source.valid(READ), source.arbitrary(["x"]), *(source.faulty(fault, READ) for fault in Fault)]
    for token in tokens:
        assert scrubber.text(token.value or "") == ("[redacted]" if token.value else "")
    assert scrubber.text(SECRET) == SECRET
    assert scrubber.text(str(OCT.as_dict()["k"])) == "[redacted]"


def test_a_token_does_not_show_its_value() -> None:
    assert "hunter2" not in repr(Token("hunter2", READ))


# The method "static"

READ_JWT = jwt({"scope": "enroll.read", "exp": NOW + HOUR})
BOTH_JWT = jwt({"scp": ["enroll.read", "enroll.write"], "exp": NOW + HOUR})
NAMES = {
    "enroll.read": Reference("env:READ"),
    "enroll.read enroll.write": Reference("env:BOTH"),
    "none": Reference("env:NONE"),
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
    tokens={**NAMES, "expired": Reference("env:EXPIRED"), "not-yet-valid": Reference("env:EARLY")},
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
    scrubber = Scrubber()
    source = made(STATIC, OPAQUE, scrubber=scrubber)
    for token in (source.valid(READ), source.faulty(Fault.WRONG_SIGNATURE, READ)):
        assert scrubber.text(token.value or "") == "[redacted]"


# What is read from a token


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        (jwt({"scope": "a  b"}), {"a", "b"}),
        (jwt({"scope": ["a", "b"]}), {"a", "b"}),
        (jwt({"scp": "a"}), {"a"}),
        (jwt({"scope": ""}), set()),
        (jwt({"scope": 5}), None),
        (jwt({"scope": ["a", 5]}), None),
        (jwt({}), None),
    ],
)
def test_the_scopes_of_a_jwt_are_read_from_string_or_list(text: str, scopes: set[str] | None) -> None:
    parsed = jwt_text.parse(text)
    assert parsed is not None
    assert parsed.scopes() == scopes


@given(st.text(alphabet="eyJ.AB-_=0", max_size=30) | st.text(max_size=10))
def test_no_text_breaks_the_reader(text: str) -> None:
    parsed = jwt_text.parse(text)
    assert parsed is None or "alg" in parsed.header


@given(st.text(alphabet="ABab01-_", min_size=4, max_size=40))
def test_an_altered_token_differs_in_one_character(token: str) -> None:
    altered = jwt_text.altered(token)
    assert len(altered) == len(token)
    assert sum(one != other for one, other in zip(token, altered, strict=True)) == 1


def test_a_time_out_of_all_range_is_no_time() -> None:
    parsed = jwt_text.parse(jwt({"exp": 10**400, "nbf": True, "iat": "now"}))
    assert parsed is not None
    assert [parsed.moment(claim) for claim in ("exp", "nbf", "iat", "gone")] == [None] * 4
