"""Servers that nobody can judge to the end: nothing fails, the run is incomplete and says why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from osia_conformance.auth import token_source
from osia_conformance.config.settings import AuthSettings
from osia_conformance.profile.statement import ProfileSettings
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support.secrets import Redactor, SecretReference
from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from osia_reference.enrollments import FINALIZED, Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Record
from tests.freedoms import Showing
from tests.harness.interface_versions import JUDGED, NEWEST
from tests.harness.judging import OLDEST, Judged, judge, reference, settings
from tests.harness.records import biographics


class RefusesOurs(Enrollments):
    """Has a rule of its own that the canonical enrollment does not keep."""

    def create(self, enrollment_id: str, body: dict[str, Any], *more: Any, **named: Any) -> Any:
        raise Refusal(400, "the office is closed")


class NeedsABirthDate(Enrollments):
    """Creates no enrollment whose biographic data has no date of birth, whatever the schema says."""

    def create(self, enrollment_id: str, body: dict[str, Any], *more: Any, **named: Any) -> Any:
        if biographics(body) and "dateOfBirth" not in biographics(body):
            raise Refusal(400, "the date of birth is missing")
        return super().create(enrollment_id, body, *more, **named)


class WantsGroups(Enrollments):
    """Keeps no enrollment without biographic data and documents, which the schema lets go."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        if not data.get("biographicData") or not data.get("documentData"):
            raise Refusal(400, "biographic data and documents are wanted")
        return super().settled(enrollment_id, data, status)


class WantsNames(Enrollments):
    """Keeps nobody without first and last name."""

    def settled(self, enrollment_id: str, data: Record, status: str) -> Record:
        if (names := biographics(data)) and not {"firstName", "lastName"} <= set(names):
            raise Refusal(400, "a name is missing")
        return super().settled(enrollment_id, data, status)


class ArchivesAtOnce(Enrollments):
    """What is finalized is in the archive, and here no more."""

    code = 404

    def existing(self, enrollment_id: str) -> Record:
        record = super().existing(enrollment_id)
        if record["status"] == FINALIZED:
            raise Refusal(self.code, "It is archived.")
        return record


class NoMoreWrites(Server):
    """Answers some operations with a code that leaves the case open, whatever the token."""

    code = 403
    operations = ("deleteEnrollment", "sendBuffer")

    async def perform(self, call: Call) -> Reply:
        if call.operation.name in self.operations:
            self.authorize(call)
            raise Refusal(self.code, "Not now.")
        return await super().perform(call)


