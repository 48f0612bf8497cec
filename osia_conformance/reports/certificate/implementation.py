"""The implementation statement: what the item accepts where the standard leaves it free, stated or observed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from osia_conformance.reports.certificate.blocks import Block, Fact, Facts, Text
from osia_conformance.reports.certificate.printable import line
from osia_conformance.reports.certificate.update_style import update_style
from osia_conformance.reports.exchanges import Evidence, Record
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS
from osia_conformance.standard.operations import operations

DEFAULT = "not stated by the vendor; judged with the suite's default"
AFTER_FINALIZING = "ENR-FINAL-01-"
"""How the ids of the requirements begin whose checks call a finalized record."""
_SCHEMES = {
    "none": "no token was sent",
    "static": "bearer tokens that were given to the suite",
    "jwt": "bearer JWT, signed by the suite with a key that the item trusts",
    "client-credentials": "OAuth 2.0 bearer tokens, client credentials grant",
}


def implementation(results: Record, evidence: Evidence) -> tuple[Block, ...]:
    """Return the statement, drawn from the profile in the configuration, the observations and the exchanges."""
    configuration = results["configuration"]
    profile = configuration.get("profile") or {}
    note = (
        "The standard leaves these to the implementer. They come from the vendor's profile, from what was observed, "
        "and from how the suite was authorised; none of them decides the verdict."
    )
    facts = (
        *_stated(profile),
        Fact("Update (PUT)", update_style(results, evidence) or "not recorded; merging and replacing both conform"),
        Fact("After finalizing", _after_finalizing(results, evidence)),
        Fact("Security scheme", _security(configuration)),
        Fact("Freedoms observed", _rulings(results)),
    )
    return (Text(note), Facts(facts))


def _stated(profile: Mapping[str, Any]) -> Iterator[Fact]:
    blocks = profile.get("blocks") or {}
    extended = [f"{name} ({_extent(blocks[name])})" for name in EXTENSIBLE_BLOCKS if name in blocks]
    yield Fact("Extensions", line("; ".join(extended), 600) or DEFAULT)
    searched = [f"{name} ({one.get('type', 'any')})" for name, one in (profile.get("search") or {}).items()]
    yield Fact("Searchable attributes", line(", ".join(searched), 600) or DEFAULT)
    images = [one["mimetype"] if isinstance(one, Mapping) else str(one) for one in profile.get("images") or ()]
    yield Fact("Image formats", line(", ".join(dict.fromkeys(images)), 300) or DEFAULT)
    yield Fact("Types of record", line(", ".join(map(str, profile.get("enrollment-types") or ())), 300) or DEFAULT)
    yield Fact("Required members", line(", ".join(map(str, profile.get("required") or ())), 300) or "none stated")
    largest = profile.get("largest-buffer")
    yield Fact("Largest buffer", f"{largest:,} bytes" if isinstance(largest, int) else DEFAULT)


def _extent(block: Mapping[str, Any]) -> str:
    schema = block.get("schema")
    names = list(schema.get("properties") or ()) if isinstance(schema, Mapping) else []
    if names:
        closed = isinstance(schema, Mapping) and schema.get("additionalProperties") is False
        return f"{', '.join(map(str, names[:12]))}{', closed' if closed else ''}"
    return f"{len(block.get('examples') or ())} examples"


def _observed(results: Record, ruling: str) -> str:
    return line("; ".join(one["text"] for one in results["observations"] if one["ruling"] == ruling), 400)


def _after_finalizing(results: Record, evidence: Evidence) -> str:
    """Return what each service answered for a finalized record, and what was observed of such records."""
    told = []
    for operation in operations(results["interfaceVersion"]):
        codes = _codes(results, evidence, f"{AFTER_FINALIZING}{operation.code}", operation.id)
        if codes:
            told.append(f"{operation.name} {' or '.join(codes)}")
    seen = _observed(results, "RUL-AFTER-FINALIZED")
    answered = f"answered: {', '.join(told)}" if told else ""
    return line("; ".join(part for part in (answered, seen) if part), 500) or "not recorded"


def _codes(results: Record, evidence: Evidence, requirement: str, operation: str) -> list[str]:
    checks = [c for entry in results["requirements"] if entry["id"] == requirement for c in entry["checks"]]
    last = (_last(check["evidence"], evidence, operation) for check in checks)
    return sorted({code for code in last if code})


def _last(names: Sequence[str], evidence: Evidence, operation: str) -> str:
    found = [evidence.exchanges[name] for name in names if name in evidence.exchanges]
    own = [one for one in found if one["operation"] == operation and one["response"]]
    return str(own[-1]["response"]["status"]) if own else ""


def _security(configuration: Mapping[str, Any]) -> str:
    auth = configuration.get("auth") or {}
    method = str(auth.get("method", "none"))
    algorithm = f" ({auth['algorithm']})" if method == "jwt" and "algorithm" in auth else ""
    target = configuration.get("target") or {}
    mutual = "; mutual TLS" if "client-cert" in target else ""
    return line(f"{_SCHEMES.get(method, method)}{algorithm}{mutual}")


def _rulings(results: Record) -> str:
    seen = dict.fromkeys(one["ruling"] for one in results["observations"])
    return line(", ".join(seen), 400) or "none"
