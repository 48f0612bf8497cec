"""findEnrollments: six operators, several expressions, and nobody who does not match."""

import pytest

from osia_conformance.checks import (
    BAD_REQUEST,
    REFUSED,
    SUCCESS,
    Inapplicable,
    Untested,
    Violation,
    differences,
    expect,
    expect_holds,
    expect_list,
    expect_status,
    format_value,
    json_body,
    long,
    member,
    object_at,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    BOOLEANS,
    CALENDAR,
    DATES,
    INTEGERS,
    NUMBERS,
    TEXTS,
    UNFITTING,
    case_to_refuse,
    ordered_attribute,
    plain_patch,
    records_in,
    require_found,
    search_expression,
    searchable_attribute,
    searched_enrollments,
    without,
)

OPERATORS = {
    "ENR-FIND-02": "!=",
    "ENR-FIND-03": "<",
    "ENR-FIND-04": "<=",
    "ENR-FIND-05": ">",
    "ENR-FIND-06": ">=",
}
"""The operators but `=`, by the requirement that says what each finds."""
MORE_THAN_A_PAGE = 21
"""Enrollments that a search must find together; 10 and 20 are common sizes of a page."""
KINDS = pytest.mark.parametrize("kind", [DATES, TEXTS], ids=["dates", "text"])


def searched_member(enrollments):
    """Return a biographic member that can be searched by several values."""
    found = ordered_attribute(enrollments)
    if found.block != "biographicData":
        raise Untested("besides the marker no biographic member can be searched, as the profile says")
    return found


@requirement("ENR-FIND-01")
def test_the_value_finds_its_enrollment_and_no_other(enrollments, payloads):
    wanted = enrollments.created()
    marked = {payloads.marker: f"{enrollments.marker}x"}
    elsewhere = ({name: enrollments.marker} for name in payloads.alternatives)
    misleading = next((members for members in elsewhere if payloads.fits(members)), {})
    enrollments.created(enrollments.canonical(**marked, **misleading))
    found = enrollments.eventually_found([wanted])
    names, response = enrollments.found()
    expect(found, "just the enrollment with this value", f"{len(names)} enrollments, not it alone", response)
    expect(not response.withheld, "no other records", f"{response.withheld} records that do not match", response)


def largest(enrollments, payloads, **biographics):
    """Return bodies by a name: the canonical one with a second finger and a second document, and the canonical one."""
    body = enrollments.canonical(**biographics)
    body["biometricData"].append(payloads.fingerprint("LEFT_INDEX"))
    body["documentData"].append(payloads.passport("second"))
    return {"an enrollment with two fingers and documents": body, "the canonical one": enrollments.canonical()}


@requirement("ENR-FIND-01")
@long(1)
def test_every_match_is_answered(enrollments, payloads):
    smallest = {**payloads.minimal(), "biographicData": payloads.least(enrollments.marker)}
    least = {"the smallest enrollment with the marker": smallest, "the canonical one": enrollments.canonical()}
    unlike = (least, largest(enrollments, payloads))
    wanted = [enrollments.created() for _ in range(MORE_THAN_A_PAGE - len(unlike))]
    wanted += [next(one for one, _, _ in enrollments.accepted(bodies)) for bodies in unlike]
    found = enrollments.eventually_found(wanted)
    names, response = enrollments.found(wanted={one.id for one in wanted})
    expect(found, f"all {MORE_THAN_A_PAGE} enrollments with this value", f"{len(names)} enrollments", response)


@requirement("ENR-FIND-01")
@KINDS
def test_equal_values_are_found(enrollments, kind):
    searched_enrollments(enrollments, searchable_attribute(enrollments, kind)).expect_operator("=")


@requirement("{name}")
@pytest.mark.parametrize(("name", "operator"), OPERATORS.items(), ids=[name[-2:] for name in OPERATORS])
@KINDS
def test_an_operator_finds_what_it_says(enrollments, kind, name, operator):
    searched_enrollments(enrollments, searchable_attribute(enrollments, kind)).expect_operator(operator)


