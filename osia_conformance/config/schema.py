"""The keys of `conformance.toml`: which there are, how each is read, and which belong together.

What reads or checks raises ConfigurationError, with one sentence that names the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from osia_conformance.config import values
from osia_conformance.config.auth_settings import (
    ALGORITHMS,
    CLAIMS_OF_THE_SUITE,
    CLIENT_AUTHS,
    KEPT_TOKENS,
    METHODS,
    AuthSettings,
    ClientSettings,
)
from osia_conformance.config.keys import read_keys, readers_of, unknown
from osia_conformance.config.places import Place
from osia_conformance.config.target_settings import TargetSettings
from osia_conformance.standard.operations import SCOPES

__all__ = ["ALGORITHMS", "CLIENT_AUTHS", "METHODS", "SCOPES", "TABLES", "WAIVERS"]

TABLES = ("product", "target", "auth", "profile", "report", "read-only")
WAIVERS = "waiver"

_CLIENT = readers_of(ClientSettings)
_AUTH = readers_of(AuthSettings)

_OF_METHOD: Mapping[str, frozenset[str]] = {
    "none": frozenset(),
    "static": frozenset({"tokens", "token-command", "scope-claim"}),
    "jwt": frozenset(
        (
            "algorithm",
            "key",
            "issuer",
            "audience",
            "kid",
            "scope-claim",
            "scope-format",
            "lifetime",
            "claims",
            "jwt-header",
        )
    ),
    "client-credentials": frozenset(
        {*_CLIENT, "token-url", "clients", "tokens", "scope-claim", "parameters", "scope-names"}
    ),
}
_BESIDE_CLIENTS = ("none", *KEPT_TOKENS)
"""Tokens that a token endpoint may not be able to give."""


def check_target(target: TargetSettings, place: Place) -> None:
    """Check what belongs together in [target]."""
    if target.client_key and not target.client_cert:
        raise place.under("client-key").error("needs client-cert beside it.")
    if target.client_key_password and not target.client_cert:
        raise place.under("client-key-password").error("needs client-cert and client-key beside it.")


def read_auth(value: Any, place: Place) -> AuthSettings:
    """Read [auth] and check that its keys belong to its method."""
    given = values.table(value, place)
    if not given:
        return AuthSettings()
    if "method" not in given:
        raise place.under("method").error(f"is missing; it must be one of {', '.join(METHODS)}.")
    method = values.choice(*METHODS)(given["method"], place.under("method"))
    _check_keys(given, method, place)
    auth = AuthSettings(**read_keys(given, place, _AUTH))
    _CHECKS[method](auth, place)
    return auth


def _check_keys(given: Mapping[str, Any], method: str, place: Place) -> None:
    for key in given:
        if key not in _AUTH:
            raise unknown(key, place, _AUTH)
        if key != "method" and key not in _OF_METHOD[method]:
            owners = [name for name in METHODS if key in _OF_METHOD[name]]
            raise place.under(key).error(
                f'does not belong to the method "{method}" but to {" and ".join(owners)}; remove it.'
            )


def _check_none(auth: AuthSettings, place: Place) -> None:
    """Nothing belongs to the method "none"."""


def _check_static(auth: AuthSettings, place: Place) -> None:
    if auth.token_command:
        return
    if not set(auth.tokens) - {"none", *KEPT_TOKENS}:
        raise place.under("tokens").error('needs a token for a scope, such as "enroll.read" = "env:NAME".')


def _check_jwt(auth: AuthSettings, place: Place) -> None:
    if auth.algorithm is None:
        raise place.under("algorithm").error("is missing; the target's algorithm, such as HS256, is needed.")
    if auth.key is None:
        raise place.under("key").error("is missing; it must be env:NAME or file:PATH.")
    if auth.scope_claim in {*CLAIMS_OF_THE_SUITE, *auth.claims}:
        raise place.under("scope-claim").error("names a claim that is set to something else.")


def _check_clients(auth: AuthSettings, place: Place) -> None:
    if auth.token_url is None:
        raise place.under("token-url").error("is missing; it is where the tokens come from.")
    for name in auth.tokens:
        if name not in _BESIDE_CLIENTS:
            raise unknown(name, place.under("tokens"), _BESIDE_CLIENTS)
    if auth.client_id is None and not auth.clients:
        raise place.under("client-id").error("is missing.")
    if auth.client_id is not None:
        _check_client(client_for(auth, None), place)
    for name in auth.clients:
        _check_client(client_for(auth, name), place.under("clients").under(name))


def _check_client(client: ClientSettings, place: Place) -> None:
    if client.client_id is None:
        raise place.under("client-id").error("is missing.")
    if client.client_auth in {"basic", "post"} and client.client_secret is None:
        raise place.under("client-secret").error(f'is missing; client-auth "{client.client_auth}" needs it.')
    if client.client_auth != "private_key_jwt":
        return
    for key, value in (("key", client.key), ("algorithm", client.algorithm)):
        if value is None:
            raise place.under(key).error('is missing; client-auth "private_key_jwt" needs it.')


def client_for(auth: AuthSettings, name: str | None) -> ClientSettings:
    """Return the client of scope combination `name` (None: [auth]'s own); what it leaves out is [auth]'s."""
    own = auth.clients[name] if name is not None else ClientSettings()
    members = [name.replace("-", "_") for name in _CLIENT]
    return ClientSettings(**{member: getattr(own, member) or getattr(auth, member) for member in members})


_CHECKS: Mapping[str, Callable[[AuthSettings, Place], None]] = {
    "none": _check_none,
    "static": _check_static,
    "jwt": _check_jwt,
    "client-credentials": _check_clients,
}
