"""Recorded exchanges made ready to be sent again: ids, markers, transaction ids and tokens are fresh ones."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from osia_conformance.auth import CannotIssue, Fault, Token
from osia_conformance.reports.exchanges import Evidence, gather
from osia_conformance.standard.operations import SCOPES, Operation, by_id
from osia_conformance.support.ids import UUID, IdFactory
from osia_conformance.support.json_types import Record
from osia_conformance.support.secrets import REDACTED
from osia_conformance.support.text import one_line
from osia_conformance.target.outcome_errors import Unjudged
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session, marker
from osia_conformance.verdict.shards import origin

_ID = re.compile(r"/v1/enrollments/([^/?]+)")
_BUFFER = re.compile(r"/buffer/([^/?]+)")
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SENT_AGAIN = frozenset({"accept", "accept-encoding", "accept-language", "content-encoding", "digest"})
"""Recorded headers that are sent again; content type and authorization are made anew."""
_LIMIT = 200
"""Exchanges of one check that are sent again at most: the last ones."""


@dataclass(frozen=True, slots=True)
class Script:
    """What one failed check sent: its exchanges in order, the ids that were ours, the run's marker."""

    check: str
    operation: str
    exchanges: tuple[Record, ...]
    enrollments: frozenset[str]
    marker: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Replayed:
    """One exchange, sent again: what it is, whether it was answered as before, the difference in words."""

    call: str
    same: bool
    words: str

    @property
    def line(self) -> str:
        """The exchange on one line."""
        return one_line(f"{self.call}: {self.words}")


def recorded_script(records: Sequence[Record], check: Record, directory: Path) -> Script:
    """Return what led to a check's finding: its evidence, and all else that it did to the same enrollments.

    What a search finds depends on everything that the check did, so then all of it is in the script. Calls
    that only asked again and got the same answer stand in it once.
    """
    header = next(line for line in records if line["kind"] == "header")
    evidence = gather(records, directory)
    made = frozenset(line["enrollment"] for line in records if line["kind"] == "created")
    chosen = [evidence.exchanges[name] for name in _concerned(evidence, check)]
    once = [one for last, one in zip([None, *chosen], chosen, strict=False) if not _repeats(last, one)]
    ours = made & {name for exchange in once for name in _ids(exchange)}
    made_in = origin(header, check["worker"])
    shown = tuple(once[-_LIMIT:])
    return Script(check["id"], check["operation"], shown, ours, marker(made_in["runId"]), evidence)


def _concerned(evidence: Evidence, check: Record) -> list[str]:
    """Return the ids of the check's exchanges on which its finding may depend, in order."""
    cited = [name for name in check["evidence"] if name in evidence.exchanges]
    own = evidence.by_check.get(check["id"], ())
    if not set(cited) & set(own):
        return cited
    shown = [evidence.exchanges[name] for name in cited]
    if any(exchange["operation"] == "findEnrollments" for exchange in shown):
        return list(own)
    touched = {name for exchange in shown for name in _ids(exchange)}
    return [name for name in own if name in cited or _ids(evidence.exchanges[name]) & touched]


def _repeats(last: Record | None, exchange: Record) -> bool:
    if last is None or exchange["request"]["method"] == "DELETE":
        return False
    parts = [_essence(one) for one in (last, exchange)]
    return parts[0] == parts[1]


def _essence(exchange: Record) -> tuple[Any, ...]:
    request, response = exchange["request"], exchange["response"]
    sent = (request["method"], urlsplit(request["url"]).path, exchange["scopes"], exchange.get("fault"))
    bodies = [part and (part.get("body"), part.get("bodyFile")) for part in (request, response)]
    return (*sent, *bodies, response and response["status"])


def send_again(session: Session, script: Script) -> tuple[tuple[Replayed, ...], str | None]:
    """Send a script to the session's target; return how each was answered, and what ended it early."""
    session.start_check(f"replay/{script.check}", script.operation)
    fresh = _fresh(session, script)
    sent: list[Replayed] = []
    for exchange in script.exchanges:
        try:
            call = _call(session, script, exchange, fresh)
            response = session.target.send(call)
        except CannotIssue as error:
            return tuple(sent), f"it cannot be sent again: {error.reason}"
        except Unjudged as error:
            same = exchange["response"] is None
            sent.append(Replayed(_name(exchange, fresh), same, "no answer, as recorded" if same else error.reason))
            if not same:
                return tuple(sent), "the target gave no answer"
            continue
        sent.append(_compared(exchange, response, script, fresh))
        _learn_buffer(exchange, call, response, script, fresh, session)
    return tuple(sent), None


@dataclass(slots=True)
class _Fresh:
    """What stands for what: recorded text and the text sent in its place."""

    texts: dict[str, str] = field(default_factory=dict)

    def text(self, old: str) -> str:
        for name, new in sorted(self.texts.items(), key=lambda pair: -len(pair[0])):
            old = old.replace(name, new).replace(quote(name, safe=""), quote(new, safe=""))
        return old

    def data(self, old: bytes) -> bytes:
        for name, new in sorted(self.texts.items(), key=lambda pair: -len(pair[0])):
            old = old.replace(name.encode(), new.encode())
        return old


