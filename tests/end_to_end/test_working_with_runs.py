"""report, replay, --only, --operation, --rerun-failed: on real runs of a server that is broken, and then mended."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from osia_conformance.cli import main
from osia_conformance.cli.replayed_finding import replay
from osia_conformance.config.settings import TargetSettings
from osia_conformance.run.selection import Selection, as_before, failed_checks
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict import journal
from osia_conformance.verdict.finished_run import expect_target, header_of, records_of
from tests.harness import lab
from tests.harness.judging import settings

PART = ("--osia-only=ENR-DELETE", "--osia-only=ENR-TOKEN-03-READ")


@pytest.fixture(scope="module", name="recorded")
def recorded_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run against a server that deletes nothing."""
    directory = tmp_path_factory.mktemp("recorded") / "report"
    lab.run(directory, PART, **lab.BROKEN)
    return directory


@pytest.fixture(name="copied")
def copy_of(recorded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recorded, tmp_path / "copy"))


def outcomes(results: dict[str, Any]) -> dict[str, str]:
    return {entry["id"]: entry["outcome"] for entry in results["requirements"] if entry["checks"]}


def contents(directory: Path) -> dict[str, str]:
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return {str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


# ------------------------------------------------------------------------------------------------------- selection


def test_only_what_was_asked_for_runs_and_the_run_is_no_verdict(tmp_path: Path) -> None:
    run_request = lab.run(tmp_path / "report", PART)
    assert run_request.results is not None
    ran = outcomes(run_request.results)
    assert {"ENR-DELETE-01", "ENR-DELETE-02", "ENR-TOKEN-03-READ"} <= set(ran)
    assert all(name.startswith("ENR-DELETE-") or name == "ENR-TOKEN-03-READ" for name in ran)
    assert set(ran.values()) == {"passed"}
    assert run_request.results["selection"] is True
    assert run_request.results["verdict"] == "incomplete"
    assert run_request.exit_code == 2


def test_an_operation_selects_every_requirement_that_concerns_it(tmp_path: Path) -> None:
    arguments = ("--osia-operation=getBuffer", "--osia-only=ENR-DONE", "--osia-only=ENR-DELETE")
    run_request = lab.run(tmp_path / "report", arguments)
    assert run_request.results is not None
    assert set(outcomes(run_request.results)) == {"ENR-DONE-01-BUFREAD", "ENR-DELETE-03"}


def test_what_failed_runs_again_and_nothing_else(recorded: Path, tmp_path: Path) -> None:
    failed = failed_checks(recorded)
    run_request = lab.run(tmp_path / "report", (f"--osia-rerun-failed={recorded}",))
    assert run_request.results is not None
    ran = {(entry["id"], check["id"]) for entry in run_request.results["requirements"] for check in entry["checks"]}
    assert ran == failed
    assert {name for name, _ in failed} >= {"ENR-DELETE-01", "ENR-DELETE-02"}
    assert set(outcomes(run_request.results).values()) == {"passed"}
    assert run_request.exit_code == 2


def test_it_is_sent_with_the_seed_and_effort_of_the_run_before(recorded: Path) -> None:
    chosen = Selection(failed=recorded)
    open_seed = replace(settings(), seed=None, effort="standard")
    assert as_before(chosen, open_seed, effort=False).seed == 1
    assert as_before(chosen, open_seed, effort=False).effort == "quick"
    assert as_before(chosen, replace(settings(), seed=9), effort=False).seed == 9
    assert as_before(chosen, open_seed, effort=True).effort == "standard"
    assert as_before(Selection(), open_seed, effort=False) == open_seed
    with pytest.raises(ConfigurationError, match="`osia-conformance run` judges that again"):
        as_before(chosen, replace(settings(), target=TargetSettings(), demonstration=True), effort=False)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--only", "ENR-DELET-01"], 'no requirement is named "ENR-DELET-01"; the nearest is "ENR-DELETE-01"'),
        (["--only", "enr-delete-01"], 'no requirement is named "enr-delete-01"; the nearest is "ENR-DELETE-01"'),
        (["--operation", "createEnrolment"], 'the nearest is "createEnrollment"'),
        (["--rerun-failed", "nowhere"], "nowhere: there is no journal.jsonl"),
    ],
)
def test_a_selection_of_what_does_not_exist_is_refused(
    option: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", *option]) == 64
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_a_selection_that_leaves_nothing_is_refused_before_anything_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = ["--url", "http://127.0.0.1:1", "--interface-version", "1.0.0", "--report-dir", str(tmp_path / "r")]
    assert main(["run", *target, "--operation", "sendBuffer", "--only", "ENR-DELETE-01"]) == 64
    told = capsys.readouterr().err
    assert told.startswith("osia-conformance: --only ENR-DELETE-01 --operation sendBuffer: no check is left")
    assert told.count("\n") == 1
    assert not (tmp_path / "r").exists()


# ---------------------------------------------------------------------------------------------------------- report


def test_every_format_is_rebuilt_as_it_was(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(copied)
    for path in copied.iterdir():
        if path.name not in {"journal.jsonl", "bodies"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert main(["report", str(copied)]) == 0
    assert contents(copied) == before
    assert capsys.readouterr().out.splitlines()[-1] == f"nonconformant: {copied}"


def test_one_format_can_be_rebuilt_alone(copied: Path) -> None:
    for name in ("junit.xml", "summary.md", "report.html"):
        (copied / name).unlink()
    assert main(["report", str(copied), "--format", "junit", "markdown"]) == 0
    assert (copied / "junit.xml").exists()
    assert (copied / "summary.md").exists()
    assert not (copied / "report.html").exists()


def test_a_killed_run_is_rebuilt_and_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    directory = tmp_path / "report"
    lab.run(directory, PART)
    lines = (directory / journal.FILE).read_bytes().splitlines(keepends=True)
    killed = tmp_path / "killed"
    shutil.copytree(directory / "bodies", killed / "bodies")
    middle = next(number for number, line in enumerate(lines) if b'"kind":"check"' in line) + 2
    (killed / journal.FILE).write_bytes(b"".join(lines[:middle]) + lines[middle][:20])
    assert main(["report", str(killed)]) == 0
    results = json.loads((killed / "results.json").read_bytes())
    assert results["ending"] == "cut off"
    assert results["verdict"] == "incomplete"
    assert "the run was cut off before it could write its end" in capsys.readouterr().out
    assert "the run was cut off" in (killed / "report.html").read_text("utf-8")
    assert 'message="The run did not finish: cut off."' in (killed / "junit.xml").read_text("utf-8")
    assert main(["compare", str(directory), str(killed)]) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no journal.jsonl"),
        (b"", "it does not begin with a header"),
        (b"no json\n", "line 1 is no JSON"),
        (b'{"kind": "header"}\n', "the journal is not one of this suite"),
        (b'{"kind": "header", "interfaceVersion": "9.9.9"}\n', "schemaVersion"),
    ],
)
def test_what_is_no_journal_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / journal.FILE).write_bytes(content)
    assert main(["report", str(tmp_path)]) == 64
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
    assert not (tmp_path / "results.json").exists()


