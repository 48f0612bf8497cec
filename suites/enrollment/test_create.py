"""createEnrollment: what was created is what is read."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from osia_conformance.checks import (
    NOT_AUTHORIZED,
    REFUSED,
    SUCCESS,
    CannotTell,
    Inapplicable,
    cannot_tell,
    expect,
    expect_holds,
    expect_json,
    expect_object,
    expect_status,
    format_value,
    is_uuid,
    precondition,
    requirement,
    status_phrase,
    versions,
)
from osia_conformance.checks.enrollment import (
    EXTENSION,
    IDENTITY,
    REFUSALS,
    SIDE,
    Image,
    block_in,
    edge_values,
    expect_members_kept,
    expect_name_apart,
    expect_values_kept,
    first,
    open_block,
    other_member,
    other_than,
    pick_members,
    without,
)

ANY_BYTES = {"every-byte": bytes(range(256)) * 16, "one-byte": b"\0"}
"""What a server takes that does not look into images: only those of the profile are sent where it names any."""
LISTS = ("biometricData", "documentData")
REFERENCE = "http://127.0.0.1/Buffers/7F%20a?Part=1&size=full#Top"
ENUMERATIONS = [
    ("BiometricType", "biometricType"),
    ("BiometricSubType", "biometricSubType"),
    ("ImpressionType", "impressionType"),
    ("CompressionType", "compression"),
]


def images(profile):
    """Return the images to be sent, by name."""
    found = {image.name: image for image in profile.images()}
    free = {} if profile.settings.images else {name: Image(name, data, "image/png") for name, data in ANY_BYTES.items()}
    return {**found, **free}


def needs_open(enrollments, block):
    """End the check where the profile closes a block to members that nobody knows."""
    if enrollments.payloads.profile.closes(block):
        raise Inapplicable(f"the profile closes {block}: members outside its schema do not belong there")
    if block not in enrollments.canonical():
        raise Inapplicable(f"the profile leaves {block} empty")


def expect_kept(enrollments, bodies, *members):
    """Judge that of each body that is accepted what the canonical enrollment has not is answered, of items of a list
    only `members` where there are any; refusing a body is the server's right, and observed."""
    plain = enrollments.canonical()
    for enrollment, body, _ in enrollments.accepted(bodies):
        sent = other_than(body, plain)
        if members:
            sent |= {name: pick_members(sent[name], *members) for name in LISTS if name in sent}
        expect_holds(sent, *enrollment.shown())


def with_texts(enrollments, texts):
    """Return enrollments with these texts in the biographic member that takes most of them by the profile."""
    payloads = enrollments.payloads
    members = [name for name, values in payloads.alternatives.items() if isinstance(values[0], str)]
    fitting = {name: [label for label in texts if payloads.fits({name: texts[label]})] for name in members}
    member = max(members, key=lambda name: len(fitting[name]), default="")
    if not fitting.get(member):
        raise Inapplicable("the profile has no biographic member for such text")
    return {label: enrollments.canonical(**{member: texts[label]}) for label in fitting[member]}


@requirement("ENR-CREATE-01")
def test_the_answer_names_the_enrollment(enrollments):
    enrollment = enrollments.new()
    response = precondition(enrollment.create(enrollments.canonical()))
    named = expect_object(response).get("enrollmentId")
    expect(named == enrollment.id, f"enrollmentId {enrollment.id}", f"enrollmentId is {format_value(named)}", response)


@requirement("ENR-CREATE-02")
def test_what_was_created_is_read(enrollments):
    body = enrollments.canonical()
    enrollment = enrollments.new()
    precondition(enrollment.create(body))
    expect_holds(without(body, "status"), *enrollment.shown())


@requirement("ENR-CREATE-03")
def test_the_required_members_are_enough(enrollments, payloads, observe):
    enrollments.created()
    enrollment = enrollments.new()
    body = payloads.minimal()
    response = enrollment.create(body)
    if response.status in REFUSALS:
        code = status_phrase(response.status)
        text = f"the required members alone are refused with {code}, perhaps by a rule of business"
        observe("RUL-RANDOM-DATA", text, response)
        cannot_tell(f"{text}; what each enrollment must have is stated by required in [profile]")
    expect_status(response, SUCCESS)
    expect_holds(without(body, "status"), *enrollment.shown())


