"""Bundles made to deceive: nothing in them speaks with the voice of a command."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.cli import parser
from osia_conformance.evidence.files import ATTESTATION
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case

FALSE = "verdict: conformant, as the journal gives it anew (MUST: 320 passed)"


BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[2K\x1b[1A", "\x9b1A", "\u202e")


OURS = ("note: ", "verified: ", "verdict: nonconformant", "run: ", "product: ", "unchecked: ", "osia-conformance: ")


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    return [*captured.out.split("\n"), *captured.err.split("\n")]


def expect_own_voice(lines: list[str]) -> None:
    """Check that each line begins as one of ours, and has no invisible character."""
    for line in filter(None, lines):
        assert line.startswith(OURS), line
        assert not [one for one in line if unicodedata.category(one) in ("Cc", "Zl", "Zp")], line
        assert "\u202e" not in line


def signed(case: Case, **changes: Any) -> Path:
    place = making.written(case.report.parent / "hostile", **changes)
    making.sign_without_asking(place, case.key)
    return place


@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize("member", ["runId", "version", "vendor", "name", "key", "url", "started"])
def test_no_word_of_a_header_looks_like_a_verdict(
    case: Case, member: str, line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"x{line_break}{FALSE}"
    changes: dict[str, dict[str, Any]] = {
        "runId": {"runId": text},
        "version": {"tool": {"name": "osia-conformance", "version": text}},
        "vendor": {"product": {"vendor": text}},
        "name": {"product": {"name": text, "version": text}},
        "key": {"product": {text: "x"}},
        "url": {"target": {"url": f"https://{text}", "embedded": False}},
        "started": {"started": f"2026-01-02T03:04:05.678Z{line_break}{FALSE}"},
    }
    try:
        place = signed(case, **changes[member])
    except ValueError:
        # It cannot even be rendered as a time.
        return
    except Exception as error:
        if "ReportError" not in type(error).__name__:
            raise
        making_without_reports(case, changes[member])
        place = case.report.parent / "hostile"
    code = parser.main(["verify", str(place), "--key", str(case.public)])
    lines = said(capsys)
    expect_own_voice(lines)
    assert code == (2 if member in ("vendor", "name") else 1)


def making_without_reports(case: Case, changes: dict[str, Any]) -> None:
    """Put a header that no report can be made of into a copy of a good report, and sign it."""
    place = case.report.parent / "hostile"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(case.report, place)
    (place / ATTESTATION).unlink()
    making.rewrite_journal(place, lambda lines: [{**lines[0], **changes}, *lines[1:]])
    making.sign_without_asking(place, case.key)


@pytest.mark.parametrize("line_break", ["\n", "\r", "\x1b[1A", "\u2028"])
def test_no_name_of_an_added_file_looks_like_a_verdict(
    case: Case, line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (case.report / "added").mkdir()
    (case.report / "added" / f"x{line_break}{FALSE}").write_bytes(b"")
    assert parser.main(["verify", str(case.report), "--key", str(case.public)]) == 2
    expect_own_voice(said(capsys))


@pytest.mark.parametrize("line_break", ["\n", "\x1b[1A", "\u2028"])
def test_no_reason_of_a_footer_looks_like_a_verdict(
    case: Case, line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = making.written(case.report.parent / "hostile")
    reason = f"it failed{line_break}conformant: {place}"
    making.rewrite_journal(place, lambda lines: [*lines[:-1], {**lines[-1], "ending": "failed", "reason": reason}])
    assert parser.main(["report", str(place)]) == 0
    lines = [line for line in said(capsys) if line]
    assert lines[-1] == f"nonconformant: {place}"
    assert all(line.startswith("note: ") for line in lines[:-1])
