"""report.html, what stands beside the findings: the header, counts, what is left on the target."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from osia_conformance.reports import html
from tests.unit.reports import journals
from tests.unit.reports.pages import page, words


def test_the_first_screen_says_what_was_judged_and_how(tmp_path: Path) -> None:
    one = page(tmp_path, journals.conformant())
    assert one.facts == {
        "Product: name": "Gateway",
        "Product: vendor": "Example",
        "Product: version": "4.2",
        "Target": journals.URL,
        "Interface version": "1.0.0",
        "Claim": "OSIA v. 4.1 - Enrollment Services v. 1.0.0",
        "Suite version": "0.1.0",
        "Started": "2 January 2026, 03:04 UTC",
        "Finished": "2 January 2026, 03:09 UTC",
        "Ending": "complete",
        "Exit code": "0: conformant, or each failure is under a waiver",
        "Seed": "7",
        "Effort": "standard",
        "Checks side by side": "up to 2",
        "Calls made": "2",
        "Run": journals.RUN,
    }
    assert "plain http" not in one.text


def test_plain_http_is_noted_on_the_first_screen(tmp_path: Path) -> None:
    first, _, _ = words(page(tmp_path, journals.failing())).partition("Findings")
    assert "the target was reached over plain http" in first


@pytest.mark.parametrize(
    ("verdict", "wanted"),
    [("conformant", "Conformant"), ("nonconformant", "Not conformant"), ("incomplete", "Incomplete")],
)
def test_the_heading_is_the_verdict(tmp_path: Path, verdict: str, wanted: str) -> None:
    built, records = journals.conformant()
    page(tmp_path, ({**built, "verdict": verdict}, records))
    heading = re.search("<h1>(.*?)</h1>", (tmp_path / "report.html").read_text("utf-8"))
    assert heading
    assert heading[1].startswith(wanted)


def test_a_run_that_was_cut_off_says_so(tmp_path: Path) -> None:
    text = words(page(tmp_path, journals.cut_off()))
    assert "the run was cut off before it could write its end" in text
    assert "it did not: the run was cut off" in text


def test_a_table_counts_operation_by_outcome(tmp_path: Path) -> None:
    built, records = journals.failing()
    for one in built["requirements"]:
        if one["id"] == "ENR-PATCH-03":
            one["operations"] = ["partialUpdateEnrollment", "createEnrollment"]
    source = (html.write(built, records, tmp_path)).read_text("utf-8")
    table = source[source.index('id="operations"') :]
    row = re.search(r'<th scope="row">partial<wbr>Update<wbr>Enrollment</th>(.*?)</tr>', table, re.S)
    every = re.search(r'<th scope="row">create<wbr>Enrollment</th>(.*?)</tr>', table, re.S)
    assert row
    assert every
    assert re.findall(r">(\d+)<", row[1]) == ["1", "0", "0", "0", "0", "1"]
    assert re.findall(r">(\d+)<", every[1]) == ["2", "1", "3", "1", "1", "8"]


def test_observations_and_leftovers_are_told(tmp_path: Path) -> None:
    text = words(page(tmp_path, journals.failing()))
    assert "RUL-TLS" in text
    assert "e-1: delete answered 500" in text
    assert "osia-conformance cleanup DIR deletes them" in text
    none = words(page(tmp_path, journals.conformant()))
    assert "There are no observations and no waivers. Nothing is left on the target." in none


def test_what_is_left_for_one_reason_is_told_once(tmp_path: Path) -> None:
    built, records = journals.failing()
    built["leftovers"] = [{"enrollment": f"e-{number}", "reason": "it was lost"} for number in range(3)]
    text = words(page(tmp_path, (built, records)))
    assert "3 enrollments: it was lost Their idse-0, e-1, e-2" in text
    assert text.count("it was lost") == 1


def test_the_heading_of_a_demonstration_says_so(tmp_path: Path) -> None:
    built, records = journals.conformant()
    page(tmp_path, ({**built, "demonstration": True}, records))
    source = (tmp_path / "report.html").read_text("utf-8")
    assert "<h1>Conformant (demonstration)</h1>" in source
    assert '<header class="top demonstration">' in source


def test_only_what_applies_is_counted_as_judged_or_not(tmp_path: Path) -> None:
    applies = "MUST requirements that apply were judged"
    assert f"2 of the 5 {applies} (40 %)." in words(page(tmp_path, journals.failing()))
    assert f"All 3 {applies}." in words(page(tmp_path, journals.conformant()))


def test_what_hangs_on_a_finding_is_counted_once(tmp_path: Path) -> None:
    built, records = journals.failing()
    counted = "1 of 3 MUST requirements could not be judged, for instance ENR-FIND-01"
    built["reasons"] = [counted, "the run was cut off"]
    assert counted in words(page(tmp_path, (built, records)))
    built["requirements"] = [
        {**one, "cause": "C1"} if one["id"] == "ENR-FIND-01" else one for one in built["requirements"]
    ]
    text = words(page(tmp_path, (built, records)))
    assert counted not in text
    assert "the run was cut off" in text


def test_the_header_says_why(tmp_path: Path) -> None:
    built, records = journals.waived()
    built["causes"] = [{"id": "C1", "title": "a 200", "requirements": ["ENR-PATCH-03"]}]
    for entry in built["requirements"]:
        if entry["id"] in ("ENR-PATCH-03", "ENR-FIND-01"):
            entry["cause"] = "C1"
    built |= {"demonstration": True, "selection": True, "effort": "quick"}
    head, _, rest = words(page(tmp_path, (built, records))).partition("were judged")
    for wanted in (
        "1 MUST requirement failed1 SHOULD requirement failed1 MUST requirement could not be judged because of them",
        "1 requirement under a waiver",
        "1 stale waiver",
        "Demonstration This is a demonstration: the reference server",
        "Selection only a part",
        "Quick a first look",
    ):
        assert wanted in head
    assert "1 requirement could not be judged because of this ENR-FIND-01" in rest


def test_operations_stand_in_the_order_of_the_interface(tmp_path: Path) -> None:
    built, records = journals.failing()
    built["requirements"][0]["operations"] = ["findEnrollments", "readEnrollment"]
    one = page(tmp_path, (built, records))
    assert "createEnrollmentreadEnrollmentfindEnrollments" in "".join(
        re.sub(r"\s", "", one.text).partition("Operationall")[2][:60]
    )
