"""Private keys and their passwords: looked for by canaries in everything that a run writes or says."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import ed25519
from starlette.requests import Request

from osia_reference.app import Server, create_app
from osia_reference.replies import Reply
from tests.harness.canaries import (
    WORD,
    Echoes,
    as_pem,
    encrypted,
    key_leaks,
    leaks,
    lines_of,
    private_pem,
)
from tests.harness.judging import KEY, reference
from tests.harness.running import JWT, Report, configured, hosted, osia, osia_here


class TellsWord(Server):
    """Tells a word in each answer, as one that shares its environment with the suite may."""

    word = ""

    async def respond(self, request: Request) -> Reply:
        reply = await super().respond(request)
        reply.headers["X-Word"] = self.word
        return reply


@pytest.mark.parametrize("form", ["env:SIGNING_KEY", "file:signing.pem", "env:ONE_LINE", "env:IN_BASE64"])
def test_no_signing_key_is_told(form: str, tmp_path: Path) -> None:
    pem = as_pem(ed25519.Ed25519PrivateKey.generate(), "")
    app = create_app(reference(), server=TellsWord)
    [app.word] = lines_of(pem)
    with hosted(app) as url:
        file = configured(tmp_path, url, f'[product]\nname = "{app.word}"', JWT)
        arguments = ("--only", "ENR-READ-01", "--effort", "quick", "--report-dir", tmp_path / "r")
        (tmp_path / "signing.pem").write_text(pem, "utf-8")
        in_base64 = base64.b64encode(pem.encode()).decode()
        keys = {"SIGNING_KEY": pem, "ONE_LINE": pem.replace("\n", "\\n"), "IN_BASE64": in_base64}
        env = {"OSIA_JWT_KEY": KEY, **keys}
        run = osia if form == "env:SIGNING_KEY" else osia_here
        done = run("run", "--config", file, *arguments, "--sign", form, cwd=tmp_path, env=env)
    assert "\nsigned: " in done.stdout, done.stdout + done.stderr
    assert Report(tmp_path / "r").results["product"]["name"] == "[redacted]"
    assert key_leaks(tmp_path / "r", done, pem) == []


@pytest.mark.parametrize("wrong", ["", "key", "password"])
def test_no_client_certificate_tells_its_key_or_password(wrong: str, tmp_path: Path) -> None:
    password = f"{WORD}-key-password"
    pem = private_pem(password)
    issued = trustme.CA().issue_cert("client@target.test")
    (tmp_path / "client.pem").write_bytes(issued.cert_chain_pems[0].bytes())
    (tmp_path / "client.key").write_text(pem if wrong == "key" else encrypted(issued, password), "utf-8")
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
        env = {"KEY_PASSWORD": f"{WORD}-another" if wrong == "password" else password}
        run = osia_here if wrong else osia
        done = run("run", "--config", file, "--report-dir", tmp_path / "r", env=env)
    assert done.returncode == (64 if wrong else 2), done.stderr
    secret = (tmp_path / "client.key").read_text("utf-8")
    (tmp_path / "r").mkdir(exist_ok=True)
    assert [*leaks(tmp_path / "r", done), *key_leaks(tmp_path / "r", done, secret)] == []
