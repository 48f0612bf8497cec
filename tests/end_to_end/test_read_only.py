"""A run that only reads: nothing is written whatever happens, and what can be judged is judged."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from osia_conformance.checks.enrollment.version_probe import looks_like
from osia_conformance.config.settings import ReadOnlyBuffer, ReadOnlyRecords, Settings
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.run.terminal import Terminal
from osia_conformance.standard.operations import OLDEST
from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import Payloads
from osia_reference.app import Server, create_app
from osia_reference.enrollments import Enrollments
from osia_reference.search import Search
from tests.harness.inprocess import target_of
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import Judged, judge, reference, settings
from tests.harness.lab import Listening
from tests.harness.running import JWT_KEY, Report, configured, hosted, osia_here

NAMES = ("vendor-1", "vendor-2")
STRANGER = "a-citizen"
READS = {("GET", ""), ("POST", "/v1/enrollments")}
NAMED = ReadOnlyRecords(NAMES, (ReadOnlyBuffer("vendor-2", "the-buffer"),), "firstName", "specimen")


class NamesTheBuffer(Enrollments):
    """Gives buffers an id that can be told beforehand."""

    def new_buffer_id(self, enrollment_id: str) -> str:
        return "the-buffer"


def filled(version: str = OLDEST, **parts: Any) -> Server:
    """Return a server with the vendor's records, and somebody else's that the same search finds."""
    app = create_app(reference(version), **{"enrollments": NamesTheBuffer, **parts})
    for name in (*NAMES, STRANGER):
        body = Payloads(load_specification(version)).canonical("specimen")
        body["biographicData"]["lastName"] = "secretive" if name == STRANGER else "muster"
        app.enrollments.create(name, body)
    with app.enrollments.store.writing("vendor-2", "the-buffer", "application/octet-stream") as append:
        append(b"bytes of the vendor")
    return app


def reading(named: ReadOnlyRecords | None = NAMED) -> Settings:
    chosen = settings(read_only=True)
    return replace(chosen, read_only=named)


@pytest.fixture(scope="module")
def newer() -> Judged:
    chosen = replace(settings(NEWEST, read_only=True), read_only=NAMED)
    return judge(filled(NEWEST), version=NEWEST, run=chosen)


def run(app: Server, named: ReadOnlyRecords | None = NAMED, arguments: Sequence[str] = ()) -> Judged:
    return judge(app, run=reading(named), arguments=tuple(arguments))


def sent(judged: Judged) -> set[tuple[str, str]]:
    """Return what was sent: the method, and the path of each that is no GET."""
    found = set()
    for line in judged.records:
        if line["kind"] == "exchange":
            method, url = line["request"]["method"], line["request"]["url"]
            path = url.partition("?")[0].removeprefix("http://127.0.0.1:1")
            found.add((method, "" if method == "GET" else path))
    return found


class Counting(Listening):
    """Remembers the methods and paths that arrive at the server."""

    def __init__(self, app: Server) -> None:
        super().__init__(app)
        self.arrived: set[tuple[str, str]] = set()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = target_of(request).partition("?")[0]
        self.arrived.add((request.method, "" if request.method == "GET" else path))
        return super().handle_request(request)


@pytest.fixture(scope="module")
def conforming() -> Judged:
    return run(filled())


def test_a_conforming_server_is_judged_as_far_as_reading_goes(conforming: Judged) -> None:
    assert conforming.exit_code == 2
    assert conforming.results["verdict"] == "incomplete"
    assert conforming.results["ending"] == "complete"
    assert "the run only read, so nothing that needs writing was judged" in conforming.results["reasons"]
    assert conforming.outcomes("failed") == set()
    assert conforming.outcomes("cantTell") == set()
    for family in ("DONE-01", "CODE-01", "MEDIA-01", "TXN-01", "TOKEN-01", "TOKEN-05", "SCOPE-01", "SCOPE-02"):
        for operation in ("READ", "FIND", "BUFREAD"):
            entry = conforming.requirement(f"ENR-{family}-{operation}")
            assert entry["outcome"] == "passed", entry["reason"]
    more = {"ENR-UNKNOWN-01-READ", "ENR-UNKNOWN-01-BUFREAD", "ENR-BUFFER-04", "ENR-READ-01", "ENR-READ-04"}
    more |= {"ENR-ANSWER-ENROLLMENT-TYPE", "ENR-FIND-12", "ENR-GENERATED-01-READ", "ENR-INPUT-EXPRESSION-ENUM"}
    assert more <= conforming.outcomes("passed")


def test_what_needs_writing_is_untested_and_says_so(conforming: Judged) -> None:
    entry = conforming.requirement("ENR-DONE-01-CREATE")
    assert (entry["outcome"], entry["reason"]) == ("untested", "this run only reads, and createEnrollment writes")
    assert conforming.requirement("ENR-PATCH-01")["outcome"] == "untested"
    judged = [line for line in conforming.records if line["kind"] == "check"]
    assert not [line for line in judged if "the suite failed" in (line["reason"] or "")]


def test_nothing_is_written(conforming: Judged) -> None:
    assert sent(conforming) == READS
    assert not [line for line in conforming.records if line["kind"] in ("created", "deleted", "leftover")]


def test_no_writing_call_arrives_at_the_server(tmp_path: Path) -> None:
    app = filled()
    before = list(app.enrollments.store.find([]))
    transport = Counting(app)
    chosen = replace(reading(), report_dir=tmp_path / "r")
    assert run_suites(prepared(chosen, transport=transport, write_reports=lambda *_: None)) == 2
    assert transport.arrived == READS
    assert list(app.enrollments.store.find([])) == before
    transport.close()
    app.close()


def test_records_of_others_stay_out_of_the_journal(conforming: Judged) -> None:
    text = json.dumps(conforming.records)
    assert "vendor-1" in text
    assert STRANGER not in text
    assert "secretive" not in text
    assert any(line["withheld"] for line in conforming.records if line["kind"] == "exchange")


def test_later_versions_are_judged_by_reading_as_well(newer: Judged) -> None:
    assert (newer.exit_code, newer.results["verdict"], newer.results["ending"]) == (2, "incomplete", "complete")
    assert newer.outcomes("failed") | newer.outcomes("cantTell") == set()
    assert sent(newer) == READS
    wanted = {"ENR-READ-05", "ENR-PAGE-04", "ENR-TOKEN-05-BUFREAD", "ENR-ANSWER-BIOMETRICDATA-TYPE", "ENR-FIND-12"}
    assert wanted <= newer.outcomes("passed")
    written = [newer.requirement(name)["reason"] for name in newer.outcomes("untested")]
    assert all("this run only reads" in reason for reason in written)


def test_what_no_named_record_holds_is_untested(newer: Judged) -> None:
    blocks = newer.requirement("ENR-ANSWER-INTEGRITY-TYPE")
    told = "this run only reads, and no record of [read-only] holds anything of this schema (INTEGRITY)"
    assert (blocks["outcome"], blocks["reason"]) == ("untested", told)


class AnswersAnother(NamesTheBuffer):
    """Answers every read with the one record."""

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Any:
        return {**super().read(enrollment_id, attributes), "enrollmentId": "vendor-2"}


class ForgetsAttributes(NamesTheBuffer):
    """Answers the whole record whatever was asked for."""

    def limited(self, record: Any, attributes: Sequence[str]) -> Any:
        return record


class FindsNothing(Search):
    """Compares with nothing."""

    def condition(self, expression: Any) -> Any:
        return super().condition({**expression, "value": "nothing at all"})


class KeepsNoSchema(NamesTheBuffer):
    """Answers an enrollment that breaks the schema."""

    def read(self, enrollment_id: str, attributes: Sequence[str] | None = None) -> Any:
        return {**super().read(enrollment_id, attributes), "biometricData": "none"}


@pytest.mark.parametrize(
    ("parts", "requirement"),
    [
        ({"enrollments": AnswersAnother}, "ENR-READ-01"),
        ({"enrollments": ForgetsAttributes}, "ENR-READ-02"),
        ({"search": FindsNothing}, "ENR-FIND-01"),
        ({"enrollments": KeepsNoSchema}, "ENR-ANSWER-ENROLLMENT-TYPE"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_violation_is_found_by_reading(parts: dict[str, type], requirement: str) -> None:
    judged = run(filled(**parts), arguments=[f"--osia-only={requirement}"])
    assert judged.requirement(requirement)["outcome"] == "failed", judged.requirement(requirement)["reason"]
    assert judged.exit_code == 1
    assert sent(judged) <= READS


def test_without_named_records_only_unknown_ids_are_read() -> None:
    judged = run(filled(), named=None)
    assert judged.exit_code == 2
    assert judged.outcomes("failed") == set()
    assert {"ENR-UNKNOWN-01-READ", "ENR-UNKNOWN-01-BUFREAD"} <= judged.outcomes("passed")
    reason = judged.requirement("ENR-DONE-01-READ")["reason"]
    assert reason == "this run only reads, and [read-only] names no enrollments"
    assert not [line for line in judged.records if line["kind"] == "exchange" and "vendor" in line["request"]["url"]]


def test_without_named_records_a_sentence_says_so_at_the_start(tmp_path: Path) -> None:
    screen, transport = io.StringIO(), Listening(filled())
    chosen = replace(reading(None), report_dir=tmp_path / "r")
    ready = prepared(chosen, transport=transport, progress=Terminal(Console(file=screen, width=200)))
    assert run_suites(ready, arguments=["--osia-only=ENR-UNKNOWN-01-READ"]) == 2
    assert screen.getvalue().splitlines()[1].startswith("no table [read-only] names records")
    transport.close()
    transport.server.close()


def test_a_guess_of_the_version_would_write_and_is_not_made() -> None:
    told = looks_like(reading())
    assert told.endswith("could not be guessed: this run only reads, and createEnrollment writes.")


TABLE = '[read-only]\nenrollments = ["vendor-1"]\nsearch = {attribute = "firstName", value = "specimen"}\n'


def test_workers_read_as_one_does(tmp_path: Path) -> None:
    auth = '[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:OSIA_JWT_KEY"\n'
    with hosted(filled()) as url:
        file = configured(tmp_path, url, auth, TABLE)
        more = ("--workers", 2, "--effort", "quick", "--report-dir", tmp_path / "r", "--only", "ENR-DONE-01")
        done = osia_here("run", "--config", file, *more, env=JWT_KEY)
    report = Report(tmp_path / "r")
    assert (done.returncode, done.stderr) == (2, "")
    assert report.outcomes()["ENR-DONE-01-READ"] == report.outcomes()["ENR-DONE-01-FIND"] == "passed"
    assert report.outcomes()["ENR-DONE-01-BUFREAD"] == report.outcomes()["ENR-DONE-01-PATCH"] == "untested"
    assert {line["request"]["method"] for line in report.lines("exchange")} == {"GET", "POST"}
