"""A vendor's OpenAPI file: what differs is observed, and what is drawn from it is what it says it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from osia_conformance.checks.generation.inputs import Input, broken
from osia_conformance.checks.vendor_spec.drawing import fits, vendor_broken, vendor_odd, vendor_valid
from osia_conformance.checks.vendor_spec.spec import VendorSpec, understood
from osia_conformance.checks.vendor_spec.trial import tried, undrawable
from osia_conformance.standard.versions import judged
from osia_conformance.support.secrets import ConfigurationError
from tests.unit.checks.test_generated_data import drawn
from tests.unit.checks.vendor_spec.documents import PATH, VERSION, document, extended, spec_of, text

every_version = pytest.mark.parametrize("version", judged())


@every_version
def test_the_standards_own_file_differs_in_nothing_whether_yaml_or_json(version: str) -> None:
    for data in (text(version).encode(), json.dumps(document(version)).encode()):
        spec = understood("ours", data, version)
        assert spec.observed == ()
        assert undrawable(spec.document, version) is None


def test_a_difference_is_observed_under_its_operation() -> None:
    theirs = document()
    del theirs["paths"][PATH]["get"]["responses"]["404"]
    theirs["components"]["schemas"]["Enrollment"]["maxProperties"] = 3
    told = dict(spec_of(theirs).observed)
    assert "/responses/404: ours {}, theirs has none" in told["readEnrollment"]
    assert "/components/schemas/Enrollment/maxProperties: ours has none" in told["*"]


def test_more_differences_than_can_be_read_are_counted() -> None:
    theirs = document()
    theirs["components"]["schemas"]["Enrollment"] |= {f"maxProperties{number}": 1 for number in range(150)}
    observed = spec_of(theirs).observed
    assert len(observed) == 101
    assert observed[-1] == ("*", "theirs.json differs in 50 more facts than are listed")


def test_valid_input_fits_both_files() -> None:
    spec = extended()
    inputs = drawn(vendor_valid(spec, VERSION, "CREATE"), times=20)
    assert all(fits(VERSION, "CREATE", one) for one in inputs)
    bodies = [one.body for one in inputs if isinstance(one.body, dict)]
    assert {body["biographicData"]["givenName"] for body in bodies if "biographicData" in body} == {"Anna"}
    assert "GAIT" not in repr(bodies)
    assert not [one for one in inputs if "dryRun" in dict(one.query)]


def test_odd_input_may_be_what_only_their_file_allows() -> None:
    assert "dryRun" in repr(drawn(vendor_odd(extended(), VERSION, "CREATE"), times=20))


def test_broken_bodies_break_ours() -> None:
    for body in drawn(vendor_broken(extended(), VERSION, "CREATE"), times=20):
        assert broken(VERSION, body, partial=False)


def test_a_flag_fits_only_as_a_boolean() -> None:
    assert fits(VERSION, "FINALIZE", Input((), None))
    assert fits(VERSION, "CREATE", Input((("finalize", "true"),), None))
    assert not fits(VERSION, "CREATE", Input((("finalize", "later"),), None))


@every_version
@pytest.mark.parametrize("kind", [vendor_valid, vendor_odd, vendor_broken], ids=["valid", "odd", "broken"])
def test_each_kind_of_input_can_be_drawn_in_each_version(version: str, kind: Callable[..., Any]) -> None:
    spec = understood("ours", text(version).encode(), version)
    assert drawn(kind(spec, version, "UPDATE"), times=3)


def with_enrollment(schema: Any) -> VendorSpec:
    theirs = document()
    theirs["components"]["schemas"]["Enrollment"] = schema
    return spec_of(theirs)


def test_a_schema_from_which_nothing_can_be_drawn_is_refused_in_a_sentence() -> None:
    spec = with_enrollment({"type": "nonsense"})
    with pytest.raises(ConfigurationError, match="nothing can be drawn for createEnrollment"):
        tried(spec, VERSION)


def test_a_schema_that_takes_for_ever_is_given_up() -> None:
    with pytest.raises(ConfigurationError, match=r"takes more than 0\.01 seconds"):
        tried(extended(), VERSION, seconds=0.01)
