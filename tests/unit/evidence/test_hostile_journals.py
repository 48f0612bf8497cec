"""Journals and directories made to deceive are not signed, and what changes meanwhile deceives nobody."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.evidence import bundle, files, keys, signing
from osia_conformance.evidence import verify as verifying
from osia_conformance.evidence.derivation import derived_anew
from osia_conformance.evidence.files import EvidenceError, Snapshot
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case

SECRET_KEY = "--key"


DOUBLED = {
    "an outcome": (b'"outcome":"failed"', b'"outcome":"passed","outcome":"failed"'),
    "an outcome, escaped": (b'"outcome":"failed"', b'"out\\u0063ome":"passed","outcome":"failed"'),
    "a status": (b'"status":200', b'"status":500,"status":200'),
    "a member of the header": (b'"seed":7', b'"seed":8,"seed":7'),
    "the kind": (b'{"kind":"check"', b'{"kind":"check","kind":"check"'),
}


@pytest.mark.parametrize("name", DOUBLED)
def test_a_journal_with_doubled_keys_is_not_signed(case: Case, name: str, tmp_path: Path) -> None:
    place = making.written(tmp_path / "doubled")
    path = place / "journal.jsonl"
    before, (old, new) = path.read_bytes(), DOUBLED[name]
    assert old in before
    path.write_bytes(before.replace(old, new, 1))
    with pytest.raises(EvidenceError, match=r"the key \w+ stands twice in one object"):
        signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))


TAILS = (b'{"kind":"check"', b'{"kind":"footer"}', b" ", b"\0", b"\r", b"{}\r", b"\xff")


@pytest.mark.parametrize("tail", TAILS)
def test_a_journal_with_an_unfinished_tail_is_not_signed(case: Case, tail: bytes, tmp_path: Path) -> None:
    place = making.written(tmp_path / "tail")
    with (place / "journal.jsonl").open("ab") as stream:
        stream.write(tail)
    with pytest.raises(EvidenceError, match="its last line is not finished"):
        signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: [*lines, lines[0]], "is a second header"),
        (lambda lines: [lines[0], *lines], "is a second header"),
        (lambda lines: [lines[0], {**lines[0], "seed": 9}, *lines[1:]], "is a second header"),
        (lambda lines: [*lines[1:], lines[0]], "does not begin with a header"),
        (lambda lines: lines[1:], "does not begin with a header"),
        (lambda lines: [*lines[:2], lines[1], *lines[2:]], "is a second register"),
        (lambda lines: [*lines, lines[-1]], "is a second footer"),
        (lambda lines: [*lines[:5], {**lines[4], "checks": lines[4]["checks"][:1]}, *lines[5:]], "is another plan"),
        (lambda lines: [*lines, {**lines[4], "checks": []}], "is another plan"),
    ],
)
def test_a_second_header_is_none(case: Case, change: Any, words: str, tmp_path: Path) -> None:
    place = making.written(tmp_path / "two")
    making.rewrite_journal(place, change)
    with pytest.raises(EvidenceError, match=words):
        signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))


@pytest.mark.parametrize("name", ["more", "allure-results/more", "more/deeper"])
def test_an_empty_directory_is_found(case: Case, name: str) -> None:
    (case.report / name).mkdir(parents=True)
    assert case.faults() == [f"{name}: it is an empty directory, which no run leaves; remove it"]


ALIKE = {
    "NFC and NFD": ("r\u00e9sum\u00e9.txt", "re\u0301sume\u0301.txt"),
    "NFD and NFC": ("re\u0301sume\u0301.txt", "r\u00e9sum\u00e9.txt"),
    "a sign and its letter": ("\u212a.txt", "K.txt"),
    "two alphabets": ("a.txt", "\u0430.txt"),
    "a mark without width": ("a.txt", "a\u200b.txt"),
    "case": ("Notes.txt", "notes.txt"),
}


@pytest.mark.parametrize("pair", ALIKE.values(), ids=ALIKE)
def test_two_names_that_look_alike_are_two(case: Case, tmp_path: Path, pair: tuple[str, str]) -> None:
    place = making.written(tmp_path / "alike")
    (place / pair[0]).write_bytes(b"signed")
    making.sign_without_asking(place, case.key)
    (place / pair[0]).rename(place / pair[1])
    faults = verifying.verify(place, keys.public_key(str(case.public), SECRET_KEY)).faults
    assert len(faults) == 2
    assert any("it was signed and is missing" in fault for fault in faults)


def edit(place: Path) -> None:
    (place / "report.html").write_bytes(b"conformant")
    (place / "journal.jsonl").write_bytes(b"{}\n")


def add(place: Path) -> None:
    (place / "more.txt").write_bytes(b"conformant")


def remove(place: Path) -> None:
    (place / "junit.xml").unlink()


def lead_elsewhere(place: Path) -> None:
    (place / "junit.xml").rename(place.parent / "junit.xml")
    (place / "junit.xml").symlink_to(place.parent / "junit.xml")


def cut_off(place: Path) -> None:
    os.truncate(place / "journal.jsonl", 100)


MEANWHILE = {
    edit: ["journal.jsonl", "report.html"],
    add: ["more.txt"],
    remove: ["junit.xml"],
    lead_elsewhere: ["junit.xml"],
    cut_off: ["journal.jsonl"],
}


@pytest.mark.parametrize("change", MEANWHILE)
def test_what_changes_while_it_is_signed_is_signed_as_it_was_judged(
    case: Case, change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = making.written(tmp_path / "changing")
    before = files.digests(place)

    def judged(taken: Snapshot) -> Any:
        derived = derived_anew(taken)
        change(place)
        return derived

    monkeypatch.setattr(signing, "derived_anew", judged)
    signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))
    assert bundle.subjects(place) == before
    faults = verifying.verify(place, keys.public_key(str(case.public), SECRET_KEY)).faults
    assert [fault.partition(":")[0] for fault in faults] == MEANWHILE[change]


def become_another(place: Path) -> None:
    other = place.parent / "other"
    shutil.rmtree(place)
    shutil.copytree(other, place)


@pytest.mark.parametrize("change", [*MEANWHILE, become_another, shutil.rmtree])
def test_what_changes_while_it_is_verified_is_judged_as_it_was_read(
    case: Case, change: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = bundle.read

    def changing(directory: Path, *arguments: Any) -> Any:
        change(case.report)
        return read(directory, *arguments)

    monkeypatch.setattr(bundle, "read", changing)
    assert case.faults() == []
