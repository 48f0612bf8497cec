"""Secrets that tests look for, servers that repeat them, and the search for them in all that a run writes or says."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.requests import Request

from osia_reference.app import Server
from osia_reference.replies import Reply
from tests.harness.judging import KEY

WORD = "kanarie"


API_KEY = f'{WORD}-api-key/+"&<\\1234567890'


TENANT = f"{WORD} tenant=?&+/%"


LITERAL = f"{WORD}-literal-token-value"


CLIENT_SECRET = f"{WORD}-client-secret%/:+ x"


BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")


NO_BASE64URL = re.compile(rb"[^a-z0-9_-]+")


HEXADECIMAL = re.compile(rb"[0-9a-f]{40,}")


def echoed(request: Request) -> str:
    """Return all that a request told, in several spellings."""
    headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host",)}
    told = [*headers.values(), str(request.url), *request.query_params.values()]
    spellings = (json.dumps(told), json.dumps(told, ensure_ascii=False), base64.b64encode(" ".join(told).encode()))
    return " ".join(text.decode() if isinstance(text, bytes) else text for text in spellings)


class Echoes(Server):
    """Repeats the headers and the query of a request in every answer, and in its refusals."""

    tokens_seen: list[str]

    async def respond(self, request: Request) -> Reply:
        self.tokens_seen = [*getattr(self, "tokens_seen", []), request.headers.get("authorization", "")]
        reply = await super().respond(request)
        told = echoed(request)
        reply.headers |= {"X-Echo": told.encode("ascii", "backslashreplace").decode()[:4000]}
        token = self.tokens_seen[-1].removeprefix("Bearer ")
        if re.fullmatch(r"[A-Za-z0-9._-]+", token):
            # In a name, in a name of the other case, in hexadecimal, and escaped.
            hidden = {token: "1", f"X-{token.swapcase()}": "2", "X-Hex": token.encode().hex()}
            reply.headers |= {**hidden, "X-Escaped": "".join(f"%{ord(one):02x}" for one in token)}
        if isinstance(reply.body, dict) and "access_token" not in reply.body:
            reply.body = {**reply.body, "message": told, "debug": {"request": told}}
            if reply.status >= 400:
                reply.body["code"] = told
        return reply


def pieces(directory: Path, *said: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a report and all that was said, each also with its base64 decoded that no other has."""
    seen: set[bytes] = set()
    for name, data in [
        *((str(path), path.read_bytes()) for path in sorted(directory.rglob("*")) if path.is_file()),
        *((f"output {number}", text.encode()) for number, text in enumerate(said)),
        *((str(path), path.name.encode()) for path in directory.rglob("*")),
    ]:
        yield name, data
        new = set(BASE64.findall(data)) - seen
        seen |= new
        # No secret holds a line break, so none is found where two texts meet.
        yield f"{name} (base64)", b"\n".join(map(decoded, new))


def decoded(text: bytes) -> bytes:
    """Return what base64 text holds, at each of its four alignments."""
    plain = text.translate(bytes.maketrans(b"-_", b"+/"))
    return b" ".join(base64.b64decode(padded(plain[at:])) for at in range(4))


def padded(text: bytes) -> bytes:
    """Return base64 text without a character that ends no byte, and with its padding."""
    whole = text[:-1] if len(text) % 4 == 1 else text
    return whole + b"=" * (-len(whole) % 4)


def leaks(directory: Path, done: Any, *tokens: str) -> list[str]:
    """Return where the word of the canaries, or one of the tokens, is found."""
    found = []
    signatures = {token.lower().rpartition(".")[2].encode() for token in tokens}
    for name, data in pieces(directory, done.stdout, done.stderr):
        lower = data.lower()
        found += [f"{WORD} in {name}"] if WORD.encode() in lower else []
        found += [f"a token in {name}"] if signatures and not signatures.isdisjoint(words(lower)) else []
    return sorted(set(found))


def key_leaks(directory: Path, done: Any, pem: str) -> list[str]:
    """Return where a line of a private key is found."""
    lines = [line.encode() for line in lines_of(pem)]
    found = pieces(directory, done.stdout, done.stderr)
    return sorted({f"a key in {name}" for name, data in found if any(line in data for line in lines)})


def words(lower: bytes) -> Iterator[bytes]:
    """Yield what may be a signature of a token in data of lower case: as it stands, in hexadecimal, and escaped."""
    yield from NO_BASE64URL.split(lower)
    for match in HEXADECIMAL.finditer(lower):
        for shift in (0, 1):
            run = match.group()[shift:]
            yield from NO_BASE64URL.split(bytes.fromhex(run[: len(run) // 2 * 2].decode()).lower())
    if b"%" in lower:
        yield from NO_BASE64URL.split(unquote_to_bytes(lower).lower())


def tokens_of(app: Server) -> list[str]:
    """Return the tokens that a server was sent, made-up ones left out."""
    sent = {value.removeprefix("Bearer ") for value in getattr(app, "tokens_seen", [])}
    return [token for token in sent if token.count(".") == 2 and token.rpartition(".")[2]]


def lines_of(pem: str) -> list[str]:
    """Return the lines of a PEM file that hold the key."""
    return [line for line in pem.splitlines() if not line.startswith("-----")]


def private_pem(password: str = "") -> str:
    """Return a new EC key as PEM, under a password if there is one."""
    return as_pem(ec.generate_private_key(ec.SECP256R1()), password)


def encrypted(issued: trustme.LeafCert, password: str) -> str:
    """Return the key of a certificate as PEM under a password."""
    return as_pem(serialization.load_pem_private_key(issued.private_key_pem.bytes(), None), password)


def as_pem(key: Any, password: str) -> str:
    """Return a private key as PEM, under a password if there is one."""
    way = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
    data: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, way)
    return data.decode()


SECRET_TABLES = f"""
[target.headers]
X-Api-Key = "env:API_KEY"
X-Session-Token = "{LITERAL}"
[target.query]


tenant = "env:TENANT"
"""


ENV = {"API_KEY": API_KEY, "TENANT": TENANT, "OSIA_JWT_KEY": f"{WORD}-{KEY}"}
