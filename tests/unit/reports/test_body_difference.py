"""What differs in an answer is shown in its place in the body."""

from __future__ import annotations

import json
from typing import Any

from osia_conformance.reports import body_difference
from osia_conformance.reports.body_difference import Places, body_lines, excerpt, places, text_difference


def marked(actual: str, got: Any, *sent: Any, **symptom: Any) -> list[tuple[str, str, str]]:
    """Return kind, text and note of the lines that differ."""
    found = body_lines(json.dumps(got), places({"actual": actual, "symptom": symptom or None}), sent)
    assert found is not None
    return [(line.kind, line.text.strip(), line.note) for line in found if line.kind]


def test_a_value_that_is_another_is_marked_with_what_was_expected() -> None:
    assert marked('$.a.b is "7" instead of "07"', {"a": {"b": "7"}, "b": 1}) == [
        ("changed", '"b": "7"', 'expected "07"')
    ]


def test_the_other_answer_is_named_where_the_body_is_the_expected_one() -> None:
    assert marked('$[0].b is 1 instead of "1"', [{"b": "1"}]) == [("changed", '"b": "1"', "the other answer: 1")]


def test_what_is_missing_stands_where_it_should_be_as_it_was_sent() -> None:
    sent = {"a": {"b": {"c": 1}}}
    assert marked("$.a.b is missing", {"a": {"x": 1}}, body_difference.NOT_JSON, sent) == [
        ("missing", '"b": {', "it is missing"),
        ("missing", '"c": 1', ""),
        ("missing", "}", ""),
    ]
    assert marked("$.a.b is missing", {"a": {"x": 1}}) == [("missing", '"b"', "it is missing")]


def test_what_is_new_or_does_not_fit_the_schema_is_marked() -> None:
    assert marked("$.a is new: it was not there", {"a": 1}) == [("new", '"a": 1', "it was not there")]
    words = "'1' is not of type 'integer'"
    assert marked(f"$[0].p[0]: {words}", [{"p": ["1"]}]) == [("changed", '"1"', words)]


def test_a_symptom_names_places_that_the_words_do_not() -> None:
    assert marked("", {"l": [{"a": 1}, {"a": 2}]}, members=["$.l.a"]) == [
        ("changed", '"a": 1', ""),
        ("changed", '"a": 2', ""),
    ]


def test_a_path_within_a_part_of_the_body_is_found() -> None:
    assert marked("$.name is 1 instead of 2", {"part": {"name": 1}}) == [("changed", '"name": 1', "expected 2")]


def test_an_excerpt_keeps_the_difference_and_what_is_around_it() -> None:
    got = {"first": {f"m{number:02}": number for number in range(30)}, "last": 1}
    lines = body_lines(json.dumps(got), places({"actual": "$.first.m20 is 20 instead of 21"}))
    assert lines is not None
    assert [line.text.strip() for line in excerpt(lines)] == [
        *("{", '"first": {', "⋯ 18 lines", '"m18": 18,', '"m19": 19,', '"m20": 20,', '"m21": 21,', '"m22": 22,'),
        *("⋯ 9 lines", "}"),
    ]


def test_a_body_without_a_difference_is_cut_and_no_json_is_none() -> None:
    lines = body_lines(json.dumps(list(range(100))), places({"actual": "answered 200"}))
    assert lines is not None
    assert excerpt(lines)[-1].text == "⋯ 94 lines"
    assert body_lines("<html>", places({})) is None
    assert body_lines("[" * 5000, places({})) is None


def test_two_json_texts_are_compared_line_by_line() -> None:
    found = text_difference('{"a": 1, "b": 2}', '{"a": 1, "b": 3}')
    assert found is not None
    assert [(line.kind, line.text.strip()) for line in found if line.kind] == [("missing", '"b": 2'), ("new", '"b": 3')]
    assert text_difference("204", "200") is None


