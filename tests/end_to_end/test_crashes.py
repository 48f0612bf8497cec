"""A crash at any stage is one sentence and 70, never a traceback and never a verdict; what was judged is reported."""

from __future__ import annotations

import importlib
import re
from operator import attrgetter
from pathlib import Path

import pytest

from osia_conformance.evidence import signing, verify
from osia_conformance.support.crashes import crash_words
from tests.harness.running import ROOT, Report, osia, osia_here

SAID = "the suite itself failed: LookupError: broken in two lines"
BEFORE = {
    "the session": "osia_conformance.target.session:Session.__init__",
    "the report directory": "osia_conformance.run.run_request:RunRequest.reserve_directory",
    "the journal's header": "osia_conformance.run.controller:header_of",
    "the reference server": "osia_conformance.target.embedded_server:EmbeddedServer.__init__",
}
"""Where a run has not begun: nothing is left of it."""
WITHIN = {
    "the preflight": "osia_conformance.run.controller:run_preflight",
    "a call of the preflight": "osia_conformance.target.client:Client.send",
    "the connection": "osia_conformance.wire.transport:StrictTransport.handle_request",
    "the collection": "osia_conformance.run.hooks:planned",
    "the plan": "osia_conformance.run.controller:RunController.plan",
    "a check": "osia_conformance.run.check_loop:judge",
    "what follows a check": "osia_conformance.run.controller:RunController.judged",
    "the clean-up": "osia_conformance.run.controller:clean_up",
}
"""Where there is something to report."""
OVER_WORKERS = {
    "the collection": WITHIN["the collection"],
    "the preflight": WITHIN["the preflight"],
    "a check": WITHIN["a check"].replace("check_loop:judge", "check_threads:CheckThreads._judge"),
    "a thread": "osia_conformance.run.check_threads:CheckThreads._next",
}
AT_THE_END = {
    "the outcomes": "osia_conformance.run.run_report:derive",
    "the terminal": "osia_conformance.run.terminal:Terminal.finished",
}


def crashing_process(place: str, directory: Path) -> dict[str, str]:
    """Return an environment in which each process of the suite crashes where `place` is called."""
    module, _, name = place.partition(":")
    owner, _, member = name.rpartition(".")
    holder = f"module.{owner}" if owner else "module"
    directory.mkdir()
    (directory / "sitecustomize.py").write_text(
        f"import {module} as module\n{holder}.{member}\n"
        "def crash(*_, **more):\n    raise LookupError('broken\\nin two lines')\n"
        f"{holder}.{member} = crash\n",
        "utf-8",
    )
    return {"PYTHONPATH": f"{directory}:{ROOT}:{ROOT / 'reference'}"}


def crashing(place: str, patch: pytest.MonkeyPatch) -> None:
    """Let this process crash where `place` is called."""

    def crash(*_: object, **__: object) -> None:
        raise LookupError("broken\nin two lines")

    module, _, name = place.partition(":")
    owner, _, member = name.rpartition(".")
    holder = importlib.import_module(module)
    patch.setattr(attrgetter(owner)(holder) if owner else holder, member, crash)


def demonstrated(
    place: str, tmp_path: Path, patch: pytest.MonkeyPatch | None, workers: int = 1
) -> tuple[int, str, str]:
    """Return exit code, output and complaints of a small demonstration that crashes at `place`: in this process, which
    `patch` changes, or in one of its own without it."""
    # One check alone is judged without threads.
    only = "ENR-READ-01" if workers == 1 else "ENR-READ"
    few = ("--effort", "quick", "--only", only, "--workers", workers, "--report-dir", tmp_path / "r")
    if patch is None:
        done = osia("demo", *few, env=crashing_process(place, tmp_path / "site"))
    else:
        crashing(place, patch)
        done = osia_here("demo", *few)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("place", BEFORE.values(), ids=BEFORE)
def test_a_crash_before_a_run_has_begun_leaves_nothing(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_nothing(*demonstrated(place, tmp_path, monkeypatch), tmp_path / "r")


def assert_nothing(code: int, said: str, complained: str, directory: Path) -> None:
    """Assert that a run that crashed before it began left one sentence."""
    assert (code, said, complained) == (70, "", f"osia-conformance: {SAID}\n")
    assert not directory.exists()


@pytest.mark.parametrize("place", WITHIN.values(), ids=WITHIN)
def test_a_crash_within_a_run_is_reported(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_reported(*demonstrated(place, tmp_path, monkeypatch), tmp_path / "r")


@pytest.mark.parametrize("place", OVER_WORKERS.values(), ids=OVER_WORKERS)
def test_a_crash_over_workers_is_reported(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_reported(*demonstrated(place, tmp_path, monkeypatch, 2), tmp_path / "r")


def test_a_process_ends_as_its_crash_is_told(tmp_path: Path) -> None:
    """Whatever is still loaded, and whichever threads there are: one of each kind in a process of its own."""
    for kind in ("before", "within", "threads"):
        (tmp_path / kind).mkdir()
    assert_nothing(*demonstrated(BEFORE["the session"], tmp_path / "before", None), tmp_path / "before" / "r")
    assert_reported(*demonstrated(WITHIN["a check"], tmp_path / "within", None), tmp_path / "within" / "r")
    assert_reported(*demonstrated(OVER_WORKERS["a thread"], tmp_path / "threads", None, 2), tmp_path / "threads" / "r")


def assert_reported(code: int, said: str, complained: str, directory: Path) -> None:
    """Assert that a run that crashed ended so, with a report that says it."""
    assert (code, complained) == (70, "")
    assert re.search(r"^open: the run did not finish: .*LookupError(: broken( in two lines)?)?$", said, re.MULTILINE)
    assert "conformant:" not in said.replace("nonconformant:", "conformant:")
    assert Report(directory).results["verdict"] == "incomplete"
    assert Report(directory).results["ending"] == "failed"
    assert (directory / "report.html").exists()


@pytest.mark.parametrize("place", AT_THE_END.values(), ids=AT_THE_END)
def test_a_crash_at_the_end_of_a_run_is_told(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, complained = demonstrated(place, tmp_path, monkeypatch)
    assert (code, complained) == (70, f"osia-conformance: {SAID}\n")
    assert (tmp_path / "r" / "journal.jsonl").exists()


def test_a_crash_of_a_format_is_told_beside_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said, _ = demonstrated("osia_conformance.reports.junit:write", tmp_path, monkeypatch)
    assert code == 70
    assert "junit.xml could not be written (LookupError: broken in two lines)" in said
    assert (tmp_path / "r" / "report.html").exists()


@pytest.mark.parametrize(
    ("module", "member", "command"),
    [(signing, "sign", "sign"), (verify, "verify", "verify")],
)
def test_a_crash_of_signing_and_verifying_is_told(
    module: object, member: str, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise LookupError("broken\nin two lines")

    key = tmp_path / "key.pem"
    assert osia_here("keygen", "--out", key).returncode == 0
    monkeypatch.setattr(module, member, crash)
    named = f"file:{key}" if command == "sign" else tmp_path / "key.pub"
    done = osia_here(command, tmp_path, "--key", named)
    assert (done.returncode, done.stdout, done.stderr) == (70, "", f"osia-conformance: {SAID}\n")


def test_the_words_of_a_worker_are_those_of_its_crash() -> None:
    told = "Traceback (most recent call last):\n  File 'a', line 1\n    x()\nLookupError: broken\n  in lines"
    assert crash_words(AssertionError(told)) == "the suite itself failed: LookupError: broken"
    assert crash_words(KeyError()) == "the suite itself failed: KeyError"
