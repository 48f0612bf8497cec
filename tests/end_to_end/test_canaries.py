"""Secrets and strangers' records: looked for by canaries in everything that a run writes or says."""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from starlette.requests import Request

from osia_conformance.auth.signed import SignedTokens
from osia_conformance.config.settings import AuthSettings
from osia_conformance.standard.operations import SCOPES
from osia_conformance.standard.specification import load_specification
from osia_conformance.support.secrets import Redactor, SecretReference
from osia_conformance.target.enrollment.payloads import Payloads
from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from osia_reference.settings import Client
from tests.harness.judging import KEY, reference
from tests.harness.running import JWT, VERSION, Report, configured, ended, hosted, osia

WORD = "kanarie"
API_KEY = f'{WORD}-api-key/+"&<\\1234567890'
TENANT = f"{WORD} tenant=?&+/%"
LITERAL = f"{WORD}-literal-token-value"
CLIENT_SECRET = f"{WORD}-client-secret%/:+ x"
STRANGER = f"{WORD}Stranger"
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


class Indiscreet(Server):
    """Finds everybody, reads somebody else where there is nobody, and sends anybody's bytes."""

    async def find_enrollments(self, call: Call) -> Reply:
        await super().find_enrollments(call)
        everybody = list(self.enrollments.store.find([]))
        nameless = [{"biographicData": one["biographicData"]} for one in everybody if STRANGER in str(one)]
        return self.success(call, [*everybody, *nameless, f"{STRANGER} in words", [[f"{STRANGER}"]]])

    async def read_enrollment(self, call: Call) -> Reply:
        try:
            return await super().read_enrollment(call)
        except Refusal:
            return self.success(call, stranger(1))

    async def partial_update_enrollment(self, call: Call) -> Reply:
        await super().partial_update_enrollment(call)
        return self.success(call, stranger(1))

    async def get_buffer(self, call: Call) -> Reply:
        try:
            return await super().get_buffer(call)
        except Refusal:
            reply = self.success(call)
            reply.headers["Content-Type"] = "application/octet-stream"
            reply.stream = [STRANGER.encode(), b"\0", base64.b64encode(STRANGER.encode())]
            return reply


class ReadsLists(Indiscreet):
    """Answers a read with everybody, as XML every other time."""

    async def read_enrollment(self, call: Call) -> Reply:
        await super().read_enrollment(call)
        if "attributes" in call.request.query_params:
            reply = self.success(call)
            reply.headers["Content-Type"] = "application/xml"
            reply.stream = [f"<name>{STRANGER}</name>".encode()]
            return reply
        return self.success(call, [stranger(1), stranger(2)])


def stranger(number: int) -> dict[str, Any]:
    """Return a record that was there before the run."""
    body = Payloads(load_specification(VERSION)).canonical(f"{STRANGER}First")
    body["biographicData"] |= {"lastName": f"{STRANGER}Last", "email": f"{STRANGER}@example.org"}
    body["documentData"][0]["instance"] = f"{STRANGER}Document"
    return {**body, "enrollmentId": f"{STRANGER}-id-{number}"}


def populated(server: type[Server], **settings: Any) -> Server:
    """Return a server on which others keep records."""
    app = create_app(reference(**settings), server=server)
    for number in range(3):
        record = stranger(number)
        app.enrollments.create(record["enrollmentId"], {**record, "status": "IN_PROGRESS"})
    return app


def pieces(directory: Path, *said: str) -> Iterator[tuple[str, bytes]]:
    """Yield every file of a report and all that was said, each also with its base64 decoded."""
    for name, data in [
        *((str(path), path.read_bytes()) for path in sorted(directory.rglob("*")) if path.is_file()),
        *((f"output {number}", text.encode()) for number, text in enumerate(said)),
        *((str(path), path.name.encode()) for path in directory.rglob("*")),
    ]:
        yield name, data
        for match in BASE64.finditer(data):
            yield f"{name} (base64)", decoded(match.group())


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


