"""What an item of biometric data, or a page of a document, holds beside its kind: images, numbers, words."""

import base64

import pytest

from osia_conformance.checks import REFUSED, SUCCESS, expect_holds, expect_status, member, requirement
from osia_conformance.checks.enrollment import RECOMMENDED, SIDE, other_than, recommended_image

LENGTHS = (60, 1000)
NO_BASE64 = "*not base64*"


def expect_items_kept(enrollments, cases):
    """Judge that groups of items, by their labels, are answered as they were sent, where they are accepted."""
    plain = enrollments.canonical()
    bodies = {label: {**plain, **groups} for label, groups in cases.items()}
    for enrollment, body, _ in enrollments.accepted(bodies):
        expect_holds(other_than(body, plain), *enrollment.shown(), "the items")


@requirement("ENR-CREATE-07")
def test_a_broken_image_is_not_lost_in_silence(enrollments, payloads, observe):
    enrollment = enrollments.new()
    body = {**enrollments.canonical(), "biometricData": [payloads.fingerprint(image=NO_BASE64)]}
    response = expect_status(enrollment.create(body), SUCCESS, REFUSED)
    if response.status in SUCCESS:
        record, shown = enrollment.shown()
        if member(record, "biometricData", 0, "image", default=None) != NO_BASE64:
            observe("RUL-FORMAT", "an image that is no base64 is taken, and lost", shown)


@requirement("ENR-CREATE-10")
def test_long_words_about_an_item_are_kept_whole(enrollments, payloads):
    words = {length: "abcdefghijklmnopqrst" * (length // 20) for length in LENGTHS}
    names = ("captureDevice", "metadata", "comment", "algorithm", "vendor")
    known = payloads.known("BiometricData", dict.fromkeys(names))
    cases = {
        f"words of {length} characters": {
            "biometricData": [payloads.fingerprint(**dict.fromkeys(known, text))],
            "documentData": [payloads.document(captureDevice=text)],
        }
        for length, text in words.items()
    }
    expect_items_kept(enrollments, cases)


@requirement("ENR-CREATE-24")
def test_items_that_differ_in_their_instance_alone_are_all_kept(enrollments, payloads):
    fingers = [payloads.fingerprint("LEFT_RING", instance=name) for name in ("first", "second")]
    cases = {"two captures of one finger": fingers, "one capture with its instance": fingers[:1]}
    expect_items_kept(enrollments, {label: {"biometricData": items} for label, items in cases.items()})


@requirement("ENR-CREATE-25")
def test_the_numbers_about_an_image_are_kept(enrollments, payloads):
    cases = {"another resolution": {"resolution": 1000}, "another depth": {"bitdepth": 16}}
    items = {label: {"biometricData": [payloads.fingerprint(**numbers)]} for label, numbers in cases.items()}
    items["another size"] = {
        "biometricData": [payloads.fingerprint(width=357, height=392)],
        "documentData": [payloads.document(width=1013, height=638)],
    }
    expect_items_kept(enrollments, items)


@requirement("ENR-CREATE-26")
@pytest.mark.parametrize("name", RECOMMENDED)
def test_a_recommended_format_is_taken_and_kept(enrollments, payloads, name):
    image = recommended_image(name)
    data = base64.b64encode(image.data).decode("ascii")
    item = payloads.fingerprint(image=data, width=SIDE, height=SIDE, **payloads.image(image))
    enrollment = enrollments.new()
    response = enrollment.create({**enrollments.canonical(), "biometricData": [item]})
    expect_status(response, SUCCESS, sent=f"a finger image as {name}")
    record, shown = enrollment.shown()
    expect_holds({"image": data}, member(record, "biometricData", 0, default={}), shown, f"the image as {name}")
