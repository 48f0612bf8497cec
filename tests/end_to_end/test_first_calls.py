"""Each likely mistake ends a run within seconds: incomplete, with the cause and the remedy, and nothing else judged."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.auth import token_source
from osia_conformance.config.settings import AuthSettings, Settings
from osia_conformance.run.preflight import Finding, diagnose
from osia_conformance.run.url_variants import variants
from osia_conformance.standard.operations import OLDEST, SCOPES
from osia_conformance.support.secrets import Redactor, SecretReference
from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from tests.harness.inprocess import AsgiTransport
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import URL, Judged, judge, reference, settings
from tests.harness.records import biographics
from tests.harness.running import JWT_KEY, Report, closed_port, configured, hosted, osia_here

MOST_CALLS = 30


def ended(judged: Judged) -> str:
    """Return the first reason of a run that a preflight ended, once it is seen to have ended there."""
    assert (judged.exit_code, judged.results["verdict"]) == (2, "incomplete")
    assert judged.outcomes("failed") == judged.outcomes("passed") == judged.outcomes("cantTell") == set()
    assert judged.results["exchanges"] <= MOST_CALLS
    assert judged.results["leftovers"] == []
    return str(judged.results["reasons"][0])


class UnderAPrefix:
    """Hands what is below a prefix to a server, and answers 404 to everything else."""

    def __init__(self, app: Server, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{self._prefix}/v1/"):
            path = scope["path"].removeprefix(self._prefix)
            await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
            return
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"no such page"})

    def close(self) -> None:
        self._app.close()


@pytest.mark.parametrize("auth", ["bearer", "none"])
@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("", "/v1"),
        ("", "/v1/enrollments"),
        ("/a", "/a/a"),
        ("/a", "/a/b"),
        ("/identity", ""),
    ],
)
def test_a_wrong_url_is_told_with_the_right_one(there: str, asked: str, version: str, auth: Any) -> None:
    app = UnderAPrefix(create_app(reference(version, auth=auth)), there)
    run = settings(version, url=URL + asked)
    reason = ended(judge(app, run=run if auth == "bearer" else replace(run, auth=AuthSettings())))
    assert reason.startswith(f"the interface is not at {URL}{asked}: ")
    assert reason.endswith(f"; did you mean {URL}{there}?")


def test_no_url_is_named_that_was_not_tried() -> None:
    reason = ended(judge(UnderAPrefix(create_app(reference()), "/elsewhere"), run=settings(url=f"{URL}/v1")))
    assert reason.endswith("; url in [target] must be what stands before /v1/... there")


def test_other_urls_are_on_the_same_host_and_few() -> None:
    found = variants("https://gateway.example.org:8443/identity/identity/v1")
    assert found[:2] == [
        "https://gateway.example.org:8443/identity/identity",
        "https://gateway.example.org:8443/identity",
    ]
    assert all(re.match("https?://gateway.example.org:8443(/|$)", one) for one in found)
    assert len(found) <= 8


def test_a_wrong_key_is_told_and_leaves_nothing() -> None:
    reason = ended(judge(create_app(reference(jwt_key="another key, long enough for HS256"))))
    assert reason.startswith("tokens that should open the target are refused everywhere: createEnrollment answered 401")
    assert "key, algorithm, issuer and audience in [auth]" in reason


def test_a_target_that_wants_tokens_says_so_where_none_are_sent() -> None:
    assert '"none": say in [auth]' in ended(judge(run=replace(settings(), auth=AuthSettings())))


class Refusing(Enrollments):
    """Refuses an enrollment with a first name, in words that say nothing, or with its key in them."""

    code = 400
    words = "bad"

    def settled(self, enrollment_id: str, data: Any, status: str) -> Any:
        if "firstName" in biographics(data):
            raise Refusal(self.code, self.words)
        return super().settled(enrollment_id, data, status)


def refusing(code: int, words: str) -> type[Enrollments]:
    return type("RefusingSo", (Refusing,), {"code": code, "words": words})


@pytest.mark.parametrize("code", [400, 409, 422])
def test_the_refused_member_is_found_by_trials(code: int) -> None:
    reason = ended(judge(create_app(reference(NEWEST), enrollments=refusing(code, "bad")), version=NEWEST))
    assert f"was refused: createEnrollment answered {code}" in reason
    assert "biographicData.firstName is what is refused" in reason
    assert "say in [profile]" in reason


def test_the_server_s_own_words_are_quoted_short_and_without_secrets() -> None:
    words = f"firstName is odd {settings().auth.key.resolve()} " + "x" * 1000  # type: ignore[union-attr]
    reason = ended(judge(create_app(reference(), enrollments=refusing(400, words))))
    assert "firstName is odd" in reason
    assert "biographicData.firstName is what is refused" in reason
    assert "for tests only" not in reason
    assert "x" * 250 not in reason


@pytest.mark.parametrize("code", [500, 503])
def test_a_server_error_never_ends_a_preflight(code: int) -> None:
    app = create_app(reference(), enrollments=refusing(code, "down"))
    judged = judge(app, arguments=("--osia-only=ENR-DONE-01-READ",))
    assert judged.requirement("ENR-DONE-01-READ")["outcome"] != "untested"


def test_keep_going_judges_all_the_same() -> None:
    app = create_app(reference(), enrollments=refusing(400, "bad"))
    judged = judge(app, run=replace(settings(), keep_going=True), arguments=("--osia-only=ENR-DONE-01",))
    assert judged.requirement("ENR-DONE-01-CREATE")["outcome"] not in ("untested", "inapplicable")


class OffBy(Server):
    """Has a clock that is ten minutes ahead."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        reply.headers["Date"] = formatdate(time.time() + 601, usegmt=True)
        return reply


