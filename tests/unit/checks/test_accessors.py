"""Accessors end a check as failed or cantTell, whatever was answered."""

from __future__ import annotations

import pytest

from osia_conformance.checks import (
    CannotTell,
    Violation,
    expect_list,
    expect_member,
    expect_object,
    list_at,
    member,
    object_at,
)
from osia_conformance.target.response import Response

RECORD = {"documentData": [{"parts": [{"pages": [1]}]}], "status": None}
ODD = [None, [], {}, 5, "text", True]


def answered(body: bytes) -> Response:
    return Response("readEnrollment", "x-1", 200, body=body)


def test_a_member_is_found_by_names_and_indices():
    assert member(RECORD, "documentData", 0, "parts", -1, "pages") == [1]


@pytest.mark.parametrize("value", ODD)
def test_a_member_that_is_not_there_leaves_the_case_open(value):
    with pytest.raises(CannotTell, match=r"\$\.documentData\[0\] is not in what was answered|\$\.documentData is not"):
        member({"documentData": value} if value != {} else {}, "documentData", 0, "parts")


@pytest.mark.parametrize("value", ODD)
def test_a_member_that_is_not_there_has_a_default(value):
    assert member(value, "documentData", 0, default="none") == "none"


def test_a_member_that_is_the_subject_fails():
    with pytest.raises(Violation, match=r"expected \$\.status\.code; \$\.status\.code is not in"):
        expect_member(answered(b"{}"), RECORD, "status", "code")


@pytest.mark.parametrize("body", [b"[]", b"null", b"5", b'"text"', b"true"])
def test_a_body_that_is_no_object_fails(body):
    with pytest.raises(Violation, match=r"expected a JSON object; the body is (an array|null|a number|a string|true)"):
        expect_object(answered(body))


@pytest.mark.parametrize("body", [b"{}", b"null", b"5", b'"text"', b"true"])
def test_a_body_that_is_no_list_fails(body):
    with pytest.raises(Violation, match="expected a JSON array"):
        expect_list(answered(body))


def test_what_is_absent_or_null_is_empty():
    assert object_at(RECORD, "status") == object_at(RECORD, "biographicData") == {}
    assert list_at(RECORD, "status") == list_at(RECORD, "biometricData") == []


@pytest.mark.parametrize("read", [object_at, list_at])
@pytest.mark.parametrize("value", [5, "text", True])
def test_another_kind_leaves_the_case_open(read, value):
    with pytest.raises(CannotTell, match="judged elsewhere"):
        read({"x": value}, "x")