@requirement("ENR-CREATE-18")
def test_the_answer_has_no_body(enrollments):
    response = precondition(enrollments.new().create(enrollments.canonical()), 204)
    expect(not response.content, "no body", f"there are {response.content} bytes", response)


@requirement("ENR-CREATE-06")
def test_of_simultaneous_creates_at_most_one_succeeds(enrollments):
    for _ in range(3):
        enrollment = enrollments.new()
        bodies = [enrollments.canonical(**other_member(enrollments, number)) for number in range(4)]
        with ThreadPoolExecutor(len(bodies)) as pool:
            answers = list(pool.map(enrollment.create, bodies))
        done = [response for response in answers if response.status in SUCCESS]
        expect(len(done) <= 1, "at most one success", f"{len(done)} creates of one id succeeded", answers[-1])
        shown = enrollment.read()
        if not done and shown.status not in SUCCESS:
            precondition(answers[0])
        precondition(shown)


@requirement("ENR-CREATE-07")
def test_an_image_by_value_is_kept(enrollments, payloads):
    plain, bodies = enrollments.canonical(), {}
    for name, image in images(payloads.profile).items():
        data = base64.b64encode(image.data).decode()
        biometric = payloads.fingerprint(image=data, width=SIDE, height=SIDE, **payloads.image(image))
        part = payloads.document(data=data, width=SIDE, height=SIDE, **payloads.image_of_page(image))
        bodies[f"{name} as a biometric image"] = {**plain, "biometricData": [biometric]}
        bodies[f"{name} as a document's image"] = {**plain, "documentData": [part]}
    # The last one of each once more, with a reference beside it.
    page = payloads.document(data=data, dataRef=REFERENCE, **payloads.image_of_page(image))
    bodies["a biometric image and a reference"] = {**plain, "biometricData": [{**biometric, "imageRef": REFERENCE}]}
    bodies["a document's image and a reference"] = {**plain, "documentData": [page]}
    expect_kept(enrollments, bodies, "image", "imageRef", "parts", "data", "dataRef")


@requirement("ENR-CREATE-08")
def test_an_image_by_reference_keeps_its_reference(enrollments, payloads):
    plain = enrollments.canonical()
    biometric = {**plain, "biometricData": [payloads.fingerprint(imageRef=REFERENCE)]}
    documents = {**plain, "documentData": [payloads.document(dataRef=REFERENCE)]}
    bodies = {"a biometric reference": biometric, "a document's reference": documents}
    expect_kept(enrollments, bodies, "imageRef", "parts", "dataRef")


@requirement("ENR-CREATE-09")
def test_text_of_any_script_is_kept(enrollments):
    expect_kept(enrollments, with_texts(enrollments, edge_values.TEXTS))


@requirement("ENR-CREATE-09")
def test_a_text_with_a_nul_loses_nothing_else(enrollments, observe):
    [body] = with_texts(enrollments, {"a text with U+0000": edge_values.WITH_NUL}).values()
    enrollment, words = enrollments.new(), "a text with U+0000 is {}"
    created = expect_status(enrollment.create(body), SUCCESS, REFUSED, sent="a create with a text with U+0000")
    if created.status in REFUSED:
        observe("RUL-RANDOM-DATA", words.format(f"refused with {status_phrase(created.status)}"), created)
        return
    sent = other_than(body, enrollments.canonical())
    record, response = enrollment.shown()
    [(name, text)] = sent["biographicData"].items()
    got = block_in(record, "biographicData").get(name)
    if got in (None, "", *(text.replace("\0", other) for other in ("", " ", "\ufffd"))):
        observe("RUL-ECHO", words.format("answered without it, or not at all"), response)
        return
    expect_holds(sent, record, response)


