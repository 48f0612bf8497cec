"""What --help says: each command with examples and exit codes, and choices from the tables that they name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from osia_conformance.auth import PRINTABLE
from osia_conformance.cli.commands import COMMANDS
from osia_conformance.cli.parser import main


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_the_list_of_commands_names_each(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys)
    assert all(f"  {name} " in text or f"  {name}\n" in text for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_shows_two_examples_and_its_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys, command)
    examples, _, codes = text.partition("examples:")[2].partition("exit codes:")
    assert examples.count(f"osia-conformance {command}") == 2
    assert {"0", "64", "70"} <= {line.split()[0] for line in codes.strip().splitlines()}


def test_each_fault_of_a_token_can_be_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    text = "".join(help_of(capsys, "token").split())
    assert all(name in text for name in PRINTABLE)


@pytest.mark.parametrize(
    ("scope", "words"),
    [("enroll.raed", 'the nearest is "enroll.read"'), ("profile", "the interface has enroll.read, ")],
)
def test_a_token_for_a_scope_that_does_not_exist_is_refused(
    scope: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["token", "--scope", scope]) == 64
    assert words in capsys.readouterr().err


def test_an_official_run_says_what_its_certificate_needs(capsys: pytest.CaptureFixture[str]) -> None:
    line = ["run", "--url", "http://127.0.0.1:9", "--interface-version", "1.2.0", "--official"]
    assert main(line) == 64
    said = capsys.readouterr().err
    assert all(word in said for word in ("TLS", "thorough", "signature", "[report]"))


def test_the_page_that_verifies_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "verify.html"
    assert main(["verifier", str(file)]) == 0
    assert hashlib.sha256(file.read_bytes()).hexdigest() in capsys.readouterr().out
    assert main(["verifier", str(file)]) == 64
