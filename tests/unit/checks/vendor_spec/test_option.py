"""`--spec FILE` on real runs: more is sent, differences are observed, and the verdict stays what it is."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from osia_conformance.standard.versions import judged
from osia_conformance.support.paths import bundled
from tests.harness.running import Report, osia, osia_here

VERSIONS = [judged()[0], judged()[-1]]


def ours(version: str) -> Path:
    return bundled("specs") / "enrollment" / version / "openapi.yaml"


def run(directory: Path, *arguments: object) -> tuple[int, Report, str]:
    narrowed = ("--effort", "quick", "--seed", 1, "--only", "ENR-GENERATED-01-CREATE", "ENR-GENERATED-03-CREATE")
    # One run with a file, and one that a file refuses, are processes of their own.
    judged = osia if "--spec" in arguments and VERSIONS[0] not in arguments else osia_here
    done = judged("demo", "--report-dir", directory, *narrowed, *arguments)
    return done.returncode, Report(directory), done.stderr


@pytest.mark.parametrize("version", VERSIONS)
def test_a_servers_extended_file_adds_input_and_observations(version: str, tmp_path: Path) -> None:
    theirs = yaml.safe_load(ours(version).read_text("utf-8"))
    theirs["components"]["schemas"]["BiometricType"]["enum"].append("GAIT")
    file = tmp_path / "theirs.yaml"
    file.write_text(yaml.safe_dump(theirs), "utf-8")
    chosen = ("--interface-version", version)
    _, without, _ = run(tmp_path / "without", *chosen)
    code, report, words = run(tmp_path / "with", *chosen, "--spec", file)
    assert code == 2, words  # a selection is incomplete at best
    assert report.outcomes() == without.outcomes()
    assert len(report.lines("exchange")) > len(without.lines("exchange"))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert report.header()["spec"] == {"name": file.name, "sha256": digest, "file": f"bodies/{digest}"}
    assert (report.directory / "bodies" / digest).read_bytes() == file.read_bytes()
    (observed,) = [one for one in report.results["observations"] if one["ruling"] == "RUL-VENDOR-SPEC"]
    assert "/components/schemas/BiometricType/enum" in observed["text"]
    assert [ruling for ruling in report.results["rulings"] if ruling["id"] == "RUL-VENDOR-SPEC"]


def test_a_broken_file_ends_with_64_and_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "theirs.yaml"
    file.write_text("openapi: 3.0.0\npaths: {}\n", "utf-8")
    code, report, words = run(tmp_path / "report", "--spec", file)
    assert code == 64
    assert words.startswith("osia-conformance: --spec: theirs.yaml cannot be used: it lacks createEnrollment")
    assert words.count("\n") == 1
    assert not report.directory.exists()
