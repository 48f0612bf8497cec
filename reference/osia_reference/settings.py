"""What an operator decides about one reference server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

MEBIBYTE = 1024 * 1024
JWT: Final = "jwt"
OPAQUE: Final = "opaque"


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the token endpoint and the scopes it may be granted (RFC 6749, 2)."""

    client_id: str
    secret: str = field(repr=False)
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Settings of one server; sizes are bytes, lifetimes seconds.

    `specification` is the OpenAPI file of `interface_version`. `database` is an SQLite file; None keeps all
    in memory. `auth` "none" asks for no token. `jwt_key` is a secret (HS*), a PEM key, a JWK or a JWK set,
    private where the token endpoint issues JWTs. `issuer` and `audience` are checked where they are given.
    `token_format` is what the token endpoint issues, and the only kind accepted.
    """

    specification: Path
    interface_version: str = "1.0.0"
    database: Path | None = None
    auth: Literal["bearer", "none"] = "bearer"
    token_format: Literal["jwt", "opaque"] = JWT
    jwt_key: str | None = field(default=None, repr=False)
    jwt_algorithm: str = "HS256"
    issuer: str | None = None
    audience: str | None = None
    scope_claim: str = "scope"
    token_lifetime: int = 3600
    clients: tuple[Client, ...] = ()
    largest_json: int = 16 * MEBIBYTE
    largest_buffer: int = 64 * MEBIBYTE
