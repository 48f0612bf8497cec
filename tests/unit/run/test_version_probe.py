"""Beside failures a run says that the target looks like another version than the one that is claimed for it."""

from __future__ import annotations

import pytest

from osia_conformance.checks.enrollment.version_probe import guessed_version
from osia_conformance.standard.versions import judged as judged_versions
from osia_conformance.target.standalone import standalone_session
from osia_reference.app import create_app
from tests.harness.inprocess import AsgiTransport
from tests.harness.judging import Judged, judge, reference, settings

CHECKS = ("ENR-INTEGRITY-01", "ENR-INPUT-REQUESTDATA-TYPE", "ENR-CREATE-02")
RULING = "RUL-VERSION-CLAIM"


def judged(server: str, claim: str) -> Judged:
    only = tuple(f"--osia-only={name}" for name in CHECKS)
    return judge(create_app(reference(server)), run=settings(claim), arguments=only)


def words(run: Judged) -> list[str]:
    return [entry["text"] for entry in run.results["observations"] if entry["ruling"] == RULING]


@pytest.mark.parametrize(
    ("server", "claim", "family"),
    [
        ("1.3.0", "1.2.0", "1.3.x"),
        ("1.3.1", "1.2.1", "1.3.x"),
        ("1.2.1", "1.3.0", "1.2.x"),
    ],
)
def test_a_wrong_claim_is_noticed(server: str, claim: str, family: str) -> None:
    [text] = words(judged(server, claim))
    assert text.startswith(f"the target looks like {family} and is judged as {claim}")


@pytest.mark.parametrize("version", ["1.0.0", "1.3.1"])
def test_nothing_is_said_of_a_right_claim(version: str) -> None:
    assert words(judged(version, version)) == []


def test_failures_of_the_claimed_version_bring_no_such_words() -> None:
    run = judged("1.3.0", "1.3.1")
    assert words(run) == []


@pytest.mark.parametrize("version", judged_versions())
def test_each_reference_server_looks_like_its_version(version: str) -> None:
    app = create_app(reference(version))
    transport = AsgiTransport(app)
    try:
        with standalone_session(settings(version), version, "probe", transport=transport) as session:
            assert version.startswith(guessed_version(session).removesuffix("x"))
    finally:
        transport.close()
        app.close()
