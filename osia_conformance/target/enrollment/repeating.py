"""Repeating a call with an enrollment of its own, to see whether it is to blame for what came after it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from osia_conformance.standard.operations import by_code
from osia_conformance.target.enrollment.identify import buffer_id
from osia_conformance.target.recorder import CheckEvidence
from osia_conformance.target.request import BINARY, Request, json_body

if TYPE_CHECKING:
    from osia_conformance.target.client import Client
    from osia_conformance.target.session import Session

_PLAIN = re.compile(r"[A-Za-z0-9-]{1,36}")
_BUFFER = b"osia-conformance"


def repeat_call(session: Session, client: Client, request: Request, evidence: CheckEvidence) -> None:
    """Send a call once more under a fresh id of ours, after a create where it needs an enrollment.

    A call with an odd id is sent as it is. Raises NoAnswer, or CannotIssue without a token.
    """
    within = session.availability.timeout
    if request.raw_path or not _PLAIN.fullmatch(request.enrollment):
        client.send(replace(request, sink=None), evidence, within)
        return
    name = session.fresh_id()
    session.journal.write("created", enrollment=name, check=evidence.id)
    with session.writes.under_way(name):
        _repeat_under(name, session, client, request, evidence)


def _repeat_under(name: str, session: Session, client: Client, request: Request, evidence: CheckEvidence) -> None:
    """Send a call once more under another id, after what it needs there."""
    within = session.availability.timeout
    operations = by_code(session.run.version)
    if request.operation.code != "CREATE":
        body = json_body(session.payloads.canonical(session.marker(evidence.id)))
        client.send(Request(operations["CREATE"], name, body=body), evidence, within)
    buffer = request.buffer
    if request.operation.code == "BUFREAD":
        sent = Request(operations["BUFWRITE"], name, body=_BUFFER, content_type=BINARY)
        buffer = next(iter(buffer_id(client.send(sent, evidence, within))), buffer)
    body_now = request.body
    if isinstance(body_now, bytes):
        body_now = body_now.replace(request.enrollment.encode(), name.encode())
    client.send(replace(request, enrollment=name, buffer=buffer, body=body_now, sink=None), evidence, within)
