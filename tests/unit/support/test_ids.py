from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osia_conformance.support.ids import IdFactory
from osia_conformance.support.secrets import ConfigurationError

PATTERN = "[A-Z]{2}[0-9]{8}(-[a-f]{1,3})?"


@pytest.mark.parametrize("pattern", ["uuid", PATTERN])
def test_ids_are_the_same_for_the_same_run_and_place_and_all_different(pattern: str) -> None:
    one, two, other = (IdFactory(pattern, run) for run in ("run-1", "run-1", "run-2"))
    first = [one.id("check", number) for number in range(100)] + [one.id("other-check", 0)]
    again = [two.id("check", number) for number in range(100)] + [two.id("other-check", 0)]
    assert first == again
    assert len(set(first)) == 101
    assert not set(first) & {other.id("check", number) for number in range(100)}


def test_next_counts_by_label() -> None:
    factory = IdFactory("uuid", "run")
    drawn = [factory.next("a"), factory.next("b"), factory.next("a")]
    assert drawn == [factory.id("a", 0), factory.id("b", 0), factory.id("a", 1)]


def test_ids_by_a_pattern_match_it_and_never_repeat_in_a_small_space() -> None:
    factory = IdFactory("[0-9]{3}", "run")
    drawn = [factory.next("check") for _ in range(300)]
    assert len(set(drawn)) == 300
    assert all(len(each) == 3 and each.isdigit() for each in drawn)
    with pytest.raises(ConfigurationError, match="run out of unused ids"):
        [factory.next("check") for _ in range(800)]


def test_uuid_ids_are_what_the_default_profile_promises() -> None:
    drawn = IdFactory("uuid", "run").next("check")
    assert len(drawn) == 36
    assert drawn.replace("-", "").isalnum()


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(", 'neither "uuid" nor a valid regular expression'),
        ("[[a]{9}", 'neither "uuid" nor a valid regular expression'),
        ("x" * 201, "longer than 200"),
        ("constant", "too few"),
        ("[0-9]", "too few"),
        ("\\s{40}", "gives no id"),
        # Python 3.14 tells this one when it reads the pattern, older ones when they draw.
        ("[0-9]{12}(?!)", "no id"),
        ("((.*)*)*", "more than 255 characters"),
        ("(([0-9]{99}){99}){99}", "more than 255 characters"),
        ("[\\x00-\\U0010ffff]{9}", "more than 255 characters"),
        ("[0-9]{4000000000}", "no id can be generated"),
        ("(a)?(?(1)[0-9]{9}|[a-f]{9})", "no id can be generated"),
    ],
)
def test_a_pattern_without_enough_ids_is_one_sentence(pattern: str, part: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        IdFactory(pattern, "run")
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def outcome(pattern: str) -> list[str] | str:
    try:
        factory = IdFactory(pattern, "run")
        return [factory.next("check"), factory.next("check")]
    except ConfigurationError as error:
        return str(error)


@given(st.text(alphabet="[]()0-9a-f{}*+?|\\dw.^$,:=!<>P", max_size=15))
@settings(deadline=None)
def test_any_pattern_gives_matching_ids_or_one_sentence(pattern: str) -> None:
    drawn = outcome(pattern)
    if isinstance(drawn, str):
        assert drawn.startswith("the pattern")
    else:
        assert drawn[0] != drawn[1]
        assert all(re.fullmatch(pattern, each) for each in drawn)


def test_ids_do_not_depend_on_the_order_in_which_a_process_walks_sets() -> None:
    program = (
        "from osia_conformance.support.ids import IdFactory; print(IdFactory('[^a-z\\s]{20}', 'run').next('check'))"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(drawn) == 1