@requirement("ENR-FIND-07")
@pytest.mark.parametrize("operator", ["=", *OPERATORS.values()])
def test_numbers_are_compared_as_numbers(enrollments, operator):
    searched_enrollments(enrollments, searchable_attribute(enrollments, NUMBERS)).expect_operator(operator)


@requirement("ENR-FIND-08")
@pytest.mark.parametrize("operator", ["=", "<", ">="])
def test_an_integer_is_compared_as_a_number(enrollments, observe, operator):
    chosen = searchable_attribute(enrollments, INTEGERS)
    values = searched_enrollments(enrollments, chosen)
    response = enrollments.find(search_expression(chosen.name, operator, chosen.values[0]))
    if response.status in BAD_REQUEST:
        observe("RUL-INTEGER-VALUE", "an integer as search value is refused", response)
        raise Inapplicable("this server refuses integers, as a strict reading of oneOf does")
    values.expect_operator(operator)


@requirement("ENR-FIND-09")
@pytest.mark.parametrize("operator", ["=", "!="])
def test_booleans_are_told_apart(enrollments, operator):
    searched_enrollments(enrollments, searchable_attribute(enrollments, BOOLEANS)).expect_operator(operator)


@requirement("ENR-FIND-10")
@pytest.mark.parametrize("operator", ["=", *OPERATORS.values()])
def test_dates_are_ordered_by_time(enrollments, operator):
    searched_enrollments(enrollments, searchable_attribute(enrollments, CALENDAR)).expect_operator(operator)


@requirement("ENR-FIND-11")
def test_all_expressions_must_hold(enrollments):
    values = searched_enrollments(enrollments, ordered_attribute(enrollments))
    low, *middle, high = values.values
    name = values.attribute.name
    values.expect_found(middle, search_expression(name, ">", low), search_expression(name, "<", high))
    values.expect_found([], search_expression(name, "<", low), search_expression(name, ">", high))
    values.expect_found([], search_expression(name, "=", low), search_expression(name, "=", high))


@requirement("ENR-FIND-12")
def test_no_match_is_an_empty_list(enrollments, payloads, specification):
    enrollments.existing()
    nobody = search_expression(payloads.marker, "=", f"{enrollments.marker}x")
    documented = [code for code in (200, 404) if str(code) in specification.responses("findEnrollments")]
    response = expect_status(enrollments.find(body=json_body([nobody])), *documented)
    if response.status == 200:
        body = expect_list(response)
        empty = not body and not response.withheld
        expect(empty, "an empty list", f"{response.withheld + len(body)} elements", response)


@requirement("ENR-FIND-16")
def test_a_match_is_answered_once(enrollments, payloads):
    attribute = searched_member(enrollments)
    bodies = largest(enrollments, payloads, **{attribute.name: attribute.values[0]})
    enrollment = next(one for one, _, _ in enrollments.accepted(bodies))
    require_found(enrollments, [enrollment])
    # Two values and two expressions: each may be a row of its own where records are joined.
    response = precondition(enrollments.find(search_expression(attribute.name, "!=", attribute.values[-1])), 200, 404)
    # Others may come where expressions do not narrow a search, which is judged elsewhere.
    names = [member(record, "enrollmentId", default=enrollment.id) for record in records_in(response)]
    count = names.count(enrollment.id)
    expect(count <= 1, "the one enrollment that matches", f"it is answered {count} times", response)


@requirement("ENR-FIND-13")
def test_a_changed_value_is_found_and_the_old_one_is_not(enrollments):
    attribute = searched_member(enrollments)
    before, after = attribute.values[0], attribute.values[-1]
    enrollment = enrollments.created(enrollments.canonical(**{attribute.name: before}))
    old, new = search_expression(attribute.name, "=", before), search_expression(attribute.name, "=", after)
    require_found(enrollments, [enrollment], old)
    precondition(enrollment.patch({"biographicData": {attribute.name: after}}))
    for wanted, expression, lag, words in (
        ([enrollment], new, "expression", ("a match by the new value", "there is none")),
        ([], old, "removal", ("no match by the old value", "it is still found by it")),
    ):
        if not enrollments.eventually_found(wanted, expression, lag=lag):
            raise Violation(*words, enrollments.found(expression)[1])