@requirement("ENR-CREATE-10")
def test_long_text_is_kept_whole(enrollments):
    texts = {f"text of {n} characters": "abcdefghijklmnopqrstuvwxyz"[:25] * (n // 25) for n in (50, 250, 1000, 20_000)}
    expect_kept(enrollments, with_texts(enrollments, texts))


@requirement("ENR-CREATE-11")
@pytest.mark.parametrize(
    "group",
    ["biographicData", "requestData", "enrollmentFlags", pytest.param("contextualData", marks=versions(">=1.1.0"))],
)
def test_members_outside_the_documented_ones_survive(enrollments, group):
    needs_open(enrollments, group)
    expect_members_kept(enrollments, group, {EXTENSION: "kept"})


@requirement("ENR-CREATE-11")
def test_a_member_whose_name_has_dots_survives(enrollments):
    expect_members_kept(enrollments, open_block(enrollments), {"2.5.4.4": "muster"})


@requirement("ENR-CREATE-11")
def test_a_name_in_capitals_is_another_member(enrollments, payloads):
    needs_open(enrollments, "biographicData")
    name = next((each for each in payloads.alternatives if each != each.upper()), None)
    if name is None:
        raise Inapplicable("the profile has no biographic member to write in capitals")
    expect_name_apart(enrollments, "biographicData", name)


@requirement("ENR-CREATE-12")
def test_numbers_and_booleans_are_kept(enrollments):
    expect_values_kept(enrollments, open_block(enrollments), edge_values.NUMBERS)


@requirement("ENR-CREATE-13")
def test_nested_values_are_kept(enrollments):
    expect_values_kept(enrollments, open_block(enrollments), edge_values.NESTED)


@requirement("ENR-CREATE-14")
def test_lists_keep_length_and_order(enrollments, payloads):
    fingers = [payloads.fingerprint(finger) for finger in ("LEFT_THUMB", "RIGHT_RING", "LEFT_INDEX")]
    documents = [payloads.passport("b"), payloads.document("ID_CARD", "a"), payloads.passport("c")]
    pages = payloads.document(pages=[9, 3, 7, 3])
    pages["parts"].append({"pages": [2, 1]})
    plain = enrollments.canonical()
    requests = [payloads.other("requestData"), first(plain.get("requestData"))]
    bodies = {
        "several fingers": {**plain, "biometricData": fingers},
        "several documents": {**plain, "documentData": documents},
        "several parts and pages": {**plain, "documentData": [pages]},
    }
    if all(requests):
        bodies["several requests"] = {**plain, "requestData": payloads.group("requestData", *requests)}
    expect_kept(enrollments, bodies, *IDENTITY)


@requirement("ENR-CREATE-17")
@pytest.mark.parametrize(("schema", "member"), ENUMERATIONS, ids=[schema for schema, _ in ENUMERATIONS])
def test_each_documented_value_is_kept(enrollments, payloads, specification, schema, member):
    items = {value: payloads.biometric(member, value) for value in specification.schema(schema)["enum"]}
    plain = enrollments.canonical()
    together = {"all values": {**plain, "biometricData": list(items.values())}}
    alone = {value: {**plain, "biometricData": [item]} for value, item in items.items()}
    try:
        expect_kept(enrollments, together, member)
    except CannotTell:
        expect_kept(enrollments, alone, member)


def taken_or_refused_for_its_id(enrollments, enrollment, changed):
    """Return the answer to a create; where no create is taken, the id is not what is refused."""
    response = expect_status(enrollment.create(enrollments.canonical(**changed)), SUCCESS, REFUSED)
    if response.status in NOT_AUTHORIZED:
        enrollments.created()
    return response


@requirement("ENR-CREATE-15")
@pytest.mark.parametrize("form", edge_values.IDS)
def test_an_unusual_id_is_refused_or_read_back(enrollments, observe, form):
    plain = enrollments.new()
    name, mistaken = (text.format(plain.id, upper=plain.id.upper()) for text in edge_values.IDS[form])
    enrollment = enrollments.new(name)
    changed = other_member(enrollments)
    response = taken_or_refused_for_its_id(enrollments, enrollment, changed)
    if response.status in SUCCESS:
        shown = expect_status(enrollment.read(), SUCCESS, what="the enrollment that was accepted")
        wanted, actual = f"the enrollment {format_value(name)}", "it is one of another id"
        expect(not shown.withheld, wanted, actual, shown, member="$.enrollmentId")
        expect_holds({"biographicData": changed}, expect_json(shown), shown)
        if mistaken != name:
            other = expect_status(enrollments.new(mistaken).read(), SUCCESS, REFUSED)
            if form == "upper-case" and is_uuid(plain.id) and other.status in SUCCESS:
                observe("RUL-ID-CASE", "a UUID in upper case is the same id as in lower case", other)
                return
            wanted = f"no enrollment {mistaken}, for what was created is {format_value(name)}"
            expect(other.status not in SUCCESS, wanted, "there is one under this id, too", other)
