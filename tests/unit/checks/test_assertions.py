"""What a check may say about an answer, and what leaves a case open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from osia_conformance.checks.assertions import (
    expect,
    expect_holds,
    expect_json,
    expect_refusal,
    expect_status,
    expect_unchanged,
    listed,
    require_refused,
)
from osia_conformance.profile import load_profile
from osia_conformance.profile.statement import ProfileSettings
from osia_conformance.support.polling import eventually
from osia_conformance.target.enrollment.sent_names import SentNames
from osia_conformance.target.outcome_errors import CannotTell, ServerError, Violation, cannot_tell
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import (
    INCONCLUSIVE,
    REFUSED,
    SUCCESS,
    documented_success,
    one_of,
    precondition,
    status,
    status_phrase,
)


def response(code: int, body: bytes = b"", operation: str = "readEnrollment") -> Response:
    return Response(operation, "main.1", code, body=body)


class TestStatus:
    def test_an_allowed_code_is_returned(self) -> None:
        good = response(404)
        assert expect_status(good, one_of(403, 404)) is good

    def test_another_code_is_a_violation_in_words(self) -> None:
        with pytest.raises(Violation) as caught:
            expect_status(response(200), status(204))
        assert (caught.value.expected, caught.value.actual) == (
            "204 No Content",
            "readEnrollment answered 200 OK",
        )

    @pytest.mark.parametrize("code", sorted(INCONCLUSIVE))
    def test_a_server_that_cannot_answer_now_leaves_the_case_open(self, code: int) -> None:
        with pytest.raises(CannotTell, match=str(code)):
            expect_status(response(code), SUCCESS)

    @pytest.mark.parametrize("code", [401, 403])
    def test_a_refusal_of_a_good_token_leaves_the_case_open(self, code: int) -> None:
        with pytest.raises(CannotTell, match=r"what \[auth\] gives for its scope"):
            expect_status(response(code), 404)

    @pytest.mark.parametrize("code", [401, 403])
    def test_a_refusal_that_is_allowed_is_no_open_case(self, code: int) -> None:
        assert expect_status(response(code), REFUSED).status == code

    def test_a_500_may_be_chance(self) -> None:
        with pytest.raises(ServerError):
            expect_status(response(500), SUCCESS)

    def test_a_501_is_no_500(self) -> None:
        with pytest.raises(CannotTell):
            expect_status(response(501), SUCCESS)


SENT = "a token of nobody"


class TestRefusal:
    @pytest.mark.parametrize("code", [401, 403])
    def test_a_refused_token_is_what_is_wanted(self, code: int) -> None:
        assert expect_refusal(response(code), 401, 403, sent=SENT).status == code

    def test_an_accepted_token_is_a_violation(self) -> None:
        with pytest.raises(Violation, match=f"to {SENT}; .*200 OK"):
            expect_refusal(response(200), 401, 403, sent=SENT)

    def test_401_in_place_of_403_is_a_violation(self) -> None:
        with pytest.raises(Violation):
            expect_refusal(response(401), 403, sent=SENT)

    @pytest.mark.parametrize("code", sorted(INCONCLUSIVE))
    def test_a_server_that_cannot_answer_now_leaves_the_case_open(self, code: int) -> None:
        with pytest.raises(CannotTell):
            expect_refusal(response(code), 401, sent=SENT)

    def test_a_500_may_be_chance(self) -> None:
        with pytest.raises(ServerError):
            expect_refusal(response(500), 401, sent=SENT)


class TestPrecondition:
    def test_what_worked_is_returned(self) -> None:
        good = response(201)
        assert precondition(good) is good

    @pytest.mark.parametrize("code", [199, 300, 404, 500])
    def test_what_did_not_work_leaves_the_case_open(self, code: int) -> None:
        with pytest.raises(CannotTell, match="needed first"):
            precondition(response(code))

    def test_only_the_named_codes_will_do(self) -> None:
        with pytest.raises(CannotTell):
            precondition(response(204), 200)


class TestContent:
    def test_a_body_that_is_no_json_is_a_violation(self) -> None:
        with pytest.raises(Violation, match="no JSON"):
            expect_json(response(200, b"{"))
        assert expect_json(response(200, b"[1]")) == [1]

    def test_more_than_was_sent_may_come_back(self) -> None:
        expect_holds({"a": 1}, {"a": 1, "b": 2}, response(200))
        with pytest.raises(Violation, match=r"\$\.a is 2 instead of 1"):
            expect_holds({"a": 1}, {"a": 2}, response(200))

    def test_unchanged_means_in_both_directions(self) -> None:
        names = SentNames.of(load_profile(ProfileSettings()))
        one: dict[str, Any] = {"requestData": [{"requestType": "RENEWAL"}]}
        two = {"requestData": [{"requestType": "RENEWAL", "deliveryPlace": "paris"}]}
        expect_unchanged(one, {**one, "version": 2}, response(200), names=names)
        with pytest.raises(Violation):
            expect_unchanged(one, two, response(200), names=names)
        with pytest.raises(Violation):
            expect_unchanged(two, one, response(200), names=names)

    def test_a_condition_says_both_sides(self) -> None:
        expect(True, "x", "y")
        with pytest.raises(Violation, match="expected x; y"):
            expect(False, "x", "y")


def test_the_documented_success_is_the_operations_own() -> None:
    assert documented_success(replace(response(0), documented=201)).codes == {201}
    assert documented_success(replace(response(0), documented=204)).codes == {204}


def test_alternatives_are_united_in_codes_and_words() -> None:
    both = one_of(SUCCESS, 404, status(410))
    assert both.label == "a success (2xx) or 404 Not Found or 410 Gone"
    assert 204 in both
    assert 410 in both
    assert 400 not in both


def test_a_code_without_a_name_is_told_all_the_same() -> None:
    assert (status_phrase(404), status_phrase(799)) == ("404 Not Found", "799")


def test_lists_are_sorted_words() -> None:
    assert (listed(["b", "a"]), listed([])) == ("a, b", "none")


def test_giving_up_is_an_open_case() -> None:
    with pytest.raises(CannotTell, match="so it is"):
        cannot_tell("so it is")


class TestRequireRefused:
    def test_an_accepted_call_is_left_to_what_judges_it_and_says_which_refusal_that_expects(self) -> None:
        with pytest.raises(CannotTell, match="the call was accepted, which is judged elsewhere") as caught:
            require_refused(response(204, operation="createEnrollment"), 403, "the call")
        found = caught.value.symptom
        assert (found.operation, found.status, found.body) == (
            "createEnrollment",
            None,
            "a success in place of 403 Forbidden",
        )

    @pytest.mark.parametrize("code", [302, 400, 403, 500])
    def test_any_other_answer_is_let_pass(self, code: int) -> None:
        require_refused(response(code), 403, "the call")


class Asked:
    """Answers in turn, the last answer for ever, and counts."""

    def __init__(self, *answers: bool) -> None:
        self.answers = list(answers)
        self.times = 0

    def __call__(self) -> bool:
        self.times += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class TestEventually:
    def test_what_holds_at_once_is_asked_once(self) -> None:
        asked = Asked(True)
        assert eventually(asked, 5) is not None
        assert asked.times == 1

    def test_what_holds_later_is_waited_for(self) -> None:
        asked = Asked(False, False, True)
        assert eventually(asked, 60, pause=0.001) is not None
        assert asked.times == 3

    def test_what_never_holds_ends(self) -> None:
        asked = Asked(False)
        assert eventually(asked, 0.02, pause=0.005) is None
        assert asked.times >= 1
