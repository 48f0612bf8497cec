"""Secrets by which a client says who it is: looked for by canaries in everything that a run writes or says."""

from __future__ import annotations

import base64
import json
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from starlette.requests import Request

from osia_conformance.auth.signed import SignedTokens
from osia_conformance.config.settings import AuthSettings
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support.secrets import Redactor, SecretReference
from osia_reference.app import create_app
from osia_reference.replies import Refusal, Reply
from osia_reference.settings import Client
from tests.harness.canaries import WORD, Echoes, encrypted, key_leaks, leaks, lines_of, private_pem, tokens_of
from tests.harness.judging import KEY, reference
from tests.harness.running import Report, configured, hosted, osia, osia_here

CLIENT = Client("suite", f"{WORD}-client-secret", frozenset(SCOPES))
FEW = ("--only", "ENR-READ-01", "ENR-ERROR-01", "--effort", "quick")


class TakesAssertions(Echoes):
    """Gives a token to whoever asks, and keeps what it was asked with."""

    forms: tuple[dict[str, str], ...] = ()

    async def token(self, request: Request) -> Reply:
        form = dict(parse_qsl((await request.body()).decode()))
        self.forms = (*self.forms, form)
        return self.answered(form)

    def answered(self, form: dict[str, str]) -> Reply:
        """Return the answer to a token request."""
        scopes = frozenset(form.get("scope", "").split())
        token = self.token_endpoint.issue(CLIENT, scopes)
        body = {"access_token": token, "token_type": "Bearer", "expires_in": 300, "scope": " ".join(scopes)}
        return Reply(200, body, {"Cache-Control": "no-store"})


class RepeatsForms(TakesAssertions):
    """Refuses everybody in the words of their own request."""

    def answered(self, form: dict[str, str]) -> Reply:
        raise Refusal(401, json.dumps(form), {"X-Form": json.dumps(form)[:4000]})


def judged(tmp_path: Path, url: str, *tables: str, env: dict[str, str], process: bool = False, **target: object) -> Any:
    """Return the end of a small run with these tables, whose report lies in `r`; `process` is for one of each kind."""
    file = configured(tmp_path, url, *tables, **target)
    run = osia if process else osia_here
    done = run("run", "--config", file, *FEW, "--report-dir", tmp_path / "r", "-v", env=env)
    assert done.returncode in (1, 2), done.stderr
    return done


def client_credentials(url: str, *lines: str) -> str:
    """Return the table of a client."""
    head = ["[auth]", 'method = "client-credentials"', f'token-url = "{url}/token"', 'client-id = "suite"']
    return "\n".join([*head, *lines])


def in_words(pem: str) -> str:
    """Return a table of words in which a line of a key was typed."""
    return f"[product]\nname = {json.dumps(lines_of(pem)[0])}\n"


@pytest.mark.parametrize("server", [TakesAssertions, RepeatsForms])
@pytest.mark.parametrize("form", ["a file", "a line"])
def test_no_assertion_and_no_key_of_a_client_is_told(server: type[TakesAssertions], form: str, tmp_path: Path) -> None:
    pem = private_pem()
    (tmp_path / "client.pem").write_text(pem, "utf-8")
    key = "file:client.pem" if form == "a file" else "env:CLIENT_KEY"
    app = create_app(reference(), server=server)
    with hosted(app) as url:
        auth = client_credentials(url, 'client-auth = "private_key_jwt"', f'key = "{key}"', 'algorithm = "ES256"')
        env = {"CLIENT_KEY": pem.replace("\n", "\\n")}
        process = (server, form) == (RepeatsForms, "a line")
        done = judged(tmp_path, url, in_words(pem), auth, env=env, process=process)
        assertions = [one["client_assertion"] for one in app.forms]  # type: ignore[attr-defined]
    assert assertions
    assert leaks(tmp_path / "r", done, *assertions, *tokens_of(app)) == []
    assert key_leaks(tmp_path / "r", done, pem) == []


QUERIES = ("code={w}-code&api-key={w}%2Fkey&tenant=x", "{w}-value", "x={w}%20value&sig={w}", "a=1&&token={w}-t&a=2")


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("server", [TakesAssertions, RepeatsForms])
def test_no_secret_of_a_token_url_is_told(server: type[TakesAssertions], query: str, tmp_path: Path) -> None:
    app = create_app(reference(), server=server)
    with hosted(app) as url:
        auth = client_credentials(url, 'client-auth = "post"', 'client-secret = "env:SECRET"')
        secret = auth.replace("/token", f"/token?{query.format(w=WORD)}")
        process = (server, query) == (RepeatsForms, QUERIES[0])
        done = judged(tmp_path, url, secret, env={"SECRET": CLIENT.secret}, process=process)
    assert leaks(tmp_path / "r", done, *tokens_of(app)) == []


