"""A call that may have ended the service is repeated under a fresh id of ours, with all that it needs before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest

from osia_conformance.standard.operations import OLDEST, by_code
from osia_conformance.target.client import Client
from osia_conformance.target.enrollment.repeating import repeat_call
from osia_conformance.target.recorder import CheckEvidence
from osia_conformance.target.request import Request
from osia_conformance.target.response import Response
from osia_conformance.target.session import Session
from osia_conformance.verdict import journal

OWN = "6a1c1f0e-0000-4000-8000-00000000000a"


class Recording:
    """Takes the place of the client: answers each call, and keeps it."""

    def __init__(self) -> None:
        self.sent: list[Request] = []

    def send(self, request: Request, evidence: CheckEvidence, within: float) -> Response:
        self.sent.append(request)
        return Response(request.operation.id, "main.1", 201, body=b'{"bufferId": "new"}')


def repeated(session: Session, code: str, enrollment: str = OWN, **members: Any) -> list[Request]:
    client = Recording()
    request = Request(by_code(OLDEST)[code], enrollment, **members)
    repeat_call(session, cast(Client, client), request, CheckEvidence("a check", request.operation.id))
    return client.sent


def test_a_create_is_sent_under_a_fresh_id_in_path_and_body(session: Session) -> None:
    body = json.dumps({"enrollmentId": OWN, "a": 1}).encode()
    [sent] = repeated(session, "CREATE", body=body)
    assert sent.enrollment != OWN
    assert sent.body == body.replace(OWN.encode(), sent.enrollment.encode())


def test_any_other_call_has_its_enrollment_created_before(session: Session) -> None:
    created, sent = repeated(session, "FINALIZE")
    assert [created.operation.code, sent.operation.code] == ["CREATE", "FINALIZE"]
    assert created.enrollment == sent.enrollment != OWN


def test_a_buffer_is_read_that_was_just_sent(session: Session) -> None:
    sent = repeated(session, "BUFREAD", buffer="old")
    assert [each.operation.code for each in sent] == ["CREATE", "BUFWRITE", "BUFREAD"]
    assert sent[-1].buffer == "new"


@pytest.mark.parametrize(("enrollment", "raw"), [("an id/with more", False), (OWN, True)])
def test_a_call_with_an_odd_id_is_sent_as_it_is(session: Session, enrollment: str, raw: bool) -> None:
    [sent] = repeated(session, "READ", enrollment, raw_path=raw)
    assert sent.enrollment == enrollment


def test_what_may_be_created_is_in_the_journal_before_it_is_sent(session: Session, tmp_path: Path) -> None:
    [sent] = repeated(session, "CREATE", body=b"{}")
    noted = [line["enrollment"] for line in journal.read(tmp_path, "created")]
    assert noted == [sent.enrollment]
