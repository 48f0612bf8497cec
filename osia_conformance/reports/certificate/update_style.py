"""Whether an update merges or replaces, as the exchanges show it: both conform (RUL-PUT)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from osia_conformance.reports.body_difference import NOT_JSON, parsed
from osia_conformance.reports.certificate.printable import line
from osia_conformance.reports.exchanges import Evidence, Record, as_text

REQUIREMENT = "ENR-UPDATE-04"
"""The requirement whose check updates a record with a part of what it holds, and reads it."""
_CALLS = (("createEnrollment", "request"), ("updateEnrollment", "request"), ("readEnrollment", "response"))
_BOUND = 64 * 1024
_NAMED = 6


def update_style(results: Record, evidence: Evidence) -> str:
    """Return in words what became of what an update left out, "" where no exchange shows it."""
    checks = [check for entry in results["requirements"] if entry["id"] == REQUIREMENT for check in entry["checks"]]
    names = checks[0]["evidence"] if checks else ()
    created, update, after = (_body(names, evidence, *call) for call in _CALLS)
    if not all(isinstance(one, dict) for one in (created, update, after)):
        return ""
    kept = [name for name, stays in _left_out(created, update, after) if stays]
    gone = [name for name, stays in _left_out(created, update, after) if not stays]
    if kept and gone:
        return line(f"keeps {_names(kept)} where an update leaves them out, and removes {_names(gone)}")
    if kept:
        return "merges: what an update leaves out stays"
    return "replaces: what an update leaves out is removed" if gone else ""


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _left_out(
    created: Mapping[str, Any], update: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[str, bool]]:
    """Yield the members of the record, and of its objects, that the update does not have, and whether each stays."""
    for name, value in created.items():
        if name not in update:
            yield name, name in after
        elif isinstance(value, dict) and isinstance(update[name], dict):
            held = after.get(name)
            kept = held if isinstance(held, dict) else {}
            yield from ((f"{name}.{member}", member in kept) for member in value if member not in update[name])


def _body(names: Sequence[str], evidence: Evidence, operation: str, side: str) -> Any:
    """Return the JSON value of the last body of an operation, NOT_JSON if there is none."""
    found = [evidence.exchanges[name] for name in names if name in evidence.exchanges]
    messages = [one[side] for one in found if one["operation"] == operation and one[side]]
    data = evidence.body(messages[-1], _BOUND) if messages else None
    text = as_text(data) if data else None
    return NOT_JSON if text is None else parsed(text)
