"""certificate.pdf keeps to PDF/A-2a and PDF/UA-1: by a validator of both that is not the library which writes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import page
import pytest
import typst

from osia_conformance.reports.certificate import write_certificate
from tests.unit.reports import journals, whole_runs

STANDARDS = (page.ValidationProfile.PDF_A_2A, page.ValidationProfile.PDF_UA_1)
BROKEN_HEADINGS = b"#set document(title: [A])\n= One\n=== Three"

Run = tuple[journals.Record, list[journals.Record]]


LENGTH = "PDFA2A-STREAM-LENGTH-001"
"""The validator takes a carriage return that ends a compressed stream for a part of the line's end behind it; the
lengths are therefore counted here."""
_STREAM = re.compile(rb"/Length (\d+)[^>]*>>\s*stream\n")


def broken_rules(made: bytes, standard: page.ValidationProfile) -> list[str]:
    """Return the rules of a standard that a PDF file breaks."""
    found = page.validate_pdf_bytes(made, profile=standard).failures
    return [f"{one.rule_id}: {one.message}" for one in found if one.rule_id != LENGTH]


def wrong_lengths(made: bytes) -> tuple[int, list[int]]:
    """Return how many streams a PDF file has, and the places of those that are not as long as they say."""
    streams = list(_STREAM.finditer(made))
    ends = ((one.start(), made[one.end() + int(one[1]) :]) for one in streams)
    return len(streams), [place for place, rest in ends if not rest.startswith((b"\nendstream", b"endstream"))]


def four_faults(directory: Path) -> Run:
    results, records = whole_runs.written(directory, 4)
    return whole_runs.with_causes(results), records


def sixty_faults(directory: Path) -> Run:
    results, records = whole_runs.written(directory, 60)
    return whole_runs.with_causes(results), records


RUNS: dict[str, Callable[[Path], Run]] = {
    "conformant": lambda directory: whole_runs.written(directory, effort="thorough"),
    "four faults": four_faults,
    "sixty faults": sixty_faults,
    "a demonstration": lambda directory: whole_runs.written(directory, demonstration=True),
    "quick": lambda directory: whole_runs.written(directory, effort="quick"),
    "waived": lambda _: journals.waived(),
    "cut off": lambda _: journals.cut_off(),
    "hostile": journals.hostile,
}


@pytest.mark.parametrize("kind", RUNS)
def test_each_kind_of_run_gives_a_file_for_archives_and_screen_readers(tmp_path: Path, kind: str) -> None:
    results, records = RUNS[kind](tmp_path)
    made = write_certificate(results, records, tmp_path, exchanges=True).read_bytes()
    for standard in STANDARDS:
        assert broken_rules(made, standard) == []
    streams, wrong = wrong_lengths(made)
    assert streams == made.count(b"endstream")
    assert wrong == []


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_file_that_claims_nothing_breaks_them(standard: page.ValidationProfile) -> None:
    made: bytes = typst.compile(BROKEN_HEADINGS, format="pdf")
    assert broken_rules(made, standard) != []
