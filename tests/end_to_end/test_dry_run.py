"""`run --dry-run`: what would be sent is listed by check, and nothing is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osia_reference.app import create_app
from tests.harness.judging import reference
from tests.harness.running import JWT_KEY, configured, hosted, osia, osia_here


class Heard:
    """Remembers what an application is asked."""

    def __init__(self, app: Any) -> None:
        self.app, self.heard = app, list[str]()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.heard.append(scope["type"])
        await self.app(scope, receive, send)

    def close(self) -> None:
        self.app.close()


PART = ("--only", "ENR-DELETE-01", "ENR-CREATE-09", "--effort", "quick", "--seed", "3")


def test_calls_are_listed_by_check_and_the_target_hears_of_none(tmp_path: Path) -> None:
    app = Heard(create_app(reference()))
    with hosted(app) as url:
        # A command that restarts the server is none of what is listed.
        config = configured(tmp_path, url, restart_command=["touch", str(tmp_path / "restarted")])
        done = osia("run", "--config", config, "--dry-run", *PART, cwd=tmp_path, env=JWT_KEY)
    assert app.heard == []
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"Nothing is sent to {url}.")
    assert "reference server" in done.stdout
    assert "(Enrollment 1.0.0, seed 3, effort quick)" in done.stdout
    lines = done.stdout.splitlines()
    start = lines.index("ENR-DELETE-01 delete/a_deleted_enrollment_cannot_be_read")
    assert lines[start + 1 : start + 4] == [
        "    1 x POST /v1/enrollments/{enrollmentId} (createEnrollment)",
        "    2 x GET /v1/enrollments/{enrollmentId} (readEnrollment)",
        "    2 x DELETE /v1/enrollments/{enrollmentId} (deleteEnrollment)",
    ]
    assert lines[-1].endswith(" calls in all")
    assert {path.name for path in tmp_path.iterdir()} == {"conformance.toml"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--url", "http://127.0.0.1:1"), "--interface-version"),
        (("--url", "http://127.0.0.1:1", "--interface-version", "1.0.0", "--read-only"), "--read-only"),
        ((), "no target is named"),
    ],
)
def test_what_cannot_be_listed_is_said(options: tuple[str, ...], words: str, tmp_path: Path) -> None:
    done = osia_here("run", "--dry-run", *options, cwd=tmp_path)
    assert (done.returncode, words in done.stderr) == (64, True)
    assert done.stdout == ""
