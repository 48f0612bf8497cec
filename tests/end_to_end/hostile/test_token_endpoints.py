"""Token endpoints that misbehave: each call is bounded in time and size, and so is how often a run asks."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from osia_conformance import reports
from osia_conformance.auth import token_source
from osia_conformance.auth.breaker import Breaker
from osia_conformance.auth.model import TokenError
from osia_conformance.config.settings import AuthSettings, Settings, TargetSettings
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.run.selection import Selection
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support.secrets import Redactor, SecretReference
from osia_reference.app import create_app
from tests.end_to_end.hostile.answers import DEEP, DIGITS, HTML, JSON, PAGE, bomb, endless
from tests.end_to_end.hostile.targets import Peer, Target, Treatment, always, message, treated
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import reference, settings
from tests.harness.running import Report

READ = frozenset({"enroll.read"})
SECRET = "a secret of the client's own"
TIMEOUT = 1


def _drip(peer: Peer) -> None:
    peer.drip(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", 0.1)


def _drip_body(peer: Peer) -> None:
    peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    peer.drip(b" ", 0.02)


def _given(body: bytes, *more: tuple[str, str], status: str = "200 OK") -> Treatment:
    return always(message(status, (*JSON, *more), body))


TREATMENTS = {
    "no answer within 1 s": treated(Peer.silence),
    "headers were not complete within 1 s": treated(_drip),
    "was not complete within 1 s": treated(_drip_body),
    "more than 1048576 bytes": treated(endless),
    "closed the connection without an answer": treated(lambda peer: None),
    "reset the connection": treated(Peer.reset),
    "not HTTP": treated(lambda peer: peer.send(b"\x00\xff\x16\x03" * 999)),
    "longer than 64 KiB": always(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"),
    "with 500.": always(message("500 X", HTML, PAGE)),
    "with 302.": _given(b"", ("Location", "/login"), status="302 Found"),
    "with 429.": _given(b"", ("Retry-After", "3600"), status="429 X"),
    "without an access_token": always(message("200 OK", HTML, PAGE)),
    "without an access_token (": _given(b'{"access_token":' + DEEP + b"}"),
    "without an access_token (R": _given(b'{"access_token":"' + DIGITS + b'\x1b[2J"}'),
    "without an access_token (RF": _given(b'{"access_token":' + DIGITS + b"}"),
    "another type than Bearer": _given(b'{"access_token":"x","token_type":"<img src=x>"}'),
}


@contextmanager
def endpoint(treatment: Treatment) -> Iterator[Target]:
    with ExitStack() as stack:
        yield stack.enter_context(Target(stack.enter_context(treatment())))


def client(url: str) -> AuthSettings:
    return AuthSettings(
        method="client-credentials",
        token_url=f"{url}/token",
        client_id="suite",
        client_secret=SecretReference("env:CLIENT_SECRET"),
        client_auth="post",
    )


@pytest.mark.parametrize("said", TREATMENTS)
def test_a_call_ends_within_its_time_in_a_sentence(said: str) -> None:
    environ = {"CLIENT_SECRET": SECRET}
    with endpoint(TREATMENTS[said]) as running:
        run = Settings(auth=client(running.url), target=TargetSettings(timeout=TIMEOUT if "within" in said else 60))
        source = token_source(run, Redactor(), environ=environ)
        with pytest.raises(TokenError) as caught:
            source.valid(READ)
    assert said in caught.value.reason
    assert re.fullmatch(r"the token endpoint [!-~]+/token [ -~]+\.", caught.value.reason)
    assert SECRET not in caught.value.reason


def test_a_bomb_is_not_unpacked() -> None:
    with endpoint(always(bomb("gzip", 31, mebibytes=16))) as running:
        run = Settings(auth=client(running.url), target=TargetSettings(timeout=60))
        source = token_source(run, Redactor(), environ={"CLIENT_SECRET": SECRET})
        with pytest.raises(TokenError, match="more than 1048576 bytes"):
            source.valid(READ)


def test_what_is_left_of_the_run_bounds_a_call() -> None:
    with endpoint(treated(_drip)) as running:
        run = Settings(auth=client(running.url), target=TargetSettings(timeout=60))
        source = token_source(run, Redactor(), environ={"CLIENT_SECRET": SECRET}, left=lambda: 0.1)
        with pytest.raises(TokenError, match=r"within 0\.1 s"):
            source.valid(READ)


def test_a_short_wait_that_the_endpoint_asks_for_is_kept() -> None:
    answers = iter(
        [
            message("429 X", (("Retry-After", "0"),), b""),
            message("503 X", (("Retry-After", "0"),), b""),
            message("200 OK", JSON, b'{"access_token":"given-in-the-end"}'),
        ]
    )
    with endpoint(treated(lambda peer: peer.send(next(answers)))) as running:
        run = Settings(auth=client(running.url), target=TargetSettings(timeout=60))
        source = token_source(run, Redactor(), environ={"CLIENT_SECRET": SECRET})
        assert source.valid(READ).value == "given-in-the-end"
        assert running.connections == 3


@pytest.mark.parametrize("answered", [True, False])
def test_an_endpoint_that_gives_nothing_is_left_in_peace_for_a_while(answered: bool) -> None:
    now = [100.0]
    breaker, error = Breaker(lambda: now[0]), TokenError("the endpoint is broken.", answered=answered)
    for _ in range(2):
        breaker.check("enroll.read")
        breaker.record_failure("enroll.read", error)
    with pytest.raises(TokenError, match="is broken, and it is not asked again for a while"):
        breaker.check("enroll.read")
    if answered:
        breaker.check("enroll.write")
    else:
        with pytest.raises(TokenError):
            breaker.check("enroll.write")
    now[0] += 61
    breaker.check("enroll.read")
    breaker.record_token("enroll.read")
    breaker.record_failure("enroll.read", error)
    breaker.check("enroll.read")


def judged(directory: Path, url: str, monkeypatch: pytest.MonkeyPatch, timeout: float = TIMEOUT) -> Report:
    """Judge the reference server with tokens from `url` and return the report, every file of it without the secret."""
    monkeypatch.setenv("CLIENT_SECRET", SECRET)
    run = replace(settings(timeout=timeout), auth=client(url), report_dir=directory)
    app = create_app(reference())
    transport = AsgiTransport(app)
    try:
        run_request = prepared(run, transport=transport, write_reports=reports.write_all)
        run_suites(run_request, selection=Selection(only=("ENR-DONE-01", "ENR-READ")))
    finally:
        transport.close()
        app.close()
    for file in directory.rglob("*"):
        assert file.is_dir() or SECRET.encode() not in file.read_bytes(), file
    assert (run_request.exit_code, run_request.results and run_request.results["verdict"]) == (2, "incomplete")
    return Report(directory)


def test_a_run_without_any_token_ends_after_the_first_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with endpoint(treated(_drip)) as running:
        report = judged(tmp_path / "r", running.url, monkeypatch)
        assert running.connections == 1
    assert report.results["ending"] == "target lost"
    assert "cannot be used: the answer's headers were not complete" in report.results["reasons"][0]


def test_an_endpoint_that_dies_on_the_way_leaves_the_rest_untested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = itertools.count()
    tokens = token_source(settings(), Redactor())

    def give_a_few(peer: Peer) -> None:
        if next(calls) >= 40:
            peer.silence()
        scope = next(name for name in SCOPES if name.encode() in peer.last)
        token = tokens.valid(frozenset({scope})).value
        peer.send(message("200 OK", JSON, json.dumps({"access_token": token, "expires_in": 0}).encode()))

    with endpoint(treated(give_a_few)) as running:
        report = judged(tmp_path / "r", running.url, monkeypatch)
        assert 40 < running.connections < 50
    outcomes = report.outcomes()
    assert set(outcomes.values()) >= {"passed", "untested"}
    assert "failed" not in outcomes.values()
    assert "it is not asked again for a while" in json.dumps(report.results)
