"""What others keep on the target is taken out of an answer before anything looks at it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.target.privacy import ForeignRecordFilter
from osia_conformance.target.response import Response
from tests.harness.json_values import json_values

MARKER = "osia0123abcd"
OURS = {"enrollmentId": "ours", "biographicData": {"firstName": "osia0123abcdff"}}
STRANGER = {"enrollmentId": "stranger", "biographicData": {"firstName": "Kanarienvogel"}}
JSON = json_values(leaves=100)


def filtered(operation: str, body: Any, *, code: int = 200, buffer: tuple[str, str] | None = None) -> Response:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    privacy = ForeignRecordFilter(MARKER, {"ours"}, {("ours", "our-buffer")})
    return privacy.filter(Response(operation, "main.1", code, body=data), buffer=buffer)


class TestSearch:
    def test_records_of_ours_stay_as_they_are(self) -> None:
        response = filtered("findEnrollments", [OURS])
        assert (response.json(), response.withheld) == ([OURS], 0)

    def test_records_of_others_are_dropped_and_counted(self) -> None:
        response = filtered("findEnrollments", [STRANGER, OURS, STRANGER])
        assert (response.json(), response.withheld) == ([OURS], 2)

    def test_without_an_id_the_marker_tells(self) -> None:
        nameless = [{"biographicData": record["biographicData"]} for record in (OURS, STRANGER)]
        response = filtered("findEnrollments", nameless)
        assert (response.json(), response.withheld) == (nameless[:1], 1)

    @pytest.mark.parametrize("entry", [None, 5, "Kanarienvogel", [STRANGER], {"enrollmentId": ["ours"]}])
    def test_whatever_else_is_in_the_list_is_dropped(self, entry: Any) -> None:
        assert filtered("findEnrollments", [entry, OURS]).json() == [OURS]

    @pytest.mark.parametrize("body", [{"items": [STRANGER]}, STRANGER, b"<list>Kanarienvogel</list>", b'[{"a":'])
    def test_what_is_no_list_is_withheld_whole(self, body: Any) -> None:
        response = filtered("findEnrollments", body)
        assert (response.body, response.withheld) == (b"", 1)


@pytest.mark.parametrize("operation", ["readEnrollment", "updateEnrollment", "partialUpdateEnrollment"])
class TestRecord:
    def test_a_record_of_ours_stays_as_it_is(self, operation: str) -> None:
        assert filtered(operation, OURS).json() == OURS

    def test_a_record_of_another_id_is_withheld(self, operation: str) -> None:
        response = filtered(operation, STRANGER)
        assert (response.json(), response.withheld) == ({"enrollmentId": "[withheld]"}, 1)

    def test_a_record_without_an_id_is_taken_for_ours(self, operation: str) -> None:
        assert filtered(operation, {"status": "FINALIZED"}).withheld == 0

    @pytest.mark.parametrize("name", [7, None, ["ours"], {"id": "ours"}, True])
    def test_an_id_that_is_no_text_is_not_ours(self, operation: str, name: Any) -> None:
        assert filtered(operation, {**STRANGER, "enrollmentId": name}).withheld == 1

    def test_a_list_with_others_is_withheld_whole(self, operation: str) -> None:
        assert (filtered(operation, [OURS, STRANGER]).body, filtered(operation, [OURS]).json()) == (b"", [OURS])

    def test_what_is_no_json_is_withheld_unless_it_speaks_of_us(self, operation: str) -> None:
        assert filtered(operation, b"<name>Kanarienvogel</name>").body == b""
        assert filtered(operation, b"<id>ours</id>").body == b"<id>ours</id>"
        assert filtered(operation, b'{"firstName": "osia0123abcdff').withheld == 0

    @pytest.mark.parametrize("code", [400, 404, 409, 500])
    def test_a_refusal_stays_as_it_is(self, operation: str, code: int) -> None:
        assert filtered(operation, {"code": code, "message": "no"}, code=code).withheld == 0


class TestBuffer:
    def test_a_buffer_of_ours_stays_as_it_is(self) -> None:
        assert filtered("getBuffer", b"\x00bytes", buffer=("ours", "our-buffer")).body == b"\x00bytes"

    def test_a_buffer_of_another_id_is_withheld(self) -> None:
        response = filtered("getBuffer", b"\x00Kanarienvogel", buffer=("ours", "theirs"))
        assert (response.body, response.withheld) == (b"", 1)

    def test_our_buffer_under_another_enrollment_is_withheld(self) -> None:
        assert filtered("getBuffer", b"\x00Kanarienvogel", buffer=("others", "our-buffer")).body == b""

    def test_a_refusal_stays_as_it_is(self) -> None:
        assert filtered("getBuffer", {"code": 404}, code=404, buffer=("ours", "theirs")).withheld == 0


def test_a_wrong_id_in_the_answer_to_a_create_is_evidence() -> None:
    assert filtered("createEnrollment", {"enrollmentId": "of-the-server"}, code=201).withheld == 0


def test_the_id_of_a_new_buffer_is_no_record() -> None:
    assert filtered("sendBuffer", {"bufferId": "b"}, code=201).json() == {"bufferId": "b"}


@given(st.sampled_from(["findEnrollments", "readEnrollment", "createEnrollment", "partialUpdateEnrollment"]), JSON)
def test_no_answer_is_too_strange(operation: str, body: Any) -> None:
    response = filtered(operation, body)
    assert response.status == 200
    assert response.withheld >= 0


@given(st.lists(st.sampled_from([OURS, STRANGER])))
def test_of_any_list_just_ours_are_left(records: list[Any]) -> None:
    response = filtered("findEnrollments", records)
    assert response.json() == [record for record in records if record is OURS]
    assert response.withheld == records.count(STRANGER)
