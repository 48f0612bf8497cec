"""The commands `keygen`, `sign`, `verify`, `run --sign` and `report --format`, as they are called."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.cli import parser
from osia_conformance.evidence import verify as verifying
from osia_conformance.evidence.files import ATTESTATION
from osia_conformance.evidence.keys import public_key
from osia_conformance.standard import provenance
from osia_conformance.standard.register import load_register
from tests.unit.evidence import cases, changes, making
from tests.unit.evidence.cases import Case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return cases.prepared(tmp_path)


def contents(directory: Path) -> dict[str, bytes]:
    paths = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in paths}


def test_keygen_sign_and_verify(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report, key = making.written(tmp_path / "report"), tmp_path / "key.pem"
    assert parser.main(["keygen", "--algorithm", "ecdsa-p256", "--out", str(key)]) == 0
    assert f"`sign --key file:{key}`" in capsys.readouterr().out
    assert parser.main(["sign", str(report), "--key", f"file:{key}"]) == 0
    assert "files, ecdsa-sha2-nistp256 " in capsys.readouterr().out
    assert parser.main(["verify", str(report), "--key", str(tmp_path / "key.pub")]) == 2
    said = capsys.readouterr().out
    assert "files as they were signed with ecdsa-sha2-nistp256 " in said
    assert "verdict: nonconformant, derived by a register that is not this suite's" in said
    assert "product: Example Gateway 4.2" in said


def test_verify_ends_with_1_and_names_the_file(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    changes.change(case.report / "report.html")
    assert parser.main(["verify", str(case.report), "--key", str(case.public)]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("osia-conformance: report.html: it is not the file that was signed")
    assert "verified" not in said.out


def test_many_faults_are_counted(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(30):
        (case.report / f"more-{number}").write_bytes(b"")
    assert parser.main(["verify", str(case.report), "--key", str(case.public)]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == "osia-conformance: and 10 more files do not hold"


@pytest.mark.parametrize("command", ["verify", "sign"])
def test_what_is_no_report_ends_with_64(
    case: Case, tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    key = str(case.public) if command == "verify" else f"file:{case.key}"
    for name in ("empty", "gone", "key.pem"):
        assert parser.main([command, str(tmp_path / name), "--key", key]) == 64
        assert "is no report: it holds no journal.jsonl" in capsys.readouterr().err


def test_a_report_that_was_never_signed_does_not_hold(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    making.written(tmp_path / "unsigned")
    assert parser.main(["verify", str(tmp_path / "unsigned"), "--key", str(case.public)]) == 1
    assert "it is missing, so the report is not signed" in capsys.readouterr().err


def test_a_wrong_key_ends_with_64(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert parser.main(["verify", str(case.report), "--key", str(case.key)]) == 64
    assert "is a private key" in capsys.readouterr().err
    assert parser.main(["sign", str(case.other), "--key", str(case.key)]) == 64
    assert "--key: a secret must be given as env:NAME or file:PATH" in capsys.readouterr().err


def test_a_report_is_signed_once(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(case.report)
    assert parser.main(["sign", str(case.report), "--key", f"file:{case.stranger}"]) == 64
    assert f"is signed already; remove {ATTESTATION} to sign it anew" in capsys.readouterr().err
    assert contents(case.report) == before


def test_a_report_that_does_not_follow_from_its_journal_is_not_signed(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    liar = making.written(tmp_path / "liar")
    making.rewrite_reports(liar, making.small_register(), making.whitewash)
    assert parser.main(["sign", str(liar), "--key", f"file:{case.key}"]) == 1
    assert 'not signed: results.json: verdict is "conformant"' in capsys.readouterr().err
    assert not (liar / ATTESTATION).exists()


def test_a_killed_run_is_signed_once_its_reports_are_written(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    killed = making.written(tmp_path / "killed", own_register=True)
    (killed / "results.json").unlink()
    making.rewrite_journal(killed, lambda lines: lines[:-1])
    assert parser.main(["sign", str(killed), "--key", f"file:{case.key}"]) == 1
    assert "results.json: it is missing; `osia-conformance report DIR` makes it" in capsys.readouterr().err
    assert parser.main(["report", str(killed)]) == 0
    assert parser.main(["sign", str(killed), "--key", f"file:{case.key}"]) == 0
    assert parser.main(["verify", str(killed), "--key", str(case.public)]) == 0


def test_a_format_added_later_lies_outside_the_signed_set_and_says_so(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(case.report)
    assert parser.main(["report", str(case.report), "--format", "earl", "oscal"]) == 0
    said = capsys.readouterr().out
    for name in ("earl.jsonld", "oscal.json"):
        assert f"{case.report / 'added' / name}: outside the signed set" in said
    after = contents(case.report)
    assert set(after) - set(before) == {"added/earl.jsonld", "added/oscal.json"}
    assert {name: after[name] for name in before} == before
    assert parser.main(["verify", str(case.report), "--key", str(case.public)]) == 2
    assert "note: added/earl.jsonld: outside the signed set" in capsys.readouterr().out
    assert parser.main(["report", str(case.report), "--format", "allure"]) == 0
    assert parser.main(["verify", str(case.report), "--key", str(case.public)]) == 2
    notes = [line for line in capsys.readouterr().out.splitlines() if line.startswith("note: added/allure-results")]
    count = len(list((case.report / "added" / "allure-results").iterdir()))
    assert notes == [f"note: added/allure-results/ ({count} files): outside the signed set"]


def test_added_formats_find_the_evidence_in_the_report(case: Case) -> None:
    assert parser.main(["report", str(case.report), "--format", "oscal", "har", "earl"]) == 0
    added = case.report / "added"
    resources = json.loads((added / "oscal.json").read_text("utf-8"))["assessment-results"]["back-matter"]
    for resource in resources["resources"]:
        assert (added / resource["rlinks"][0]["href"]).is_file()
    assert (added / "evidence.har").read_bytes() == (case.report / "evidence.har").read_bytes()
    assert (added / "earl.jsonld").read_bytes() == (case.report / "earl.jsonld").read_bytes()


def test_a_format_is_added_to_an_unsigned_report_itself(tmp_path: Path) -> None:
    report = making.written(tmp_path / "report")
    (report / "earl.jsonld").unlink()
    assert parser.main(["report", str(report), "--format", "earl"]) == 0
    assert (report / "earl.jsonld").is_file()
    assert not (report / "added").exists()


def test_a_rebuild_by_another_register_says_what_the_run_said(tmp_path: Path) -> None:
    report = making.written(tmp_path / "report")
    before = contents(report)
    assert parser.main(["report", str(report)]) == 0
    assert contents(report)["results.json"] == before["results.json"]


def test_a_run_signs_its_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key, public = making.key_pair(tmp_path, "key")
    monkeypatch.chdir(tmp_path)
    arguments = ["demo", "--effort", "quick", "--only", "ENR-READ-01", "--report-dir", "report"]
    assert parser.main([*arguments, "--format", "earl", "--sign", f"file:{key}"]) == 2
    assert f"signed: {tmp_path / 'report' / ATTESTATION}: " in capsys.readouterr().out
    found = verifying.verify(Path("report"), public_key(str(public), "--key"))
    assert (found.faults, found.notes) == ([], [])
    assert found.results is not None
    assert found.results["verdict"] == "incomplete"
    first, second = making.records_of(Path("report"))[:2]
    assert first["sources"] == provenance.digests(first["interfaceVersion"])
    assert second == {"kind": "register", **provenance.as_line(load_register(first["interfaceVersion"]))}
    assert "report/earl.jsonld" in {path.as_posix() for path in Path("report").iterdir()}


def test_a_key_that_cannot_be_used_ends_before_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "report"
    assert parser.main(["demo", "--report-dir", str(report), "--sign", "file:gone.pem"]) == 64
    assert "--sign: the file of file:gone.pem cannot be read" in capsys.readouterr().err
    assert not report.exists()


def test_a_report_of_another_build_of_the_suite_is_verified_by_its_outcomes(tmp_path: Path) -> None:
    other: dict[str, Any] = {"sources": dict.fromkeys(provenance.digests("1.0.0"), "0" * 64)}
    key, public = making.key_pair(tmp_path, "key")
    report = making.written(tmp_path / "report", **other)
    results = json.loads((report / "results.json").read_text("utf-8"))
    results["reasons"] = ["said in other words"]
    (report / "results.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    making.sign_without_asking(report, key)
    found = verifying.verify(report, public_key(str(public), "--key"))
    assert found.faults == []
    assert any("outcomes and verdict compared, not words" in note for note in found.notes)
    results["requirements"][0]["outcome"] = "passed"
    (report / "results.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    making.sign_without_asking(report, key)
    (fault,) = verifying.verify(report, public_key(str(public), "--key")).faults
    assert fault.startswith("results.json: requirements[ENR-DONE-01-READ].outcome")


def test_a_copied_report_holds_anywhere(case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.report, tmp_path / "elsewhere" / "added")
    found = verifying.verify(tmp_path / "elsewhere" / "added", public_key(str(case.public), "--key"))
    assert found.faults == []
