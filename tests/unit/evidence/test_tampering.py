"""Whatever is done to a signed report is found, and the answer names the file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from osia_conformance.evidence.files import ATTESTATION
from osia_conformance.evidence.keys import private_key
from osia_conformance.evidence.signing import sign
from tests.unit.evidence import making, tampering
from tests.unit.evidence.cases import Case, prepared


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return prepared(tmp_path)


@pytest.mark.parametrize("algorithm", ["ed25519", "ecdsa-p256"])
def test_the_untouched_report_holds_and_a_changed_signature_does_not(tmp_path: Path, algorithm: str) -> None:
    case = prepared(tmp_path, algorithm)
    assert case.faults() == []
    line = (case.report / ATTESTATION).read_bytes()
    spot = line.index(b'"sig":"') + 20
    (case.report / ATTESTATION).write_bytes(
        line[:spot] + (b"A" if line[spot : spot + 1] != b"A" else b"B") + line[spot + 1 :]
    )
    assert "its signature does not hold for what it says" in case.faults()[0]


@pytest.mark.parametrize("tamper", tampering.EACH)
def test_a_change_of_any_file_is_found(case: Case, tamper: Callable[[Path], None]) -> None:
    paths = case.paths()
    assert len(paths) > 20
    for path in paths:
        data, name = path.read_bytes(), path.relative_to(case.report).as_posix()
        tamper(path)
        if not path.exists() or path.read_bytes() != data:
            faults = case.faults()
            assert any(fault.startswith(f"{name}: ") for fault in faults), (name, faults)
        for left in path.parent.glob(f"{path.name}.old"):
            left.unlink()
        path.write_bytes(data)
    assert case.faults() == []


def test_two_files_with_each_other_s_contents_are_found(case: Case) -> None:
    for one, other in pairwise(case.paths()):
        first, second = one.read_bytes(), other.read_bytes()
        if first == second:
            continue
        one.write_bytes(second)
        other.write_bytes(first)
        faults = case.faults()
        names = {ATTESTATION, *(path.relative_to(case.report).as_posix() for path in (one, other))}
        assert faults
        assert all(fault.split(": ")[0] in names for fault in faults)
        one.write_bytes(first)
        other.write_bytes(second)
    assert case.faults() == []


def test_every_byte_of_the_signature_counts(tmp_path: Path) -> None:
    case = prepared(tmp_path)
    path = case.report / ATTESTATION
    data = path.read_bytes()
    # The payloads are long and alike; their ends, and everything around them, are taken byte by byte.
    for spot in [*range(120), *range(len(data) - 300, len(data)), *range(120, len(data), 97)]:
        changed = bytearray(data)
        changed[spot] ^= 1
        path.write_bytes(changed)
        assert case.faults(), spot
    path.write_bytes(data)
    assert case.faults() == []


@pytest.mark.parametrize("name", tampering.WHOLE)
def test_a_change_of_the_report_as_a_whole_is_found(case: Case, name: str) -> None:
    tamper, answer = tampering.WHOLE[name]
    tamper(case)
    faults = case.faults()
    assert faults
    assert any(answer in fault for fault in faults), faults


def test_what_is_added_at_its_place_leaves_the_report_whole(case: Case) -> None:
    (case.report / "added").mkdir()
    (case.report / "added" / "earl.jsonld").write_text("{}", "utf-8")
    assert case.faults() == []


def test_a_register_that_is_not_the_one_the_header_names_is_found(tmp_path: Path) -> None:
    case = prepared(tmp_path, own_register=True)
    assert case.faults() == []

    def weaker(lines: list[making.Record]) -> list[making.Record]:
        for entry in lines[1]["requirements"]:
            entry["level"] = "MAY"
        return lines

    making.rewrite_journal(case.report, weaker)
    making.sign_without_asking(case.report, case.key)
    assert case.faults() == ["journal.jsonl: its register line is not the register that its header names"]


def test_a_report_that_lies_is_not_signed_in_the_first_place(tmp_path: Path) -> None:
    case = prepared(tmp_path)
    shutil.rmtree(case.other)
    making.written(tmp_path / "liar")
    making.rewrite_reports(tmp_path / "liar", making.small_register(), making.whitewash)
    with pytest.raises(ValueError, match=r'results\.json: verdict is "conformant"'):
        sign(tmp_path / "liar", private_key(f"file:{case.key}", "--key"))
    assert not (tmp_path / "liar" / ATTESTATION).exists()


def test_every_tampering_is_documented_with_its_answer() -> None:
    text = (Path(__file__).parents[3] / "docs" / "evidence.md").read_text("utf-8")
    rows = dict(row.strip("| ").split(" | ", 1) for row in text.splitlines() if row.startswith("| "))
    for name, (_, answer) in tampering.WHOLE.items():
        assert name in rows
        assert re.sub("[0-9a-f]{64}", "SHA256", answer) in rows[name]
