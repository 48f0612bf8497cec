"""limit and offset of findEnrollments (1.1.0 on): pages may be short, but lose nothing and repeat nothing."""

import pytest

from osia_conformance.checks import (
    BAD_REQUEST,
    REFUSED,
    SUCCESS,
    Inapplicable,
    cannot_tell,
    expect,
    expect_status,
    json_body,
    member,
    precondition,
    requirement,
)
from osia_conformance.checks.enrollment import (
    case_to_refuse,
    records_in,
    refusal_of,
    search_expression,
)

MATCHES = 5


def matching(enrollments, shared):
    """Return enrollments that one search finds, and their ids; all checks of pages share them."""

    def created(some):
        made = [some.created() for _ in range(MATCHES)]
        if not some.eventually_found(made, judged=False):
            cannot_tell("the enrollments to search for were not found by their marker")
        return some, {one.id for one in made}

    return shared.obtain(enrollments, "matches", created)


def ids_in(response):
    """Return the ids of a search's answer, in order; None for a record that does not say its own."""
    names = [member(record, "enrollmentId", default=None) for record in records_in(response)]
    return [name if isinstance(name, str) else None for name in names]


def page(enrollments, offset, limit):
    """Return the ids on a page, in order, and the answer."""
    response = expect_status(enrollments.find(query=[("offset", str(offset)), ("limit", str(limit))]), SUCCESS)
    expect(not response.withheld, "no other records", f"{response.withheld} records that do not match", response)
    return ids_in(response), response


@requirement("ENR-PAGE-01")
@pytest.mark.parametrize("limit", [1, 2, MATCHES])
def test_a_page_is_not_longer_than_its_limit(enrollments, shared, limit):
    enrollments, _ = matching(enrollments, shared)
    names, response = page(enrollments, 0, limit)
    expect(0 < len(names) <= limit, f"1 enrollment at least and {limit} at most", f"there are {len(names)}", response)


@requirement("ENR-PAGE-02")
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_page_after_page_each_match_is_answered_once(enrollments, shared, limit):
    enrollments, wanted = matching(enrollments, shared)
    seen = []
    for _ in range(MATCHES):
        names, response = page(enrollments, len(seen), limit)
        if None in names:
            raise Inapplicable("matches are answered without their id, so pages cannot be told apart")
        twice = set(names) & set(seen)
        expect(not twice, "pages that do not overlap", f"{len(twice)} enrollments come twice", response)
        seen += names
        if len(seen) >= MATCHES:
            break
    expect(set(seen) == wanted, f"all {MATCHES} matches over the pages", f"there are {len(seen)}", response)


@requirement("ENR-PAGE-02")
def test_pages_of_two_searches_do_not_mix(enrollments, shared, payloads):
    enrollments, wanted = matching(enrollments, shared)
    nobody = json_body([search_expression(payloads.marker, "=", f"{enrollments.marker}x")])
    seen = set()
    for offset in range(MATCHES):
        names, response = page(enrollments, offset, 1)
        seen |= set(names)
        if not offset:
            precondition(enrollments.find(body=nobody, query=[("limit", "1")]))
    if None in seen:
        raise Inapplicable("matches are answered without their id, so pages cannot be told apart")
    words = f"there are {len(seen)}, with another search between the first and the second page"
    expect(seen == wanted, f"all {MATCHES} matches over the pages", words, response)


@requirement("ENR-PAGE-03")
def test_behind_the_last_match_there_is_nothing(enrollments, shared):
    enrollments, _ = matching(enrollments, shared)
    for offset in (MATCHES, MATCHES + 100):
        names, response = page(enrollments, offset, 10)
        expect(not names, f"an empty list from offset {offset} on", f"{len(names)} enrollments", response)


@requirement("ENR-PAGE-04")
@pytest.mark.parametrize("name", ["limit", "offset"])
def test_what_is_no_number_is_refused(enrollments, name):
    expect_status(refusal_of(enrollments, "FIND", f"bad-{name}"), BAD_REQUEST, sent=f"{name}=many")


@requirement("ENR-PAGE-04")
@pytest.mark.parametrize("name", ["limit", "offset"])
def test_what_is_no_integer_is_refused(enrollments, name):
    response = case_to_refuse(enrollments, "FIND").call(query=[(name, "1.5")])
    expect_status(response, BAD_REQUEST, sent=f"{name}=1.5")


@requirement("ENR-PAGE-05")
@pytest.mark.parametrize(("name", "value"), [("limit", "0"), ("limit", "-1"), ("offset", "-1")])
def test_what_is_below_one_is_no_server_error(enrollments, name, value):
    expect_status(
        case_to_refuse(enrollments, "FIND").call(query=[(name, value)]),
        SUCCESS,
        REFUSED,
        sent=f"{name}={value}",
    )


@requirement("ENR-PAGE-06")
def test_without_an_offset_a_search_begins_at_its_first_match(enrollments, shared):
    enrollments, _ = matching(enrollments, shared)
    first, _ = page(enrollments, 0, 1)
    response = precondition(enrollments.find(query=[("limit", "1")]))
    names = ids_in(response)
    expect(names == first, "the match at offset 0", "it is another one", response)
