"""Strangers' records: looked for by canaries in everything that a run writes or says."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import Payloads
from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from tests.harness.canaries import (
    WORD,
    leaks,
)
from tests.harness.judging import KEY, reference
from tests.harness.running import VERSION, Report, configured, hosted, osia_here

STRANGER = f"{WORD}Stranger"


class Indiscreet(Server):
    """Finds everybody, reads somebody else where there is nobody, and sends anybody's bytes."""

    async def find_enrollments(self, call: Call) -> Reply:
        await super().find_enrollments(call)
        everybody = list(self.enrollments.store.find([]))
        nameless = [{"biographicData": one["biographicData"]} for one in everybody if STRANGER in str(one)]
        return self.success(call, [*everybody, *nameless, f"{STRANGER} in words", [[f"{STRANGER}"]]])

    async def read_enrollment(self, call: Call) -> Reply:
        try:
            return await super().read_enrollment(call)
        except Refusal:
            return self.success(call, stranger(1))

    async def partial_update_enrollment(self, call: Call) -> Reply:
        await super().partial_update_enrollment(call)
        return self.success(call, stranger(1))

    async def get_buffer(self, call: Call) -> Reply:
        try:
            return await super().get_buffer(call)
        except Refusal:
            reply = self.success(call)
            reply.headers["Content-Type"] = "application/octet-stream"
            reply.stream = [STRANGER.encode(), b"\0", base64.b64encode(STRANGER.encode())]
            return reply


class ReadsLists(Indiscreet):
    """Answers a read with everybody, as XML every other time."""

    async def read_enrollment(self, call: Call) -> Reply:
        await super().read_enrollment(call)
        if "attributes" in call.request.query_params:
            reply = self.success(call)
            reply.headers["Content-Type"] = "application/xml"
            reply.stream = [f"<name>{STRANGER}</name>".encode()]
            return reply
        return self.success(call, [stranger(1), stranger(2)])


def stranger(number: int) -> dict[str, Any]:
    """Return a record that was there before the run."""
    body = Payloads(load_specification(VERSION)).canonical(f"{STRANGER}First")
    body["biographicData"] |= {"lastName": f"{STRANGER}Last", "email": f"{STRANGER}@example.org"}
    body["documentData"][0]["instance"] = f"{STRANGER}Document"
    return {**body, "enrollmentId": f"{STRANGER}-id-{number}"}


def populated(server: type[Server], **settings: Any) -> Server:
    """Return a server on which others keep records."""
    app = create_app(reference(**settings), server=server)
    for number in range(3):
        record = stranger(number)
        app.enrollments.create(record["enrollmentId"], {**record, "status": "IN_PROGRESS"})
    return app


@pytest.mark.parametrize("server", [Indiscreet, ReadsLists])
def test_no_record_of_others_is_told_by_a_target_that_shows_them_to_all(server: type[Server], tmp_path: Path) -> None:
    app = populated(server)
    with hosted(app) as url:
        file = configured(tmp_path, url, visible_within=0.2)
        only = ("--only", "ENR-DONE", "ENR-FIND", "ENR-READ", "ENR-BUFFER", "ENR-PATCH", "ENR-ANSWER", "ENR-UNKNOWN")
        arguments = ("--effort", "quick", "--report-dir", tmp_path / "r")
        done = osia_here("run", "--config", file, *only, *arguments, env={"OSIA_JWT_KEY": KEY})
        assert len([one for one in app.enrollments.store.find([]) if STRANGER in str(one)]) == 3
    assert done.returncode == 1, done.stderr
    assert sum(line["withheld"] for line in Report(tmp_path / "r").lines("exchange")) > 100
    assert leaks(tmp_path / "r", done) == []
