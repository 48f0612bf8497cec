"""createEnrollment: what was created is what is read."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from osia_conformance.checks import requirement, versions
from osia_conformance.expectations import (
    DONE,
    REFUSED,
    CannotTell,
    expect,
    expect_holds,
    expect_json,
    expect_status,
    expect_unchanged,
    one_of,
    precondition,
)
from osia_conformance.samples import base64_png, first, without

NON_ASCII = {
    "latin": "Zoë Müller-Ångström",
    "cyrillic-and-greek": "Ольга Ωμέγα",
    "arabic-and-hebrew": "عائشة מרים",
    "han-and-kana": "山田 太郎 さくら",
    "outside-the-bmp": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 👩‍👧 𠀋",
    "combining": "e\u0301 n\u0303 a\u030c",
    "json-escapes": 'quote " backslash \\ slash / tab \t newline \n',
    "markup": "<b>&amp;</b> 'x' %41 ${x}",
}
NUMBERS = {
    "zero": 0,
    "negative": -17,
    "fraction": 1.5,
    "above-32-bits": 2**31,
    "above-float": 2**24 + 1,
    "largest-integer": 2**53 - 1,
    "smallest-integer": -(2**53 - 1),
    "true": True,
    "false": False,
}
IMAGES = {
    "png": base64_png(),
    "every-byte": base64.b64encode(bytes(range(256)) * 16).decode(),
    "one-byte": base64.b64encode(b"\0").decode(),
}
ENUMERATIONS = [
    ("BiometricType", "biometricType"),
    ("BiometricSubType", "biometricSubType"),
    ("ImpressionType", "impressionType"),
    ("CompressionType", "compression"),
]
UNUSUAL = {
    "long": ("{0}" * 4, "{0}"),
    "very-long": ("{0}" * 30, "{0}"),
    "space": ("{0} x", "{0}"),
    "slash": ("{0}/x", "{0}"),
    "percent": ("{0}%41", "{0}A"),
    "plus": ("{0}+x", "{0} x"),
    "non-ascii": ("{0}é", "{0}"),
    "dots": ("{0}..", "{0}"),
    "upper-case": ("{upper}", "{0}"),
}
"""Forms of ids made of a plain one, each with the id that a careless server takes it for."""
NESTED = {
    "objects": {"a": {"b": {"c": {"d": {"e": {"f": "deep"}}}}}},
    "lists": [[["deep"], []], [1, [2, [3]]]],
    "mixed": [{"street": "first", "lines": ["a", "b"]}, {"street": "second", "lines": []}],
}


def expect_kept(enrollments, bodies, part=None):
    """Judge that each body that is accepted is answered; refusing one is the server's right, and observed.

    The status is the server's, by the finalize flag, and judged with it.
    """
    for enrollment, body, answer in enrollments.accepted(bodies):
        sent = {part: body[part]} if part else without(body, "status")
        expect_holds(sent, enrollment.record(), answer)


def with_last_name(enrollments, texts):
    return {name: enrollments.canonical(lastName=text) for name, text in texts.items()}


def with_member(enrollments, values):
    return {name: enrollments.canonical(osiaConformanceMember=value) for name, value in values.items()}


@requirement("ENR-CREATE-01")
def test_the_answer_names_the_enrollment(enrollments):
    enrollment = enrollments.new()
    answer = precondition(enrollment.create(enrollments.canonical()))
    body = expect_json(answer)
    named = body.get("enrollmentId") if isinstance(body, dict) else None
    expect(named == enrollment.id, f"enrollmentId {enrollment.id}", f"enrollmentId is {named!r}", answer)


@requirement("ENR-CREATE-02")
def test_what_was_created_is_read(enrollments):
    body = enrollments.canonical()
    enrollment = enrollments.new()
    answer = precondition(enrollment.create(body))
    expect_holds(without(body, "status"), enrollment.record(), answer)


@requirement("ENR-CREATE-03")
def test_the_required_members_are_enough(enrollments):
    enrollment = enrollments.new()
    body = enrollments.samples.minimal()
    answer = expect_status(enrollment.create(body), DONE)
    expect_holds(without(body, "status"), enrollment.record(), answer)


@requirement("ENR-LIFE-03")
def test_a_new_enrollment_holds_nothing_of_the_one_before(enrollments):
    enrollments.created()
    answer = precondition(enrollments.created(enrollments.samples.minimal()).read())
    leaked = enrollments.marker.encode() in answer.body
    expect(not leaked, "nothing of another enrollment", "it holds the name of the one before", answer)


@requirement("ENR-CREATE-04")
def test_a_second_create_is_refused(enrollments):
    enrollment = enrollments.created()
    answer = enrollment.create(enrollments.canonical(lastName="second"))
    expect_status(answer, REFUSED)
    if answer.status == 422:
        enrollments.target.observe("RUL-DUPLICATE", "a second create is refused with 422", answer)


@requirement("ENR-CREATE-19")
def test_a_second_create_is_a_conflict(enrollments):
    enrollment = enrollments.created()
    expect_status(enrollment.create(enrollments.canonical(lastName="second")), 409)


@requirement("ENR-CREATE-18")
def test_the_answer_has_no_body(enrollments):
    answer = precondition(enrollments.new().create(enrollments.canonical()), 204)
    expect(not answer.body, "no body", f"there are {len(answer.body)} bytes", answer)


@requirement("ENR-CREATE-05")
def test_a_second_create_leaves_the_first_record(enrollments):
    enrollment = enrollments.created()
    before = enrollment.record()
    answer = enrollment.create(enrollments.canonical(lastName="second", gender="F"))
    expect_unchanged(before, enrollment.record(), answer)


@requirement("ENR-CREATE-06")
def test_of_simultaneous_creates_at_most_one_succeeds(enrollments):
    for _ in range(3):
        enrollment = enrollments.new()
        bodies = [enrollments.canonical(lastName=name) for name in ("first", "second", "third", "fourth")]
        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(enrollment.create, bodies))
        done = [answer for answer in answers if answer.status in DONE]
        expect(len(done) <= 1, "at most one success", f"{len(done)} creates of one id succeeded", answers[-1])
        precondition(enrollment.read())


@requirement("ENR-CREATE-07")
def test_an_image_by_value_is_kept(enrollments):
    plain, bodies, samples = enrollments.canonical(), {}, enrollments.samples
    for name, data in IMAGES.items():
        biometric = samples.fingerprint(image=data, width=8, height=8)
        part = samples.document(data=data, width=8, height=8)
        bodies[f"{name} as a biometric image"] = {**plain, "biometricData": [biometric]}
        bodies[f"{name} as a document's image"] = {**plain, "documentData": [part]}
    expect_kept(enrollments, bodies)


@requirement("ENR-CREATE-08")
def test_an_image_by_reference_keeps_its_reference(enrollments):
    reference = "http://127.0.0.1/buffers/7f?part=1&size=full#top"
    plain = enrollments.canonical()
    biometric = {**plain, "biometricData": [enrollments.samples.fingerprint(imageRef=reference)]}
    documents = {**plain, "documentData": [enrollments.samples.document(dataRef=reference)]}
    expect_kept(enrollments, {"a biometric reference": biometric, "a document's reference": documents})


@requirement("ENR-CREATE-09")
def test_text_of_any_script_is_kept(enrollments):
    expect_kept(enrollments, with_last_name(enrollments, NON_ASCII), "biographicData")


@requirement("ENR-CREATE-10")
def test_long_text_is_kept_whole(enrollments):
    texts = {f"text of {n} characters": "abcdefghijklmnopqrstuvwxyz"[:25] * (n // 25) for n in (50, 250, 1000, 20_000)}
    expect_kept(enrollments, with_last_name(enrollments, texts), "biographicData")


@requirement("ENR-CREATE-11")
@pytest.mark.parametrize(
    "group",
    ["biographicData", "requestData", "enrollmentFlags", pytest.param("contextualData", marks=versions(">=1.1.0"))],
)
def test_members_outside_the_documented_ones_survive(enrollments, group):
    body = enrollments.canonical()
    first(body[group])["osiaConformanceMember"] = "kept"
    expect_kept(enrollments, {f"an unknown member in {group}": body}, group)


@requirement("ENR-CREATE-12")
def test_numbers_and_booleans_are_kept(enrollments):
    expect_kept(enrollments, with_member(enrollments, NUMBERS), "biographicData")


@requirement("ENR-CREATE-13")
def test_nested_values_are_kept(enrollments):
    expect_kept(enrollments, with_member(enrollments, NESTED), "biographicData")


@requirement("ENR-CREATE-14")
def test_lists_keep_length_and_order(enrollments):
    samples = enrollments.samples
    fingers = [samples.fingerprint(finger) for finger in ("LEFT_THUMB", "RIGHT_RING", "LEFT_INDEX")]
    documents = [samples.passport("b"), samples.document("ID_CARD", "a"), samples.passport("c")]
    pages = samples.document(pages=[9, 3, 7, 3])
    pages["parts"].append({"pages": [2, 1]})
    plain = enrollments.canonical()
    requests = samples.group("requestData", {"requestType": "NEW"}, samples.request())
    bodies = {
        "several fingers": {**plain, "biometricData": fingers},
        "several documents": {**plain, "documentData": documents},
        "several parts and pages": {**plain, "documentData": [pages]},
        "several requests": {**plain, "requestData": requests},
    }
    expect_kept(enrollments, bodies)


@requirement("ENR-CREATE-17")
@pytest.mark.parametrize(("schema", "member"), ENUMERATIONS, ids=[schema for schema, _ in ENUMERATIONS])
def test_each_documented_value_is_kept(enrollments, specification, schema, member):
    items = {value: enrollments.samples.biometric(member, value) for value in specification.schema(schema)["enum"]}
    plain = enrollments.canonical()
    together = {"all values": {**plain, "biometricData": list(items.values())}}
    alone = {value: {**plain, "biometricData": [item]} for value, item in items.items()}
    try:
        expect_kept(enrollments, together, "biometricData")
    except CannotTell:
        expect_kept(enrollments, alone, "biometricData")


@requirement("ENR-CREATE-15")
@pytest.mark.parametrize("form", UNUSUAL)
def test_an_unusual_id_is_refused_or_read_back(enrollments, form):
    plain = enrollments.new()
    name, mistaken = (text.format(plain.id, upper=plain.id.upper()) for text in UNUSUAL[form])
    enrollment = enrollments.new(name)
    answer = expect_status(enrollment.create(enrollments.canonical(lastName=form)), one_of(DONE, REFUSED))
    if answer.status in DONE:
        shown = expect_json(expect_status(enrollment.read(), DONE))
        expect_holds({"biographicData": {"lastName": form}}, shown, answer)
        if mistaken != name:
            other = expect_status(enrollments.new(mistaken).read(), DONE, REFUSED)
            expect(other.status not in DONE, f"no enrollment under {mistaken}", "it can be read", answer)
