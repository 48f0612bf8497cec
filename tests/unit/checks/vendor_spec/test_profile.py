"""`--spec` beside a profile: what is drawn keeps to both, and to the profile alone where nothing fits both."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from osia_conformance.checks.generation.inputs import broken
from osia_conformance.checks.vendor_spec.drawing import vendor_broken, vendor_valid
from osia_conformance.checks.vendor_spec.profile import agreed
from osia_conformance.checks.vendor_spec.spec import VendorSpec
from osia_conformance.checks.vendor_spec.trial import tried
from osia_conformance.profile import load_profile
from osia_conformance.profile.statement import BlockSettings, ProfileSettings
from osia_conformance.standard.operations import by_code
from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import Payloads
from tests.harness import profiled
from tests.harness.interface_versions import JUDGED, NEWEST
from tests.unit.checks.test_generated_data import drawn
from tests.unit.checks.vendor_spec.documents import document, spec_of

VERSION = "1.0.0"


def samples_of(profile: ProfileSettings, version: str = VERSION) -> Payloads:
    return Payloads(load_specification(version), load_profile(profile))


def narrower(version: str = VERSION, **members: Any) -> VendorSpec:
    """Their file takes less than the profile of a closed server: women of given names, and one more member."""
    theirs = document(version)
    person = copy.deepcopy(profiled.PERSON)
    person["properties"] |= {"sex": {"const": "F"}, "firstName": {"$ref": "#/components/schemas/Given"}, **members}
    theirs["components"]["schemas"]["Given"] = {"enum": ["anna", "emma"]}
    theirs["components"]["schemas"]["Person"] = person
    theirs["components"]["schemas"]["Enrollment"]["properties"] |= {
        "biographicData": {"$ref": "#/components/schemas/Person"},
        "enrollmentType": {"enum": ["foreign", "diplomatic"]},
    }
    return spec_of(theirs, version)


def with_agreed(spec: VendorSpec, payloads: Payloads) -> VendorSpec:
    return replace(spec, agreed=agreed(spec.document, payloads))


@pytest.mark.parametrize("version", [JUDGED[0], NEWEST])
@pytest.mark.parametrize("code", ["CREATE", "PATCH"])
def test_generated_bodies_obey_profile_and_file(code: str, version: str) -> None:
    payloads = samples_of(profiled.PROFILE, version)
    spec = with_agreed(narrower(version, region={"type": "string"}), payloads)
    found = drawn(vendor_valid(spec, version, code, payloads), times=25)
    bodies = [one.body for one in found if isinstance(one.body, dict)]
    people = [body["biographicData"] for body in bodies if "biographicData" in body]
    assert people
    for person in people:
        assert payloads.profile.biographics.fits(person)
        assert person["firstName"] in {"anna", "emma"}
        assert person.get("sex", "F") == "F"
    assert {body["enrollmentType"] for body in bodies if "enrollmentType" in body} == {"foreign"}
    requests = [one for body in bodies for one in profiled.items(body.get("requestData"))]
    assert requests
    assert all(payloads.profile.blocks["requestData"].fits(one) for one in requests)


def test_the_profile_wins_where_nothing_fits_both() -> None:
    payloads = samples_of(profiled.PROFILE)
    spec = with_agreed(narrower(nationalId={"const": "none"}), payloads)
    create = by_code(VERSION)["CREATE"].id
    assert spec.agreed[create]["biographicData"] == []
    bodies = [one.body for one in drawn(vendor_valid(spec, VERSION, "CREATE", payloads), times=25)]
    people = [body["biographicData"] for body in bodies if isinstance(body, dict) and "biographicData" in body]
    assert people
    assert all(payloads.profile.biographics.fits(person) for person in people)


def test_examples_of_a_profile_are_chosen_by_what_the_file_takes() -> None:
    examples = ({"firstName": "anna", "lastName": "x", "nationalId": "0" * 12}, {"firstName": "otto"})
    payloads = samples_of(ProfileSettings(blocks={"biographicData": BlockSettings(examples=examples)}))
    spec = with_agreed(narrower(), payloads)
    assert {len(members["biographicData"]) for members in spec.agreed.values()} == {1}
    assert spec.agreed[by_code(VERSION)["CREATE"].id]["biographicData"] == [examples[0]]


def test_broken_bodies_break_ours_with_a_profile_too() -> None:
    payloads = samples_of(profiled.PROFILE)
    spec = with_agreed(narrower(), payloads)
    for body in drawn(vendor_broken(spec, VERSION, "CREATE", payloads), times=10):
        assert broken(VERSION, body, partial=False)


def test_the_trial_finds_what_fits_both() -> None:
    payloads = samples_of(profiled.PROFILE)
    spec = narrower()
    assert tried(spec, VERSION, profile=profiled.PROFILE).agreed == agreed(spec.document, payloads)
