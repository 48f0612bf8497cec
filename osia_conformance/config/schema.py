"""The keys of `conformance.toml`: which there are, how each is read, and which belong together.

What reads or checks raises ConfigurationError, with one sentence that names the key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from osia_conformance.config import tables, values
from osia_conformance.config.run_options import RUN_OPTIONS, Reader
from osia_conformance.config.settings import AuthSettings, ClientSettings, Product, TargetSettings
from osia_conformance.config.values import Place
from osia_conformance.support.secrets import SecretReference

TABLES = ("product", "target", "auth", "profile", "read-only")
WAIVERS = "waiver"
SCOPES = ("enroll.read", "enroll.write", "enroll.buf.read", "enroll.buf.write")
METHODS = ("none", "static", "jwt", "client-credentials")
FAMILIES = ("HS", "RS", "ES", "PS")
ALGORITHMS = (*(f"{family}{bits}" for family in FAMILIES for bits in (256, 384, 512)), "EdDSA")
CLIENT_AUTHS = ("basic", "post", "private_key_jwt", "mtls")

PRODUCT: Mapping[str, Reader] = dict.fromkeys(("vendor", "name", "version", "build", "environment"), values.any_text)

TARGET_SCALARS = {option.name: option.read for option in RUN_OPTIONS if option.part == "target"}
TARGET: Mapping[str, Reader] = {
    **TARGET_SCALARS,
    "headers": tables.header_values,
    "query": tables.query_values,
}

_CLAIMS_OF_THE_SUITE = {
    "iss": "use issuer",
    "aud": "use audience",
    "iat": "remove it",
    "nbf": "remove it",
    "jti": "remove it",
    "exp": "use lifetime",
}
_HEADERS_OF_THE_SUITE = {"alg": "use algorithm", "kid": "use kid"}

CLIENT: Mapping[str, Reader] = {
    "client-id": values.text,
    "client-secret": values.reference,
    "client-auth": values.choice(*CLIENT_AUTHS),
    "key": values.reference,
    "algorithm": values.choice(*ALGORITHMS),
    "kid": values.text,
    "audience": values.texts,
    "resource": values.texts,
}

_OF_METHOD: Mapping[str, frozenset[str]] = {
    "none": frozenset(),
    "static": frozenset({"tokens", "scope-claim"}),
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
    "client-credentials": frozenset({*CLIENT, "token-url", "clients", "tokens", "scope-claim"}),
}
_KEPT_TOKENS = ("expired", "not-yet-valid")
_BESIDE_CLIENTS = ("none", *_KEPT_TOKENS)
"""Tokens that a token endpoint may not be able to give."""


def read_keys(given: Mapping[str, Any], place: Place, readers: Mapping[str, Reader]) -> dict[str, Any]:
    """Return the members of a table, read; raise ConfigurationError for a key without a reader."""
    read = {}
    for key, value in given.items():
        if key not in readers:
            raise unknown(key, place, readers)
        read[key.replace("-", "_")] = readers[key](value, place.under(key))
    return read


def unknown(key: str, place: Place, valid: Mapping[str, Any] | tuple[str, ...]) -> Exception:
    """Return the error for a key that is not known here."""
    where = f"the table [{place.key}]" if place.key else "the file"
    return place.under(key).error(f"is not a key of {where}; the nearest valid one is {values.nearest(key, valid)}.")


def read_product(value: Any, place: Place) -> Product:
    """Read [product]."""
    return Product(**read_keys(values.table(value, place), place, PRODUCT))


def read_target(value: Any, place: Place) -> dict[str, Any]:
    """Read [target] into members of TargetSettings; `check_target` says what belongs together once options are in."""
    return read_keys(values.table(value, place), place, TARGET)


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


def combination(name: str, place: Place, words: tuple[str, ...]) -> str:
    """Return a scope combination in its one spelling, or one of `words` as it is."""
    scopes = name.split()
    if name in words:
        return name
    if not scopes:
        raise place.under(name).error("names no scope.")
    for scope in scopes:
        if scope not in SCOPES:
            raise unknown(name if len(scopes) == 1 else scope, place, (*SCOPES, *words))
    return " ".join(sorted(set(scopes)))


def _combinations(value: Any, place: Place, words: tuple[str, ...], read: Reader) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, item in values.table(value, place).items():
        key = combination(name, place, words)
        if key in found:
            raise place.under(name).error("is given twice, with its scopes in another order.")
        found[key] = read(item, place.under(name))
    return found


def _read_tokens(value: Any, place: Place) -> dict[str, SecretReference]:
    return _combinations(value, place, ("none", *_KEPT_TOKENS), values.reference)


def _read_clients(value: Any, place: Place) -> dict[str, ClientSettings]:
    def read(item: Any, here: Place) -> ClientSettings:
        return ClientSettings(**read_keys(values.table(item, here), here, CLIENT))

    return _combinations(value, place, ("none",), read)


_AUTH: Mapping[str, Reader] = {
    **CLIENT,
    "method": values.choice(*METHODS),
    "issuer": values.text,
    "scope-claim": values.text,
    "scope-format": values.choice("string", "list"),
    "lifetime": values.number(5),
    "claims": tables.json_table(_CLAIMS_OF_THE_SUITE),
    "jwt-header": tables.json_table(_HEADERS_OF_THE_SUITE),
    "tokens": _read_tokens,
    "token-url": values.token_url,
    "clients": _read_clients,
}


def _check_none(auth: AuthSettings, place: Place) -> None:
    """Nothing belongs to the method "none"."""


def _check_static(auth: AuthSettings, place: Place) -> None:
    if not set(auth.tokens) - {"none", *_KEPT_TOKENS}:
        raise place.under("tokens").error('needs a token for a scope, such as "enroll.read" = "env:NAME".')


def _check_jwt(auth: AuthSettings, place: Place) -> None:
    if auth.algorithm is None:
        raise place.under("algorithm").error("is missing; the target's algorithm, such as HS256, is needed.")
    if auth.key is None:
        raise place.under("key").error("is missing; it must be env:NAME or file:PATH.")
    if auth.scope_claim in {*_CLAIMS_OF_THE_SUITE, *auth.claims}:
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
    members = ("client_id", "client_secret", "client_auth", "key", "algorithm", "kid", "audience", "resource")
    return ClientSettings(**{member: getattr(own, member) or getattr(auth, member) for member in members})


_CHECKS: Mapping[str, Callable[[AuthSettings, Place], None]] = {
    "none": _check_none,
    "static": _check_static,
    "jwt": _check_jwt,
    "client-credentials": _check_clients,
}