def test_the_search_itself_finds_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text(f"a {STRANGER} b", "utf-8")
    for shift in range(3):
        (tmp_path / str(shift)).write_bytes(base64.b64encode(b"x" * shift + STRANGER.encode() + b"yz"))
    done = type("Done", (), {"stdout": "", "stderr": f"{WORD}!"})
    assert len(leaks(tmp_path, done)) == 5


TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImEifQ.Jm0LOt8-_2ylWb0nQ1ZJd0kXsI9Yq0mX"


@pytest.mark.parametrize(
    "hidden",
    [
        f"Bearer {TOKEN}",
        f"x-{TOKEN.swapcase()}: 2",
        f'"{TOKEN.encode().hex()}"',
        f"a{TOKEN.encode().hex().upper()}",
        "".join(f"%{ord(one):02x}" for one in TOKEN),
        base64.b64encode(f"xy{TOKEN}".encode()).decode(),
    ],
)
def test_the_search_finds_a_token_that_is_hidden(hidden: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(f"before {hidden} after", "utf-8")
    done = type("Done", (), {"stdout": "", "stderr": ""})
    assert leaks(tmp_path, done, TOKEN)
    assert leaks(tmp_path, done, TOKEN[:-1] + "z") == []


SECRET_TABLES = f"""
[target.headers]
X-Api-Key = "env:API_KEY"
X-Session-Token = "{LITERAL}"
[target.query]
tenant = "env:TENANT"
"""
ENV = {"API_KEY": API_KEY, "TENANT": TENANT, "OSIA_JWT_KEY": f"{WORD}-{KEY}"}


@pytest.mark.parametrize("workers", [1, 2])
def test_no_secret_is_told_by_a_target_that_repeats_them_all(workers: int, tmp_path: Path) -> None:
    app = create_app(reference(jwt_key=ENV["OSIA_JWT_KEY"]), server=Echoes)
    only = ("--only", "ENR-DONE", "ENR-READ", "ENR-ERROR", "ENR-FIND-01", "ENR-TOKEN", "ENR-ANSWER", "ENR-TXN")
    with hosted(app) as url:
        file = configured(tmp_path, url, SECRET_TABLES, JWT)
        arguments = ("--effort", "quick", "--workers", workers, "--report-dir", tmp_path / "r")
        done = osia("run", "--config", file, *only, *arguments, env=ENV)
    sent = tokens_of(app)
    assert done.returncode in (1, 2), done.stderr
    assert len(sent) > 3
    assert "[redacted]" in (tmp_path / "r" / "journal.jsonl").read_text("utf-8")
    assert leaks(tmp_path / "r", done, *sent) == []


def typed_secrets() -> str:
    """Return the tables of a configuration whose author typed secrets where words belong."""
    key, plain = ENV["OSIA_JWT_KEY"], json.dumps
    tables = {
        "product": {"vendor": API_KEY, "name": f"Server {key}", "version": key.upper(), "build": key.encode().hex()},
        "report": {"body": f"Lab {LITERAL}", "authorised-by": base64.b64encode(f"a{key}".encode()).decode()},
        "[waiver]": {"requirement": "ENR-READ-01", "reason": TENANT, "owner": key, "expires": "2999-01-01"},
    }
    words = {table: [f"{name} = {plain(text)}" for name, text in items.items()] for table, items in tables.items()}
    return "\n".join("\n".join([f"[{table}]", *lines]) for table, lines in words.items())


def test_no_secret_is_told_that_stands_in_the_configuration_where_words_belong(tmp_path: Path) -> None:
    app = create_app(reference(jwt_key=ENV["OSIA_JWT_KEY"]), server=Echoes)
    with hosted(app) as url:
        file = configured(tmp_path, url, typed_secrets(), SECRET_TABLES, JWT)
        formats = ("--format", "earl", "oscal", "badge", "pdf")
        arguments = ("--only", "ENR-READ-01", "--effort", "quick", "--report-dir", tmp_path / "r", *formats, "-v")
        done = osia("run", "--config", file, *arguments, env=ENV)
    assert done.returncode in (1, 2), done.stderr
    assert Report(tmp_path / "r").results["product"]["name"] == "Server [redacted]"
    assert leaks(tmp_path / "r", done) == []


@pytest.mark.parametrize("place", ["/{secret}", "/a/{secret}/b"])
def test_a_url_that_holds_a_secret_is_refused(place: str, tmp_path: Path) -> None:
    env = {**ENV, "API_KEY": f"{WORD}-in-the-path"}
    with hosted(create_app(reference(jwt_key=ENV["OSIA_JWT_KEY"]))) as url:
        file = configured(tmp_path, url + place.format(secret=env["API_KEY"]), SECRET_TABLES, JWT)
        done = osia("run", "--config", file, "--report-dir", tmp_path / "r", env=env)
    assert done.returncode == 64
    assert "target.url: it holds a secret" in done.stderr
    (tmp_path / "r").mkdir()
    assert leaks(tmp_path / "r", done) == []


def static_tokens() -> Mapping[str, str]:
    """Return a token for each scope and some more, under the names of environment variables."""
    auth = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference("env:K"), claims={"note": WORD})
    source = SignedTokens(auth, Redactor(), environ={"K": KEY})
    return {f"T{number}": source.valid([scope]).value or "" for number, scope in enumerate(SCOPES)}


