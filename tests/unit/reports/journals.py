"""Hand-built journals and the results that belong to them, one for each kind of run."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osia_conformance.standard.versions import claim_text
from osia_conformance.verdict import waivers

Record = dict[str, Any]

HOSTILE = "<script>alert(1)</script> \x1b[31mred ]]> \x00 \ud800 \u202e\x9b & \"quoted\" 'single' <!-- --> \uffff é"
BINARY = bytes(range(256))
LONG = b'{"note": "' + b"x" * 300_000 + b'"}'
MIDDLE = b'{"note": "' + b"y" * 100_000 + b'"}'
URL = "https://gateway.example.org/identity"
RUN = "20260102T030405-abcdef"
LEVELS = {"ENR-AUTH-09": "SHOULD", "ENR-NONE-01": "MAY", "ENR-NONE-02": "MUST"}
ORDER = ("failed", "cantTell", "untested", "passed", "inapplicable")


def header(**changes: Any) -> Record:
    return {
        "kind": "header",
        "schemaVersion": "1.0",
        "runId": RUN,
        "tool": {"name": "osia-conformance", "version": "0.1.0"},
        "product": {"vendor": "Example", "name": "Gateway", "version": "4.2"},
        "interfaceVersion": "1.0.0",
        "target": {"url": URL, "embedded": False},
        "seed": 7,
        "effort": "standard",
        "workers": 2,
        "started": "2026-01-02T03:04:05.678Z",
        "selection": False,
        "configuration": {"target": {"url": URL}, "auth": {"method": "jwt", "key": "env:OSIA_JWT_KEY"}},
        "environment": {"python": "3.12.1", "platform": "Linux", "packages": {"httpx": "0.28.1"}},
        **changes,
    }


def footer(ending: str = "complete", reason: str | None = None) -> Record:
    return {"kind": "footer", "finished": "2026-01-02T03:09:00.000Z", "ending": ending, "reason": reason}


def body(data: bytes, directory: Path | None = None) -> Record:
    """State a body as the journal does; one of more than 64 KiB is written under `directory`."""
    if not data:
        return {"size": 0}
    if len(data) > 64 * 1024:
        assert directory is not None
        name = f"bodies/{hashlib.sha256(data).hexdigest()}"
        (directory / "bodies").mkdir(exist_ok=True)
        (directory / name).write_bytes(data)
        return {"bodyFile": name, "size": len(data)}
    try:
        return {"body": data.decode("utf-8"), "size": len(data)}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(data).decode("ascii"), "encoding": "base64", "size": len(data)}


def exchange(
    name: str,
    check: str = "test_create",
    *,
    method: str = "POST",
    path: str = "/v1/enrollments/1?transactionId=t-1&finalize=true",
    sent: Record | None = None,
    status: int | None = 201,
    got: Record | None = None,
    headers: Sequence[tuple[str, str]] = (
        ("Content-Type", "application/json"),
        ("Authorization", "Bearer [redacted]"),
    ),
    answered: Sequence[tuple[str, str]] = (("Content-Type", "application/json"),),
    scopes: list[str] | None = ["enroll.write"],  # noqa: B006 (never changed)
    fault: str | None = None,
) -> Record:
    response = {
        "status": status,
        "headers": [list(pair) for pair in answered],
        "truncated": False,
        **(got or body(b"")),
    }
    return {
        "kind": "exchange",
        "id": name,
        "check": check,
        "operation": "createEnrollment",
        "started": "2026-01-02T03:04:06.000Z",
        "elapsed": 0.0123 if status else None,
        "scopes": scopes,
        "fault": fault,
        "request": {
            "method": method,
            "url": URL + path,
            "headers": [list(pair) for pair in headers],
            **(sent or body(b"")),
        },
        "response": response if status else None,
        "error": None if status else "the connection was reset",
        "withheld": 0,
    }


def check(name: str, requirement: str, outcome: str = "passed", **changes: Any) -> Record:
    return {
        "kind": "check",
        "id": name,
        "requirement": requirement,
        "operation": "createEnrollment",
        "outcome": outcome,
        "reason": None if outcome == "passed" else f"{outcome} because it is so",
        "expected": None if outcome == "passed" else "204",
        "actual": None if outcome == "passed" else "200",
        "curl": None if outcome == "passed" else "curl -sS https://gateway.example.org/",
        "evidence": [],
        "seconds": 0.25,
        "worker": "gw0",
        **changes,
    }


def results(records: Sequence[Record], levels: dict[str, str] | None = None, **changes: Any) -> Record:
    """Return the results of a hand-built journal. `levels` also names requirements that no check touched."""
    head = next(record for record in records if record["kind"] == "header")
    foot = next((record for record in records if record["kind"] == "footer"), None)
    judged = [record for record in records if record["kind"] == "check"]
    names = dict.fromkeys([*(record["requirement"] for record in judged), *(levels or {})])
    requirements = [_requirement(name, judged, (levels or {}).get(name, "MUST")) for name in names]
    copied = ("schemaVersion", "runId", "tool", "product", "interfaceVersion", "target", "seed", "effort")
    more = ("workers", "selection", "started", "configuration", "environment")
    return {
        **{name: head[name] for name in (*copied, *more)},
        "claim": claim_text(head["interfaceVersion"]),
        "demonstration": head["target"]["embedded"],
        "verdict": _verdict(requirements),
        "reasons": [],
        "ending": foot["ending"] if foot else "cut off",
        "finished": foot["finished"] if foot else None,
        "exchanges": sum(record["kind"] == "exchange" for record in records),
        "requirements": requirements,
        "observations": _members(records, "observation"),
        "rulings": [{"id": "RUL-SUCCESS", "title": "One success", "text": "Only the documented one."}],
        "waivers": waivers.states(head, requirements),
        "leftovers": _members(records, "leftover"),
        "totals": {
            **_totals(requirements),
            "must": _totals([one for one in requirements if one["level"] == "MUST"]),
        },
        **changes,
    }


def _members(records: Sequence[Record], kind: str) -> list[Record]:
    return [{k: v for k, v in record.items() if k != "kind"} for record in records if record["kind"] == kind]


def _verdict(requirements: Sequence[Record]) -> str:
    outcomes = {one["outcome"] for one in requirements if one["level"] == "MUST"}
    if "failed" in outcomes:
        return "nonconformant"
    return "incomplete" if outcomes & {"cantTell", "untested"} else "conformant"


def _requirement(name: str, judged: Sequence[Record], level: str) -> Record:
    left_out = ("kind", "requirement", "worker")
    own = [{k: v for k, v in one.items() if k not in left_out} for one in judged if one["requirement"] == name]
    outcome = min((one["outcome"] for one in own), key=ORDER.index, default="untested")
    return {
        "id": name,
        "level": level,
        "operations": ["createEnrollment"],
        "title": f"Title of {name}",
        "clause": "openapi.yaml, /paths/~1v1~1enrollments/post/responses/201",
        "derived": None,
        "status": "active",
        "rulings": ["RUL-SUCCESS"],
        "outcome": outcome,
        "reason": next((one["reason"] for one in own if one["outcome"] == outcome), "no check of it ran"),
        "seconds": sum(one["seconds"] for one in own),
        "checks": own,
    }


def _totals(requirements: Sequence[Record]) -> dict[str, int]:
    counts = Counter(one["outcome"] for one in requirements)
    return {name: counts[name] for name in ORDER}


def conformant() -> tuple[Record, list[Record]]:
    """A run in which everything passed, over TLS, with one check of several requirements."""
    records = [
        header(),
        {
            "kind": "plan",
            "checks": [{"id": "test_create", "requirement": "ENR-CREATE-01", "operation": "createEnrollment"}],
        },
        {"kind": "created", "enrollment": "1", "check": "test_create"},
        exchange("gw0.1", sent=body(b'{"status": "IN_PROGRESS"}')),
        exchange("gw0.2", method="DELETE", status=204),
        {"kind": "deleted", "enrollment": "1", "status": 204},
        check("test_create", "ENR-CREATE-02", evidence=["gw0.1"]),
        check("test_create", "ENR-CREATE-01", evidence=["gw0.1"]),
        check("test_delete", "ENR-DONE-01-DELETE", evidence=["gw0.2"], operation="deleteEnrollment"),
        footer(),
    ]
    return results(records), records


def failing() -> tuple[Record, list[Record]]:
    """A run with every outcome, at every level, over plain http, with observations and a leftover."""
    url = "HTTP://gateway.example.org/identity"
    records = [
        header(target={"url": url, "embedded": False}),
        exchange("gw0.1", status=200, got=body(b'{"code": 1}')),
        exchange("gw0.2", status=None),
        exchange("gw0.3", scopes=["enroll.write"], fault="expired", status=401),
        check("test_patch", "ENR-PATCH-03", "failed", evidence=["gw0.1"], operation="partialUpdateEnrollment"),
        check("test_patch_again", "ENR-PATCH-03", "passed", evidence=["gw0.1"]),
        check("test_find", "ENR-FIND-01", "cantTell", evidence=["gw0.2"], operation="findEnrollments"),
        check("test_buffer", "ENR-BUF-01", "untested"),
        check("test_digest", "ENR-DIGEST-01", "inapplicable"),
        check("test_header", "ENR-AUTH-09", "failed", evidence=["gw0.3"]),
        check("test_create", "ENR-CREATE-01", "passed"),
        {
            "kind": "observation",
            "ruling": "RUL-TLS",
            "operation": "*",
            "text": "plain http",
            "evidence": ["gw0.1"],
            "check": "setup",
        },
        {"kind": "leftover", "enrollment": "e-1", "reason": "delete answered 500"},
        footer(),
    ]
    return results(records, LEVELS, reasons=["1 of 6 MUST requirements could not be judged"]), records


def waived() -> tuple[Record, list[Record]]:
    """The failing run with a waiver in force, and one that matched nothing."""
    _, records = failing()
    signed = {"reason": "known", "owner": "the team", "expires": "2026-12-31"}
    names = ("ENR-PATCH-03", "ENR-CREATE-01")
    configuration = {"waivers": [{"requirement": name, **signed} for name in names]}
    records[0] = {**records[0], "configuration": configuration}
    return results(records, LEVELS), records


def cut_off() -> tuple[Record, list[Record]]:
    """A run that was killed: no footer, and nothing but passes in what it reached."""
    records = [header(), exchange("gw0.1"), check("test_create", "ENR-CREATE-01", evidence=["gw0.1"])]
    reasons = ["the run was cut off before it could write its end"]
    return results(records, {"ENR-READ-01": "MUST"}, verdict="incomplete", reasons=reasons), records


def hostile(directory: Path) -> tuple[Record, list[Record]]:
    """A run against a target whose every answer tries to break out of the report."""
    page = HOSTILE.encode("utf-8", "replace")
    html = (("Content-Type", "text/html"), ("X-Evil", HOSTILE), ("Location", "javascript:alert(1)"))
    records = [
        header(product={"name": HOSTILE}, configuration={"target": {"url": HOSTILE}}),
        exchange("gw0.1", sent=body(BINARY), got=body(page), answered=html),
        exchange("gw0.2", sent=body(LONG, directory), got=body(LONG, directory)),
        exchange("gw0.3", sent=body(MIDDLE, directory), got=body(BINARY), answered=(("Content-Type", "image/png"),)),
        exchange("gw0.4", path=f"/v1/{HOSTILE}?a={HOSTILE}", sent=body(b"a\x00b"), status=799),
        check(
            "test_hostile[<b>]]>\x1b]",
            "ENR-HOSTILE-01",
            "failed",
            reason=HOSTILE,
            expected=HOSTILE,
            actual=HOSTILE + "z" * 50_000,
            curl=HOSTILE,
            evidence=["gw0.1", "gw0.2", "gw0.3", "gw0.4", "gone"],
        ),
        {
            "kind": "observation",
            "ruling": "RUL-FORMAT",
            "operation": "*",
            "text": HOSTILE,
            "evidence": ["gw0.1"],
            "check": "setup",
        },
        {"kind": "leftover", "enrollment": HOSTILE, "reason": HOSTILE},
        footer(),
    ]
    return results(records), records


def every(directory: Path) -> list[tuple[Record, list[Record]]]:
    """Return all of the journals; long bodies are written under `directory`."""
    return [conformant(), failing(), cut_off(), hostile(directory)]
