"""[auth.scope-names]: what an endpoint is asked for, and what a token holds then, in the standard's names."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.config.settings import ClientSettings
from osia_conformance.support.secrets import SecretReference
from tests.unit.auth.endpoint import ENVIRON, Endpoint, client
from tests.unit.auth.issued import BOTH_JWT, READ, READ_JWT, WRITE, made

OWN = {"enroll.read": "api:read", "enroll.write": "api:write api:base"}
SHARED = {"enroll.read": "api://x/.default", "enroll.write": "api://x/.default"}
NOTHING = {"enroll.read": "", "enroll.write": " "}


@pytest.mark.parametrize(
    ("names", "wanted", "asked"),
    [
        (OWN, READ, ["api:read"]),
        (OWN, READ | WRITE, ["api:base api:read api:write"]),
        (OWN, READ | {"enroll.buf.read"}, ["api:read enroll.buf.read"]),
        (SHARED, READ | WRITE, ["api://x/.default"]),
        (NOTHING, READ | WRITE, None),
        (OWN, frozenset(), None),
    ],
)
def test_the_endpoint_is_asked_in_its_own_names(
    endpoint: Endpoint, names: dict[str, str], wanted: frozenset[str], asked: list[str] | None
) -> None:
    endpoint.answers(access_token="opaque-token-1")
    made(client(endpoint, scope_names=names), ENVIRON).valid(wanted)
    assert endpoint.form.get("scope") == asked


@pytest.mark.parametrize(
    ("names", "answer", "wanted", "held"),
    [
        (OWN, {}, READ, READ),
        (OWN, {}, READ | WRITE, READ | WRITE),
        (OWN, {"scope": "api:read"}, READ, READ),
        (OWN, {"scope": "enroll.read"}, READ, READ),
        (OWN, {"scope": "api:read api:write api:base"}, READ, READ | WRITE),
        (OWN, {"scope": "api:read api:write"}, READ, READ | {"api:write"}),
        (OWN, {"access_token": BOTH_JWT}, READ, READ | WRITE),
        (OWN, {"access_token": READ_JWT, "scope": "api:write api:base"}, WRITE, READ | WRITE),
        (SHARED, {}, READ, None),
        (SHARED, {"scope": "api://x/.default"}, READ, None),
        (SHARED, {"access_token": READ_JWT, "scope": "api://x/.default"}, READ, READ),
        (SHARED, {"access_token": BOTH_JWT}, READ, READ | WRITE),
        (NOTHING, {}, READ, None),
        (NOTHING, {}, READ | {"enroll.buf.read"}, None),
        (NOTHING, {"scope": "enroll.read"}, READ, READ),
        (NOTHING, {"access_token": READ_JWT}, READ, READ),
    ],
)
def test_what_a_token_holds_is_told_in_the_names_of_the_standard(
    endpoint: Endpoint,
    names: dict[str, str],
    answer: dict[str, Any],
    wanted: frozenset[str],
    held: frozenset[str] | None,
) -> None:
    endpoint.answers(**{"access_token": "opaque-token-1", **answer})
    assert made(client(endpoint, scope_names=names), ENVIRON).valid(wanted).scopes == held


def test_the_names_hold_for_a_client_of_its_own(endpoint: Endpoint) -> None:
    endpoint.answers(access_token="opaque-token-1", scope="api:read")
    clients = {"enroll.read": ClientSettings("reader", SecretReference("env:OTHER"))}
    source = made(client(endpoint, clients=clients, scope_names=OWN), ENVIRON)
    assert source.valid(READ).scopes == READ
    assert endpoint.form["scope"] == ["api:read"]
