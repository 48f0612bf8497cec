"""Runs with `--spec`: the report keeps the file, shards and auditors can tell it, and a finding of it is replayed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.checks.vendor_spec import run as vendor_run
from osia_conformance.checks.vendor_spec.profile import agreed
from osia_conformance.cli.merged_report import merge
from osia_conformance.cli.replayed_finding import replay
from osia_conformance.config.settings import Settings
from osia_conformance.reports import results as results_json
from osia_conformance.run.run_request import RunRequest
from osia_conformance.support.secrets import ConfigurationError
from osia_reference.enrollments import Enrollments
from tests.harness import lab, profiled
from tests.harness.judging import KEY, judge, settings
from tests.unit.checks.vendor_spec.documents import document
from tests.unit.checks.vendor_spec.test_profile import narrower, samples_of

FOUND = "ENR-GENERATED-02-CREATE"


class FailsOnGait(Enrollments):
    """Knows the word of the vendor's file, and breaks on it."""

    def validate(self, operation: str, body: Any) -> None:
        if "GAIT" in json.dumps(body):
            raise RuntimeError
        super().validate(operation, body)


@pytest.fixture(autouse=True)
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the trial in a process of its own: these files can be drawn from."""
    monkeypatch.setattr(vendor_run, "tried", lambda spec, *_, **__: spec)


@pytest.fixture(name="file")
def their_file(tmp_path: Path) -> Path:
    theirs = document()
    theirs["components"]["schemas"]["BiometricType"]["enum"] = ["GAIT"]
    theirs["components"]["schemas"]["Enrollment"]["required"].append("biometricData")
    theirs["components"]["schemas"]["Enrollment"]["properties"]["biometricData"]["minItems"] = 1
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(theirs), "utf-8")
    return path


def with_spec(path: Path, chosen: Settings | None = None, **members: Any) -> Settings:
    chosen = chosen or settings()
    return replace(chosen, target=replace(chosen.target, spec=path), **members)


def test_a_finding_is_replayed_from_the_copy_in_the_report(file: Path, tmp_path: Path) -> None:
    report, broken = tmp_path / "report", {"enrollments": FailsOnGait}
    run_request = lab.run(report, (f"--osia-only={FOUND}",), chosen=with_spec(file), **broken)
    assert run_request.exit_code == 1
    assert run_request.results is not None
    kept = report / run_request.results["spec"]["file"]
    assert kept.read_bytes() == file.read_bytes()
    assert kept.name == run_request.results["spec"]["sha256"]
    assert kept.name in (report / "report.html").read_text("utf-8")
    file.unlink()
    with lab.server(**broken) as transport:
        assert replay(report, FOUND, settings(), transport=transport)[0] == 1
    with lab.server() as transport:
        code, lines = replay(report, FOUND, settings(), transport=transport)
    assert code == 0, lines
    kept.write_bytes(b"{}")
    with pytest.raises(ConfigurationError, match=r"is not the file of that run \(SHA-256"):
        replay(report, FOUND, settings())
    kept.unlink()
    with pytest.raises(ConfigurationError, match="no copy of it that can be read; name that file as spec"):
        replay(report, FOUND, settings())


def test_shards_are_of_one_run_only_with_one_file(file: Path, tmp_path: Path) -> None:
    kept = file.read_bytes()
    shards = [tmp_path / name for name in ("one", "two", "other")]
    for directory, part in zip(shards, ("1/2", "2/2", "2/2"), strict=True):
        if directory.name == "other":
            file.write_text(file.read_text("utf-8") + " ", "utf-8")
        chosen = with_spec(file, shard=part)
        lab.run(directory, ("--osia-only=ENR-READ-01",), chosen=chosen, write_reports=results_json.write)
    merged = RunRequest(Settings(report_dir=tmp_path / "merged"), "1.0.0", write_reports=results_json.write)
    merge(shards[:2], merged)
    results = json.loads((tmp_path / "merged" / "results.json").read_bytes())
    assert (tmp_path / "merged" / results["spec"]["file"]).read_bytes() == kept
    with pytest.raises(ConfigurationError, match="they differ in spec"):
        merge([shards[0], shards[2]], RunRequest(Settings(report_dir=tmp_path / "none"), "1.0.0"))


def test_a_file_that_holds_a_secret_is_not_kept(file: Path, tmp_path: Path) -> None:
    file.write_text(file.read_text("utf-8").replace("GAIT", KEY), "utf-8")
    run_request = lab.run(tmp_path / "report", ("--osia-only=ENR-READ-01",), chosen=with_spec(file))
    assert run_request.exit_code == 64
    assert run_request.refusal is not None
    assert "theirs.json holds a secret of this configuration" in run_request.refusal
    assert not (tmp_path / "report").exists()


def test_a_profile_that_the_file_contradicts_is_observed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = narrower(nationalId={"const": "none"})
    found = agreed(spec.document, samples_of(profiled.PROFILE))
    monkeypatch.setattr(vendor_run, "tried", lambda spec, *_, **__: replace(spec, agreed=found))
    chosen = with_spec(file, profiled.run())
    judged = judge(profiled.app(), run=chosen, arguments=("--osia-only=ENR-GENERATED-01-CREATE",))
    assert judged.outcomes("failed") == set()
    told = [one["text"] for one in judged.results["observations"] if one["operation"] == "createEnrollment"]
    words = "no biographicData was found that fits both [profile] and theirs.json; what is sent keeps to [profile]"
    assert words in told