def test_no_static_token_is_told(tmp_path: Path) -> None:
    env = static_tokens()
    lines = [f'"{scope}" = "env:T{number}"' for number, scope in enumerate(SCOPES)]
    auth = "\n".join(['[auth]\nmethod = "static"\n[auth.tokens]', *lines])
    app = create_app(reference(), server=Echoes)
    with hosted(app) as url:
        file = configured(tmp_path, url, auth)
        only = ("--only", "ENR-DONE", "ENR-TOKEN", "--effort", "quick", "--report-dir", tmp_path / "r")
        done = osia("run", "--config", file, *only, env=env)
    assert set(env.values()) <= set(tokens_of(app))
    assert leaks(tmp_path / "r", done, *env.values(), *tokens_of(app)) == []


@pytest.mark.parametrize("token_format", ["jwt", "opaque"])
def test_no_client_secret_is_told(token_format: str, tmp_path: Path) -> None:
    clients = (Client("suite", CLIENT_SECRET, frozenset(SCOPES)),)
    app = create_app(reference(clients=clients, token_format=token_format), server=Echoes)
    auth = (
        '[auth]\nmethod = "client-credentials"\ntoken-url = "{url}/token"\nclient-id = "suite"\n'
        'client-secret = "env:CLIENT_SECRET"\nclient-auth = "{way}"\n'
    )
    for way, secret in (("basic", CLIENT_SECRET), ("post", CLIENT_SECRET), ("post", f"{WORD}-wrong")):
        place = tmp_path / f"{way}{len(secret)}"
        place.mkdir()
        with hosted(create_app(app.settings, server=Echoes)) as url:
            file = configured(place, url, auth.format(url=url, way=way))
            only = ("--only", "ENR-DONE", "ENR-TOKEN", "--effort", "quick", "--report-dir", place / "r")
            done = osia("run", "--config", file, *only, env={"CLIENT_SECRET": secret})
        exchanges = Report(place / "r").results["exchanges"]
        assert (exchanges > 0) == (secret == CLIENT_SECRET)
        assert leaks(place / "r", done) == []
    app.close()


class TellsWord(Server):
    """Tells a word in each answer, as one that shares its environment with the suite may."""

    word = ""

    async def respond(self, request: Request) -> Reply:
        reply = await super().respond(request)
        reply.headers["X-Word"] = self.word
        return reply


def test_no_signing_key_is_told(tmp_path: Path) -> None:
    pem = as_pem(ed25519.Ed25519PrivateKey.generate(), "")
    app = create_app(reference(), server=TellsWord)
    [app.word] = lines_of(pem)
    with hosted(app) as url:
        file = configured(tmp_path, url, f'[product]\nname = "{app.word}"', JWT)
        arguments = ("--only", "ENR-READ-01", "--effort", "quick", "--report-dir", tmp_path / "r")
        env = {"OSIA_JWT_KEY": KEY, "SIGNING_KEY": pem}
        done = osia("run", "--config", file, *arguments, "--sign", "env:SIGNING_KEY", env=env)
    assert "\nsigned: " in done.stdout, done.stdout + done.stderr
    assert Report(tmp_path / "r").results["product"]["name"] == "[redacted]"
    assert key_leaks(tmp_path / "r", done, pem) == []


