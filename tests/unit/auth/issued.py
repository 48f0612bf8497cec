"""Tokens for tests: sources made of settings, and what is in the tokens that they give."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import Key

from osia_conformance.auth import CannotIssue, Fault, Token, TokenSource, jwt_text, token_source
from osia_conformance.config.settings import AuthSettings, Settings, TargetSettings
from osia_conformance.support.secrets import Redactor

READ = frozenset({"enroll.read"})
WRITE = frozenset({"enroll.write"})
SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
NOW = 1_700_000_000.0
HOUR = 3600
EXPIRED_OR_EARLY = (Fault.EXPIRED, Fault.NOT_YET_VALID)


class AnyAlgorithm(jws.JWSRegistry):
    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def verified(token: str, key: Key) -> bool:
    registry = AnyAlgorithm(strict_check_header=False)
    compact = jws.extract_compact(token.encode(), registry=registry)
    return bool(jws.validate_compact(compact, key, registry=registry))


def stated(token: Token) -> jwt_text.Unverified:
    assert token.value is not None
    parsed = jwt_text.parse(token.value)
    assert parsed is not None
    return parsed


def jwt(claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
    body = jwt_text.unsigned(header or {}, claims)
    return body.replace(body.split(".")[0], segment({"alg": "RS256", **(header or {})}), 1) + "c2lnbmF0dXJl"


def segment(members: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


READ_JWT = jwt({"scope": "enroll.read", "exp": NOW + HOUR})
BOTH_JWT = jwt({"scp": ["enroll.read", "enroll.write"], "exp": NOW + HOUR})


def made(
    auth: AuthSettings,
    environ: dict[str, str],
    clock: Callable[[], float] = lambda: NOW,
    target: TargetSettings | None = None,
    redactor: Redactor | None = None,
) -> TokenSource:
    settings = Settings(auth=auth, target=target or TargetSettings())
    return token_source(settings, redactor or Redactor(), clock, environ)


def refused(call: Callable[[], object]) -> CannotIssue:
    with pytest.raises(CannotIssue) as caught:
        call()
    assert str(caught.value).endswith(".")
    assert "\n" not in caught.value.reason
    return caught.value
