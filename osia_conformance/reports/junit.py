"""`junit.xml`: a suite per subject, a case per requirement and check, as GitLab and Jenkins read it.

| outcome | element |
| --- | --- |
| failed | `<failure type="ENR-PATCH-03">`, of whatever level: the level stands in the message |
| cantTell | `<error>`: it ran and could not be judged, which must not look like a pass |
| untested, inapplicable | `<skipped message="untested: ...">` |
| passed | none |

A run that did not come to its end has one more case, `run`, with an `<error>`: what it did not reach is only
skipped, and a CI system would call that a success. A waived finding is `<skipped message="... is waived until
2026-12-31 by the team: ...">`, as the run's exit code has it; stale waivers have a case of their own, `waivers`, with
a `<failure>`. The ids and the clause of a case, and the run's verdict, seed, target and how many requirements failed,
as every format counts them, stand in `<properties>`. Nothing that XML 1.0 forbids is in it, whatever the target sent.
"""

# mypy: untyped-calls-exclude="junitparser"

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

from junitparser import Error, Failure, Properties, Property, Skipped
from junitparser import TestCase as BaseCase
from junitparser.xunit2 import JUnitXml, TestCase, TestSuite

from osia_conformance.reports.cases import Case, cases
from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.headline import headline
from osia_conformance.support import files
from osia_conformance.support.text import one_line, visible
from osia_conformance.verdict.demonstration import is_demonstration
from osia_conformance.verdict.report_files import JUNIT
from osia_conformance.verdict.waivers import UNSETTLED, applied
from osia_conformance.verdict.waivers import stale as stale_waivers

_DECLARATION = "<?xml version='1.0' encoding='utf-8'?>\n"


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results` to `junit.xml` under `directory` and return its path."""
    document = JUnitXml(name="osia-conformance")
    waived = applied(results)
    for name, members in groupby(sorted(cases(results), key=lambda case: case.group), lambda case: case.group):
        document.add_testsuite(_suite(name, [_case(case, waived) for case in members], results))
    stale = stale_waivers(results)
    if stale:
        document.add_testsuite(_suite("waivers", [_stale("waivers", stale)], results))
    if results["ending"] != "complete":
        document.add_testsuite(_suite("run", [_unfinished(results)], results))
    document.update_statistics()
    # The parser's own way to set it out would build the document a second time.
    ElementTree.indent(document._elem)
    # Its own way to write it encodes each piece by itself.
    text = ElementTree.tostring(document._elem, encoding="unicode")
    return files.write(directory / JUNIT, [_DECLARATION, text, "\n"])


def _suite(name: str, members: list[BaseCase], results: Record) -> TestSuite:
    suite = TestSuite(name)
    # The pattern that most schemas of this format give has no fraction and no zone.
    suite.timestamp = results["started"][:19]
    for key, value in _run_properties(results).items():
        suite.add_property(visible(key), visible(value))
    suite.add_testcases(members)
    return suite


def _run_properties(results: Record) -> Mapping[str, str]:
    product = {f"product.{key}": value for key, value in results["product"].items()}
    return {
        "verdict": results["verdict"],
        "failed": headline(results) or "none",
        "demonstration": "true" if is_demonstration(results) else "false",
        "ending": results["ending"],
        "runId": results["runId"],
        "seed": str(results["seed"]),
        "effort": results["effort"],
        "target": results["target"]["url"],
        "interfaceVersion": results["interfaceVersion"],
        "suiteVersion": results["tool"]["version"],
        **product,
    }


def _case(case: Case, waived: Mapping[str, Record]) -> TestCase:
    requirement, check = case.requirement, case.check
    element = TestCase(visible(check["id"]), requirement["id"], round(check["seconds"], 3))
    properties = {
        "requirement": requirement["id"],
        "check": check["id"],
        "clause": requirement["clause"],
        "level": requirement["level"],
        "operation": check["operation"],
        "outcome": check["outcome"],
        "rulings": ", ".join(requirement.get("rulings", ())),
        "waiver": str(waived.get(requirement["id"], {}).get("note", "")),
    }
    # The case's own `add_property` looks for the list of them each time.
    listed = Properties()
    for name, value in properties.items():
        if value:
            listed.add_property(Property(name, visible(value)))
    element.append(listed)
    result = _result(case, waived.get(requirement["id"]))
    if result is not None:
        result.text = case.finding()
        element.append(result)
    return element


def _result(case: Case, waiver: Record | None) -> Failure | Error | Skipped | None:
    requirement = case.requirement
    if waiver and case.outcome in UNSETTLED:
        return Skipped(one_line(waiver["note"]), requirement["id"])
    match case.outcome:
        case "passed":
            return None
        case "failed":
            return Failure(one_line(f"{requirement['level']}: {case.reason}"), requirement["id"])
        case "cantTell":
            return Error(one_line(f"cantTell: {case.reason}"), requirement["id"])
        case outcome:
            return Skipped(one_line(f"{outcome}: {case.reason}"), requirement["id"])


def _stale(name: str, notes: Sequence[str]) -> TestCase:
    element = TestCase(name, name, 0.0)
    failure = Failure("A waiver expired, or matched nothing.", name)
    failure.text = "\n".join(one_line(note) for note in notes)
    element.append(failure)
    return element


def _unfinished(results: Record) -> TestCase:
    element = TestCase("run", "run", 0.0)
    error = Error(f"The run did not finish: {results['ending']}.", "run")
    error.text = "\n".join(one_line(reason) for reason in results["reasons"])
    element.append(error)
    return element
