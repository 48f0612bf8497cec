"""The commands beside `run`: serve, token, requirements."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
from pathlib import Path

import httpx
import pytest

from osia_conformance import __version__
from osia_conformance.standard.register import load_register
from osia_conformance.standard.versions import newest
from osia_reference.app import create_app
from tests.harness.judging import KEY, reference
from tests.harness.running import (
    ENOUGH,
    JWT,
    JWT_KEY,
    begun,
    command,
    configured,
    environment,
    hosted,
    osia,
    osia_here,
    served,
)


class TestToken:
    def test_the_token_opens_the_served_reference(self, tmp_path: Path) -> None:
        with served("--jwt-key", "env:OSIA_JWT_KEY") as url:
            file = configured(tmp_path, url)
            done = osia("token", "--scope", "enroll.read", "--config", file, env=JWT_KEY)
            assert (done.returncode, done.stderr) == (0, "")
            headers = {"Authorization": f"Bearer {done.stdout.strip()}"}
            one = f"{url}/v1/enrollments/e?transactionId=t"
            with httpx.Client(headers=headers, trust_env=False) as client:
                assert client.get(one).status_code == 404
                assert client.delete(one).status_code == 403

    def test_several_scopes_make_one_token(self, tmp_path: Path) -> None:
        with served("--jwt-key", "env:OSIA_JWT_KEY") as url:
            scopes = "enroll.read enroll.write"
            done = osia("token", "--scope", scopes, "--config", configured(tmp_path, url), env=JWT_KEY)
            headers = {"Authorization": f"Bearer {done.stdout.strip()}"}
            one = f"{url}/v1/enrollments/e?transactionId=t"
            with httpx.Client(headers=headers, trust_env=False) as client:
                assert [client.get(one).status_code, client.delete(one).status_code] == [404, 404]

    @pytest.mark.parametrize("fault", ["expired", "not-yet-valid", "wrong-signature", "alg-none", "malformed"])
    def test_a_faulty_token_is_refused(self, fault: str, tmp_path: Path) -> None:
        told = osia if fault == "expired" else osia_here
        with hosted(create_app(reference())) as url:
            file = configured(tmp_path, url)
            done = told("token", "--scope", "enroll.read", "--fault", fault, "--config", file, env=JWT_KEY)
            headers = {"Authorization": f"Bearer {done.stdout.strip()}"}
            one = f"{url}/v1/enrollments/e?transactionId=t"
            assert httpx.get(one, headers=headers, trust_env=False).status_code == 401

    def test_nothing_but_the_token_is_printed(self, tmp_path: Path) -> None:
        done = osia("token", "--scope", "enroll.read", "--config", configured(tmp_path, "http://h"), env=JWT_KEY)
        assert done.stdout.count("\n") == 1
        assert done.stdout.count(".") == 2

    @pytest.mark.parametrize(
        ("auth", "words"),
        [
            ('[auth]\nmethod = "none"\n', "no token"),
            ('[auth]\nmethod = "static"\n[auth.tokens]\n"enroll.write" = "env:T"\n', "enroll.read"),
            ('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:NOT_SET"\n', "NOT_SET"),
            (
                '[auth]\nmethod = "client-credentials"\ntoken-url = "http://127.0.0.1:1/token"\n'
                'client-id = "c"\nclient-secret = "env:T"\n',
                "token",
            ),
        ],
    )
    def test_where_there_is_none_a_sentence_says_why(self, auth: str, words: str, tmp_path: Path) -> None:
        file = configured(tmp_path, "http://127.0.0.1:1", auth)
        told = osia if words == "no token" else osia_here
        done = told("token", "--scope", "enroll.read", "--config", file, env={"T": "some-token"})
        assert (done.returncode, done.stdout) == (64, "")
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert "some-token" not in done.stderr


class TestRequirements:
    def test_json_holds_the_register(self) -> None:
        done = osia("requirements", "--format", "json")
        shown = json.loads(done.stdout)
        register = load_register(newest())
        assert done.returncode == 0
        assert shown["interfaceVersion"] == newest()
        assert shown["requirements"] == [one.as_record() for one in register.requirements.values()]
        assert {one["id"] for one in shown["rulings"]} == set(register.rulings)

    def test_the_table_has_a_line_for_each(self) -> None:
        lines = osia_here("requirements").stdout.splitlines()
        register = load_register(newest()).requirements
        assert [line.split()[0] for line in lines] == list(register)
        assert any(line.endswith("(untestable)") for line in lines)

    def test_a_release_stands_for_its_version(self) -> None:
        one, other = (osia_here("requirements", "--interface-version", name) for name in ("1.0.0", "osia-4.1"))
        assert one.stdout == other.stdout

    def test_an_unknown_version_is_wrong_usage(self) -> None:
        done = osia_here("requirements", "--interface-version", "0.9")
        assert (done.returncode, done.stdout) == (64, "")
        assert "'0.9'" in done.stderr

    def test_a_reader_that_goes_away_is_no_error(self) -> None:
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as pipe:
            done = subprocess.run(
                command("requirements"), stdout=pipe, stderr=subprocess.PIPE, text=True, env=environment(), check=False
            )
        assert (done.returncode, done.stderr) == (0, "")

    def test_what_a_terminal_cannot_show_is_escaped(self) -> None:
        env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
        done = osia("requirements", "--format", "json", env=env)
        assert done.returncode == 0
        assert done.stdout.isascii()


class TestServe:
    def test_a_port_that_is_taken_is_a_sentence(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            done = osia("serve", "--no-auth", "--port", listener.getsockname()[1])
        assert done.returncode == 64
        assert "in use" in done.stderr
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (("--port", "99999", "--no-auth"), ("port",)),
            (("--jwt-key", "env:NOT_SET"), ("NOT_SET",)),
            (("--jwt-key", "the key itself"), ("env:NAME",)),
            (("--jwt-key", "file:nowhere.pem"), ("nowhere.pem",)),
            (("--jwt-key", "env:OSIA_JWT_KEY", "--jwt-algorithm", "RS256"), ("RSA", "RS256")),
            (("--jwt-key", "env:OSIA_JWT_KEY", "--jwt-algorithm", "HS1"), ("HS1", "HS256")),
            (("--client", "suite"), ("--client", "suite")),
            (("--client", "suite=env:NOT_SET"), ("NOT_SET",)),
            (("--no-auth", "--interface-version", "7.7"), ("7.7", "1.0.0")),
            (("--no-auth", "--database", "nowhere/file.db"), ("nowhere/file.db",)),
        ],
    )
    def test_what_cannot_be_served_is_a_sentence(
        self, arguments: tuple[str, ...], words: tuple[str, ...], tmp_path: Path
    ) -> None:
        told = osia if "99999" in arguments else osia_here
        done = told("serve", "--port", "0", *arguments, env=JWT_KEY, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (64, "")
        assert all(word in done.stderr for word in words), done.stderr
        assert "the key itself" not in done.stderr
        assert KEY not in done.stderr

    def test_what_is_stored_in_a_file_is_still_there_later(self, tmp_path: Path) -> None:
        arguments = ("--no-auth", "--database", tmp_path / "store.db")
        body = {"status": "IN_PROGRESS", "enrollmentType": "citizen", "biometricData": []}
        for number in range(2):
            with served(*arguments) as url, httpx.Client(base_url=url, trust_env=False) as client:
                there = client.get("/v1/enrollments/e?transactionId=t").status_code
                assert there == (404, 200)[number]
                if not number:
                    client.post("/v1/enrollments/e?transactionId=t", json=body).raise_for_status()

    @pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_it_well(self, ending: signal.Signals) -> None:
        with begun("serve", "--no-auth", "--port", "0") as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(ending)
            out, err = process.communicate(timeout=ENOUGH)
        assert (process.returncode, out, err) == (0, "", "")

    def test_with_while_stdin_it_ends_when_its_starter_does(self) -> None:
        pipe = subprocess.PIPE
        line = command("serve", "--no-auth", "--port", "0", "--while-stdin")
        with subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment()) as process:
            assert process.stdout is not None
            assert process.stdin is not None
            assert "http://127.0.0.1:" in process.stdout.readline()
            process.stdin.close()
            assert process.wait(ENOUGH) == 0
            assert process.stderr is not None
            assert process.stderr.read() == ""


def test_the_version_is_printed() -> None:
    assert osia("--version").stdout == f"osia-conformance {__version__}\n"


@pytest.mark.parametrize("name", ["run", "serve", "token", "requirements", "cleanup"])
def test_each_command_explains_itself(name: str) -> None:
    done = osia(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"osia-conformance {name}" in done.stdout


def test_without_a_config_option_the_jwt_table_is_not_guessed(tmp_path: Path) -> None:
    done = osia("token", "--scope", "enroll.read", cwd=tmp_path, env=JWT_KEY)
    assert done.returncode == 64
    (tmp_path / "conformance.toml").write_text(JWT, "utf-8")
    assert osia("token", "--scope", "enroll.read", cwd=tmp_path, env=JWT_KEY).returncode == 0
