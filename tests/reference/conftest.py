"""A reference server in memory and a caller for it, one event loop a test."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import yaml
from joserfc import jwt
from joserfc.jwk import OctKey
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from osia_reference import Client, Server, ServerSettings, create_app
from tests.harness.interface_versions import JUDGED

SPECIFICATIONS = Path(__file__).parents[2] / "specs" / "enrollment"
ONE = "/v1/enrollments/{enrollmentId}"
FREE = {("1.0.0", "post", ONE, "409"), ("1.0.0", "delete", ONE, "404")}
"""Codes for what 1.0.0 documents none for: an id that is taken, and deleting what is unknown."""
FORMATS = FormatChecker(formats=["date", "date-time"])
KEY = "a secret of the tests, long enough for HS512: " + "x" * 32
ALL = "enroll.read enroll.write enroll.buf.read enroll.buf.write"


def signed(**claims: Any) -> str:
    """Return a JWT with all scopes that ends in an hour, unless `claims` say otherwise (None: left out)."""
    merged = {"exp": int(time.time()) + 3600, "scope": ALL} | claims
    kept = {name: value for name, value in merged.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, kept, OctKey.import_key(KEY))


def specification(version: str) -> Path:
    return SPECIFICATIONS / version / "openapi.yaml"


class Contract:
    """One OpenAPI file as what each answer must fit."""

    undocumented = frozenset({401, 405, 413, 415})
    """Codes that HTTP defines for the situation."""

    def __init__(self, version: str) -> None:
        document = yaml.safe_load(specification(version).read_text("utf-8"))
        if version == "1.0.0":
            # "Can be extended", says the standard's text of this list.
            del document["components"]["schemas"]["DocumentType"]["enum"]
        resource = DRAFT202012.create_resource(document)
        self._registry: Registry[Any] = Registry().with_resource("urn:interface", resource)
        self._resolver = self._registry.resolver("urn:interface")
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path, item) for path, item in document["paths"].items()
        ]
        self._version = version

    def check(self, response: httpx.Response) -> None:
        """Assert that an answer has a documented code, media type and body."""
        sent = response.request
        raw = sent.url.raw_path.partition(b"?")[0].decode("ascii")
        found = [(path, item) for pattern, path, item in self._paths if pattern.fullmatch(raw)]
        if not found or sent.method.lower() not in found[0][1] or response.status_code in self.undocumented:
            return
        path, item = found[0]
        method, status = sent.method.lower(), str(response.status_code)
        if (self._version, method, path, status) in FREE:
            return
        assert status in item[method]["responses"], f"{method} {path} answers {status} in {self._version}"
        answer, pointer = self._followed(
            item[method]["responses"][status], f"/paths/{pointed(path)}/{method}/responses/{status}"
        )
        content = answer.get("content")
        if content is None:
            assert status != "204" or (response.content, response.headers.get("content-type")) == (b"", None)
            return
        kind = response.headers["content-type"].partition(";")[0].lower()
        assert any(fnmatchcase(kind, each) for each in content), f"{kind} is none of {list(content)}"
        if "application/json" in content and "attributes" not in sent.url.params:
            schema = {"$ref": f"urn:interface#{pointer}/content/application~1json/schema"}
            Draft202012Validator(schema, registry=self._registry, format_checker=FORMATS).validate(response.json())

    def _followed(self, node: dict[str, Any], pointer: str) -> tuple[dict[str, Any], str]:
        if "$ref" not in node:
            return node, pointer
        return self._resolver.lookup(node["$ref"]).contents, node["$ref"].removeprefix("#")


def pointed(name: str) -> str:
    """Return a name as part of a JSON pointer in a URI."""
    return quote(name.replace("~", "~0").replace("/", "~1"), safe="~")


@cache
def contract(version: str) -> Contract:
    return Contract(version)


class Api:
    """Calls one server; every call carries a good token and a transactionId unless told otherwise.

    Each answer is held to the version's OpenAPI file.
    """

    def __init__(self, app: Server, runner: asyncio.Runner) -> None:
        self.app = app
        self.contract = contract(app.settings.interface_version)
        self.token: str | None = signed()
        self._runner = runner
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reference")

    def __call__(self, method: str, path: str, *, transaction: bool = True, **sent: Any) -> httpx.Response:
        query = {"transactionId": "t"} if transaction else {}
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent["params"] = query | sent.get("params", {})
        sent["headers"] = headers | sent.get("headers", {})
        response = self._runner.run(self._client.request(method, path, **sent))
        self.contract.check(response)
        return response

    def create(self, enrollment_id: str, body: Any, **params: Any) -> None:
        response = self("POST", f"/v1/enrollments/{enrollment_id}", json=body, params=params)
        assert response.status_code == self.app.specification.operations["createEnrollment"].success

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
            version = settings.get("interface_version", "1.0.0")
            file = specification(version if version in JUDGED else "1.0.0")
            given: dict[str, Any] = {"specification": file, "jwt_key": KEY} | settings
            made.append(Api(create_app(ServerSettings(**given), **(parts or {})), runner))
            return made[-1]

        yield build
        for api in made:
            api.close()


@pytest.fixture
def api(make: Callable[..., Api]) -> Api:
    return make()


@pytest.fixture(params=JUDGED)
def version(request: pytest.FixtureRequest) -> str:
    """Each version in turn, unless a test names its own."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def any_api(make: Callable[..., Api], version: str) -> Api:
    return make(interface_version=version)


@pytest.fixture
def any_body(body: dict[str, Any], version: str) -> dict[str, Any]:
    """The body in the shape of the version."""
    if version == "1.0.0":
        return body
    del body["status"]
    body["contextualData"] = {"enrollmentDate": "2019-01-11"}
    if version != "1.1.0":
        body["enrollmentFlags"], body["requestData"] = body["enrollmentFlags"][0], body["requestData"][0]
        body["biometricData"][0]["captureDate"] = "2020-07-01T12:00:00+01:00"
    return body


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
        "documentData": [{"documentType": "ID_CARD", "parts": [{"pages": [1], "dataRef": "https://a.example/1"}]}],
    }
