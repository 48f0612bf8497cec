"""Servers that cannot be judged to the end: never nonconformant, and incomplete where something must stay open."""

from itertools import count
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from osia_conformance.operations import by_code
from osia_conformance.subjects import CODES
from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from osia_reference.enrollments import FINALIZED, Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record
from tests.freedoms import Json
from tests.freedoms.data import Ruled
from tests.freedoms.finalized import Archives
from tests.judging import Judged, judge, reference


def judged(**parts: type) -> Judged:
    return judge(create_app(reference(), **parts))


def assert_incomplete(result: Judged, *open_ones: str) -> None:
    """Assert that nothing failed, and that these requirements, and perhaps others, could not be judged."""
    failed = {name: result.requirement(name)["reason"] for name in result.outcomes("failed")}
    assert failed == {}
    assert result.results["verdict"] == "incomplete"
    assert set(open_ones) <= result.outcomes("cantTell")
    assert result.exit_code == 2


def forbidding(code: str) -> type[Server]:
    class Forbidding(Server):
        async def perform(self, call: Call) -> Reply:
            self.authorize(call)
            if call.operation.name == by_code()[code].id:
                raise Refusal(403, "A rule of business does not allow it.")
            return await super().perform(call)

    return Forbidding


@pytest.mark.parametrize("code", CODES)
def test_403_with_the_right_scope_leaves_the_operation_open(code):
    assert_incomplete(judged(server=forbidding(code)), f"ENR-DONE-01-{code}", f"ENR-SCOPE-01-{code}")


@pytest.mark.parametrize("status", [429, 501, 502, 503, 504])
def test_a_server_that_cannot_answer_now_is_not_judged(status):
    class Busy(Server):
        """Answers every 40th call so."""

        def __init__(self, *parts: Any) -> None:
            super().__init__(*parts)
            self.numbers = count(1)

        async def perform(self, call: Call) -> Reply:
            if next(self.numbers) % 40 == 0:
                return Reply(status, headers={"Retry-After": "1"})
            return await super().perform(call)

    assert_incomplete(judged(server=Busy))


def test_calls_without_an_answer_are_not_judged():
    class Breaking(Server):
        """Breaks off every 40th call."""

        def __init__(self, *parts: Any) -> None:
            super().__init__(*parts)
            self.numbers = count(1)

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if next(self.numbers) % 40 == 0:
                raise ConnectionResetError
            await super().__call__(scope, receive, send)

    assert_incomplete(judged(server=Breaking))


def test_a_server_that_refuses_the_canonical_enrollment_is_not_judged():
    class Refusing(Ruled):
        def fits(self, body: Any) -> bool:
            return "biometricData" in body and not body["biometricData"]

    assert_incomplete(judged(enrollments=Refusing), "ENR-DONE-01-CREATE", "ENR-CREATE-02")


def test_a_server_that_refuses_every_image_leaves_images_open():
    class NoImages(Ruled):
        def fits(self, body: Any) -> bool:
            parts = [part for document in body.get("documentData", []) for part in document["parts"]]
            items: list[Json] = [*body["biometricData"], *parts]
            return not any(item.keys() & {"image", "imageRef", "data", "dataRef"} for item in items)

    assert_incomplete(judged(enrollments=NoImages), "ENR-CREATE-07", "ENR-CREATE-08")


def test_a_server_with_closed_blocks_leaves_unknown_members_open():
    class Closed(Ruled):
        def fits(self, body: Any) -> bool:
            known = {"firstName", "lastName", "dateOfBirth", "gender", "nationality"}
            rest = [*body.get("requestData", []), *body.get("enrollmentFlags", [])]
            unknown = any("osiaConformanceMember" in item for item in rest)
            return not unknown and body.get("biographicData", {}).keys() <= known

    assert_incomplete(judged(enrollments=Closed), "ENR-CREATE-11", "ENR-CREATE-12", "ENR-CREATE-13")


def test_matches_that_say_nothing_of_whose_they_are_leave_searches_open():
    class Nameless(Enrollments):
        def find(self, expressions: Any) -> list[Record]:
            names = ("status", "enrollmentType", "biometricData")
            return [{name: each[name] for name in names} for each in super().find(expressions)]

    assert_incomplete(judged(enrollments=Nameless), "ENR-FIND-01", "ENR-DELETE-02")


def test_a_finalized_enrollment_that_is_archived_at_once_is_not_judged():
    class ArchivesAtOnce(Archives):
        reads = 0

    assert_incomplete(judged(enrollments=ArchivesAtOnce), "ENR-FINALIZE-01", "ENR-FINALIZE-02", "ENR-LIFE-01")


def test_unknown_enrollments_that_are_forbidden_are_not_judged():
    class Hiding(Enrollments):
        def unknown(self, enrollment_id: str) -> Refusal:
            return Refusal(403, "That is not for you.")

    assert_incomplete(judged(enrollments=Hiding), "ENR-UNKNOWN-01-READ", "ENR-DELETE-01")


def test_what_cannot_be_deleted_is_left_over_and_no_fault():
    class Kept(Enrollments):
        def delete(self, enrollment_id: str) -> None:
            if self.existing(enrollment_id)["status"] == FINALIZED:
                raise Refusal(403, "It is finalized.")
            super().delete(enrollment_id)

    result = judged(enrollments=Kept)
    assert result.results["verdict"] == "conformant"
    assert result.results["leftovers"]


def test_a_recommendation_does_not_decide():
    class NoChallenge(Server):
        def answer(self, call: Call, reply: Reply) -> Reply:
            reply.headers.pop("WWW-Authenticate", None)
            return reply

    result = judged(server=NoChallenge)
    assert result.outcomes("failed") == {"ENR-TOKEN-08"}
    assert (result.results["verdict"], result.exit_code) == ("conformant", 0)
