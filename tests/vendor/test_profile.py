"""`--spec` beside a profile: what is drawn keeps to both, and to the profile alone where nothing fits both."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from osia_conformance.generated.inputs import broken
from osia_conformance.operations import by_code
from osia_conformance.profile import load_profile
from osia_conformance.samples import Samples
from osia_conformance.settings import BlockSettings, ProfileSettings
from osia_conformance.specification import load_specification
from osia_conformance.vendor.drawing import vendor_broken, vendor_valid
from osia_conformance.vendor.profile import agreed
from osia_conformance.vendor.spec import VendorSpec
from osia_conformance.vendor.trial import tried
from tests import profiled
from tests.test_generated_data import drawn
from tests.vendor.documents import document, spec_of

VERSION = "1.0.0"


def samples_of(profile: ProfileSettings, version: str = VERSION) -> Samples:
    return Samples(load_specification(version), load_profile(profile))


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


def with_agreed(spec: VendorSpec, samples: Samples) -> VendorSpec:
    return replace(spec, agreed=agreed(spec.document, samples))


@pytest.mark.parametrize("version", ["1.0.0", "1.3.0"])
@pytest.mark.parametrize("code", ["CREATE", "PATCH"])
def test_generated_bodies_obey_profile_and_file(code: str, version: str) -> None:
    samples = samples_of(profiled.PROFILE, version)
    spec = with_agreed(narrower(version, region={"type": "string"}), samples)
    found = drawn(vendor_valid(spec, version, code, samples), times=25)
    bodies = [one.body for one in found if isinstance(one.body, dict)]
    people = [body["biographicData"] for body in bodies if "biographicData" in body]
    assert people
    for person in people:
        assert samples.profile.biographics.fits(person)
        assert person["firstName"] in {"anna", "emma"}
        assert person.get("sex", "F") == "F"
    assert {body["enrollmentType"] for body in bodies if "enrollmentType" in body} == {"foreign"}
    requests = [one for body in bodies for one in profiled.items(body.get("requestData"))]
    assert requests
    assert all(samples.profile.blocks["requestData"].fits(one) for one in requests)


def test_the_profile_wins_where_nothing_fits_both() -> None:
    samples = samples_of(profiled.PROFILE)
    spec = with_agreed(narrower(nationalId={"const": "none"}), samples)
    create = by_code(VERSION)["CREATE"].id
    assert spec.agreed[create]["biographicData"] == []
    bodies = [one.body for one in drawn(vendor_valid(spec, VERSION, "CREATE", samples), times=25)]
    people = [body["biographicData"] for body in bodies if isinstance(body, dict) and "biographicData" in body]
    assert people
    assert all(samples.profile.biographics.fits(person) for person in people)


def test_examples_of_a_profile_are_chosen_by_what_the_file_takes() -> None:
    examples = ({"firstName": "anna", "lastName": "x", "nationalId": "0" * 12}, {"firstName": "otto"})
    samples = samples_of(ProfileSettings(blocks={"biographicData": BlockSettings(examples=examples)}))
    spec = with_agreed(narrower(), samples)
    assert {len(members["biographicData"]) for members in spec.agreed.values()} == {1}
    assert spec.agreed[by_code(VERSION)["CREATE"].id]["biographicData"] == [examples[0]]


def test_broken_bodies_break_ours_with_a_profile_too() -> None:
    samples = samples_of(profiled.PROFILE)
    spec = with_agreed(narrower(), samples)
    for body in drawn(vendor_broken(spec, VERSION, "CREATE", samples), times=10):
        assert broken(VERSION, body, partial=False)


def test_the_trial_finds_what_fits_both() -> None:
    samples = samples_of(profiled.PROFILE)
    spec = narrower()
    assert tried(spec, VERSION, profile=profiled.PROFILE).agreed == agreed(spec.document, samples)