def _fresh(session: Session, script: Script) -> _Fresh:
    """Return what is sent in the place of what was recorded. Every id of a path gets one of ours: not even one that
    the journal calls created is used as it stands there."""
    made = session.enrollments()
    texts = {name: made.new().id for name in sorted(script.enrollments)}
    for name in sorted({name for exchange in script.exchanges for name in _ids(exchange)} - texts.keys()):
        texts[name] = session.fresh_id()
    texts[script.marker] = marker(session.run.id)
    pattern = session.settings.target.transaction_id
    ids = IdFactory(pattern, f"{session.run.id}/replayed")
    for exchange in script.exchanges:
        for name, value in parse_qsl(urlsplit(exchange["request"]["url"]).query):
            # One that the suite would not make, such as an empty one, is what the call was about.
            if name == "transactionId" and re.fullmatch(_UUID if pattern == UUID else pattern, value):
                texts.setdefault(value, ids.next("transaction"))
    return _Fresh(texts)


def _call(session: Session, script: Script, exchange: Record, fresh: _Fresh) -> Request:
    """Return the call made anew: the operation's own method and path with ids of ours; of the recorded one its query,
    its body, its token's scopes, and those headers that a check sends."""
    operation = by_id().get(exchange["operation"])
    if operation is None:
        raise CannotIssue(f"exchange {exchange['id']} is of an operation that this suite does not know")
    request = exchange["request"]
    headers = {name.lower(): value for name, value in request["headers"]}
    body = script.evidence.body(request)
    if body is None:
        raise CannotIssue(f"the body of exchange {exchange['id']} is missing in bodies/")
    token, own = _authorization(session, exchange, headers.get("authorization"))
    configured = {name.lower() for name in session.settings.target.headers}
    kept = [(name, value) for name, value in request["headers"] if name.lower() in SENT_AGAIN - configured]
    enrollment, buffer = _place(operation, exchange, fresh)
    return Request(
        operation=operation,
        enrollment=enrollment,
        buffer=buffer,
        query=_query(session, request["url"], fresh),
        body=fresh.data(body) if body or "content-type" in headers else None,
        content_type=headers.get("content-type"),
        headers=[*kept, *own],
        token=token,
        fault=_fault(exchange),
        transaction=False,
    )


def _place(operation: Operation, exchange: Record, fresh: _Fresh) -> tuple[str, str | None]:
    """Return the enrollment of ours and the buffer in the place of the recorded ones; raise CannotIssue."""
    path = urlsplit(exchange["request"]["url"]).path
    owner, buffer = _ID.search(path), _BUFFER.search(path)
    if ("{enrollmentId}" in operation.path) != bool(owner) or ("{bufferId}" in operation.path) != bool(buffer):
        raise CannotIssue(f"exchange {exchange['id']} is no call of {operation.id}")
    enrollment = fresh.texts[unquote(owner[1])] if owner else ""
    return enrollment, fresh.text(unquote(buffer[1])) if buffer else None


def _query(session: Session, url: str, fresh: _Fresh) -> list[tuple[str, str]]:
    """Return the recorded query without the parameters that the configuration adds to every call."""
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True, errors="surrogatepass")
    return [(name, fresh.text(value)) for name, value in pairs if name not in session.settings.target.query]


def _fault(exchange: Record) -> Fault | None:
    try:
        return Fault(exchange["fault"]) if exchange.get("fault") else None
    except ValueError:
        raise CannotIssue(f"exchange {exchange['id']} has a token's fault that nobody knows") from None


def _authorization(session: Session, exchange: Record, header: str | None) -> tuple[Token, list[tuple[str, str]]]:
    """Return the token to send, and the header of a form of its own that carries it instead."""
    scopes = exchange["scopes"]
    if header is None or scopes is None:
        plain = [("Authorization", header)] if header and REDACTED not in header else []
        return Token(None, frozenset()), plain
    if fault := _fault(exchange):
        token = session.tokens.faulty(fault, scopes)
    elif set(scopes) <= set(SCOPES):
        token = session.tokens.valid(frozenset(scopes))
    else:
        token = session.tokens.arbitrary(scopes)
    if header == f"Bearer {REDACTED}" or token.value is None or REDACTED not in header:
        return token, []
    return Token(None, frozenset()), [("Authorization", header.replace(REDACTED, token.value))]


def _compared(exchange: Record, response: Response, script: Script, fresh: _Fresh) -> Replayed:
    recorded = exchange["response"]
    if recorded is None:
        return Replayed(_name(exchange, fresh), False, f"{response.status}; recorded: no answer")
    if response.status != recorded["status"]:
        return Replayed(_name(exchange, fresh), False, f"{response.status}; recorded: {recorded['status']}")
    body = script.evidence.body(recorded)
    if body is not None and _meaning(fresh.data(body)) == _meaning(response.body):
        return Replayed(_name(exchange, fresh), True, f"{response.status}, as recorded")
    return Replayed(_name(exchange, fresh), False, f"{response.status}, as recorded, with another body")


def _learn_buffer(
    exchange: Record, call: Request, response: Response, script: Script, fresh: _Fresh, session: Session
) -> None:
    """Take over the id under which the target keeps a buffer that was sent again."""
    recorded = exchange["response"] and script.evidence.body(exchange["response"])
    old, new = _buffer_id(recorded or b""), _buffer_id(response.body)
    if by_id()[exchange["operation"]].code == "BUFWRITE" and old and new:
        fresh.texts[old] = new
        session.privacy.buffers.add((call.enrollment, new))


def _buffer_id(body: bytes) -> str | None:
    value = _meaning(body)
    name = value.get("bufferId") if isinstance(value, dict) else None
    return name if isinstance(name, str) and name else None


def _meaning(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def _ids(exchange: Record) -> set[str]:
    return {unquote(found) for found in _ID.findall(exchange["request"]["url"])}


def _name(exchange: Record, fresh: _Fresh) -> str:
    """Return what a recorded exchange is sent as now, with the ids that are really sent."""
    path = fresh.text(urlsplit(exchange["request"]["url"]).path)
    return f"{exchange['id']} {exchange['request']['method']} {path}"
