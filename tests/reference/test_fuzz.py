"""Whatever is sent, the server answers, and never with a 500."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.harness.json_values import ANY_NUMBER, json_values

ONE = "/v1/enrollments/one"
JSON = json_values(st.text(st.characters(codec=None), max_size=10), ANY_NUMBER, most=4, leaves=12)
MEMBERS = ["status", "enrollmentId", "enrollmentType", "biometricData", "biographicData", "documentData", "x"]
MEMBERS += ["requestData", "contextualData", "encryption", "integrity"]
NEAR = st.dictionaries(st.sampled_from(MEMBERS), JSON)
EXPRESSION = st.fixed_dictionaries(
    {
        "attributeName": st.text(max_size=5) | JSON,
        "operator": st.sampled_from(["=", "<", "!=", "~"]),
        "value": JSON,
    }
)
few = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def open_api(make: Any, any_body: Any, version: str) -> Any:
    api = make(auth="none", interface_version=version)
    api.create("one", any_body)
    return api


@few
@given(content=st.binary(max_size=200))
def test_bytes_never_break_the_server(open_api: Any, content: bytes) -> None:
    for method, path in [
        ("POST", ONE),
        ("PUT", ONE),
        ("PATCH", ONE),
        ("POST", "/v1/enrollments"),
        ("POST", "/token"),
    ]:
        assert open_api(method, path, content=content).status_code < 500


@few
@given(value=JSON | NEAR)
def test_json_never_breaks_the_server(open_api: Any, value: Any) -> None:
    content = json.dumps(value).encode()
    for method, path in [
        ("POST", "/v1/enrollments/new"),
        ("PATCH", ONE),
        ("PUT", ONE),
        ("POST", "/v1/enrollments"),
    ]:
        assert open_api(method, path, content=content).status_code < 500
    assert open_api("GET", ONE).status_code == 200
    assert open_api("DELETE", "/v1/enrollments/new").status_code in {204, 404}


@few
@given(value=st.lists(EXPRESSION, max_size=3))
def test_expressions_never_break_the_server(open_api: Any, value: Any) -> None:
    assert open_api("POST", "/v1/enrollments", content=json.dumps(value).encode()).status_code < 500


@few
@given(raw=st.binary(min_size=1, max_size=20), query=st.text(max_size=20))
def test_ids_and_queries_never_break_the_server(open_api: Any, raw: bytes, query: str) -> None:
    encoded = quote(raw, safe="")
    encoded = encoded.replace(".", "%2E")
    for method, path in [
        ("GET", f"/v1/enrollments/{encoded}"),
        ("PUT", f"/v1/enrollments/{encoded}/finalize"),
        ("GET", f"{ONE}/buffer/{encoded}"),
    ]:
        response = open_api(method, path, params={"attributes": query, "finalize": query})
        assert response.status_code < 500


@few
@given(token=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=60))
def test_authorization_headers_never_break_the_server(api: Any, token: str) -> None:
    api.token = None
    for value in (token, f"Bearer {token}"):
        response = api("GET", ONE, headers={"Authorization": value.encode("latin-1")})
        assert response.status_code == 401
