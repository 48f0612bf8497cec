"""`explain` shows all that is known of a requirement."""

from __future__ import annotations

import pytest

from osia_conformance.run.check_places import check_places
from osia_conformance.standard.register import whole_register
from tests.harness.running import ROOT, osia_here


def test_a_requirement_is_explained():
    done = osia_here("explain", "ENR-PATCH-03")
    assert done.returncode == 0
    for words in ("ENR-PATCH-03  null removes", "RFC 7396", "suites/enrollment/test_patch.py:", "patch-stores-null: "):
        assert words in done.stdout
    assert all(ruling in done.stdout for ruling in whole_register().requirements["ENR-PATCH-03"].rulings)


def test_the_line_of_a_check_is_that_of_its_definition():
    places = [place for several in check_places().values() for place in several]
    for place in places:
        line = place.file.read_text("utf-8").splitlines()[place.line - 1]
        assert line.startswith(f"def test_{place.name}("), str(place)


def test_every_active_requirement_has_a_check():
    assert {entry.id for entry in whole_register().active()} == set(check_places())


def test_words_find_the_requirements_that_speak_of_them():
    done = osia_here("explain", "null", "removes", "a", "member")
    assert (done.returncode, done.stdout.split()[0]) == (0, "ENR-PATCH-03")


def test_the_first_parts_of_an_id_name_a_family():
    done = osia_here("explain", "enr-txn-01")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()][:2] == ["ENR-TXN-01-CREATE", "ENR-TXN-01-READ"]


@pytest.mark.parametrize(("asked", "near"), [("ENR-PATCH-3", "ENR-PATCH-03"), ("", "ENR-"), ("\x1b[31m", "ENR-")])
def test_an_unknown_id_ends_with_the_nearest_one(asked, near):
    done = osia_here("explain", asked)
    assert (done.returncode, done.stdout) == (64, "")
    assert near in done.stderr
    assert "\x1b" not in done.stderr


def test_the_matrix_is_there():
    assert (ROOT / "docs" / "matrix.json").is_file()
