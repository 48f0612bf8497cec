"""`token-command`: a program prints the token."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.auth import Fault, Token, TokenError
from osia_conformance.config.settings import AuthSettings, TargetSettings
from osia_conformance.support.secrets import ConfigurationError, Redactor, SecretReference
from tests.unit.auth.endpoint import HUNTER
from tests.unit.auth.issued import BOTH_JWT, HOUR, NOW, READ, READ_JWT, WRITE, Clock, jwt, made, refused

NOTE = "import json, os, sys; open(os.environ['NOTES'], 'a').write(json.dumps(sys.argv[1:]) + '\\n'); "


class Program:
    """A program that notes its arguments and does what its code says."""

    def __init__(self, notes: Path, code: str, *arguments: str, **environ: str) -> None:
        self.notes = notes
        self.environ = {"NOTES": str(notes), **environ}
        self.command = (sys.executable, "-S", "-c", NOTE + code, *arguments)

    def auth(self, **members: Any) -> AuthSettings:
        return AuthSettings(method="static", token_command=self.command, **members)

    @property
    def calls(self) -> list[list[str]]:
        return [json.loads(line) for line in self.notes.read_text().splitlines()] if self.notes.exists() else []


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "notes"


def printing(notes: Path, token: str, *arguments: str) -> Program:
    return Program(notes, "print(os.environ['TOKEN'])", *arguments, TOKEN=token)


def test_the_scopes_stand_where_the_arguments_say_and_no_shell_reads_them(notes: Path) -> None:
    program = printing(notes, READ_JWT, "--for={scope};exit", "$HOME {scope}", "{other}")
    source = made(program.auth(), program.environ)
    before = source.kind
    assert source.valid(READ) == Token(READ_JWT, READ)
    assert (before, source.kind) == ("unknown", "jwt")
    source.valid(["enroll.write", "enroll.read"])
    assert program.calls == [
        ["--for=enroll.read;exit", "$HOME enroll.read", "{other}"],
        ["--for=enroll.read enroll.write;exit", "$HOME enroll.read enroll.write", "{other}"],
    ]


@pytest.mark.parametrize(
    ("token", "scopes"), [("opaque-token-1", None), (BOTH_JWT, READ | WRITE), (jwt({"scope": ""}), frozenset())]
)
def test_a_token_holds_what_it_states_itself(notes: Path, token: str, scopes: frozenset[str] | None) -> None:
    program = printing(notes, token)
    assert made(program.auth(), program.environ).valid(READ) == Token(token, scopes)


def test_a_token_is_used_again_until_shortly_before_it_expires(notes: Path) -> None:
    program, clock = printing(notes, READ_JWT), Clock()
    source = made(program.auth(), program.environ, clock)
    for passed, calls in ((0, 1), (HOUR - 61, 1), (HOUR - 60, 2)):
        clock.now = NOW + passed
        source.valid(READ)
        assert len(program.calls) == calls


def test_a_byte_order_mark_and_ends_of_lines_are_no_part_of_the_token(notes: Path) -> None:
    program = Program(notes, r"sys.stdout.buffer.write(b'\xef\xbb\xbf opaque-token-1\r\n\n')")
    redactor = Redactor()
    assert made(program.auth(), program.environ, redactor=redactor).valid(READ).value == "opaque-token-1"
    assert redactor.text("opaque-token-1") == "[redacted]"


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("print(os.environ['TOKEN']); sys.exit(3)", "ended with 3 instead of a token for enroll.read; run it by hand"),
        ("sys.exit(os.environ['TOKEN'])", "ended with 1 instead"),
        ("os.kill(os.getpid(), 9)", "was ended by signal 9 instead"),
        ("pass", "printed no token; it must print the token alone"),
        ("print('Bearer', os.environ['TOKEN'])", "printed no token"),
        (r"sys.stdout.buffer.write(b'\xff')", "printed no token"),
        ("print('x' * (1 << 21))", "printed more than 1048576 bytes"),
        (f"print({jwt({'exp': NOW})!r})", "printed a token that has expired"),
    ],
)
def test_a_command_without_a_token_is_one_sentence_without_its_output(notes: Path, code: str, part: str) -> None:
    program = Program(notes, code, TOKEN=HUNTER)
    source = made(program.auth(), program.environ)
    error = refused(lambda: source.valid(READ))
    assert isinstance(error, TokenError)
    assert error.answered
    assert not error.inapplicable
    assert error.reason.startswith(f"the token command {Path(sys.executable).name} ")
    assert part in error.reason
    assert HUNTER not in error.reason


@pytest.mark.parametrize(
    "code",
    [
        "import signal; signal.pause()",
        "import signal; os.close(1); signal.pause()",
        "import signal; os.fork() or signal.pause()",
    ],
)
def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(notes: Path, code: str) -> None:
    program = Program(notes, code)
    source = made(program.auth(), program.environ, target=TargetSettings(timeout=0.3))
    error = refused(lambda: source.valid(READ))
    assert isinstance(error, TokenError)
    assert not error.answered
    assert "did not end within 0.3 s" in error.reason


def test_a_command_that_fails_twice_in_a_row_is_left_in_peace(notes: Path) -> None:
    program, clock = Program(notes, "sys.exit(1)"), Clock()
    source = made(program.auth(), program.environ, clock)
    for _ in range(2):
        refused(lambda: source.valid(READ))
    assert "it is not asked again for a while" in refused(lambda: source.valid(READ)).reason
    assert len(program.calls) == 2
    refused(lambda: source.valid(WRITE))
    assert len(program.calls) == 3
    clock.now += 61
    refused(lambda: source.valid(READ))
    assert len(program.calls) == 4


def test_a_program_that_is_not_there_is_found_before_the_first_call(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program")
    for name in ("no-such-program", str(plain)):
        with pytest.raises(ConfigurationError, match=r"^auth\.token-command: there is no program [^\n]*\.$"):
            made(AuthSettings(method="static", token_command=(name, "x")), {"PATH": str(tmp_path)})


def test_a_program_that_cannot_be_started_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"#!/no/such/interpreter\n")
    broken.chmod(0o700)
    source = made(AuthSettings(method="static", token_command=(str(broken),)), {})
    reason = refused(lambda: source.valid(READ)).reason
    assert reason.startswith("the token command broken cannot be started: no such file or directory;")


def test_a_configured_token_comes_before_the_command(notes: Path) -> None:
    program = printing(notes, READ_JWT)
    old = jwt({"exp": NOW - HOUR, "scope": "enroll.read"})
    names = {"none": "NONE", "expired": "OLD", "enroll.write": "STALE"}
    tokens = {name: SecretReference(f"env:{variable}") for name, variable in names.items()}
    environ = {**program.environ, "NONE": "opaque-none-1", "OLD": old, "STALE": old}
    source = made(program.auth(tokens=tokens), environ)
    assert source.valid(frozenset()).value == "opaque-none-1"
    assert "has expired" in refused(lambda: source.valid(WRITE)).reason
    assert program.calls == []
    assert source.faulty(Fault.EXPIRED, READ) == Token(old, READ)
    assert source.faulty(Fault.MALFORMED, READ).value == READ_JWT.rpartition(".")[0]
    assert not refused(lambda: source.arbitrary(["enroll.writer"])).inapplicable
    with pytest.raises(ConfigurationError, match="STALE is not set"):
        made(program.auth(tokens=tokens), {**environ, "STALE": ""})