# ---------------------------------------------------------------------------------------------------------- replay


@pytest.mark.parametrize("requirement", ["ENR-DELETE-01", "ENR-DELETE-02"])
def test_a_finding_still_fails_on_the_same_server(recorded: Path, requirement: str) -> None:
    with lab.server(**lab.BROKEN) as transport:
        code, lines = replay(recorded, requirement, settings(), transport=transport)
    assert code == 1
    assert lines[-2:] == ["  it still fails", "1 of 1 still fails"]
    sent = [line for line in lines if "/v1/enrollments" in line]
    assert len(sent) > 3
    assert all(line.endswith("as recorded") for line in sent)


@pytest.mark.parametrize("requirement", ["ENR-DELETE-01", "ENR-DELETE-02"])
def test_a_finding_no_longer_fails_on_a_mended_server(recorded: Path, requirement: str) -> None:
    with lab.server() as transport:
        code, lines = replay(recorded, requirement, settings(), transport=transport)
    assert code == 0
    assert lines[-2:] == ["  it no longer fails", "0 of 1 still fail"]
    assert any("404; recorded: 204" in line for line in lines)


def test_a_server_that_answers_nothing_leaves_it_open(recorded: Path) -> None:
    code, lines = replay(
        recorded, "ENR-DELETE-01", replace(settings(), target=TargetSettings(url=settings().target.url, timeout=2))
    )
    assert code == 2
    assert lines[-2].startswith("  whether it still fails cannot be told")


def test_ids_and_transactions_are_fresh_and_everything_is_deleted(recorded: Path) -> None:
    records = journal.read(recorded)
    names = {line["enrollment"] for line in records if line["kind"] == "created"}
    sent = {line["request"]["url"] for line in records if line["kind"] == "exchange"}
    with lab.server() as transport:
        replay(recorded, "ENR-DELETE-02", settings(), transport=transport)
        assert len(transport.urls) > 10
        assert not [url for url in transport.urls if any(name in url for name in names)]
        assert not {_transaction(url) for url in transport.urls} & {_transaction(url) for url in sent}
        assert transport.left() == set()


def _transaction(url: str) -> str:
    return dict(parse_qsl(urlsplit(url).query))["transactionId"]


def test_all_findings_are_replayed_with_a_total_and_the_ids_that_are_sent(recorded: Path) -> None:
    with lab.server() as transport:
        code, lines = replay(recorded, None, settings(), transport=transport)
        called = set(transport.urls)
    assert code == 0
    assert re.fullmatch(r"0 of [2-9] still fail", lines[-1])
    paths = [line.split()[2].rstrip(":") for line in lines if re.match(r"  \S+\.\d+ [A-Z]+ /", line)]
    assert paths
    assert all(any(url.partition("?")[0] == path for url in called) for path in paths)


def test_what_did_not_fail_cannot_be_replayed(recorded: Path) -> None:
    with pytest.raises(ConfigurationError, match='"ENR-TOKEN-03-READ" did not fail in that run'):
        replay(recorded, "ENR-TOKEN-03-READ", settings())


def test_another_target_than_the_recorded_one_is_called_only_on_purpose(recorded: Path) -> None:
    header = header_of(records_of(recorded))
    elsewhere = replace(settings(), target=TargetSettings(url="https://other.example"))
    nowhere = replace(settings(), target=TargetSettings())
    assert expect_target(recorded, header, settings(), on_purpose=False) is None
    for other, words in ((elsewhere, "the configuration names https://other.example"), (nowhere, "no target is")):
        with pytest.raises(ConfigurationError, match=words), lab.server(**lab.BROKEN) as transport:
            replay(recorded, "ENR-DELETE-01", other, transport=transport)
        assert transport.urls == []
    with lab.server(**lab.BROKEN) as transport:
        lines = replay(recorded, "ENR-DELETE-01", elsewhere, on_purpose=True, transport=transport)[1]
    assert lines[0].endswith("as you said, https://other.example is called")
    assert transport.urls
