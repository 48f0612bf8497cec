"""The scripts of findings, run by a real shell against a curl that writes down its arguments."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.reports import repro
from tests.harness.running import ENOUGH
from tests.unit.reports import journals

NAME = "0f8fad5b-d9cb-469f-a165-70867728950e"
TRACE = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
CURL = """#!/bin/bash
printf '%s|' "$@" >> "$ARGUMENTS"
printf '\\n' >> "$ARGUMENTS"
"""
TOKEN = """#!/bin/bash
[ -n "${OSIA_CONFIG:-}" ] && echo "token of $3"
"""


@pytest.fixture(name="report")
def report_of(tmp_path: Path) -> Path:
    return made(tmp_path, journals.HOSTILE)


def made(tmp_path: Path, words: str) -> Path:
    """Return a report with one finding in these words: a create, a patch that fails, and a control after it."""
    path = f"/v1/enrollments/{NAME}?transactionId={TRACE}"
    read = {"method": "GET", "scopes": ["enroll.read"]}
    exchanges = [
        journals.exchange("gw0.1", path=path, sent=journals.body(f'{{"id": "{NAME}", "it": "it\'s"}}'.encode())),
        {**journals.exchange("gw0.2", path=path, **read), "operation": "readEnrollment"},
        {**journals.exchange("gw0.3", path=path, **read), "operation": "readEnrollment"},
    ]
    check = journals.check("test_patch", "ENR-PATCH-03", "failed", evidence=["gw0.1", "gw0.2", "gw0.3"])
    records = [journals.header(), *exchanges, {**check, "actual": words}, journals.footer()]
    built = journals.results(records)
    built["requirements"][0]["checks"][0]["decisive"] = "gw0.2"
    repro.write(built, records, tmp_path)
    (tmp_path / "bodies").mkdir()
    return tmp_path


def executed(report: Path, **environment: str) -> tuple[int, str, list[str]]:
    """Run the script; return its code, what it said on stderr, and the arguments of each curl."""
    commands = report / "commands"
    commands.mkdir(exist_ok=True)
    for name, text in {"curl": CURL, "osia-conformance": TOKEN}.items():
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)
    written = report / "arguments"
    written.write_text("")
    own = {"PATH": f"{commands}:{os.environ['PATH']}", "ARGUMENTS": str(written), **environment}
    bash = shutil.which("bash")
    assert bash
    done: Any = subprocess.run(
        [bash, "repro/ENR-PATCH-03.sh"],
        cwd=report,
        env=own,
        capture_output=True,
        text=True,
        check=False,
        timeout=ENOUGH,
    )
    return done.returncode, done.stderr, written.read_text().splitlines()


def test_each_time_it_sends_fresh_ids_and_deletes_what_it_made(report: Path) -> None:
    seen = set()
    for _ in range(2):
        code, said, calls = executed(report, OSIA_CONFIG="conformance.toml")
        assert (code, said) == (0, "")
        assert [re.search(r"POST|GET|DELETE", call)[0] for call in calls] == ["POST", "GET", "DELETE"]  # type: ignore[index]
        ids = {re.search(f"enrollments/({UUID})", call)[1] for call in calls}  # type: ignore[index]
        assert len(ids) == 1
        assert f'{{"id": "{min(ids)}", "it": "it\'s"}}' in calls[0]
        assert "Bearer token of enroll.write" in calls[0]
        assert "Bearer token of enroll.read" in calls[1]
        assert NAME not in "".join(calls)
        assert TRACE not in "".join(calls)
        seen |= ids
    assert len(seen) == 2


def test_without_a_token_it_stops_and_says_so(report: Path) -> None:
    code, said, calls = executed(report)
    assert code == 1
    assert "No token: let OSIA_CONFIG name the configuration, or set TOKEN_1" in said
    assert calls == []


def test_ids_and_tokens_can_be_given(report: Path) -> None:
    code, _, calls = executed(report, ID_A=NAME, TOKEN_1="mine", TOKEN_2="another")
    assert code == 0
    assert all(NAME in call for call in calls)
    assert "Bearer mine" in calls[0]
    assert "Bearer another" in calls[1]


@pytest.mark.parametrize(
    "words", [journals.HOSTILE, "a\n$(touch sprung)", "a\r\ntouch sprung", "a\u2028b\x85c", "\\\n"]
)
def test_nothing_of_a_target_leaves_the_comment(words: str, tmp_path: Path) -> None:
    report = made(tmp_path, words)
    text = (report / "repro" / "ENR-PATCH-03.sh").read_text("utf-8")
    assert text.startswith("#!/usr/bin/env bash\n# ENR-PATCH-03: Title of ENR-PATCH-03\n# Found: expected 204; ")
    first = text.split("\n\n")[0].split("\n")
    assert all(line.startswith("#") for line in first)
    assert len(first) == 4
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2028]", text)
    executed(report, OSIA_CONFIG="conformance.toml")
    assert not (report / "sprung").exists()


def test_where_nothing_failed_there_is_none(report: Path) -> None:
    repro.write(*journals.conformant(), report)
    assert not (report / "repro").exists()
