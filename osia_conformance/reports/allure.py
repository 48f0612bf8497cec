"""`allure-results/`: one result per requirement and check, for `allure generate` to turn into a report.

failed and passed are Allure's own; cantTell is `broken`, untested, inapplicable and what is waived are `skipped`. Steps
are the exchanges; what did not pass has their messages attached (of what passed they are in evidence.har: thousands
of files would take longer to write than the run took). Ids come from the run's and the check's, so the same
journal gives the same files, and a check keeps its history from run to run.
"""

# mypy: untyped-calls-exclude="allure_commons"

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import attrs
from allure_commons.model2 import Attachment, Label, Parameter, StatusDetails, TestResult, TestStepResult

from osia_conformance.reports.cases import Case, cases
from osia_conformance.reports.exchanges import Evidence, Record, as_text, gather, header, milliseconds, summary
from osia_conformance.reports.findings import case_name
from osia_conformance.reports.headline import headline
from osia_conformance.standard import interface
from osia_conformance.support import files
from osia_conformance.support.text import clip, one_line, visible
from osia_conformance.verdict.report_files import ALLURE
from osia_conformance.verdict.waivers import UNSETTLED, applied

BOUND = 64 * 1024  # bytes of a body that go into an attachment
STATUS = {"passed": "passed", "failed": "failed", "cantTell": "broken"}
FRAMEWORK = "osia-conformance"
SEVERITY = {"MUST": "critical", "SHOULD": "normal", "MAY": "minor"}
CATEGORIES = [
    {"name": "Not as the standard requires", "matchedStatuses": ["failed"]},
    {"name": "Could not be judged", "matchedStatuses": ["broken"]},
    {"name": "Not tested, or not of this version", "matchedStatuses": ["skipped"]},
]


