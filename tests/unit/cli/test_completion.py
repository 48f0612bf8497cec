"""`completion`: each shell gets every command with its options and choices."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from osia_conformance.cli.commands import COMMANDS
from osia_conformance.cli.completion import SHELLS
from osia_conformance.cli.parser import main


@pytest.mark.parametrize("shell", SHELLS)
def test_each_command_and_option_is_there(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert all(command in text for command in COMMANDS)
    assert all(word in text for word in ("rerun-failed", "thorough", "jwt-algorithm", "wrong-signature"))
    assert "insecure" not in text


def test_bash_completes_by_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "completion.bash"
    script.write_text(capsys.readouterr().out, "utf-8")
    asked = "COMP_WORDS=(osia-conformance {}); COMP_CWORD={}; _osia_conformance; echo ${{COMPREPLY[@]}}"
    for words, place, answer in (("dem", 1, "demo"), ("run --eff", 2, "--effort"), ("run th", 2, "thorough")):
        line = f"source {script}; {asked.format(words, place)}"
        done = subprocess.run([bash, "-c", line], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == answer