def test_enrollments_that_a_search_must_not_find_are_marked() -> None:
    check = {
        "expected": 'for born < "1990": the enrollments with "1980"',
        "actual": 'it found those with "1980", "1995" and 2 others',
    }
    found = body_lines(json.dumps([{"born": "1980"}, {"born": "1995", "since": "1995"}]), places(check))
    assert [(line.text.strip(), line.note) for line in found or () if line.kind] == [
        ('"born": "1995",', "this enrollment should not be found")
    ]


def test_a_search_that_found_none_is_marked() -> None:
    assert marked("it found none", []) == [("changed", "[]", "no enrollment was found")]


def test_a_member_that_is_named_in_words_is_marked() -> None:
    words = 'the status is "IN_PROGRESS" instead of FINALIZED'
    assert marked(words, {"status": "IN_PROGRESS"}) == [("changed", '"status": "IN_PROGRESS"', "expected FINALIZED")]


def test_each_line_of_a_body_that_should_not_be_there_is_marked() -> None:
    found = body_lines('{"a": 1}', places({"expected": "no body", "actual": "there are 8 bytes"}))
    assert [(line.kind, line.note) for line in found or ()] == [
        ("new", "no body is expected"),
        ("new", ""),
        ("new", ""),
    ]


def test_a_short_body_is_shown_whole_and_a_small_gap_is_filled() -> None:
    short = body_lines(json.dumps(dict.fromkeys("abcdefghijklmn", 1)), places({}))
    assert [line.kind for line in excerpt(short or ())] == [""] * 16
    values = {f"m{number:02}": number for number in range(20)}
    actual = "; ".join(f"$.{name} is {values[name]} instead of 0" for name in ("m03", "m10", "m18"))
    lines = body_lines(json.dumps(values), places({"actual": actual}))
    gaps = [line.text for line in excerpt(lines or ()) if line.kind == "gap"]
    assert gaps == ["⋯ 3 lines"]


def searched(wanted: str, found: str) -> dict[str, str]:
    return {"expected": f"for born = 1: the enrollments with {wanted}", "actual": f"it found those with {found}"}


def test_of_what_a_search_found_in_vain_the_first_values_are_looked_for() -> None:
    found = places(searched('"x"', ", ".join(f'"{number}"' for number in range(1000)))).found
    assert found == tuple(("born", f'"{number}"') for number in range(50))


def test_lists_longer_than_any_the_suite_writes_are_not_read() -> None:
    long = ", ".join(f'"{number}"' for number in range(10_000))
    assert places(searched(long, f'{long}, "x"')).found == ()


def test_of_a_judgement_the_first_phrases_and_members_are_looked_for() -> None:
    said = "; ".join(f"$.a{number} is 1 instead of 2" for number in range(1000))
    members = [f"$.m{number}" for number in range(1000)]
    found = places({"actual": said, "symptom": {"members": members}}).changed
    assert [path for path, _ in found] == [f"$.{kind}{number}" for kind in "am" for number in range(50)]


class Counted(str):
    """A text that counts how often it is compared."""

    __slots__ = ()
    times = 0
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        Counted.times += 1
        return str(self) == other


def test_a_line_is_looked_for_without_a_look_at_all_others() -> None:
    Counted.times = 0
    differences = Places(changed=((Counted("$.nowhere"), body_difference._Changed()),))
    lines = body_lines(json.dumps(list(range(2000))), differences)
    assert lines is not None
    assert Counted.times < 10_000


def test_an_excerpt_keeps_what_opens_the_objects_around_each_difference() -> None:
    value = {"a": {"b": {"c": list(range(30)), "d": 1}}, "e": {"f": 1}}
    lines = body_lines(json.dumps(value), places({"actual": "$.a.b.d is 1 instead of 2; $.e.f is 1 instead of 2"}))
    shown = [line.text.strip() for line in excerpt(lines or [])]
    assert shown[:3] == ["{", '"a": {', '"b": {']
    assert shown.count('"c": [') == 0
