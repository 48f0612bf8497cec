"""Ids are short for readers, and the whole stays at hand."""

from __future__ import annotations

from osia_conformance.reports.record_names import RecordNames, Segment, record_of
from tests.unit.reports import journals

ONE = "0f8fad5b-d9cb-469f-a165-70867728950e"
OTHER = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
TRACE = "123e4567-e89b-42d3-a456-426614174000"


def of(*ids: str) -> RecordNames:
    return RecordNames(journals.exchange("gw0.1", path=f"/v1/enrollments/{one}?transactionId={TRACE}") for one in ids)


def test_records_are_named_in_the_order_in_which_they_appear() -> None:
    names = of(OTHER, ONE, OTHER)
    assert names.names == {OTHER: "A", ONE: "B"}
    assert names.segments(f"/v1/{ONE}?t={TRACE}&x=1") == [
        Segment("/v1/"),
        Segment("B", ONE, named=True),
        Segment("?t="),
        Segment("123e4567…", TRACE),
        Segment("&x=1"),
    ]


def test_a_short_id_is_not_taken_for_a_name_and_there_are_more_than_letters() -> None:
    assert of("1").segments("1 of 1") == [Segment("1 of 1")]
    assert list(of(*(f"record-{number:03}" for number in range(28))).names.values())[25:] == ["Z", "R27", "R28"]


def test_requests_that_name_no_record_have_none() -> None:
    search = {**journals.exchange("gw0.1", path="/v1/enrollments?limit=1"), "operation": "findEnrollments"}
    assert record_of(search) is None
    assert record_of({**search, "operation": "unknown"}) is None