class NothingToTellApart(Showing):
    """Answers neither the id of a match nor biographic data, which may both be left out up to 1.1.0."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        return super().answer(call, reply) if call.operation.name == "findEnrollments" else reply

    def shown(self, record: Record) -> Record:
        return {name: value for name, value in record.items() if name not in ("enrollmentId", "biographicData")}


def open_ones(judged: Judged) -> set[str]:
    """Return what could not be judged; nothing failed, and the run is incomplete."""
    assert failed(judged) == {}
    assert (judged.exit_code, judged.results["verdict"]) == (2, "incomplete")
    return judged.outcomes("cantTell")


def only(*names: str) -> tuple[str, ...]:
    return tuple(f"--osia-only=ENR-{name}" for name in names)


def failed(judged: Judged) -> dict[str, str]:
    """Return what failed, with the reasons."""
    return {name: judged.requirement(name)["reason"] for name in judged.outcomes("failed")}


def test_a_refused_canonical_enrollment_fails_nothing_and_is_named() -> None:
    judged = judge(create_app(reference(), enrollments=RefusesOurs))
    assert failed(judged) == {}
    assert (judged.exit_code, judged.results["verdict"]) == (2, "incomplete")
    assert any(
        "canonical enrollment was refused: createEnrollment answered 400" in reason
        for reason in judged.results["reasons"]
    )


def test_a_rule_about_data_that_is_not_canonical_fails_nothing() -> None:
    run = replace(settings(), effort="standard")
    chosen = only("CREATE", "UPDATE", "PATCH", "LIFE", "FIND", "GENERATED-01")
    judged = judge(create_app(reference(), enrollments=NeedsABirthDate), run=run, arguments=chosen)
    assert failed(judged) == {}
    refused = [line for line in judged.records if "the date of birth is missing" in str(line.get("response"))]
    assert refused
    assert judged.results["verdict"] != "nonconformant"


WANTED = ("CREATE-03", "UPDATE-04", "PATCH-01", "PATCH-03", "PATCH-12", "LIFE-02", "LIFE-03", "GENERATED-01")


@pytest.mark.parametrize("version", [JUDGED[0], NEWEST])
def test_groups_that_a_server_wants_fail_nothing_and_its_profile_can_state_them(version: str) -> None:
    def judged(profile: ProfileSettings) -> Judged:
        app = create_app(reference(version), enrollments=WantsGroups)
        return judge(app, run=replace(settings(version), profile=profile), arguments=only(*WANTED))

    unstated = judged(ProfileSettings())
    assert open_ones(unstated) >= {"ENR-CREATE-03", "ENR-PATCH-03"}
    assert "stated by required in [profile]" in unstated.requirement("ENR-CREATE-03")["reason"]
    assert "RUL-RANDOM-DATA" in unstated.observed()
    stated = judged(ProfileSettings(required=("biographicData", "documentData")))
    assert stated.results["totals"]["failed"] == stated.results["totals"]["cantTell"] == 0
    assert {"ENR-CREATE-03", "ENR-PATCH-03", "ENR-LIFE-02"} <= stated.outcomes("passed")
    assert stated.observed() == set()


def test_members_that_a_server_wants_fail_nothing() -> None:
    judged = judge(create_app(reference(), enrollments=WantsNames), arguments=only("PATCH"))
    assert "ENR-PATCH-03" in open_ones(judged)
    assert "is refused by a create, too" in judged.requirement("ENR-PATCH-03")["reason"]


@pytest.mark.parametrize("code", [403, 404, 410, 423])
def test_what_is_archived_when_it_is_finalized_cannot_be_seen(code: int) -> None:
    class Archives(ArchivesAtOnce):
        pass

    Archives.code = code
    chosen = only("FINAL", "FINALIZE", "FLAG-01", "LIFE", "READ-06")
    judged = judge(create_app(reference(), enrollments=Archives), arguments=chosen)
    assert open_ones(judged) >= {"ENR-FINALIZE-01", "ENR-FLAG-01-CREATE", "ENR-LIFE-01"}
    assert judged.observed() == ({"RUL-AFTER-FINALIZED"} if code in (404, 410) else set())


@pytest.mark.parametrize("code", [403, 429, 501, 503, 504])
def test_what_a_server_does_not_do_now_is_open(code: int) -> None:
    class Not(NoMoreWrites):
        pass

    Not.code = code
    judged = judge(create_app(reference(), server=Not), arguments=only("DONE-01", "DELETE", "BUFFER"))
    assert open_ones(judged) >= {"ENR-DONE-01-DELETE", "ENR-DONE-01-BUFWRITE", "ENR-DELETE-01", "ENR-BUFFER-01"}
    assert "ENR-DONE-01-READ" in judged.outcomes("passed")


def test_matches_that_nobody_can_tell_apart_are_open() -> None:
    judged = judge(create_app(reference(OLDEST), server=NothingToTellApart), arguments=only("FIND"))
    assert "ENR-FIND-01" in open_ones(judged)


def test_tokens_that_hold_more_than_was_asked_for_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = settings()
    every = token_source(run, Redactor()).valid(frozenset(SCOPES)).value
    assert every is not None
    monkeypatch.setenv("OSIA_TEST_TOKEN", every)
    tokens = dict.fromkeys(SCOPES, SecretReference("env:OSIA_TEST_TOKEN"))
    generous = replace(run, auth=AuthSettings(method="static", tokens=tokens))
    judged = judge(run=generous, arguments=only("DONE-01", "SCOPE-02", "SCOPE-04"))
    assert failed(judged) == {}
    scoped = {entry["id"] for entry in judged.results["requirements"] if entry["id"].startswith("ENR-SCOPE-02-")}
    assert scoped
    assert scoped <= judged.outcomes("cantTell")
    assert "although it was not asked for" in judged.requirement("ENR-SCOPE-02-READ")["reason"]


@pytest.mark.parametrize("auth", ["none", "bearer"])
def test_without_a_token_nothing_is_said_about_scopes(auth: Any) -> None:
    run = replace(settings(), auth=AuthSettings(), keep_going=True)
    judged = judge(create_app(reference(auth=auth)), run=run, arguments=only("SCOPE", "TOKEN-01"))
    ended = {entry["outcome"] for entry in judged.results["requirements"] if entry["id"].startswith("ENR-SCOPE-")}
    assert ended == ({"untested"} if auth == "none" else {"untested", "cantTell"})
    assert judged.observed() == set()
