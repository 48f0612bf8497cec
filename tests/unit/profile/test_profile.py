"""A server with rules of its own is judged by its profile; a profile that it contradicts is named, not the server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

from osia_conformance.checks.enrollment.profile_trial import CONTRADICTED, FITS, NOT_TRIED
from osia_conformance.cli.profile import check_profile as check
from osia_conformance.config.loading import load
from osia_conformance.profile.blocks import Block
from osia_conformance.profile.statement import BlockSettings, ProfileSettings, SearchSettings
from osia_conformance.standard.versions import judged as judged_versions
from osia_conformance.support.secrets import ConfigurationError
from osia_reference.replies import Refusal
from tests.harness import profiled
from tests.harness.inprocess import AsgiTransport
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import OLDEST, Judged, judge, settings
from tests.harness.running import VERSION, closed_port, configured, osia, osia_here, served
from tests.harness.variant import ONLY_WHERE_SEEN

EVERYWHERE = {"ENR-FIND-07", "ENR-FIND-08", "ENR-FIND-09"}
WITHOUT_AN_OPEN_BLOCK = {
    *("ENR-CREATE-11", "ENR-CREATE-12", "ENR-CREATE-13"),
    *("ENR-PATCH-04", "ENR-PATCH-06", "ENR-PATCH-08", "ENR-PATCH-09"),
}
"""From 1.1.0 on contextualData, of which the profile says nothing, is one."""
AWAY = {OLDEST: EVERYWHERE | WITHOUT_AN_OPEN_BLOCK, NEWEST: EVERYWHERE}


def inapplicable(judged: Judged) -> set[str]:
    entries = judged.results["requirements"]
    found = {one["id"] for one in entries if one["outcome"] == "inapplicable" and one["status"] == "active"}
    return found - {*ONLY_WHERE_SEEN}


@pytest.mark.parametrize("version", AWAY)
def test_a_server_with_rules_of_its_own_is_conformant_with_its_profile(version: str) -> None:
    judged = judge(profiled.app(version=version), run=profiled.run(version=version))
    assert judged.exit_code == 0, judged.results["reasons"]
    assert inapplicable(judged) == AWAY[version]
    assert judged.observed() == set()
    header = next(line for line in judged.records if line["kind"] == "header")
    stated = header["configuration"]["profile"]["blocks"]
    assert {name: block["schema"] for name, block in stated.items()} == profiled.SCHEMAS


PROFILED = ("CREATE", "UPDATE", "PATCH", "FIND", "PAGE", "BUFFER", "GENERATED-01", "GENERATED-03")
"""What is sent on the profile's word, by how its requirements begin."""


@pytest.mark.parametrize("version", sorted({*judged_versions()} - {*AWAY}))
def test_what_a_profile_says_is_kept_to_in_the_versions_between(version: str) -> None:
    chosen = tuple(f"--osia-only=ENR-{name}" for name in PROFILED)
    judged = judge(profiled.app(version=version), run=profiled.run(version=version), arguments=chosen)
    assert judged.results["totals"]["failed"] == judged.results["totals"]["cantTell"] == 0
    assert len(judged.outcomes("passed")) > 50
    assert inapplicable(judged) == EVERYWHERE
    assert judged.observed() == set()


def test_without_its_profile_one_sentence_says_what_was_refused() -> None:
    judged = judge(profiled.app(), run=settings(enrollment_id=profiled.IDS))
    assert judged.exit_code == 2
    assert judged.outcomes("failed") == set()
    [first, *_] = judged.results["reasons"]
    assert first.startswith("the default profile's canonical enrollment was refused: createEnrollment answered 400")
    assert "enrollmentType is neither national nor foreign" in first
    assert judged.requirement("ENR-READ-01")["reason"] == first


class ForgetsTheSchema(profiled.ClosedEnrollments):
    """Asks for the required members on create and update only."""

    def validate(self, operation: str, body: Any) -> None:
        if operation != "partialUpdateEnrollment":
            super().validate(operation, body)


