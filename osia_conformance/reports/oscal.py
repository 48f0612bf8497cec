"""`oscal.json`: NIST OSCAL assessment results (model version 1.2.1), for compliance teams' tools.

A requirement is a control objective defined in the file. Each has an observation with its outcome in EARL's
terms, the product as its subject and the exchanges as its evidence, and, unless inapplicable, a finding:

| outcome | status of the finding |
| --- | --- |
| passed | satisfied, reason `pass` |
| failed | not-satisfied, reason `fail` |
| cantTell, untested | not-satisfied, reason `other`: nobody has shown that it holds |
| inapplicable | no finding; the observation says why |

The back matter holds the journal and the long bodies with their SHA-256.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from osia_conformance.reports import ADDITIONAL_FILES, oscal_evidence
from osia_conformance.reports.exchanges import Record
from osia_conformance.reports.oscal_evidence import BackMatter
from osia_conformance.standard import interface
from osia_conformance.support import files
from osia_conformance.support.text import clip, one_line, visible

FILE = ADDITIONAL_FILES["oscal"]
VERSION = "1.2.1"
NAMESPACE = "urn:osia-conformance"
LIMIT = 4_000  # characters of one member of a finding
STATUS = {"passed": ("satisfied", "pass"), "failed": ("not-satisfied", "fail")}
UNSETTLED = ("not-satisfied", "other")

Members = dict[str, Any]


def write(results: Record, records: Sequence[Record], directory: Path) -> Path:
    """Write `results` to `oscal.json` under `directory` and return its path."""
    evidence = oscal_evidence.gathered(records, directory, lambda *parts: _uuid(results["runId"], *parts))
    return files.write(directory / FILE, [files.as_json(document(results, evidence))])


def document(results: Record, evidence: BackMatter) -> Members:
    """Return the OSCAL document of `results`, whose evidence is what `evidence` holds."""
    made = _Document(results, evidence)
    return {
        "assessment-results": {
            "uuid": made.uuid("document"),
            "metadata": made.metadata(),
            "import-ap": {
                "href": f"#{evidence.journal}",
                "remarks": "The plan is the register of requirements, a line of the journal.",
            },
            "local-definitions": {"objectives-and-methods": [*made.objectives()]},
            "results": [made.result()],
            "back-matter": {"resources": list(evidence.resources)},
        }
    }


@dataclass(frozen=True, slots=True)
class _Document:
    """What every part of the document is made from."""

    results: Record
    evidence: BackMatter

    def uuid(self, *parts: str) -> str:
        return _uuid(self.results["runId"], *parts)

    @property
    def collected(self) -> str:
        return str(self.results["finished"] or self.results["started"])

    def metadata(self) -> Members:
        name = _line(self.results["product"].get("name"), "a product without a name")
        standard = f"the {interface.TITLE} interface {self.results['interfaceVersion']}"
        return {
            "title": f"Conformance of {name} with {standard}",
            "last-modified": self.collected,
            "version": _line(self.results["runId"], "1"),
            "oscal-version": VERSION,
        }

    def objectives(self) -> Iterator[Members]:
        for entry in self.results["requirements"]:
            props = _props({"level": entry["level"], "clause": entry["clause"]})
            part = {"id": entry["id"], "name": "assessment-objective", "ns": NAMESPACE, "props": props}
            prose = visible("\n\n".join(text for text in (entry["title"], entry["derived"]) if text))
            yield {"control-id": entry["id"], "parts": [{**part, "prose": prose}]}

    def result(self) -> Members:
        results = self.results
        findings = [self._finding(entry) for entry in results["requirements"] if _applies(entry)]
        observations = [self._observation(entry) for entry in results["requirements"]]
        seen = [self._seen(number, entry) for number, entry in enumerate(results["observations"])]
        members = {"observations": [*observations, *seen], "findings": findings}
        return {
            "uuid": self.uuid("result"),
            "title": _line(f"Run {results['runId']}: {results['verdict']}", "Run"),
            "description": visible(" ".join(f"{one_line(text)}." for text in results["reasons"]))
            or "Every MUST requirement was judged and passed.",
            "start": results["started"],
            **({"end": results["finished"]} if results["finished"] else {}),
            "props": _props(
                {
                    "verdict": results["verdict"],
                    "ending": results["ending"],
                    "interface-version": results["interfaceVersion"],
                    "suite-version": results["tool"]["version"],
                    "seed": str(results["seed"]),
                    "effort": results["effort"],
                }
            ),
            "local-definitions": {"components": [self._subject()], "assessment-assets": self._assets()},
            "reviewed-controls": {"control-selections": [{"include-all": {}}]},
            **{name: entries for name, entries in members.items() if entries},
        }

    def _subject(self) -> Members:
        product = self.results["product"]
        return {
            "uuid": self.uuid("subject"),
            "type": "software",
            "title": _line(product.get("name"), "a product without a name"),
            "description": visible(f"The server at {self.results['target']['url']}"),
            "props": _props({"target-url": self.results["target"]["url"], **product}),
            "status": {"state": "operational"},
        }

    def _assets(self) -> Members:
        tool = self.results["tool"]
        suite = {
            "uuid": self.uuid("suite"),
            "type": "software",
            "title": f"{tool['name']} {tool['version']}",
            "description": "The conformance suite that judged.",
            "status": {"state": "operational"},
        }
        platform = {
            "uuid": self.uuid("platform"),
            "title": "The machine the suite ran on",
            "uses-components": [{"component-uuid": suite["uuid"]}],
        }
        return {"components": [suite], "assessment-platforms": [platform]}

    def _observation(self, entry: Record) -> Members:
        names = [name for check in entry["checks"] for name in check["evidence"]]
        words = "\n\n".join(_words(check) for check in entry["checks"] if check["outcome"] != "passed")
        title = f"{entry['id']}: {entry['outcome']}"
        props = {"requirement": entry["id"], "level": entry["level"], "outcome": entry["outcome"]}
        return {
            **self._observed(("observation", entry["id"]), title, entry["reason"] or entry["title"], names),
            "props": _props(props),
            "types": ["control-objective"],
            **({"remarks": visible(words)} if words else {}),
        }

    def _seen(self, number: int, entry: Record) -> Members:
        return {
            **self._observed(
                ("seen", str(number)), f"Observed: {entry['operation']}", entry["text"], entry["evidence"]
            ),
            "props": _props({"ruling": entry["ruling"], "operation": entry["operation"]}),
            "types": ["discovery"],
        }

    def _observed(self, key: tuple[str, str], title: str, text: str, names: Sequence[str]) -> Members:
        evidence = self.evidence.of(names)
        return {
            "uuid": self.uuid(*key),
            "title": _line(title, "Observation"),
            "description": visible(clip(text, LIMIT)),
            "methods": ["TEST"],
            "origins": [{"actors": [{"type": "tool", "actor-uuid": self.uuid("suite")}]}],
            "subjects": [{"subject-uuid": self.uuid("subject"), "type": "component"}],
            **({"relevant-evidence": evidence} if evidence else {}),
            "collected": self.collected,
        }

    def _finding(self, entry: Record) -> Members:
        state, reason = STATUS.get(entry["outcome"], UNSETTLED)
        return {
            "uuid": self.uuid("finding", entry["id"]),
            "title": _line(f"{entry['id']}: {entry['title']}", entry["id"]),
            "description": visible(clip(entry["reason"] or f"{entry['title']}: {entry['outcome']}", LIMIT)),
            "props": _props({"level": entry["level"], "outcome": entry["outcome"], "clause": entry["clause"]}),
            "target": {
                "type": "objective-id",
                "target-id": entry["id"],
                "status": {"state": state, "reason": reason},
            },
            "related-observations": [{"observation-uuid": self.uuid("observation", entry["id"])}],
        }


def _applies(entry: Record) -> bool:
    return bool(entry["outcome"] != "inapplicable")


def _words(check: Record) -> str:
    names = ("id", "outcome", "reason", "expected", "actual", "curl")
    return "\n".join(f"{name}: {clip(check[name], LIMIT)}" for name in names if check[name])


def _props(members: Mapping[str, str]) -> list[Members]:
    lines = {name: _line(value, "") for name, value in members.items()}
    return [{"name": name, "ns": NAMESPACE, "value": value} for name, value in lines.items() if value]


def _line(text: str | None, otherwise: str) -> str:
    return one_line(text or "").strip() or otherwise


def _uuid(*parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, visible("\n".join(("osia-conformance/oscal", *parts)))))