def lines_of(pem: str) -> list[str]:
    """Return the lines of a PEM file that hold the key."""
    return [line for line in pem.splitlines() if not line.startswith("-----")]


@pytest.mark.parametrize("fits", [True, False])
def test_no_client_certificate_tells_its_key_or_password(fits: bool, tmp_path: Path) -> None:
    password = f"{WORD}-key-password"
    pem = private_pem(password)
    issued = trustme.CA().issue_cert("client@target.test")
    (tmp_path / "client.pem").write_bytes(issued.cert_chain_pems[0].bytes())
    (tmp_path / "client.key").write_text(pem if not fits else encrypted(issued, password), "utf-8")
    target = {"client_cert": "client.pem", "client_key": "client.key", "client_key_password": "env:KEY_PASSWORD"}
    app = create_app(reference(), server=Echoes)
    with hosted(app) as url:
        auth = (
            f'[auth]\nmethod = "client-credentials"\ntoken-url = "{url}/token"\nclient-id = "suite"\n'
            'client-auth = "mtls"\n'
        )
        secure = url.replace("http:", "https:")
        # A server that speaks no TLS there: the certificate is loaded, and the failure is told.
        file = configured(tmp_path, secure, auth, **target)
        done = osia("run", "--config", file, "--report-dir", tmp_path / "r", env={"KEY_PASSWORD": password})
    assert done.returncode == (2 if fits else 64), done.stderr
    secret = (tmp_path / "client.key").read_text("utf-8")
    (tmp_path / "r").mkdir(exist_ok=True)
    assert [*leaks(tmp_path / "r", done), *key_leaks(tmp_path / "r", done, secret)] == []


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


def test_a_crash_of_the_suite_tells_no_secret(tmp_path: Path) -> None:
    app = create_app(reference(jwt_key=ENV["OSIA_JWT_KEY"]), server=Echoes)
    program = (
        "import sys\nfrom osia_conformance.cli import main\n"
        "import osia_conformance.run.controller as module\n"
        f"def crash(self, *_, **more):\n    raise LookupError(f'{{self.__dict__}} {{more}} {ENV['OSIA_JWT_KEY']}')\n"
        "module.RunController.finish = crash\nsys.exit(main(sys.argv[1:]))\n"
    )
    with hosted(app) as url:
        file = configured(tmp_path, url, SECRET_TABLES, JWT)
        line = [sys.executable, "-c", program, "run", "--config", str(file), "--only", "ENR-READ-01"]
        done = ended([*line, "--report-dir", str(tmp_path / "r")], ENV)
    assert "LookupError" in done.stdout + done.stderr
    assert done.returncode in (2, 70)
    (tmp_path / "r").mkdir(exist_ok=True)
    assert leaks(tmp_path / "r", done) == []


@pytest.mark.parametrize("server", [Indiscreet, ReadsLists])
def test_no_record_of_others_is_told_by_a_target_that_shows_them_to_all(server: type[Server], tmp_path: Path) -> None:
    app = populated(server)
    with hosted(app) as url:
        file = configured(tmp_path, url, visible_within=0.2)
        only = ("--only", "ENR-DONE", "ENR-FIND", "ENR-READ", "ENR-BUFFER", "ENR-PATCH", "ENR-ANSWER", "ENR-UNKNOWN")
        arguments = ("--effort", "quick", "--report-dir", tmp_path / "r")
        done = osia("run", "--config", file, *only, *arguments, env={"OSIA_JWT_KEY": KEY})
        assert len([one for one in app.enrollments.store.find([]) if STRANGER in str(one)]) == 3
    assert done.returncode == 1, done.stderr
    assert sum(line["withheld"] for line in Report(tmp_path / "r").lines("exchange")) > 100
    assert leaks(tmp_path / "r", done) == []
