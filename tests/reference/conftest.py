"""A reference server in memory and a caller for it, one event loop a test."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from osia_reference import Client, Server, ServerSettings, create_app

SPECIFICATION = Path(__file__).parents[2] / "specs" / "enrollment" / "1.0.0" / "openapi.yaml"
KEY = "a secret of the tests, long enough for HS512: " + "x" * 32
ALL = "enroll.read enroll.write enroll.buf.read enroll.buf.write"


def signed(**claims: Any) -> str:
    """Return a JWT with all scopes that ends in an hour, unless `claims` say otherwise (None: left out)."""
    merged = {"exp": int(time.time()) + 3600, "scope": ALL} | claims
    kept = {name: value for name, value in merged.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, kept, OctKey.import_key(KEY))


class Api:
    """Calls one server; every call carries a good token and a transactionId unless told otherwise."""

    def __init__(self, app: Server, runner: asyncio.Runner) -> None:
        self.app = app
        self.token: str | None = signed()
        self._runner = runner
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reference")

    def __call__(self, method: str, path: str, *, transaction: bool = True, **sent: Any) -> httpx.Response:
        query = {"transactionId": "t"} if transaction else {}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent["params"] = query | sent.get("params", {})
        sent["headers"] = headers | sent.get("headers", {})
        return self._runner.run(self._client.request(method, path, **sent))

    def create(self, enrollment_id: str, body: Any, **params: Any) -> None:
        assert self("POST", f"/v1/enrollments/{enrollment_id}", json=body, params=params).status_code == 201

    def read(self, enrollment_id: str, **params: Any) -> Any:
        response = self("GET", f"/v1/enrollments/{enrollment_id}", params=params)
        assert response.status_code == 200
        return response.json()

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self.app.close()


@pytest.fixture
def make() -> Iterator[Callable[..., Api]]:
    """Build callers of servers; keyword arguments of create_app go in `parts`, the others are settings."""
    made = []
    with asyncio.Runner() as runner:

        def build(parts: dict[str, Any] | None = None, **settings: Any) -> Api:
            given: dict[str, Any] = {"specification": SPECIFICATION, "jwt_key": KEY} | settings
            made.append(Api(create_app(ServerSettings(**given), **(parts or {})), runner))
            return made[-1]

        yield build
        for api in made:
            api.close()


@pytest.fixture
def api(make: Callable[..., Api]) -> Api:
    return make()


@pytest.fixture
def sign() -> Callable[..., str]:
    return signed


@pytest.fixture
def client_settings() -> dict[str, Any]:
    return {"clients": (Client("kiosk", "s3cret:%", frozenset(ALL.split())),)}


@pytest.fixture
def body() -> dict[str, Any]:
    return {
        "status": "IN_PROGRESS",
        "enrollmentType": "citizen",
        "enrollmentFlags": [{"timeout": 3600, "other": "x"}],
        "requestData": [{"requestType": "IDCARD_ISSUANCE", "deliveryPlace": "paris"}],
        "biographicData": {"firstName": "john", "dateOfBirth": "1985-11-30", "height": 1.5, "twin": False},
        "biometricData": [{"biometricType": "FINGER", "image": "c3RyaW5n", "captureDate": "2020-07-01"}],
        "documentData": [
            {"documentType": "ID_CARD", "parts": [{"pages": [1], "dataRef": "https://a.example/1"}]}
        ],
    }
