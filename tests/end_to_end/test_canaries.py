"""Secrets: looked for by canaries in everything that a run writes or says."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from osia_conformance.auth.signed import SignedTokens
from osia_conformance.config.settings import AuthSettings
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support.secrets import Redactor, SecretReference
from osia_reference.app import create_app
from osia_reference.settings import Client
from tests.harness.canaries import (
    API_KEY,
    CLIENT_SECRET,
    ENV,
    LITERAL,
    SECRET_TABLES,
    TENANT,
    WORD,
    Echoes,
    leaks,
    tokens_of,
)
from tests.harness.judging import KEY, reference
from tests.harness.running import JWT, Report, configured, ended, hosted, osia, osia_here


@pytest.mark.parametrize("workers", [1, 2])
def test_no_secret_is_told_by_a_target_that_repeats_them_all(workers: int, tmp_path: Path) -> None:
    app = create_app(reference(jwt_key=ENV["OSIA_JWT_KEY"]), server=Echoes)
    only = ("--only", "ENR-DONE", "ENR-READ", "ENR-ERROR", "ENR-FIND-01", "ENR-TOKEN", "ENR-ANSWER", "ENR-TXN")
    with hosted(app) as url:
        file = configured(tmp_path, url, SECRET_TABLES, JWT)
        arguments = ("--effort", "quick", "--workers", workers, "--report-dir", tmp_path / "r")
        judged = osia if workers > 1 else osia_here
        done = judged("run", "--config", file, *only, *arguments, env=ENV)
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
        done = osia_here("run", "--config", file, *arguments, env=ENV)
    assert done.returncode in (1, 2), done.stderr
    assert Report(tmp_path / "r").results["product"]["name"] == "Server [redacted]"
    assert leaks(tmp_path / "r", done) == []


@pytest.mark.parametrize("place", ["/{secret}", "/a/{secret}/b", "/{SECRET}", "/a-{secret}-b", "/{escaped}"])
def test_a_url_that_holds_a_secret_is_refused(place: str, tmp_path: Path) -> None:
    env = {**ENV, "API_KEY": f"{WORD}-in-the-path"}
    escaped = "".join(f"%{ord(one):02x}" for one in env["API_KEY"])
    with hosted(create_app(reference(jwt_key=ENV["OSIA_JWT_KEY"]))) as url:
        file = configured(
            tmp_path,
            url + place.format(secret=env["API_KEY"], SECRET=env["API_KEY"].upper(), escaped=escaped),
            SECRET_TABLES,
            JWT,
        )
        ended_with = osia if place == "/{secret}" else osia_here
        done = ended_with("run", "--config", file, "--report-dir", tmp_path / "r", env=env)
    assert done.returncode == 64
    assert "target.url: it holds a secret" in done.stderr
    (tmp_path / "r").mkdir()
    assert leaks(tmp_path / "r", done) == []


def static_tokens() -> Mapping[str, str]:
    """Return a token for each scope and some more, under the names of environment variables."""
    auth = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference("env:K"), claims={"note": WORD})
    source = SignedTokens(auth, Redactor(), environ={"K": KEY})
    return {f"T{number}": source.valid([scope]).value or "" for number, scope in enumerate(SCOPES)}


@pytest.mark.parametrize("form", ["env:{}", "file:{}.txt", "file:{}.lines"])
def test_no_static_token_is_told(form: str, tmp_path: Path) -> None:
    env = static_tokens()
    for name, token in env.items():
        (tmp_path / f"{name}.txt").write_text(token, "utf-8")
        (tmp_path / f"{name}.lines").write_bytes(b"\xef\xbb\xbf" + token.encode() + b"\r\n")
    lines = [f'"{scope}" = "{form.format(f"T{number}")}"' for number, scope in enumerate(SCOPES)]
    auth = "\n".join(['[auth]\nmethod = "static"\n[auth.tokens]', *lines])
    app = create_app(reference(), server=Echoes)
    with hosted(app) as url:
        file = configured(tmp_path, url, auth)
        only = ("--only", "ENR-DONE", "ENR-TOKEN", "--effort", "quick", "--report-dir", tmp_path / "r")
        judged = osia if form.startswith("env:") else osia_here
        done = judged("run", "--config", file, *only, env=env)
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
            judged = osia if (token_format, way) == ("jwt", "basic") else osia_here
            done = judged("run", "--config", file, *only, env={"CLIENT_SECRET": secret})
        exchanges = Report(place / "r").results["exchanges"]
        assert (exchanges > 0) == (secret == CLIENT_SECRET)
        assert leaks(place / "r", done) == []
    app.close()


CRASHING = {
    "the end": "osia_conformance.run.controller:RunController.finish",
    "a call": "osia_conformance.target.client:Client.send",
    "a check": "osia_conformance.run.check_loop:judge",
    "the clean-up": "osia_conformance.run.controller:clean_up",
}


@pytest.mark.parametrize("place", CRASHING.values(), ids=CRASHING)
def test_a_crash_of_the_suite_tells_no_secret(place: str, tmp_path: Path) -> None:
    app = create_app(reference(jwt_key=ENV["OSIA_JWT_KEY"]), server=Echoes)
    program = (
        "import sys\nfrom osia_conformance.cli import main\n"
        f"import {place.partition(':')[0]} as module\n"
        f"def crash(self, *_, **more):\n    raise LookupError(f'{{self.__dict__}} {{more}} {ENV['OSIA_JWT_KEY']}')\n"
        f"module.{place.partition(':')[2]} = crash\nsys.exit(main(sys.argv[1:]))\n"
    )
    with hosted(app) as url:
        file = configured(tmp_path, url, SECRET_TABLES, JWT)
        line = [sys.executable, "-c", program, "run", "--config", str(file), "--only", "ENR-READ-01"]
        done = ended([*line, "--report-dir", str(tmp_path / "r")], ENV)
    assert "LookupError" in done.stdout + done.stderr
    assert done.returncode in (2, 70)
    (tmp_path / "r").mkdir(exist_ok=True)
    assert leaks(tmp_path / "r", done) == []
