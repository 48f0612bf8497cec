"""Objects within blocks that a profile declares are merged by a patch, whatever the block (RUL-MERGE-DEPTH)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from osia_conformance.profile import Profile
from osia_conformance.profile.statement import BlockSettings, ProfileSettings
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments, merge_patch
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import Judged, judge, reference, settings
from tests.harness.profiled import PERSON

DEVICE = {"type": "object", "properties": {"name": {"type": "string"}, "brand": {"type": "string"}}}
CLOSED = {"type": "object", "properties": {"enrollmentDevice": DEVICE}, "additionalProperties": False}
EXAMPLE = {"enrollmentDevice": {"name": "booth 7", "brand": "muster"}}
OTHERS = {
    name: BlockSettings({"type": "object", "additionalProperties": False})
    for name in ("requestData", "enrollmentFlags")
}
PROFILES = {
    "by example": BlockSettings(
        examples=(EXAMPLE, {"enrollmentDevice": {"name": "booth 8"}}, {"enrollmentDate": "2019-01-11"})
    ),
    "by schema": BlockSettings(CLOSED),
}
DEPTHS = ("ENR-PATCH-04", "ENR-PATCH-06", "ENR-PATCH-08", "ENR-PATCH-09")


def stated(context: BlockSettings) -> ProfileSettings:
    return ProfileSettings(blocks={**OTHERS, "biographicData": BlockSettings(PERSON), "contextualData": context})


class ReplacesDevices(Enrollments):
    def merge(self, current: Any, patch: Any) -> Any:
        merged = merge_patch(current, patch)
        device = (patch.get("contextualData") or {}).get("enrollmentDevice") if isinstance(patch, dict) else None
        if device:
            merged["contextualData"]["enrollmentDevice"] = dict(device)
        return merged


def judged(context: BlockSettings, enrollments: type[Enrollments] = Enrollments) -> Judged:
    run = replace(settings(NEWEST), profile=stated(context))
    only = tuple(f"--osia-only={name}" for name in DEPTHS)
    return judge(create_app(reference(NEWEST), enrollments=enrollments), run=run, arguments=only)


@pytest.mark.parametrize(("form", "away"), [("by example", set()), ("by schema", {"ENR-PATCH-06"})])
def test_a_declared_object_makes_merging_applicable(form: str, away: set[str]) -> None:
    run = judged(PROFILES[form])
    assert run.outcomes("passed") & {*DEPTHS} == {*DEPTHS} - away
    assert run.outcomes("inapplicable") & {*DEPTHS} == away


@pytest.mark.parametrize("form", PROFILES)
def test_a_server_that_replaces_it_is_caught(form: str) -> None:
    assert "ENR-PATCH-04" in judged(PROFILES[form], ReplacesDevices).outcomes("failed")


def test_objects_are_told_at_every_depth() -> None:
    nested = {"a": {"b": {"c": "muster"}}, "d": {}}
    block = Profile(ProfileSettings(blocks={"contextualData": BlockSettings(examples=(nested, {"a": {}}))}))
    context = block.with_objects("contextualData")
    assert context.objects() == [("a",), ("a", "b")]
    assert "sample" in context.values_at(("a", "b", "c"))
    assert context.may_lack(("a", "b"))
    assert not context.may_lack(("a",))


NAMED = ({"fullName": {"given": "anna"}, "lastName": "muster"}, {"fullName": {"given": "emma"}, "lastName": "sample"})


class AddsWithin(Enrollments):
    """Adds a member with a default to an object within biographic data."""

    def settled(self, enrollment_id: str, data: Any, status: str) -> Any:
        record = super().settled(enrollment_id, data, status)
        block = record.get("biographicData", {})
        if isinstance(block, dict) and isinstance(block.get("fullName"), dict):
            record["biographicData"] = {**block, "fullName": {"title": "", **block["fullName"]}}
        return record


def test_a_member_that_is_added_within_an_object_is_nobody_elses() -> None:
    stating = ProfileSettings(blocks={"biographicData": BlockSettings(examples=NAMED)})
    run = replace(settings(NEWEST), profile=stating)
    app = create_app(reference(NEWEST), enrollments=AddsWithin)
    assert judge(app, run=run, only=("ENR-LIFE-04",)).requirement("ENR-LIFE-04")["outcome"] == "passed"
