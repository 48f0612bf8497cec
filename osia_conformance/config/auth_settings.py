"""[auth]: how bearer tokens are had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta

from osia_conformance.config import scopes, tables, values
from osia_conformance.config.keys import Key, table_of
from osia_conformance.config.target_settings import Value
from osia_conformance.support.secrets import SecretReference

Method = Literal["none", "static", "jwt", "client-credentials"]
ClientAuth = Literal["basic", "post", "private_key_jwt", "mtls"]
ScopeFormat = Literal["string", "list"]

METHODS: tuple[str, ...] = get_args(Method)
CLIENT_AUTHS: tuple[str, ...] = get_args(ClientAuth)
FAMILIES = ("HS", "RS", "ES", "PS")
ALGORITHMS = (*(f"{family}{bits}" for family in FAMILIES for bits in (256, 384, 512)), "EdDSA")
KEPT_TOKENS = ("expired", "not-yet-valid")

CLAIMS_OF_THE_SUITE = {
    "iss": "use issuer",
    "aud": "use audience",
    "iat": "remove it",
    "nbf": "remove it",
    "jti": "remove it",
    "exp": "use lifetime",
}
HEADERS_OF_THE_SUITE = {"alg": "use algorithm", "kid": "use kid"}

_SEVERAL: dict[str, Any] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}
_SECRET = Key(values.reference)
_NAME = Key(values.text)
_ALGORITHM = Key(values.choice(*ALGORITHMS))
_SEVERAL_NAMES = Key(values.texts)
_COMMAND = Key(values.command)


# What [auth] and its clients have alike.
_ClientId = Annotated[str | None, _NAME, Meta(description="the client's id")]
_ClientSecret = Annotated[SecretReference | None, _SECRET, Meta(description="its secret, for basic and post")]
_Resource = Annotated[
    tuple[str, ...], _SEVERAL_NAMES, Meta(description="resource (RFC 8707)", extra_json_schema=_SEVERAL)
]
_AssertionAudience = Annotated[
    str | None, _NAME, Meta(description="aud of the client's assertion; default: the token URL")
]


@dataclass(frozen=True)
class ClientSettings:
    """One OAuth 2.0 client of its own for a scope combination; what is None comes from [auth]."""

    client_id: _ClientId = None
    client_secret: _ClientSecret = None
    client_auth: Annotated[
        ClientAuth | None, Key(values.choice(*CLIENT_AUTHS)), Meta(description="how it authenticates")
    ] = None
    key: Annotated[SecretReference | None, _SECRET, Meta(description="the key of private_key_jwt")] = None
    algorithm: Annotated[str | None, _ALGORITHM, Meta(description="the algorithm of that key")] = None
    kid: Annotated[str | None, _NAME, Meta(description="the id of that key")] = None
    audience: Annotated[
        tuple[str, ...], _SEVERAL_NAMES, Meta(description="audience of the token request", extra_json_schema=_SEVERAL)
    ] = ()
    resource: _Resource = ()
    assertion_audience: _AssertionAudience = None


@dataclass(frozen=True)
class AuthSettings:
    """How bearer tokens are had; each method uses the members that its documentation names.

    `lifetime` is seconds. `tokens` and `clients` go by scope combination, its scopes sorted and joined by
    one space; "none", "expired" and "not-yet-valid" are names of their own. `scope_names` says what the token
    endpoint is asked for instead of a scope ("": nothing), `parameters` what its form has besides.
    `token_command` is a program and its arguments that prints a token; "{scope}" in an argument stands for the scopes.
    """

    method: Annotated[Method, Key(values.choice(*METHODS)), Meta(description="how tokens are had")] = "none"
    algorithm: Annotated[str | None, _ALGORITHM, Meta(description="jwt: how the target's tokens are signed")] = None
    key: Annotated[SecretReference | None, _SECRET, Meta(description="jwt: the key that signs them")] = None
    issuer: Annotated[str | None, _NAME, Meta(description="jwt: the claim iss")] = None
    audience: Annotated[
        tuple[str, ...],
        _SEVERAL_NAMES,
        Meta(description="the claim aud, or the audience of a token request", extra_json_schema=_SEVERAL),
    ] = ()
    kid: Annotated[str | None, _NAME, Meta(description="jwt: the id of the key")] = None
    scope_claim: Annotated[str, _NAME, Meta(description="the claim that holds the scopes")] = "scope"
    scope_format: Annotated[
        ScopeFormat, Key(values.choice(*get_args(ScopeFormat))), Meta(description="jwt: how that claim lists them")
    ] = "string"
    lifetime: Annotated[float, Key(values.number(5)), Meta(ge=5, description="jwt: seconds that a token is valid")] = (
        300.0
    )
    claims: Annotated[
        Mapping[str, Any], Key(tables.json_table(CLAIMS_OF_THE_SUITE)), Meta(description="jwt: more claims")
    ] = field(default_factory=dict)
    jwt_header: Annotated[
        Mapping[str, Any], Key(tables.json_table(HEADERS_OF_THE_SUITE)), Meta(description="jwt: more header members")
    ] = field(default_factory=dict)
    tokens: Annotated[
        Mapping[str, SecretReference],
        Key(scopes.by_combination(values.reference, ("none", *KEPT_TOKENS))),
        Meta(description='tokens by scopes, such as "enroll.read enroll.write", and none, expired, not-yet-valid'),
    ] = field(default_factory=dict)
    token_command: Annotated[
        tuple[str, ...],
        _COMMAND,
        Meta(description='static: a program and its arguments that prints a token; "{scope}" stands for the scopes'),
    ] = ()
    token_url: Annotated[
        str | None, Key(values.token_url), Meta(description="client-credentials: the token endpoint")
    ] = None
    client_id: _ClientId = None
    client_secret: _ClientSecret = None
    client_auth: Annotated[
        ClientAuth, Key(values.choice(*CLIENT_AUTHS)), Meta(description="how the client authenticates")
    ] = "basic"
    resource: _Resource = ()
    assertion_audience: _AssertionAudience = None
    parameters: Annotated[
        Mapping[str, Value],
        Key(tables.form_values),
        Meta(description="more form parameters of the token request: values, or env:NAME, or file:PATH"),
    ] = field(default_factory=dict)
    scope_names: Annotated[
        Mapping[str, str],
        Key(scopes.names),
        Meta(description='what the token endpoint is asked for instead of a scope ("": nothing)'),
    ] = field(default_factory=dict)
    clients: Annotated[
        Mapping[str, ClientSettings],
        Key(scopes.by_combination(table_of(ClientSettings), ("none",))),
        Meta(description="clients of their own by scopes, where one client cannot narrow its scopes"),
    ] = field(default_factory=dict)