def test_a_patch_that_takes_a_required_member_away_is_caught() -> None:
    chosen = ("--osia-only=ENR-PATCH-11",)
    judged = judge(profiled.app(ForgetsTheSchema), run=profiled.run(), arguments=chosen)
    assert judged.outcomes("failed") == {"ENR-PATCH-11"}
    assert 'the member "' in judged.requirement("ENR-PATCH-11")["reason"]


class WantsARequest(profiled.ClosedEnrollments):
    """Keeps no enrollment without request data."""

    def settled(self, enrollment_id: str, data: Any, status: str) -> Any:
        if not data.get("requestData"):
            raise Refusal(400, "requestData is wanted")
        return super().settled(enrollment_id, data, status)


def tried(
    profile: ProfileSettings, version: str = OLDEST, enrollments: Any = profiled.ClosedEnrollments
) -> tuple[int, list[str]]:
    app = profiled.app(enrollments, version=version)
    transport = AsgiTransport(app)
    try:
        found = check(profiled.run(profile, version), transport=transport)
        assert list(app.enrollments.store.find([])) == []
        return found
    finally:
        transport.close()
        app.close()


@pytest.mark.parametrize("version", judged_versions())
def test_a_profile_that_fits_is_said_to_fit(version: str) -> None:
    code, lines = tried(profiled.PROFILE, version)
    assert code == FITS
    assert all(line.startswith("fits: ") for line in lines[:-1])
    assert "fits: a search on dateOfBirth" in lines
    assert "fits: enrollmentType foreign" in lines
    assert lines[-1].startswith("the target accepts what the profile says")


WRONG: dict[str, tuple[ProfileSettings, str, str]] = {
    "type": (
        replace(profiled.PROFILE, enrollment_types=("national", "tourist")),
        "refused: enrollmentType tourist: createEnrollment answered 400 Bad Request",
        "change enrollment-types",
    ),
    "search": (
        replace(profiled.PROFILE, search={**profiled.PROFILE.search, "sex": SearchSettings("string", ("F", "M"))}),
        "refused: a search on sex: findEnrollments answered 400 Bad Request",
        "take sex out of [profile.search]",
    ),
    "buffer": (
        replace(profiled.PROFILE, largest_buffer=2 * profiled.LARGEST_BUFFER),
        "refused: a buffer of 16384 bytes: sendBuffer answered 413",
        "set largest-buffer",
    ),
    "block": (
        replace(
            profiled.PROFILE, blocks={**profiled.PROFILE.blocks, "requestData": BlockSettings(examples=({"a": "b"},))}
        ),
        "refused: requestData alone: createEnrollment answered 400 Bad Request",
        "change [profile.requestData]",
    ),
}


def test_a_largest_buffer_that_is_refused_leaves_the_case_open() -> None:
    profile, _, _ = WRONG["buffer"]
    judged = judge(profiled.app(), run=profiled.run(profile), arguments=("--osia-only=ENR-BUFFER-07",))
    assert judged.outcomes("cantTell") == {"ENR-BUFFER-07"}
    assert "it was refused with 413" in judged.requirement("ENR-BUFFER-07")["reason"]


@pytest.mark.parametrize("case", WRONG)
def test_a_profile_that_does_not_fit_is_told_what_to_change(case: str) -> None:
    profile, refused, advice = WRONG[case]
    code, lines = tried(profile)
    assert code == CONTRADICTED
    assert any(line.startswith(refused) and advice in line for line in lines), lines
    assert lines[-1].startswith("the target contradicts the profile in ")


def test_a_group_that_the_server_wants_is_named_as_required() -> None:
    code, lines = tried(profiled.PROFILE, enrollments=WantsARequest)
    assert code == CONTRADICTED
    [refused] = [line for line in lines if line.startswith("refused: ")]
    assert refused.startswith("refused: the required members alone: createEnrollment answered 400")
    assert refused.endswith("name in required what each enrollment must have")
    assert tried(replace(profiled.PROFILE, required=("requestData",)), enrollments=WantsARequest)[0] == FITS


