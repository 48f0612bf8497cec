"""Members that later versions added: each is answered as it was sent."""

import pytest

from osia_conformance.checks import expect_holds, requirement
from osia_conformance.checks.enrollment import pick_members

TEMPLATE = ("template", "templateRef", "templateFormat", "quality", "qualityFormat", "algorithm", "vendor")
MISSING = ("missing", "biometricSubType", "presence")
SAID = ("instance", "missing", "metadata", "comment")
INSTANTS = ("2020-07-01T12:00:00Z", "2020-07-01T23:30:00+05:30", "2019-12-31T20:15:59-04:00")


def expect_kept(enrollments, group, bodies, *members):
    """Judge that each body that is accepted is answered in these members of the group's items."""
    for enrollment, body, _ in enrollments.accepted(bodies):
        expect_holds({group: pick_members(body[group], *members)}, *enrollment.shown())


def with_group(enrollments, group, cases):
    """Return canonical enrollments with other items in a group, by their labels."""
    return {label: {**enrollments.canonical(), group: items} for label, items in cases.items()}


@requirement("ENR-CREATE-20")
def test_each_type_of_document_is_kept(enrollments, payloads, specification):
    cases = {}
    for kind in specification.listed("DocumentData", "documentType"):
        words = {"documentTypeOther": "a permit of residence"} if kind == "OTHER" else {}
        cases[kind] = [{**payloads.document(kind), **words}]
    bodies = with_group(enrollments, "documentData", cases)
    expect_kept(enrollments, "documentData", bodies, "documentType", "documentTypeOther")


@requirement("ENR-CREATE-21")
@pytest.mark.parametrize("member", SAID)
def test_what_is_said_about_biometric_data_is_kept(enrollments, payloads, member):
    whole = payloads.rich_fingerprint()
    item = {**payloads.fingerprint("LEFT_RING"), member: whole[member]}
    bodies = with_group(enrollments, "biometricData", {member: [item]})
    expect_kept(enrollments, "biometricData", bodies, member, *MISSING)


@requirement("ENR-CREATE-21")
def test_each_presence_is_kept(enrollments, payloads, specification):
    fingers = ("LEFT_RING", "LEFT_INDEX", "LEFT_THUMB")
    kinds = specification.schema("MissingType")["properties"]["presence"]["enum"]
    missing = [{"biometricSubType": finger, "presence": kind} for finger, kind in zip(fingers, kinds, strict=True)]
    item = payloads.fingerprint("PLAIN_LEFT_FOUR_FINGERS", missing=missing)
    expect_kept(enrollments, "biometricData", with_group(enrollments, "biometricData", {"missing": [item]}), *MISSING)


@requirement("ENR-CREATE-22")
def test_a_template_and_a_quality_are_kept(enrollments, payloads):
    whole = payloads.rich_fingerprint()
    plain = payloads.fingerprint("LEFT_RING")
    together = {**plain, **{member: whole[member] for member in TEMPLATE}}
    cases = {member: [{**plain, member: whole[member]}] for member in TEMPLATE}
    cases["a quality of zero"] = [{**plain, "quality": 0}]
    bodies = with_group(enrollments, "biometricData", {"all": [together], **cases})
    expect_kept(enrollments, "biometricData", bodies, *TEMPLATE)


@requirement("ENR-CREATE-23")
@pytest.mark.parametrize("instant", INSTANTS)
def test_the_instant_of_a_capture_is_kept(enrollments, payloads, instant):
    finger, page = payloads.fingerprint(captureDate=instant), payloads.document(captureDate=instant)
    for group, item in (("biometricData", finger), ("documentData", page)):
        expect_kept(enrollments, group, with_group(enrollments, group, {instant: [item]}), "parts", "captureDate")
