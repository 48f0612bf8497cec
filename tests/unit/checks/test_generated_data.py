"""What is generated is what it says it is: valid, really broken, ours to send, and the same for the same seed."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from osia_conformance.checks.enrollment.lifecycle_model import ExpectedEnrollment
from osia_conformance.checks.enrollment.merge_patches import merge_patch
from osia_conformance.checks.enrollment.operation_cases import OPERATION_CODES
from osia_conformance.checks.generation.calls import prepared_call
from osia_conformance.checks.generation.examples import Examples
from osia_conformance.checks.generation.inputs import (
    Input,
    broken,
    broken_bodies,
    broken_expressions,
    odd_inputs,
    valid_inputs,
)
from osia_conformance.standard.specification import load_specification
from osia_conformance.support.compare import differences
from osia_conformance.support.seeded_draws import generating, steady_draws
from osia_conformance.target.enrollment.payloads import Payloads

VERSION = "1.0.0"
SPECIFICATION = load_specification(VERSION)
ENROLLMENTS: Any = SimpleNamespace(
    marker="osiamarker",
    payloads=Payloads(SPECIFICATION),
    canonical=lambda: Payloads(SPECIFICATION).canonical("osiamarker"),
)
OURS = {"attributeName": "firstName", "operator": "=", "value": "osiamarker"}


def drawn(strategy: SearchStrategy[Any], *, seed: int = 1, times: int = 15) -> list[Any]:
    """Return what a strategy draws, at least one."""
    found: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=times,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(strategy)
    def note(value: Any) -> None:
        found.append(value)

    with steady_draws():
        note()
    assert found
    return found


@cache
def inputs(code: str) -> list[Input]:
    return drawn(valid_inputs(VERSION, code))


def valid_bodies(code: str) -> list[Any]:
    return [one.body for one in inputs(code) if one.body is not None]


def sent(code: str, one: Input) -> Any:
    return json.loads(prepared_call(ENROLLMENTS, code, one).body or b"null")


def values(node: Any) -> list[Any]:
    inner = list(node.values()) if isinstance(node, dict) else node if isinstance(node, list) else []
    return [node, *(value for each in inner for value in values(each))]


@pytest.mark.parametrize("code", ["CREATE", "UPDATE"])
def test_valid_enrollments_fit_the_schema_with_their_formats(code):
    bodies = valid_bodies(code)
    assert any("documentData" in body for body in bodies)
    assert [breach for body in bodies for breach in SPECIFICATION.breaches("Enrollment", body)] == []


def test_valid_patches_fit_the_schema_but_for_what_they_leave_out():
    bodies = valid_bodies("PATCH")
    assert [breach for body in bodies for breach in broken(VERSION, body, partial=True)] == []


def test_valid_searches_fit_the_schema_but_for_whole_numbers():
    bodies = valid_bodies("FIND")
    assert any(bodies)
    assert [breach for body in bodies for breach in broken_expressions(VERSION, body)] == []


@pytest.mark.parametrize("code", ["CREATE", "UPDATE", "PATCH", "FIND"])
def test_valid_json_is_what_every_implementation_agrees_on(code):
    found = [value for body in valid_bodies(code) for value in values(body)]
    numbers = [value for value in found if isinstance(value, int | float) and not isinstance(value, bool)]
    assert found
    assert all(abs(value) < 2**53 for value in numbers)
    assert all(value.isprintable() for value in found if isinstance(value, str))


def test_valid_buffers_are_bytes_of_several_kinds():
    bodies = valid_bodies("BUFWRITE")
    assert all(isinstance(body, bytes) for body in bodies)
    assert len(set(bodies)) > 3


@pytest.mark.parametrize("code", ["CREATE", "UPDATE"])
def test_broken_enrollments_really_break_the_schema_when_they_are_sent(code):
    for body in drawn(broken_bodies(VERSION, code)):
        broken_facts = SPECIFICATION.breaches("Enrollment", sent(code, Input((), body)))
        assert [breach for breach in broken_facts if breach.keyword != "format"]


def test_broken_patches_break_the_schema_in_what_they_make_of_an_enrollment():
    for body in drawn(broken_bodies(VERSION, "PATCH")):
        result = merge_patch(ENROLLMENTS.canonical(), sent("PATCH", Input((), body)))
        assert [breach for breach in SPECIFICATION.breaches("Enrollment", result) if breach.keyword != "format"]


def test_broken_searches_are_broken_by_more_than_a_whole_number():
    for body in drawn(broken_bodies(VERSION, "FIND")):
        expressions = sent("FIND", Input((), body))
        assert expressions[0] == OURS
        for one in expressions:
            if isinstance(one, dict) and isinstance(one.get("value"), int | float) and one["value"] is not True:
                one["value"] = one["value"] if isinstance(one["value"], bool) else 1.5
        assert SPECIFICATION.breaches("Expressions", expressions)


@pytest.mark.parametrize("value", [7, 5.0, -250600.0, 1e300])
def test_a_whole_number_is_no_fault_of_an_expression_however_it_is_written(value):
    assert not broken_expressions(VERSION, [{**OURS, "value": value}])
    assert broken_expressions(VERSION, [{**OURS, "value": value, "operator": "~"}])


@pytest.mark.parametrize("value", [None, [], {}, [7]])
def test_a_value_of_no_documented_type_is_a_fault_of_an_expression(value):
    assert broken_expressions(VERSION, [{**OURS, "value": value}])


@pytest.mark.parametrize("make", [valid_inputs, odd_inputs], ids=["valid", "odd"])
def test_every_search_carries_the_marker(make):
    for one in drawn(make(VERSION, "FIND"), times=40):
        body = prepared_call(ENROLLMENTS, "FIND", one).body
        assert body is not None
        assert b'"value": "osiamarker"' in body


@pytest.mark.parametrize("code", OPERATION_CODES)
def test_ids_and_transactions_are_never_drawn(code):
    both = [*inputs(code), *drawn(odd_inputs(VERSION, code))]
    assert all(name != "transactionId" for one in both for name, _ in one.query)
    if code in ("CREATE", "UPDATE", "PATCH"):
        assert all("enrollmentId" not in (sent(code, one) or {}) for one in inputs(code))


@pytest.mark.parametrize("code", ["CREATE", "UPDATE"])
def test_a_status_agrees_with_the_flag(code):
    told = {
        (("finalize", "true") in one.query, sent(code, one)["status"]) for one in inputs(code) if one.body is not None
    }
    assert told == {(True, "FINALIZED"), (False, "IN_PROGRESS")}


def test_odd_input_is_of_many_kinds():
    bodies = [one.body for one in drawn(odd_inputs(VERSION, "CREATE"), times=80)]
    assert {type(body) for body in bodies} >= {dict, list, str, bytes, bool}
    assert any(not SPECIFICATION.breaches("Enrollment", body) for body in bodies if isinstance(body, dict))
    assert any(SPECIFICATION.breaches("Enrollment", body) for body in bodies if isinstance(body, dict))


STRATEGIES: dict[str, Callable[[], SearchStrategy[Any]]] = {
    "valid": lambda: valid_inputs(VERSION, "CREATE"),
    "odd": lambda: odd_inputs(VERSION, "CREATE"),
    "broken": lambda: broken_bodies(VERSION, "FIND"),
}


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_same_seed_draws_the_same(name):
    first, again = (repr(drawn(STRATEGIES[name](), seed=5)) for _ in range(2))
    assert first == again
    assert first != repr(drawn(STRATEGIES[name](), seed=6))


def inputs_of_a_check() -> str:
    return repr(drawn(valid_inputs(VERSION, "CREATE"), seed=5, times=60))


def steps_of_a_sequence() -> str:
    """What a random sequence of operations would draw, which runs while Hypothesis draws it."""
    found: list[int] = []
    examples = Examples(
        SimpleNamespace(
            effort="quick", evidence=SimpleNamespace(id="one"), kept_examples={}, settings=SimpleNamespace(shrinks=True)
        )
    )

    @hypothesis.seed(5)
    @generating(200)
    @hypothesis.given(st.integers())
    def note(value: int) -> None:
        found.append(value)
        examples.passed()

    examples.run(lambda choices: note())
    return repr(found)


@pytest.mark.parametrize("draw", [inputs_of_a_check, steps_of_a_sequence])
def test_what_a_seed_draws_does_not_depend_on_the_code_that_is_loaded(tmp_path, monkeypatch, draw):
    before = draw()
    words = [f"word-{number}" for number in range(50)]
    numbers = list(range(1_000_001, 1_000_051))
    (tmp_path / "loaded_later.py").write_text(f"WORDS = {words}\nNUMBERS = {numbers}\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        importlib.import_module("loaded_later")
        assert draw() == before
    finally:
        sys.modules.pop("loaded_later", None)


def test_the_model_allows_what_an_update_left_out_to_stay_or_go():
    expected = ExpectedEnrollment(("lastName", "gender", "nationality", "dateOfBirth"))
    expected.create({"lastName": "muster", "gender": "F"}, finalize=False)
    expected.update({"lastName": "sample"}, finalize=False)
    kept = {"status": "IN_PROGRESS", "biographicData": {"lastName": "sample", "gender": "F"}}
    gone = {"status": "IN_PROGRESS", "biographicData": {"lastName": "sample"}}
    changed = {"status": "IN_PROGRESS", "biographicData": {"lastName": "sample", "gender": "M"}}
    assert expected.contradiction(kept, {}) is None
    assert expected.contradiction(gone, {}) is None
    assert expected.contradiction(changed, {}) == 'gender is "M" instead of "F" or absent'


def test_the_model_sees_a_patch_that_was_lost_and_a_member_that_should_be_gone():
    expected = ExpectedEnrollment(("lastName", "gender", "nationality", "dateOfBirth"))
    expected.create({"lastName": "muster", "gender": "F"}, finalize=False)
    expected.patch({"lastName": "sample", "gender": None}, finalize=True)
    done = {"status": "FINALIZED", "biographicData": {"lastName": "sample"}}
    assert expected.contradiction(done, {}) is None
    lost = {"status": "FINALIZED", "biographicData": {"lastName": "muster"}}
    assert expected.contradiction(lost, {}) == 'lastName is "muster" instead of "sample"'
    left = {"status": "FINALIZED", "biographicData": {"lastName": "sample", "gender": "F"}}
    assert expected.contradiction(left, {}) == 'gender is "F" instead of absent'
    assert expected.contradiction({**done, "status": "IN_PROGRESS"}, {}) is not None


def test_the_model_takes_a_record_without_biographic_data_for_one_without_members():
    expected = ExpectedEnrollment(("lastName", "gender", "nationality", "dateOfBirth"))
    expected.create({"lastName": "muster"}, finalize=False)
    for group in ([], None, "text"):
        record = {"status": "IN_PROGRESS", "biographicData": group}
        assert expected.contradiction(record, {}) == 'lastName is absent instead of "muster"'


def test_what_is_sent_holds_what_was_drawn():
    for one in inputs("CREATE"):
        if one.body is not None:
            rest = {name: value for name, value in one.body.items() if name not in ("status", "enrollmentId")}
            assert differences(rest, sent("CREATE", one)) == []
