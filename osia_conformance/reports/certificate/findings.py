"""Findings by cause: what failed, what was expected, what came, and the exchange that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from osia_conformance.reports.body_difference import body_lines, places
from osia_conformance.reports.certificate.blocks import Block, Cause, Causes, Exchange, Finding, Text
from osia_conformance.reports.certificate.printable import line, lines, sentence
from osia_conformance.reports.clauses import clause_words
from osia_conformance.reports.exchanges import Evidence, Record, as_text
from osia_conformance.reports.headline import failed, headline
from osia_conformance.reports.shown_exchanges import BOUND
from osia_conformance.verdict.waivers import applied

MOST = 60
"""So many findings without a cause fit on the pages that a certificate may have; the others are named."""
EXAMPLES = (3, 2, 1)
"""So many findings of one cause are shown where there are many: the first number by which SHOWN are enough."""
SHOWN = 28
"""So many findings, with the headings of their causes, fit on the pages that a certificate may have."""
FULL = 12
"""Up to so many findings, each is shown with the bodies of its exchange."""
_BODY = 1_200  # bytes of a body of which an excerpt is shown
_EXCERPT = 220
_WRONG = 4  # lines of a body, at most, that differ and are shown
_ANNEX_LINES = 60
_UUID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_TRACE = re.compile(r"([?&])transactionId=[^&]*(&?)")


def findings(results: Record, evidence: Evidence) -> tuple[Block, ...]:
    """Return what failed, by cause; SHOULD and MAY requirements come last."""
    entries = failed(results)
    if not entries:
        return (Text("No requirement failed."),)
    compact = len(entries) > FULL
    waived = applied(results)
    told = {entry["id"]: _finding(entry, evidence, waived, full=not compact) for entry in entries}
    return (_summary(results, entries), Causes(tuple(_causes(results, told, compact=compact)), compact))


def annex(results: Record, evidence: Evidence) -> tuple[Block, ...]:
    """Return the exchanges of all that failed, with their bodies up to a bound."""
    names = [
        name
        for entry in results["requirements"]
        for check in entry["checks"]
        if check["outcome"] == "failed"
        for name in check["evidence"]
    ]
    known = [evidence.exchanges[name] for name in dict.fromkeys(names) if name in evidence.exchanges]
    blocks = tuple(_annexed(exchange, evidence) for exchange in known)
    return blocks or (Text("No exchange shows a failure."),)


def _summary(results: Record, entries: Sequence[Record]) -> Text:
    """Return how many failed, in the words that every format has, and how many of them somebody answers for."""
    waived = sum(entry["id"] in applied(results) for entry in entries)
    under = f" {waived} of them {'stands' if waived == 1 else 'stand'} under a waiver." if waived else ""
    return Text(f"{headline(results)}.{under}")


def _causes(results: Record, told: Mapping[str, Finding], *, compact: bool) -> Iterator[Cause]:
    groups = list(_groups(results, told))
    most = room = len(told)
    if compact:
        sizes = [len(members) for _, members in groups]
        most = next((count for count in EXAMPLES if sum(min(count, size) for size in sizes) <= SHOWN), EXAMPLES[-1])
        most, room = (MOST, MOST) if len(groups) == 1 and not groups[0][0] else (most, SHOWN)
    for title, members in groups:
        shown = min(most, room, len(members))
        room -= shown
        yield _cause(title, members, shown)


def _groups(results: Record, told: Mapping[str, Finding]) -> Iterator[tuple[str, list[Finding]]]:
    """Yield the title of each cause and its findings; the title is empty where the run tells no cause."""
    left = dict(told)
    for cause in results.get("causes") or ():
        members = [left.pop(name) for name in cause["requirements"] if name in left]
        if members:
            yield sentence(f"Cause {cause['id']}: {cause['title']}"), members
    if left:
        yield "Findings without a known common cause" if len(left) < len(told) else "", list(left.values())


def _cause(title: str, members: Sequence[Finding], most: int) -> Cause:
    """Return a cause with its first `most` findings; a remedy that all have is said once."""
    fixes = {finding.fix for finding in members}
    fix = next(iter(fixes)) if len(fixes) == 1 and (len(members) > 1 or not most) else ""
    shown = (replace(finding, fix="") if fix else finding for finding in members[:most])
    return Cause(title, fix, tuple(shown), ", ".join(finding.id for finding in members[most:]))


def _finding(entry: Record, evidence: Evidence, waived: Mapping[str, Record], *, full: bool) -> Finding:
    broken = [check for check in entry["checks"] if check["outcome"] == "failed"]
    check = broken[0] if broken else {}
    waiver = waived.get(entry["id"])
    length = 260 if full else 140
    return Finding(
        id=line(entry["id"]),
        level=entry["level"],
        title=line(entry["title"]),
        clause=sentence(clause_words(entry["clause"]), length),
        expected=sentence(check.get("expected"), length),
        actual=sentence(check.get("actual") or entry["reason"], length),
        # The register marks names by backticks; here they would be printed.
        fix=sentence((entry.get("fix") or "").replace("`", ""), length),
        cases=f"{len(broken)} of {len(entry['checks'])} cases failed" if len(entry["checks"]) > 1 else "",
        waiver=line(f"waived until {waiver['expires']} by {waiver['owner']}: {waiver['reason']}") if waiver else "",
        exchange=_decisive(check, evidence, full=full),
    )


def _decisive(check: Record, evidence: Evidence, *, full: bool) -> tuple[str, ...]:
    """Return the lines of the exchange that decided, else of the last one that the check names."""
    names = [*check.get("evidence", ())[-1:], check.get("decisive")]
    found = [evidence.exchanges[name] for name in names if name in evidence.exchanges]
    if not found:
        return ()
    exchange = found[-1]
    heads = _heads(exchange, 150 if not full else 240)
    if not full:
        return (" → ".join(heads),)
    sent, got = _excerpt(exchange["request"], evidence), _answered(exchange["response"], evidence, check)
    return tuple(part for part in (heads[0], sent, heads[1], got) if part)


def _heads(exchange: Record, limit: int) -> tuple[str, str]:
    request, response = exchange["request"], exchange["response"]
    answer = str(response["status"]) if response else f"no answer: {exchange['error']}"
    path = _shortened(_path(request["url"]))
    return line(f"{request['method']} {path}", limit), line(f"{answer} ({exchange['id']})", limit)


def _path(url: str) -> str:
    """Return path and query of a URL: the target stands on the cover."""
    rest = url.partition("://")[2]
    return f"/{rest.partition('/')[2]}" if "/" in rest else url


def _shortened(path: str) -> str:
    """Return a path without what only tells one request from another; the exchange's id leads to the whole."""
    plain = _TRACE.sub(lambda match: match[1] if match[1] == "?" and match[2] else match[2], path)
    return _UUID.sub(lambda match: f"{match[1]}…", plain)


