"""junit.xml by the rules that Jenkins and GitLab read it by."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from junitparser import JUnitXml

from osia_conformance.reports import junit
from tests.unit.reports import journals

RESULTS = {"failure", "error", "skipped"}
# Element: its attributes (those with ! must be there) and its children.
FORMAT = {
    "testsuites": ({"name", "time", "tests!", "failures!", "errors!"}, {"testsuite"}),
    "testsuite": (
        {"name!", "tests!", "failures!", "errors!", "skipped!", "time!", "timestamp!"},
        {"properties", "testcase"},
    ),
    "testcase": ({"name!", "classname!", "time!"}, {"properties", *RESULTS}),
    "properties": (set(), {"property"}),
    "property": ({"name!", "value!"}, set()),
    **{name: ({"type!", "message!"}, set()) for name in RESULTS},
}


def written(tmp_path: Path, scenario: tuple[journals.Record, list[journals.Record]]) -> ET.Element:
    path = junit.write(*scenario, tmp_path)
    assert path == tmp_path / "junit.xml"
    return ET.fromstring(path.read_bytes())


def outcomes(root: ET.Element) -> dict[tuple[str, str], str]:
    found = {}
    for case in root.iter("testcase"):
        results = [child.tag for child in case if child.tag in RESULTS]
        assert len(results) <= 1
        found[case.attrib["classname"], case.attrib["name"]] = results[0] if results else "passed"
    return found


def case_of(root: ET.Element, requirement: str) -> ET.Element:
    return next(case for case in root.iter("testcase") if case.attrib["classname"] == requirement)


def test_every_element_is_as_the_format_has_it(tmp_path: Path) -> None:
    for scenario in journals.every(tmp_path):
        for element in written(tmp_path, scenario).iter():
            attributes, children = FORMAT[element.tag]
            assert set(element.attrib) <= {name.rstrip("!") for name in attributes}
            assert set(element.attrib) >= {name[:-1] for name in attributes if name.endswith("!")}
            assert {child.tag for child in element} <= children
            assert re.fullmatch(r"\d+(\.\d+)?", element.attrib.get("time", "0"))
            assert re.fullmatch(
                r"\d{4}(-\d\d){2}T\d\d(:\d\d){2}", element.attrib.get("timestamp", "2026-01-02T03:04:05")
            )


def test_every_report_is_valid_by_the_common_schema(tmp_path: Path) -> None:
    schema = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))
    for scenario in [*journals.every(tmp_path), journals.waived()]:
        schema.validate(junit.write(*scenario, tmp_path))
    broken = (tmp_path / "junit.xml").read_text("utf-8").replace("<testcase", "<testcase surplus='1'", 1)
    assert not schema.is_valid(broken)


def test_a_waived_failure_is_skipped_and_names_its_waiver(tmp_path: Path) -> None:
    root = written(tmp_path, journals.waived())
    case = case_of(root, "ENR-PATCH-03")
    named = {item.attrib["name"]: item.attrib["value"] for item in case.findall("properties/property")}
    skipped = case.find("skipped")
    assert case.find("failure") is None
    assert skipped is not None
    assert named["outcome"] == "failed"
    assert named["waiver"] == "ENR-PATCH-03 is waived until 2026-12-31 by the team: known" == skipped.attrib["message"]
    stale = case_of(root, "waivers").find("failure")
    assert stale is not None
    assert stale.text == "the waiver of ENR-CREATE-01 matched nothing, since it is passed; remove it"


def test_the_counts_are_those_of_the_cases(tmp_path: Path) -> None:
    root = written(tmp_path, journals.failing())
    for suite in [root, *root.iter("testsuite")]:
        assert int(suite.attrib["tests"]) == len(list(suite.iter("testcase")))
        assert int(suite.attrib["failures"]) == len(list(suite.iter("failure")))
        assert int(suite.attrib["errors"]) == len(list(suite.iter("error")))
        assert int(suite.attrib.get("skipped", "0")) in {0, len(list(suite.iter("skipped")))}


def test_each_outcome_has_its_element(tmp_path: Path) -> None:
    assert outcomes(written(tmp_path, journals.failing())) == {
        ("ENR-PATCH-03", "test_patch"): "failure",
        ("ENR-PATCH-03", "test_patch_again"): "passed",
        ("ENR-FIND-01", "test_find"): "error",
        ("ENR-BUF-01", "test_buffer"): "skipped",
        ("ENR-DIGEST-01", "test_digest"): "skipped",
        ("ENR-AUTH-09", "test_header"): "failure",
        ("ENR-CREATE-01", "test_create"): "passed",
        ("ENR-NONE-01", "ENR-NONE-01"): "skipped",
        ("ENR-NONE-02", "ENR-NONE-02"): "skipped",
    }


def test_a_conformant_run_has_only_passes(tmp_path: Path) -> None:
    root = written(tmp_path, journals.conformant())
    assert set(outcomes(root).values()) == {"passed"}
    assert root.attrib["tests"] == "3"


def test_suites_are_the_subjects_of_the_requirements(tmp_path: Path) -> None:
    root = written(tmp_path, journals.conformant())
    assert [suite.attrib["name"] for suite in root] == ["ENR-CREATE", "ENR-DONE"]


def test_a_failure_holds_what_an_engineer_needs(tmp_path: Path) -> None:
    results, records = journals.failing()
    next(one for one in results["requirements"] if one["id"] == "ENR-PATCH-03")["fix"] = "Answer 204."
    failure = case_of(written(tmp_path, (results, records)), "ENR-PATCH-03").find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "ENR-PATCH-03", "message": "MUST: failed because it is so"}
    assert failure.text
    lines = failure.text.splitlines()
    assert "fix: Answer 204." in lines
    assert "expected: 204" in lines
    assert "actual: 200" in lines
    assert "curl: curl -sS https://gateway.example.org/" in lines
    assert "clause: openapi.yaml, /paths/~1v1~1enrollments/post/responses/201" in lines


def test_a_skip_says_which_kind_it_is(tmp_path: Path) -> None:
    messages = [skip.attrib["message"] for skip in written(tmp_path, journals.failing()).iter("skipped")]
    assert {message.partition(":")[0] for message in messages} == {"untested", "inapplicable"}


def test_properties_name_the_case_and_the_run(tmp_path: Path) -> None:
    root = written(tmp_path, journals.failing())
    case = case_of(root, "ENR-PATCH-03")
    assert {item.attrib["name"]: item.attrib["value"] for item in case.iter("property")} == {
        "requirement": "ENR-PATCH-03",
        "check": "test_patch",
        "clause": "openapi.yaml, /paths/~1v1~1enrollments/post/responses/201",
        "level": "MUST",
        "operation": "partialUpdateEnrollment",
        "outcome": "failed",
        "rulings": "RUL-SUCCESS",
    }
    for suite in root:
        run = {item.attrib["name"]: item.attrib["value"] for item in suite.findall("properties/property")}
        assert run["verdict"] == "nonconformant"
        assert run["seed"] == "7"
        assert run["runId"] == journals.RUN
        assert run["target"].startswith("HTTP://")


@pytest.mark.parametrize("ending", ["interrupted", "failed", "cut off"])
def test_a_run_that_did_not_finish_is_an_error(tmp_path: Path, ending: str) -> None:
    built, records = journals.cut_off()
    root = written(tmp_path, ({**built, "ending": ending}, records))
    assert outcomes(root)["run", "run"] == "error"
    error = case_of(root, "run").find("error")
    assert error is not None
    assert ending in error.attrib["message"]
    assert error.text == "the run was cut off before it could write its end"


def test_passes_do_not_hide_a_check_that_never_ran(tmp_path: Path) -> None:
    built, records = journals.conformant()
    built["requirements"][0] |= {"outcome": "untested", "reason": "one of its checks did not run"}
    found = outcomes(written(tmp_path, (built, records)))
    name = built["requirements"][0]["id"]
    assert found[name, name] == "skipped"


def test_hostile_text_is_visible_and_harmless(tmp_path: Path) -> None:
    root = written(tmp_path, journals.hostile(tmp_path))
    failure = case_of(root, "ENR-HOSTILE-01").find("failure")
    assert failure is not None
    assert failure.text
    assert r"<script>alert(1)</script> \u001b[31mred ]]> \u0000 \ud800 \u202e\u009b" in failure.text
    assert "more characters in results.json]" in failure.text
    raw = (tmp_path / "junit.xml").read_bytes().decode("utf-8")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]", raw)


def test_a_long_check_id_keeps_its_end(tmp_path: Path) -> None:
    built, records = journals.conformant()
    name = "test_create[" + "x" * 400 + "-last]"
    built["requirements"][0]["checks"][0]["id"] = name
    assert name in {case for _, case in outcomes(written(tmp_path, (built, records)))}


def test_the_library_reads_back_what_was_written(tmp_path: Path) -> None:
    junit.write(*journals.failing(), tmp_path)
    read = JUnitXml.fromfile(str(tmp_path / "junit.xml"))
    assert (read.tests, read.failures, read.errors) == (9, 2, 1)