@dataclass(frozen=True)
class _Run:
    """What every result of one run is made from; `attached` are the files beside it, by name."""

    results: Record
    evidence: Evidence
    attached: dict[str, bytes]

    @cached_property
    def waived(self) -> Mapping[str, Record]:
        return applied(self.results)

    @cached_property
    def rulings(self) -> Mapping[str, str]:
        return {ruling["id"]: ruling["text"] for ruling in self.results["rulings"]}

    def uuid(self, *parts: str) -> str:
        name = "\n".join((self.results["runId"], *parts))
        return str(uuid5(NAMESPACE_URL, visible(name)))


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results` to `allure-results` under `directory`, replacing what is there; return its path."""
    final = directory / ALLURE
    with files.new_directory(final) as folder:
        for name, data in contents(results, records, directory):
            # Only the owner may read it; the directory gets its own name at the end.
            with files.create(name, folder) as file:
                file.write(data)
    return final


def contents(results: Record, records: Sequence[Record], directory: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file of `allure-results`; `directory` is the report's, which holds the bodies."""
    run = _Run(results, gather(records, directory), {})
    for case in cases(results):
        yield _file(_result(run, case))
        yield from run.attached.items()
        run.attached.clear()
    yield "environment.properties", _properties(_environment(results)).encode("ascii")
    yield "categories.json", files.as_json(CATEGORIES).encode("utf-8")


def _result(run: _Run, case: Case) -> TestResult:
    requirement, check = case.requirement, case.check
    identity = visible(f"{requirement['id']}\n{check['id']}")
    history = hashlib.sha256(identity.encode()).hexdigest()[:32]
    exchanges = run.evidence.of(check)
    start = _instant(exchanges[0]["started"] if exchanges else run.results["started"])
    return TestResult(
        uuid=run.uuid(requirement["id"], check["id"]),
        historyId=history,
        testCaseId=history,
        fullName=f"{requirement['id']}: {visible(check['id'])}",
        name=_name(case),
        status="skipped" if _is_waived(case, run) else STATUS.get(case.outcome, "skipped"),
        stage="finished",
        start=start,
        stop=start + round(check["seconds"] * 1000),
        labels=_labels(case, run),
        parameters=_parameters(case),
        steps=[_step(exchange, _attachments(run, case, exchange)) for exchange in exchanges],
        statusDetails=_details(case, run),
        description=visible(_description(requirement, run)),
    )


def _name(case: Case) -> str:
    """Return what tells a case from all others in a list: its requirement, and which of its cases it is."""
    requirement, check = case.requirement, case.check
    _, bracket, values = check["id"].partition("[")
    words = f" [{values}" if bracket else f": {case_name(check['id'])}" if len(requirement["checks"]) > 1 else ""
    return one_line(f"{requirement['id']} {requirement['title']}{words}")


def _is_waived(case: Case, run: _Run) -> bool:
    return case.outcome in UNSETTLED and case.requirement["id"] in run.waived


def _file(result: TestResult) -> tuple[str, bytes]:
    """Return name and content of a result's file, as Allure's own logger writes it, which would draw the name and
    take three times as long."""
    text = files.as_json_line(_members(result))
    return f"{result.uuid}-result.json", text if isinstance(text, bytes) else text.encode("utf-8")


def _members(value: Any) -> dict[str, Any]:
    """Return the members of an object of Allure's model without those that it leaves open."""
    names, values = _fields(value.__class__)
    return {name: _plain(item) for name, item in zip(names, values(value), strict=True) if item or item is False}


def _plain(item: Any) -> Any:
    if isinstance(item, list):
        return [_members(one) for one in item]
    return _members(item) if isinstance(item, StatusDetails) else item


@cache
def _fields(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Return the names of the members of a class of Allure's model, and what returns their values of an object."""
    names = tuple(field.name for field in attrs.fields(kind))
    return names, attrgetter(*names)


def _description(requirement: Record, run: _Run) -> str:
    waiver = run.waived.get(requirement["id"])
    parts = [requirement["title"], f"Clause: {requirement['clause']}"]
    parts += [f"Derived: {requirement['derived']}"] if requirement.get("derived") else []
    parts += [f"Ruling {name}: {run.rulings[name]}" for name in requirement["rulings"] if name in run.rulings]
    return "\n\n".join([*parts, *([f"Waiver: {waiver['note']}"] if waiver else [])])


def _labels(case: Case, run: _Run) -> list[Label]:
    labels = labels_of(case.requirement, case.check["operation"], run.results["interfaceVersion"], case.group)
    tags = [Label("tag", "waived")] if case.requirement["id"] in run.waived else []
    return [*(Label(name, one_line(value)) for name, value in labels.items()), Label("framework", FRAMEWORK), *tags]


def labels_of(requirement: Record, operation: str, version: str, group: str) -> dict[str, str]:
    """Return a check's labels: its requirement, whose level is the severity, and where a report lists it."""
    return {
        "requirement": requirement["id"],
        "tag": requirement["id"],
        "severity": SEVERITY[requirement["level"]],
        "parentSuite": f"{interface.NAME} {version}",
        "suite": group,
        "feature": operation,
        "story": requirement["id"],
    }


def _parameters(case: Case) -> list[Parameter]:
    parameters = parameters_of(case.requirement, case.check["id"], case.check["outcome"])
    # Excluded: they describe the case and must not tell its runs apart.
    return [Parameter(name, one_line(value), excluded=True) for name, value in parameters.items() if value]


def parameters_of(requirement: Record, check: str, outcome: str) -> dict[str, str]:
    """Return what a report says of a check beside its labels; "" for what does not apply."""
    return {
        "clause": requirement["clause"],
        "level": requirement["level"],
        "outcome": outcome,
        "check": check,
        "rulings": ", ".join(requirement.get("rulings", ())),
    }


def _details(case: Case, run: _Run) -> StatusDetails | None:
    if case.outcome == "passed":
        return None
    message = run.waived[case.requirement["id"]]["note"] if _is_waived(case, run) else case.reason
    return StatusDetails(message=visible(clip(message, 2000)), trace=case.finding())


def _step(exchange: Record, attachments: Sequence[Attachment]) -> TestStepResult:
    start = _instant(exchange["started"])
    return TestStepResult(
        name=one_line(summary(exchange)),
        status="passed" if exchange["response"] else "broken",
        stage="finished",
        start=start,
        stop=start + round(milliseconds(exchange)),
        attachments=list(attachments),
    )


def _attachments(run: _Run, case: Case, exchange: Record) -> list[Attachment]:
    """Return the messages of an exchange as attachments, none for a check that passed."""
    if case.outcome == "passed":
        return []
    # Allure gives an attachment to one result only: two checks that share an exchange cannot share its files.
    place = visible(f"{case.requirement['id']}\n{case.check['id']}\n{exchange['id']}")
    request, response = exchange["request"], exchange["response"]
    first_line = f"{request['method']} {request['url']}"
    parts = [_head(run, place, "request", first_line, request), _body(run, place, "request", request)]
    if response:
        first_line = str(response["status"])
        parts += [_head(run, place, "response", first_line, response), _body(run, place, "response", response)]
    return [attachment for attachment in parts if attachment]


def _head(run: _Run, place: str, side: str, first_line: str, message: Record) -> Attachment:
    text = "\n".join([first_line, *(f"{name}: {value}" for name, value in message["headers"])])
    return _attach(run, (place, side, "head"), side, visible(text).encode("utf-8"), "text/plain")


def _body(run: _Run, place: str, side: str, message: Record) -> Attachment | None:
    data = run.evidence.body(message, BOUND)
    if not data:
        return None
    cut = message["size"] > len(data)
    name = f"{side} body, the first {len(data)} of {message['size']} bytes" if cut else f"{side} body"
    # Never the target's own media type: Allure would run an answer that calls itself HTML.
    if as_text(data, cut=cut) is None:
        media_type = "application/octet-stream"
    elif "json" in header(message, "content-type").lower() and not cut:
        media_type = "application/json"
    else:
        media_type = "text/plain"
    return _attach(run, (place, side, "body"), name, data, media_type)


def _attach(run: _Run, parts: tuple[str, ...], name: str, data: bytes, media_type: str) -> Attachment:
    extension = {"application/json": "json", "text/plain": "txt"}.get(media_type, "bin")
    source = f"{run.uuid(*parts)}-attachment.{extension}"
    run.attached[source] = data
    return Attachment(name=name, source=source, type=media_type)


def _instant(time: str) -> int:
    """Return an ISO 8601 time as milliseconds since 1970-01-01T00:00:00Z."""
    return round(datetime.fromisoformat(time).timestamp() * 1000)


def _environment(results: Record) -> Mapping[str, str]:
    return {
        "verdict": results["verdict"],
        "failed": headline(results) or "none",
        "ending": results["ending"],
        **{f"product.{key}": value for key, value in results["product"].items()},
        **{f"waiver.{waiver['requirement']}": waiver["note"] for waiver in results["waivers"]},
        "target": results["target"]["url"],
        "interface version": results["interfaceVersion"],
        "suite version": results["tool"]["version"],
        "run": results["runId"],
        "seed": str(results["seed"]),
        "effort": results["effort"],
    }


def _properties(pairs: Mapping[str, str]) -> str:
    """Return `pairs` as a Java properties file, in ASCII, everything else escaped."""
    lines = [f"{_escaped(key, ' :=#!')}={_escaped(value, '')}" for key, value in pairs.items()]
    return "\n".join(lines) + "\n"


def _escaped(text: str, special: str) -> str:
    line = one_line(text, 1000).replace("\\", "\\\\")
    for character in special:
        line = line.replace(character, f"\\{character}")
    return re.sub(r"[^\x20-\x7e]", lambda match: _utf16(match[0]), line)


def _utf16(character: str) -> str:
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
