"""A conformance.toml to begin with, commented."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answers:
    """What `init` was told; `profile` holds the keys of [profile] as TOML values, `key` is a secret reference."""

    url: str
    interface_version: str
    vendor: str = ""
    name: str = ""
    method: str = "none"
    key: str = "env:OSIA_JWT_KEY"
    profile: Mapping[str, str] = field(default_factory=dict)


_AUTH = {
    "none": ["# no token is sent; the other methods: jwt, static, client-credentials"],
    "jwt": [
        'algorithm = "HS256"                # how the target\'s tokens are signed: HS, RS, ES, PS, EdDSA',
        "key = {key}          # env:NAME or file:PATH, never the key itself",
        '# issuer = "https://issuer.example.org"',
        '# audience = "enrollment"',
    ],
    "static": [
        "[auth.tokens]                      # env:NAME or file:PATH, never the token itself",
        '"enroll.read" = "env:OSIA_TOKEN_READ"',
        '"enroll.write" = "env:OSIA_TOKEN_WRITE"',
        '"enroll.buf.read" = "env:OSIA_TOKEN_BUFFER_READ"',
        '"enroll.buf.write" = "env:OSIA_TOKEN_BUFFER_WRITE"',
    ],
    "client-credentials": [
        'token-url = "https://issuer.example.org/token"',
        'client-id = "conformance"',
        'client-secret = "env:OSIA_CLIENT_SECRET"',
        '# client-auth = "basic"            # or post, private_key_jwt, mtls',
    ],
}


def conformance_toml(answers: Answers) -> str:
    """Return the text of a configuration for these answers."""
    quoted = json.dumps
    lines = [
        "# What is judged, and how it is reached. `osia-conformance config --schema` describes all keys.",
        "",
        "[product]                              # printed in every report",
        f"vendor = {quoted(answers.vendor)}",
        f"name = {quoted(answers.name)}",
        '# version = "1.0"',
        "",
        "[target]",
        f"url = {quoted(answers.url)}     # what stands before /v1/...",
        f"interface-version = {quoted(answers.interface_version)}",
        "# timeout = 10                         # seconds that one call may take",
        '# ca-file = "ca.pem"                   # a private CA',
        "",
        "[auth]",
        f"method = {quoted(answers.method)}",
        *(line.replace("{key}", quoted(answers.key)) for line in _AUTH[answers.method]),
    ]
    if answers.profile:
        lines += ["", "[profile]                              # what the server accepts"]
        lines += [f"{name} = {value}" for name, value in answers.profile.items()]
    return "\n".join(lines) + "\n"