AGED = {**profiled.PERSON, "properties": {**profiled.PERSON["properties"], "age": {"type": "integer", "minimum": 0}}}


class RefusesIntegers(profiled.ClosedEnrollments):
    """Takes the standard's schema of a value by its word: an integer is a number, too, and so fits two branches."""

    schemas: ClassVar[dict[str, Any]] = {**profiled.SCHEMAS, "biographicData": AGED}
    searchable = (*profiled.SEARCHABLE, "age")

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if operation == "findEnrollments" and any(type(each["value"]) is int for each in body):
            raise Refusal(400, "value is valid under more than one of the schemas")


def test_an_integer_that_a_strict_validator_refuses_is_no_contradiction() -> None:
    blocks = {**profiled.PROFILE.blocks, "biographicData": BlockSettings(AGED)}
    search = {**profiled.PROFILE.search, "age": SearchSettings("integer")}
    code, lines = tried(replace(profiled.PROFILE, blocks=blocks, search=search), enrollments=RefusesIntegers)
    assert code == FITS, lines
    assert "fits: a search on age, where integers are refused as a strict validator does" in lines


def test_a_target_that_is_not_there_is_no_contradiction() -> None:
    run = settings(url=closed_port())
    code, lines = check(run)
    assert code == NOT_TRIED
    assert lines[-1].startswith("the profile could not be tried: ")


def test_the_command_tries_the_target(tmp_path: Path) -> None:
    with served("--no-auth") as url:
        done = osia("profile", "--check", "--url", url, "--interface-version", VERSION, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fits: the canonical enrollment" in done.stdout


def test_wrong_usage_ends_with_a_sentence(tmp_path: Path) -> None:
    assert osia_here("profile").returncode == 64
    file = configured(tmp_path, closed_port(), "[profile]\nmarkr = 'a'")
    done = osia_here("profile", "--check", "--config", file)
    assert done.returncode == 64
    assert 'the nearest valid one is "marker"' in done.stderr


NESTED = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "firstName": {"type": "string"},
        "address": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"city": {"type": "string"}, "lines": {"type": "object", "properties": {"one": {}}}},
        },
    },
}


def test_nested_optional_members_are_in_the_canonical_value() -> None:
    value = Block(BlockSettings(schema=NESTED)).canonical
    assert set(value["address"]) == {"city", "lines"}
    assert set(value["address"]["lines"]) == {"one"}


def test_nested_members_that_must_be_drawn_are_in_the_canonical_value() -> None:
    drawn = {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{7}$"}
    address = {"type": "object", "properties": {"city": {"type": "string"}, "code": drawn}}
    value = Block(BlockSettings(schema={**NESTED, "properties": {"firstName": {}, "address": address}})).canonical
    assert set(value["address"]) >= {"city", "code"}


def test_a_schema_may_be_yaml(tmp_path: Path) -> None:
    (tmp_path / "person.yaml").write_text("type: object\nproperties: {firstName: {type: string}}\n", "utf-8")
    file = configured(tmp_path, closed_port(), "[profile.biographicData]\nschema = 'person.yaml'")
    assert load({}, file=file).profile.blocks["biographicData"].schema == {
        "type": "object",
        "properties": {"firstName": {"type": "string"}},
    }
    (tmp_path / "person.yaml").write_text("a: [", "utf-8")
    with pytest.raises(ConfigurationError, match="neither YAML nor JSON"):
        load({}, file=file)


class Flaky(profiled.ClosedEnrollments):
    """Fails with 500 where there is request data."""

    def settled(self, enrollment_id: str, data: Any, status: str) -> Any:
        if data.get("requestData"):
            raise RuntimeError("the pool is empty")
        return super().settled(enrollment_id, data, status)


def test_a_500_does_not_end_the_trials() -> None:
    code, lines = tried(profiled.PROFILE, enrollments=Flaky)
    assert code == NOT_TRIED
    assert any(line.startswith("open: the canonical enrollment: createEnrollment answered 500") for line in lines)
    assert any(line.startswith("fits: biographicData alone") for line in lines)
