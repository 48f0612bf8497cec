"""The certificate in a signed report: it names the key, is signed with the rest, and is made anew when verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from osia_conformance import reports
from osia_conformance.evidence.files import EvidenceError
from osia_conformance.evidence.keys import private_key, public_key
from osia_conformance.evidence.signing import sign
from osia_conformance.evidence.verify import verify
from osia_conformance.reports import badge, certificate
from osia_conformance.reports.certificate import annexed
from tests.unit.evidence import making

WANTED = ("pdf", "badge")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report that is not signed, with a certificate and a badge."""
    directory = making.written(tmp_path / "report")
    results = json.loads((directory / "results.json").read_text("utf-8"))
    reports.write_all(results, making.records_of(directory), directory, WANTED)
    return directory


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    return making.key_pair(tmp_path, "key")


def signed(report: Path, keys: tuple[Path, Path]) -> str:
    """Sign the report and return the id of the key."""
    sign(report, private_key(f"file:{keys[0]}", "--key"))
    return public_key(str(keys[1]), "--key").keyid


def test_it_names_the_key_and_holds(report: Path, keys: tuple[Path, Path]) -> None:
    before = (report / certificate.FILE).read_bytes()
    name = signed(report, keys)
    results, records = json.loads((report / "results.json").read_text("utf-8")), making.records_of(report)
    assert certificate.document(results, records, report).footer.key == name
    assert (report / certificate.FILE).read_bytes() != before
    found = verify(report, public_key(str(keys[1]), "--key"))
    assert found.faults == []
    assert found.notes == [note for note in found.notes if certificate.FILE not in note and badge.FILE not in note]


def test_one_with_its_annex_names_the_key_and_holds(report: Path, keys: tuple[Path, Path]) -> None:
    results, records = json.loads((report / "results.json").read_text("utf-8")), making.records_of(report)
    before = annexed.write(results, records, report).read_bytes()
    signed(report, keys)
    assert (report / certificate.ANNEXED).read_bytes() != before
    found = verify(report, public_key(str(keys[1]), "--key"))
    assert found.faults == []
    assert not [note for note in found.unchecked if certificate.ANNEXED in note]


@pytest.mark.parametrize("name", [certificate.FILE, badge.FILE])
def test_one_that_the_journal_does_not_give_is_found(report: Path, keys: tuple[Path, Path], name: str) -> None:
    data = (report / name).read_bytes()
    (report / name).write_bytes(data.replace(b"\n", b"\n\n", 1))
    with pytest.raises(EvidenceError, match=f"{name}: it is not what the journal gives"):
        signed(report, keys)


def test_one_of_another_release_of_the_library_is_not_compared(
    report: Path, keys: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    signed(report, keys)
    monkeypatch.setattr(certificate, "is_made_by_this_library", lambda path: False)
    found = verify(report, public_key(str(keys[1]), "--key"))
    assert found.faults == []
    assert any(note.startswith(f"{certificate.FILE}: signed, and not compared") for note in found.unchecked)


def test_one_that_is_written_later_names_the_key_and_lies_beside(report: Path, keys: tuple[Path, Path]) -> None:
    (report / certificate.FILE).unlink()
    name = signed(report, keys)
    (report / "added").mkdir()
    results, records = json.loads((report / "results.json").read_text("utf-8")), making.records_of(report)
    path = certificate.write(results, records, report / "added")
    assert certificate.document(results, records, report / "added").footer.key == name
    assert certificate.is_made_by_this_library(path)
    assert verify(report, public_key(str(keys[1]), "--key")).faults == []