def documented(enrollments, response):
    """Return the found records, each without members of the server's own."""
    return [
        without(enrollments.payloads.sent.only(object_at(record)), "enrollmentId") for record in records_in(response)
    ]


@requirement("ENR-FIND-14")
def test_a_found_enrollment_says_what_reading_it_says(enrollments):
    enrollment = enrollments.created()
    require_found(enrollments, [enrollment])
    response = precondition(enrollments.find(), 200)
    expect_holds(documented(enrollments, response), [enrollment.record()], response, "what was found")


@requirement("ENR-FIND-14")
def test_a_changed_enrollment_is_found_as_it_is_now(enrollments, payloads):
    enrollment = enrollments.created()
    require_found(enrollments, [enrollment])
    documents = [payloads.passport()]
    precondition(enrollment.patch({**plain_patch(enrollments), "documentData": documents}))
    record = enrollment.record()

    def shows_it():
        return not differences(documented(enrollments, enrollments.found()[1]), [record])

    enrollments.eventually("removal", shows_it)
    response = enrollments.found()[1]
    expect_holds(documented(enrollments, response), [record], response, "what was found")


@requirement("ENR-FIND-11")
def test_the_order_of_expressions_does_not_matter(enrollments, payloads):
    attribute = searched_member(enrollments)
    enrollment = enrollments.created(enrollments.canonical(**{attribute.name: attribute.values[-1]}))
    marked = search_expression(payloads.marker, "=", enrollments.marker)
    other = search_expression(attribute.name, "=", attribute.values[0])
    require_found(enrollments, [enrollment])
    for order in ([marked, other], [other, marked]):
        response = precondition(enrollments.find(body=json_body(order)), 200, 404)
        none = not records_in(response) and not response.withheld
        expected = "no match, for one expression does not hold"
        expect(none, expected, "a record is answered", response, body=UNFITTING)


MISFITS = {
    "number-for-a-date": (DATES, 1.5),
    "text-for-a-date": (DATES, "nodate"),
    "truth-for-a-date": (DATES, True),
    "number-for-a-text": (TEXTS, 1.5),
    "truth-for-a-text": (TEXTS, True),
    "text-for-a-number": (NUMBERS, "many"),
    "text-for-a-truth": (BOOLEANS, "perhaps"),
}
"""Values of another type than the attribute's: the schema of an expression allows each of them."""


def expect_answered(enrollments, *expressions):
    """Judge that a search is answered with a list, or refused."""
    response = case_to_refuse(enrollments, "FIND").enrollments.find(*expressions)
    sent = " and ".join(f"{one['attributeName']} {one['operator']} {format_value(one['value'])}" for one in expressions)
    expect_status(response, SUCCESS, REFUSED, sent=f"a search for {sent}")
    if response.status in SUCCESS:
        expect_list(response)


@requirement("ENR-FIND-17")
@pytest.mark.parametrize("operator", ["=", "<"])
@pytest.mark.parametrize(("kind", "value"), MISFITS.values(), ids=MISFITS)
def test_a_value_of_another_type_is_answered_or_refused(enrollments, kind, value, operator):
    attribute = searchable_attribute(enrollments, kind)
    expect_answered(enrollments, search_expression(attribute.name, operator, value))


@requirement("ENR-FIND-18")
@pytest.mark.parametrize("operator", ["=", "!=", "<"])
def test_an_attribute_that_nobody_has_is_answered_or_refused(enrollments, operator):
    expect_answered(enrollments, search_expression("nobodyHasThis", operator, "a"))


@requirement("ENR-FIND-18")
@pytest.mark.parametrize("text", ["it's", 'the "second"', "50%", "a\\b", "a.b", "$where", "Zoë 山 𠀋"])
def test_a_character_of_some_query_language_is_answered_or_refused(enrollments, text):
    attribute = ordered_attribute(enrollments).name
    for expression in (search_expression(attribute, "=", text), search_expression(text, "=", "a")):
        expect_answered(enrollments, expression)
