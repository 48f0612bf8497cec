"""OSCAL assessment results: read with compliance-trestle's models of OSCAL 1.2.1, held to its validators."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from trestle.core.validator_factory import validator_factory
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import AssessmentResults

from osia_conformance import reports
from osia_conformance.reports import oscal
from osia_conformance.reports.results import arrange
from tests.unit.reports import journals


def written(scenario: tuple[dict[str, Any], list[dict[str, Any]]], directory: Path) -> AssessmentResults:
    results, records = scenario
    (directory / "journal.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in records))
    read = AssessmentResults.oscal_read(oscal.write(arrange(results), records, directory))
    assert isinstance(read, AssessmentResults)
    return read


def props(part: Any) -> dict[str, str]:
    return {prop.name: prop.value for prop in part.props}


def test_trestle_reads_every_kind_of_run_as_oscal_1_2(tmp_path: Path) -> None:
    assert OSCAL_VERSION == oscal.VERSION
    for scenario in journals.every(tmp_path):
        assert written(scenario, tmp_path).metadata.oscal_version.root.root == "1.2.1"


@pytest.mark.parametrize("mode", ["duplicates", "all"])
def test_trestles_validators_accept_it(tmp_path: Path, mode: str) -> None:
    validator = validator_factory.get(argparse.Namespace(mode=mode))
    for scenario in journals.every(tmp_path):
        assert validator.model_is_valid(written(scenario, tmp_path), False)


def test_every_requirement_has_an_observation_and_every_applicable_one_a_finding(tmp_path: Path) -> None:
    results, records = journals.failing()
    (run,) = written((results, records), tmp_path).results
    outcomes = {entry["id"]: entry["outcome"] for entry in results["requirements"]}
    observed = [props(one) for one in run.observations if "requirement" in props(one)]
    assert {one["requirement"]: one["outcome"] for one in observed} == outcomes
    found = {one.target.target_id: one.target.status for one in run.findings}
    assert set(found) == {name for name, outcome in outcomes.items() if outcome != "inapplicable"}
    for name, status in found.items():
        state = (status.state.value, getattr(status.reason, "value", status.reason))
        wanted = {"passed": ("satisfied", "pass"), "failed": ("not-satisfied", "fail")}
        assert state == wanted.get(outcomes[name], ("not-satisfied", "other"))


def test_a_finding_leads_to_its_observation_its_subject_and_its_evidence(tmp_path: Path) -> None:
    document = written(journals.hostile(tmp_path), tmp_path)
    (run,) = document.results
    (finding,) = run.findings
    observation = next(one for one in run.observations if one.uuid == finding.related_observations[0].observation_uuid)
    (subject,) = run.local_definitions.components
    assert [one.subject_uuid for one in observation.subjects] == [subject.uuid]
    resources = {f"#{one.uuid}": one for one in document.back_matter.resources}
    named = [resources[one.href] for one in observation.relevant_evidence]
    assert named[0].title == "journal.jsonl"
    assert len(named) == 3
    for resource in named:
        (link,) = resource.rlinks
        (digest,) = link.hashes
        assert digest.value == hashlib.sha256((tmp_path / link.href).read_bytes()).hexdigest()


def test_objectives_carry_the_clause_and_the_findings_point_at_them(tmp_path: Path) -> None:
    document = written(journals.failing(), tmp_path)
    objectives = {one.parts[0].id: one for one in document.local_definitions.objectives_and_methods}
    assert {one.target.target_id for one in document.results[0].findings} <= set(objectives)
    patch = props(objectives["ENR-PATCH-03"].parts[0])
    assert patch == {"level": "MUST", "clause": "openapi.yaml, /paths/~1v1~1enrollments/post/responses/201"}


def test_what_was_observed_beside_the_requirements_is_there(tmp_path: Path) -> None:
    (run,) = written(journals.failing(), tmp_path).results
    (seen,) = [one for one in run.observations if "ruling" in props(one)]
    assert seen.description == "plain http"
    assert props(run)["verdict"] == "nonconformant"


def test_a_run_that_was_cut_off_has_no_end(tmp_path: Path) -> None:
    (run,) = written(journals.cut_off(), tmp_path).results
    assert run.end is None
    assert props(run)["ending"] == "cut off"


def test_a_file_that_is_gone_is_said_to_be_missing(tmp_path: Path) -> None:
    results, records = journals.conformant()
    path = oscal.write(arrange(results), records, tmp_path)
    (resource,) = json.loads(path.read_text("utf-8"))["assessment-results"]["back-matter"]["resources"]
    assert resource["remarks"] == "The file is missing."
    assert "rlinks" not in resource


def test_the_same_journal_gives_the_same_file(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one = reports.write_all(*journals.failing(), tmp_path, ("oscal",))[-1]
    other = reports.write_all(*journals.failing(), tmp_path / "other", ("oscal",))[-1]
    assert one.name == oscal.FILE
    assert one.read_bytes() == other.read_bytes()
