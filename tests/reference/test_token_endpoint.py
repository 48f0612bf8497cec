"""The token endpoint: client credentials, narrowing, and the errors of RFC 6749."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote_plus

import httpx
import pytest
from joserfc.jwk import RSAKey

from osia_reference import Client

BODY = {"grant_type": "client_credentials", "client_id": "kiosk", "client_secret": "s3cret:%"}
BASIC = "Basic " + base64.b64encode(f"kiosk:{quote_plus('s3cret:%')}".encode()).decode()
BY_HEADER = {"grant_type": "client_credentials"}


@pytest.fixture(params=["jwt", "opaque"])
def issuing(make: Any, client_settings: Any, request: Any) -> Any:
    api = make(token_format=request.param, **client_settings)
    api.token = None
    return api


def asked(api: Any, **sent: Any) -> httpx.Response:
    response: httpx.Response = api("POST", "/token", transaction=False, **sent)
    return response


def test_a_token_opens_what_it_says(issuing: Any, body: Any) -> None:
    response = asked(issuing, data=BODY | {"scope": "enroll.write"})
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    answer = response.json()
    assert (answer["token_type"], answer["scope"]) == ("Bearer", "enroll.write")
    assert answer["expires_in"] == 3600
    issuing.token = answer["access_token"]
    issuing.create("one", body)
    assert issuing("GET", "/v1/enrollments/one").status_code == 403


def test_what_was_not_asked_for_is_not_granted(issuing: Any) -> None:
    answer = asked(issuing, data=BODY).json()
    assert answer["scope"] == ""
    issuing.token = answer["access_token"]
    assert issuing("GET", "/v1/enrollments/one").status_code == 403


def test_the_client_may_prove_itself_in_the_header(issuing: Any) -> None:
    response = asked(issuing, data=BY_HEADER, headers={"Authorization": BASIC})
    assert response.status_code == 200


def test_an_altered_token_is_refused(issuing: Any) -> None:
    token = asked(issuing, data=BODY).json()["access_token"]
    issuing.token = token[:-5] + ("AAAAA" if not token.endswith("AAAAA") else "BBBBB")
    assert issuing("GET", "/v1/enrollments/one").status_code == 401


def test_a_token_ends(make: Any, client_settings: Any) -> None:
    for token_format in ("jwt", "opaque"):
        api = make(token_format=token_format, token_lifetime=0, **client_settings)
        api.token = None
        api.token = asked(api, data=BODY).json()["access_token"]
        assert api("GET", "/v1/enrollments/one").status_code == 401


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ({"data": BODY | {"client_secret": "wrong"}}, 401, "invalid_client"),
        ({"data": BODY | {"client_id": "nobody"}}, 401, "invalid_client"),
        ({"data": {"grant_type": "client_credentials"}}, 401, "invalid_client"),
        ({"data": BY_HEADER, "headers": {"Authorization": "Basic !"}}, 401, "invalid_client"),
        ({"data": BY_HEADER, "headers": {"Authorization": "Basic a2lvc2s="}}, 401, "invalid_client"),
        (
            {"data": BY_HEADER, "headers": {"Authorization": BASIC.replace("Basic", "Bearer")}},
            401,
            "invalid_client",
        ),
        ({"data": BODY, "headers": {"Authorization": BASIC}}, 400, "invalid_request"),
        ({"data": BODY | {"grant_type": "password"}}, 400, "unsupported_grant_type"),
        ({"data": {"client_id": "kiosk", "client_secret": "s3cret:%"}}, 400, "invalid_request"),
        ({"data": BODY | {"scope": "enroll.read admin"}}, 400, "invalid_scope"),
        ({"data": BODY | {"scope": "ENROLL.READ"}}, 400, "invalid_scope"),
        ({"data": BODY | {"client_id": ["kiosk", "kiosk"]}}, 400, "invalid_request"),
        ({"json": BODY}, 400, "invalid_request"),
        (
            {"content": b"%FF=\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
            400,
            "invalid_request",
        ),
    ],
)
def test_a_faulty_request_names_its_error(issuing: Any, sent: Any, status: int, error: str) -> None:
    response = asked(issuing, **sent)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert response.headers["cache-control"] == "no-store"


def test_the_endpoint_takes_post_only(issuing: Any) -> None:
    response = issuing("GET", "/token")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


def test_a_client_may_not_have_more_than_its_scopes(make: Any) -> None:
    api = make(clients=(Client("reader", "r", frozenset({"enroll.read"})),))
    sent = {"grant_type": "client_credentials", "client_id": "reader", "client_secret": "r"}
    api.token = None
    assert asked(api, data=sent | {"scope": "enroll.read"}).json()["scope"] == "enroll.read"
    assert asked(api, data=sent | {"scope": "enroll.write"}).json()["error"] == "invalid_scope"


def test_a_public_key_cannot_issue(make: Any, client_settings: Any) -> None:
    public = RSAKey.generate_key(2048).as_pem(private=False).decode()
    with pytest.raises(ValueError, match="private"):
        make(jwt_key=public, jwt_algorithm="RS256", **client_settings)


def test_a_form_over_the_limit_is_refused_whether_its_length_is_stated_or_not(issuing: Any) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b"x" * 1024

    for content in (b"x" * (16 * 1024 + 1), pieces()):
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert asked(issuing, content=content, headers=form).status_code == 413
    assert asked(issuing, data=BODY | {"padding": "x" * 15_000}).status_code == 200
