"""`config`: files are checked without calling anybody, as a pre-commit hook needs it; the schema is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from osia_conformance.cli.parser import main
from osia_conformance.config.json_schema import json_schema

WAIVER = '[[waiver]]\nrequirement = "{}"\nreason = "r"\nowner = "o"\nexpires = 2999-01-01\n'


def checked(capsys: pytest.CaptureFixture[str], *texts: str) -> tuple[int, str, str]:
    names = [f"{number}.toml" for number in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        Path(name).write_text(text, "utf-8")
    code = main(["config", "--check", *names])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_sound_file_needs_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    sound = '[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:NOT_SET"\n' + WAIVER.format("ENR-PATCH-03")
    assert checked(capsys, sound) == (0, "0.toml: nothing is wrong\n", "")


def test_each_file_has_its_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = checked(capsys, "[target]\nurll = 'x'\n", "", WAIVER.format("ENR-PATHC-03"))
    assert (code, out) == (64, "1.toml: nothing is wrong\n")
    first, second = err.splitlines()
    assert first.endswith('0.toml: target.urll is not a key of the table [target]; the nearest valid one is "url".')
    assert 'waiver.requirement names "ENR-PATHC-03"' in second
    assert 'the nearest is "ENR-PATCH-03"' in second


def test_without_a_file_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--check"]) == 64
    assert "conformance.toml: there is no such file" in capsys.readouterr().err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--schema"]) == 0
    assert json.loads(capsys.readouterr().out) == json_schema()


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_there_is_no_option_to_check_no_certificates(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--insecure"])
    assert ended.value.code == 64
    told = capsys.readouterr().err
    assert "--insecure is refused" in told
    assert "name the CA that signed the target's certificate as ca-file" in told


@pytest.mark.parametrize("key", ["insecure", "verify"])
def test_certificates_are_always_checked(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = checked(capsys, f"[target]\n{key} = true\n")
    assert code == 64
    assert "name the CA that signed the target's certificate as ca-file" in err
