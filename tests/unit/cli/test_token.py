"""`token` prints a token of every method, or says in a sentence why there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from osia_conformance.cli.parser import main
from tests.unit.auth.endpoint import Endpoint, serving

CLIENT = """
[auth]
method = "client-credentials"
token-url = "{url}"
client-id = "suite"
client-secret = "env:CLIENT_SECRET"
[auth.parameters]
tenant = "blue"
[auth.scope-names]
"enroll.read" = "api://x/.default"
"""
COMMAND = """
[auth]
method = "static"
token-command = ['{program}', "-S", "-c", '{code}', "{{scope}}"]
"""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    yield from serving(Endpoint())


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIENT_SECRET", "hunter2-hunter2")


def printed(capsys: pytest.CaptureFixture[str], text: str) -> tuple[int, str, str]:
    Path("conformance.toml").write_text(text, "utf-8")
    code = main(["token", "--scope", "enroll.read"])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_a_token_of_an_endpoint_with_parameters_and_names_of_its_own(
    capsys: pytest.CaptureFixture[str], endpoint: Endpoint
) -> None:
    endpoint.answers(201, access_token="opaque-token-1", token_type="BEARER")
    assert printed(capsys, CLIENT.format(url=endpoint.url)) == (0, "opaque-token-1\n", "")
    assert (endpoint.form["tenant"], endpoint.form["scope"]) == (["blue"], ["api://x/.default"])


def test_a_token_of_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    shown = COMMAND.format(program=sys.executable, code='import sys; print("for-" + sys.argv[1])')
    assert printed(capsys, shown) == (0, "for-enroll.read\n", "")


def test_a_command_that_fails_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = printed(capsys, COMMAND.format(program=sys.executable, code='import sys; sys.exit("hunter2")'))
    assert (code, out) == (64, "")
    assert "ended with 1 instead of a token for enroll.read" in err
    assert "hunter2" not in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "client_assertion", "Grant_Type"])
def test_a_parameter_of_the_suite_is_refused(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, err = printed(capsys, CLIENT.format(url="http://127.0.0.1:1/token").replace("tenant", name))
    assert (code, out) == (64, "")
    assert f"auth.parameters.{name} is set by the suite; " in err
    assert len(err.splitlines()) == 1