def _excerpt(message: Record | None, evidence: Evidence) -> str:
    data = evidence.body(message, _BODY) if message else None
    if not message or not data:
        return ""
    text = as_text(data, cut=message["size"] > _BODY)
    return line(text, _EXCERPT) if text is not None else f"[{message['size']:,} bytes that are no text]"


def _answered(message: Record | None, evidence: Evidence, check: Record) -> str:
    """Return what of an answer differs, where the check says it, else its first characters."""
    data = evidence.body(message, BOUND + 1) if message else None
    text = as_text(data) if data and len(data) <= BOUND else None
    found = body_lines(text, places(check)) if text else None
    lines_found = [one for one in found or () if one.kind in ("changed", "new")]
    if lines_found and len(lines_found) < len(found or ()):
        wrong = list(dict.fromkeys(one.text.strip().rstrip(",") for one in lines_found))
        return line(f"… {' … '.join(wrong[:_WRONG])} …", _EXCERPT)
    return _excerpt(message, evidence)


def _annexed(exchange: Record, evidence: Evidence) -> Exchange:
    request, response = exchange["request"], exchange["response"]
    told = [*_heads(exchange, 400)[:1], *_message(request, evidence)]
    if response:
        told += ["", _heads(exchange, 400)[1], *_message(response, evidence)]
    return Exchange(line(f"{exchange['id']}, {exchange['started']}"), tuple(told))


def _message(message: Record, evidence: Evidence) -> Iterator[str]:
    yield from (line(f"{name}: {value}", 200) for name, value in message["headers"])
    data = evidence.body(message, 4 * _BODY)
    if data:
        text = as_text(data, cut=message["size"] > 4 * _BODY)
        yield from lines(text, 2_000, _ANNEX_LINES) if text is not None else (f"[{message['size']:,} bytes]",)
