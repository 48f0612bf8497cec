"""A call that ends the server: it is named, repeated alone, and the run goes on where the server comes back."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.harness import ending_server
from tests.harness.running import JWT_KEY, Report, configured, environment, osia, osia_here, until

CHOSEN = ("--only", "ENR-SERVICE-01", "ENR-DONE-01-READ", "ENR-DONE-01-FIND")


def free_port() -> str:
    """Return the URL of a port that a server can be started on, and started again."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def server(port: str) -> list[str]:
    return [sys.executable, "-P", str(Path(ending_server.__file__)), port]


def answers(url: str) -> bool:
    try:
        httpx.get(url, trust_env=False)
    except httpx.TransportError:
        return False
    return True


@contextmanager
def ending(url: str) -> Iterator[None]:
    with subprocess.Popen(server(url.rpartition(":")[2]), env=environment(JWT_KEY)) as process:
        try:
            until(lambda: answers(url), "the server answers")
            yield
        finally:
            process.kill()


def service(report: Report) -> dict[str, Any]:
    return next(entry for entry in report.results["requirements"] if entry["id"] == "ENR-SERVICE-01")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_is_restarted_is_judged_to_the_end(workers: int, tmp_path: Path) -> None:
    url, report = free_port(), Report(tmp_path / "report")
    file = configured(tmp_path, url, restart_command=server(url.rpartition(":")[2]))
    with ending(url):
        done = osia(
            "run", "--config", file, "--report-dir", report.directory, "--workers", workers, *CHOSEN, env=JWT_KEY
        )
    assert done.returncode == 1, done.stdout + done.stderr
    outcomes = report.outcomes()
    assert outcomes["ENR-SERVICE-01"] == "failed"
    assert [outcomes[name] for name in CHOSEN[2:]] == ["passed", "passed"]
    assert report.results["ending"] == "complete"
    failed = [check for check in service(report)["checks"] if check["outcome"] == "failed"]
    assert all("curl" in check["curl"] and check["evidence"] for check in failed)
    assert "nothing answered after this createEnrollment:" in done.stdout
    # What the run started it has ended, and nothing of that is left beside the report.
    assert not answers(url)
    assert not {"restarted.pid", "calls.lock"} & {each.name for each in report.directory.iterdir()}


def test_a_server_that_does_not_come_back_is_lost_and_the_call_is_named(tmp_path: Path) -> None:
    url, report = free_port(), Report(tmp_path / "report")
    file = configured(tmp_path, url)
    with ending(url):
        done = osia_here(
            "run", "--config", file, "--report-dir", report.directory, "--workers", 1, *CHOSEN, env=JWT_KEY
        )
    assert done.returncode == 2, done.stdout + done.stderr
    assert report.results["ending"] == "target lost"
    [named] = [check for check in service(report)["checks"] if check["curl"]]
    assert (named["outcome"], named["operation"]) == ("cantTell", "createEnrollment")
    assert "nothing answered after this createEnrollment:" in done.stdout
    assert named["curl"].splitlines()[0] in done.stdout


def test_a_restart_command_that_is_not_there_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    url, report = free_port(), Report(tmp_path / "report")
    file = configured(tmp_path, url, restart_command=["./not-there"])
    with ending(url):
        done = osia_here(
            "run", "--config", file, "--report-dir", report.directory, "--workers", 1, *CHOSEN, env=JWT_KEY
        )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "restart-command cannot be run" in " ".join(report.results["reasons"])