def found(run: Settings, app: Server) -> list[Finding]:
    transport = AsgiTransport(app)
    try:
        return diagnose(run, transport=transport)
    finally:
        transport.close()
        app.close()


def advice(findings: list[Finding]) -> list[str]:
    return [one.text for one in findings if one.level == "advice"]


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_a_target_that_is_as_it_should_be_has_no_advice(version: str) -> None:
    findings = found(settings(version), create_app(reference(version)))
    assert {one.level for one in findings} == {"fits"}


def test_a_clock_that_is_minutes_off_is_told() -> None:
    assert advice(found(settings(), create_app(reference(), server=OffBy))) == [
        "the target's clock is 10 minutes ahead of this machine's"
    ]


def test_a_version_that_does_not_fit_is_told() -> None:
    assert advice(found(settings(OLDEST), create_app(reference("1.1.0")))) == [
        "the target looks like 1.1.x, and 1.0.0 is stated"
    ]


@pytest.mark.parametrize(("stated", "there", "guess"), [("1.1.0", "1.2.1", "1.2.x"), (NEWEST, OLDEST, "1.0.x")])
def test_a_version_that_refuses_the_canonical_enrollment_is_the_cause(stated: str, there: str, guess: str) -> None:
    reason = ended(judge(create_app(reference(there)), version=stated))
    assert f"the target looks like {guess}, and {stated} is stated; see that interface-version" in reason


def test_a_version_that_is_not_stated_is_guessed() -> None:
    run = settings()
    run = replace(run, target=replace(run.target, interface_version=None))
    assert advice(found(run, create_app(reference("1.2.1")))) == ["the target looks like 1.2.x"]


def test_tokens_that_hold_more_than_was_asked_for_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    run = settings()
    every = token_source(run, Redactor()).valid(frozenset(SCOPES)).value
    monkeypatch.setenv("OSIA_TEST_TOKEN", str(every))
    tokens = dict.fromkeys(SCOPES, SecretReference("env:OSIA_TEST_TOKEN"))
    [told] = advice(found(replace(run, auth=AuthSettings(method="static", tokens=tokens)), create_app(reference())))
    assert told.startswith("tokens hold more scopes than were asked for (enroll.buf.read, ")


def test_an_unreachable_target_is_told_with_what_to_do(tmp_path: Path) -> None:
    file = configured(tmp_path, closed_port())
    done = osia_here("run", "--config", file, "--report-dir", tmp_path / "r", env=JWT_KEY)
    assert done.returncode == 2
    assert "connection refused; start the server, or let --wait-for 60 wait for it" in done.stdout


def test_a_server_that_is_starting_is_waited_for(tmp_path: Path) -> None:
    class Starting(Server):
        left = 2

        async def perform(self, call: Call) -> Reply:
            if Starting.left > 0:
                Starting.left -= 1
                raise Refusal(503, "starting")
            return await super().perform(call)

    with hosted(create_app(reference(), server=Starting)) as url:
        file = configured(tmp_path, url)
        more = ("--wait-for", 60, "--only", "ENR-DONE-01-READ", "--report-dir", tmp_path / "r")
        done = osia_here("run", "--config", file, *more, env=JWT_KEY)
    assert done.stdout.count("waiting up to 60 s for the target to start: it answered 503") == 1
    assert Report(tmp_path / "r").outcomes()["ENR-DONE-01-READ"] == "passed"


def test_http_and_https_mixed_up_are_told(tmp_path: Path) -> None:
    with hosted(create_app(reference())) as url:
        wrong = url.replace("http:", "https:")
        done = osia_here("run", "--config", configured(tmp_path, wrong), "--report-dir", tmp_path / "r", env=JWT_KEY)
    assert done.returncode == 2
    assert f"did you mean {url}?" in " ".join(done.stdout.split())
