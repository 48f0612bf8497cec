"""Who may call: tokens with faults, scopes, algorithms."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

ONE = "/v1/enrollments/one"
HOUR = 3600


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{part(header)}.{part(claims)}."


def good() -> dict[str, Any]:
    return {"exp": int(time.time()) + HOUR, "scope": "enroll.read enroll.write"}


FAULTS: dict[str, Callable[[Callable[..., str]], str]] = {
    "expired": lambda sign: sign(exp=int(time.time()) - HOUR),
    "without end": lambda sign: sign(exp=None),
    "end a text": lambda sign: sign(exp="2999-01-01"),
    "end true": lambda sign: sign(exp=True),
    "not yet valid": lambda sign: sign(nbf=int(time.time()) + HOUR),
    "nbf a text": lambda sign: sign(nbf="0"),
    "signed with another key": lambda _: jwt.encode({"alg": "HS256"}, good(), OctKey.import_key("y" * 40)),
    "altered claims": lambda sign: ".".join([sign().split(".")[0], part(good()), sign().split(".")[2]]),
    "without signature": lambda sign: sign().rpartition(".")[0] + ".",
    "alg none": lambda _: unsigned({"alg": "none"}, good()),
    "alg None": lambda _: unsigned({"alg": "None"}, good()),
    "alg missing": lambda _: unsigned({"typ": "JWT"}, good()),
    "alg a list": lambda _: unsigned({"alg": ["HS256"]}, good()),
    "claims a list": lambda _: f"{part({'alg': 'HS256'})}.{part([])}.",
    "not a JWT": lambda _: "abc",
    "five parts": lambda _: "a.b.c.d.e",
    "not base64": lambda _: "!.!.!",
    "deep header": lambda _: base64.urlsafe_b64encode(b"[" * 300).decode() + ".e30.x",
    "crit": lambda _: unsigned({"alg": "HS256", "crit": ["b64"], "b64": False}, good()),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_token_is_refused_without_effect(api: Any, body: Any, sign: Any, fault: str) -> None:
    api.token = FAULTS[fault](sign)
    response = api("POST", ONE, json=body)
    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]
    api.token = sign()
    assert api("GET", ONE).status_code == 404


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dTpw", "Token x"])
def test_a_call_without_a_bearer_token_is_refused(api: Any, header: str | None) -> None:
    api.token = None
    response = api("GET", ONE, headers={} if header is None else {"Authorization": header})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer realm="OSIA"'


SCOPES = [
    ("POST", ONE, "enroll.write"),
    ("GET", ONE, "enroll.read"),
    ("PUT", ONE, "enroll.write"),
    ("PATCH", ONE, "enroll.write"),
    ("DELETE", ONE, "enroll.write"),
    ("PUT", f"{ONE}/finalize", "enroll.write"),
    ("POST", "/v1/enrollments", "enroll.read"),
    ("POST", f"{ONE}/buffer", "enroll.buf.write"),
    ("GET", f"{ONE}/buffer/x", "enroll.buf.read"),
]
EVERY = {"enroll.read", "enroll.write", "enroll.buf.read", "enroll.buf.write"}


@pytest.mark.parametrize(("method", "path", "scope"), SCOPES)
def test_each_operation_needs_its_own_scope(api: Any, sign: Any, method: str, path: str, scope: str) -> None:
    near = {scope.upper(), scope[:-1], scope + "x", scope.replace(".", ","), "enroll", "*"}
    api.token = sign(scope=" ".join((EVERY - {scope}) | near))
    response = api(method, path, content=b"not JSON")
    assert response.status_code == 403
    assert f'error="insufficient_scope", scope="{scope}"' in response.headers["www-authenticate"]
    api.token = sign(scope=scope)
    assert api(method, path, content=b"not JSON").status_code in {400, 404}


def test_a_call_without_the_scope_has_no_effect(api: Any, body: Any, sign: Any) -> None:
    api.create("one", body)
    before = api.read("one")
    api.token = sign(scope="enroll.read enroll.buf.write")
    for method, path in [("PUT", ONE), ("PATCH", ONE), ("DELETE", ONE), ("PUT", f"{ONE}/finalize")]:
        assert api(method, path, json=body | {"enrollmentType": "other"}).status_code == 403
    assert api.read("one") == before


@pytest.mark.parametrize("scope", [["enroll.read", "other"], "other enroll.read", ["enroll.read", 1]])
def test_scopes_come_as_a_text_or_a_list(api: Any, sign: Any, scope: Any) -> None:
    api.token = sign(scope=scope)
    assert api("GET", ONE).status_code == 404


@pytest.mark.parametrize("scope", [None, 1, {"enroll.read": 1}, ["enroll.read enroll.write"], "enroll.read,x"])
def test_other_scope_claims_grant_nothing(api: Any, sign: Any, scope: Any) -> None:
    api.token = sign(scope=scope)
    assert api("GET", ONE).status_code == 403


def test_another_scope_claim_can_be_configured(make: Any, sign: Any) -> None:
    api = make(scope_claim="scp")
    api.token = sign(scp=["enroll.read"])
    assert api("GET", ONE).status_code == 404


def test_issuer_and_audience_are_checked_where_configured(make: Any, sign: Any) -> None:
    api = make(issuer="https://issuer.example", audience="osia")
    for token, status in [
        (sign(iss="https://issuer.example", aud=["x", "osia"]), 404),
        (sign(iss="https://issuer.example", aud="osia"), 404),
        (sign(iss="https://other.example", aud="osia"), 401),
        (sign(iss="https://issuer.example", aud="other"), 401),
        (sign(), 401),
    ]:
        api.token = token
        assert api("GET", ONE).status_code == status


KEYS: dict[str, Any] = {
    "HS": OctKey.generate_key(512),
    "RS": RSAKey.generate_key(2048),
    "ES256": ECKey.generate_key("P-256"),
    "ES384": ECKey.generate_key("P-384"),
    "ES512": ECKey.generate_key("P-521"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
}
KEYS["PS"] = KEYS["RS"]


class Lenient(JWSRegistry):
    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


@pytest.mark.parametrize(
    "algorithm",
    [
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "EdDSA",
    ],
)
def test_each_algorithm_is_verified(make: Any, algorithm: str) -> None:
    key = KEYS.get(algorithm) or KEYS[algorithm[:2]]
    jwk = json.dumps(key.as_dict(private=algorithm.startswith("HS")))
    api = make(jwt_key=jwk, jwt_algorithm=algorithm)
    token = jwt.encode({"alg": algorithm}, good(), key, registry=Lenient())
    api.token = token
    assert api("GET", ONE).status_code == 404
    api.token = token[:-8] + ("A" * 8 if not token.endswith("A" * 8) else "B" * 8)
    assert api("GET", ONE).status_code == 401


def test_a_public_key_is_no_secret(make: Any) -> None:
    public = KEYS["RS"].as_pem(private=False).decode()
    api = make(jwt_key=public, jwt_algorithm="RS256")
    text = f"{part({'alg': 'HS256'})}.{part(good())}"
    forged = hmac.digest(public.encode(), text.encode(), "sha256")
    api.token = f"{text}.{base64.urlsafe_b64encode(forged).rstrip(b'=').decode()}"
    assert api("GET", ONE).status_code == 401
    api.token = jwt.encode({"alg": "RS256"}, good(), KEYS["RS"])
    assert api("GET", ONE).status_code == 404


def test_a_key_set_is_chosen_from_by_key_id(make: Any) -> None:
    keys = [RSAKey.generate_key(2048, {"kid": kid}) for kid in ("a", "b")]
    api = make(jwt_key=json.dumps(KeySet([*keys]).as_dict(private=False)), jwt_algorithm="RS256")
    for kid, key, status in [
        ("a", keys[0], 404),
        ("b", keys[1], 404),
        ("a", keys[1], 401),
        ("c", keys[0], 401),
    ]:
        api.token = jwt.encode({"alg": "RS256", "kid": kid}, good(), key)
        assert api("GET", ONE).status_code == status


def test_a_key_of_another_kind_is_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="RS256"):
        make(jwt_key=json.dumps(KEYS["ES256"].as_dict()), jwt_algorithm="RS256")
    with pytest.raises(ValueError, match="RS256"):
        make(jwt_key="a secret", jwt_algorithm="RS256")


def test_no_token_is_asked_for_without_authentication(make: Any, body: Any) -> None:
    api = make(auth="none", jwt_key=None)
    api.token = None
    api.create("one", body)
    assert api.read("one")["enrollmentId"] == "one"