def test_no_key_of_the_tests_own_tokens_is_told_from_a_file_or_with_its_lines_as_n(tmp_path: Path) -> None:
    pem = private_pem()
    public = serialization.load_pem_private_key(pem.encode(), None).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    trusted = public.public_bytes(serialization.Encoding.PEM, form).decode()
    (tmp_path / "key.pem").write_text(pem, "utf-8")
    in_base64 = base64.b64encode(pem.encode()).decode()
    for number, key in enumerate(("file:key.pem", "env:TOKEN_KEY", "env:IN_BASE64")):
        place = tmp_path / str(number)
        place.mkdir()
        (place / "key.pem").write_text(pem, "utf-8")
        app = create_app(reference(jwt_key=trusted, jwt_algorithm="ES256"), server=Echoes)
        with hosted(app) as url:
            auth = f'[auth]\nmethod = "jwt"\nalgorithm = "ES256"\nkey = "{key}"\n'
            env = {"TOKEN_KEY": pem.replace("\n", "\\n"), "IN_BASE64": in_base64}
            done = judged(place, url, in_words(pem), auth, env=env, process=key == "env:TOKEN_KEY")
        assert len(tokens_of(app)) > 1
        assert leaks(place / "r", done, *tokens_of(app)) == []
        assert key_leaks(place / "r", done, pem) == []


def test_no_output_and_no_argument_of_a_token_command_is_told(tmp_path: Path) -> None:
    source = SignedTokens(
        AuthSettings(method="jwt", algorithm="HS256", key=SecretReference("env:K")), Redactor(), environ={"K": KEY}
    )
    (tmp_path / "tokens").mkdir()
    given = {scope: source.valid([scope]).value or "" for scope in SCOPES}
    for scope, token in given.items():
        (tmp_path / "tokens" / scope).write_text(token, "utf-8")
    program = tmp_path / "give"
    program.write_text(f'#!/bin/sh\necho "{WORD} $*" >&2\nexec cat "$(dirname "$0")/tokens/$1"\n', "utf-8")
    program.chmod(0o700)
    app = create_app(reference(), server=Echoes)
    with hosted(app) as url:
        auth = f'[auth]\nmethod = "static"\ntoken-command = ["{program}", "{{scope}}", "{WORD}-argument"]\n'
        done = judged(tmp_path, url, auth, env={}, process=True)
    assert set(tokens_of(app)) & set(given.values())
    assert leaks(tmp_path / "r", done, *tokens_of(app)) == []


@pytest.mark.parametrize("setting", ["env:PROXY", "file:proxy", "env"])
def test_no_credentials_of_a_proxy_are_told(setting: str, tmp_path: Path) -> None:
    # The target itself takes the place of the proxy, and repeats what it was sent as one.
    with hosted(create_app(reference(), server=Echoes)) as url:
        secret = url.replace("http://", f"http://{WORD}-user:{WORD}%2Fproxy-password@")
        auth = '[auth]\nmethod = "none"\n'
        (tmp_path / "proxy").write_text(secret, "utf-8")
        env = {"PROXY": secret, "http_proxy": secret if setting == "env" else "", "no_proxy": ""}
        done = judged(tmp_path, "http://target.test", auth, env=env, process=setting == "env", proxy=setting)
    assert "[redacted]" in (tmp_path / "r" / "journal.jsonl").read_text("utf-8")
    assert leaks(tmp_path / "r", done) == []


@pytest.mark.parametrize("form", ["under a password", "plain", "with its certificate"])
def test_no_client_certificate_that_is_taken_tells_its_key_or_password(form: str, tmp_path: Path) -> None:
    authority, password = trustme.CA(), f"{WORD}-key-password"
    server, client = authority.issue_cert("127.0.0.1"), authority.issue_cert("client@target.test")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    server.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    client.cert_chain_pems[0].write_to_path(tmp_path / "client.pem")
    plain = client.private_key_pem.bytes().decode()
    (tmp_path / "client.key").write_text(encrypted(client, password) if form == "under a password" else plain, "utf-8")
    client.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    target = {
        "under a password": {"client_cert": "client.pem", "client_key": "client.key"},
        "plain": {"client_cert": "client.pem", "client_key": "client.key"},
        "with its certificate": {"client_cert": "both.pem"},
    }[form]
    if form == "under a password":
        target["client_key_password"] = "env:KEY_PASSWORD"
    app = create_app(reference(), server=TakesAssertions)
    asking = {"ssl_ca_certs": tmp_path / "ca.pem", "ssl_cert_reqs": ssl.CERT_REQUIRED}
    with hosted(app, ssl_certfile=tmp_path / "server.pem", **asking) as url:
        auth = client_credentials(url, 'client-auth = "mtls"')
        words = in_words((tmp_path / "client.key").read_text("utf-8"))
        process = form == "under a password"
        env = {"KEY_PASSWORD": password}
        done = judged(tmp_path, url, words, auth, env=env, process=process, ca_file="ca.pem", **target)
    assert Report(tmp_path / "r").outcomes()["ENR-READ-01"] in ("passed", "failed")
    assert leaks(tmp_path / "r", done, *tokens_of(app)) == []
    assert key_leaks(tmp_path / "r", done, (tmp_path / "client.key").read_text("utf-8")) == []
