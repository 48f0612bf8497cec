"""Two failures of one symptom, and two of two."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.verdict.symptom import Symptom, explained, of_members, plain_words

READ, FIND = "readEnrollment", "findEnrollments"


def line(symptom: Symptom | None, actual: str = "that") -> dict[str, Any]:
    told = {"symptom": symptom.as_record()} if symptom else {}
    return {"operation": READ, "actual": actual, "reason": None, **told}


def members(*paths: str) -> Symptom:
    return of_members(READ, paths)


@pytest.mark.parametrize(
    ("found", "others"),
    [
        (Symptom(READ, 500), [Symptom(READ, 500)]),
        (Symptom(READ, body="no JSON"), [Symptom(READ, body="no JSON")]),
        (Symptom(READ), [Symptom(READ)]),
        (members("$.a"), [members("$.a", "$.b")]),
        (members("$.a", "$.b"), [members("$.a"), members("$.b")]),
        (members("$.parts[0].pages"), [members("$.parts")]),
        (members("$.parts[0].pages"), [members("$.parts[3].pages[1]"), members("$.parts.pages")]),
        (members("$.firstName"), [members("$.biographicData.firstName")]),
        (members("$.biographicData.firstName"), [members("$.firstName")]),
        (members("$.a"), [members("$")]),
        (None, [Symptom(READ, 500)]),
        (Symptom(READ, 500), [None]),
    ],
)
def test_what_fails_alike_has_the_same_symptom(found: Symptom | None, others: list[Symptom | None]) -> None:
    assert explained(line(found), map(line, others))


@pytest.mark.parametrize(
    ("found", "others"),
    [
        (Symptom(READ, 500), [Symptom(READ, 400)]),
        (Symptom(READ, 500), [Symptom(FIND, 500)]),
        (Symptom(READ, body="no JSON"), [Symptom(READ, body="no object"), Symptom(READ)]),
        (Symptom(READ), [Symptom(FIND)]),
        (members("$.a"), [members("$.b"), Symptom(READ, 500)]),
        (members("$.a", "$.b"), [members("$.a")]),
        (members("$.parts"), [members("$.parts.pages")]),
        (members("$.ab"), [members("$.a"), members("$.b")]),
        (Symptom(READ, 500), [members("$.a")]),
        (Symptom(READ, 500), []),
    ],
)
def test_what_fails_otherwise_has_another_symptom(found: Symptom, others: list[Symptom]) -> None:
    assert not explained(line(found), map(line, others))


def test_words_tell_apart_what_is_neither_code_nor_member() -> None:
    one, other = line(Symptom(READ), "there are 3 of them"), line(Symptom(READ), "it is another one")
    assert explained(one, [line(Symptom(READ), "there are 17 of them")])
    assert not explained(one, [other])


def test_words_without_what_differs_from_call_to_call() -> None:
    one = plain_words("createEnrollment answered 500 to \"muster\" at $.documentData[0].parts ('a b')")
    assert one == plain_words('readEnrollment answered 404 to "x" at $.a ("c")')


def test_members_are_named_once_sorted_and_without_indices() -> None:
    assert of_members(READ, ["$.b[1].c", "$.a", "$.b[0].c"]).members == ("$.a", "$.b.c")


def test_a_record_differs_in_as_many_members_as_it_may() -> None:
    assert len(of_members(READ, (f"$.m{number}" for number in range(500))).members) == 40
