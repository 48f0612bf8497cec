"""Waivers: read from the configuration, judged by date and outcome, and deciding nothing but the exit code."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.config.loading import load
from osia_conformance.config.settings import Settings, Waiver
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict import waivers
from osia_conformance.verdict.derivation import exit_code
from tests.harness import lab
from tests.harness.judging import settings

GOOD = '[[waiver]]\nrequirement = "ENR-DELETE-01"\nreason = "known"\nowner = "the team"\nexpires = 2027-03-31\n'


def read(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "conformance.toml"
    file.write_text(text, "utf-8")
    return load({}, {}, file)


def test_a_waiver_is_read_with_its_day_as_toml_or_as_text(tmp_path: Path) -> None:
    wanted = (Waiver("ENR-DELETE-01", "known", "the team", "2027-03-31"),)
    assert read(tmp_path, GOOD).waivers == wanted
    assert read(tmp_path, GOOD.replace("2027-03-31", '"2027-03-31"')).waivers == wanted
    assert Settings.restore(read(tmp_path, GOOD).dump()).waivers == wanted
    assert read(tmp_path, GOOD).as_record()["waivers"] == [
        {"requirement": "ENR-DELETE-01", "reason": "known", "owner": "the team", "expires": "2027-03-31"}
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("[[waiver]]", "[waiver]"), r"waiver must be written as \[\[waiver\]\], not a table"),
        (('owner = "the team"\n', ""), r"waiver\[1\]\.owner is missing"),
        (("owner", "ownr"), r"waiver\[1\]\.ownr is not a key .*owner"),
        (("2027-03-31", "2027-03-31T00:00:00Z"), "must be a date without a time"),
        (("2027-03-31", '"soon"'), 'must be a date such as 2027-03-31, not "soon"'),
        (("2027-03-31", "20270331"), "must be a date without a time"),
        (('"known"', '" "'), r"waiver\[1\]\.reason must not be empty"),
        (("[[waiver]]", GOOD + "[[waiver]]"), 'names "ENR-DELETE-01" twice'),
    ],
)
def test_a_waiver_that_cannot_be_read_is_one_sentence(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        read(tmp_path, GOOD.replace(*change, 1))
    assert "\n" not in str(caught.value)


def results(
    *entries: tuple[str, str], waived: tuple[str, ...] = (), expires: str = "2026-06-30", **more: Any
) -> dict[str, Any]:
    """Return results of MUST requirements and outcomes, begun on 2026-06-30, with waivers for some ids."""
    header = {
        "started": "2026-06-30T23:59:59.000Z",
        "configuration": {
            "waivers": [{"requirement": name, "reason": "known", "owner": "we", "expires": expires} for name in waived]
        },
    }
    found = [{"id": name, "outcome": outcome, "level": "MUST", "status": "active"} for name, outcome in entries]
    failed = any(outcome == "failed" for _, outcome in entries)
    left = any(outcome in ("cantTell", "untested") for _, outcome in entries)
    verdict = "nonconformant" if failed else "incomplete" if left else "conformant"
    whole = {"verdict": verdict, "ending": "complete", "selection": False, "requirements": found}
    return {**whole, "waivers": waivers.states(header, found), **more}


def test_what_is_waived_no_longer_decides_the_exit_code() -> None:
    assert exit_code(results(("A", "failed"), ("B", "passed"))) == 1
    assert exit_code(results(("A", "failed"), ("B", "passed"), waived=("A",))) == 0
    assert exit_code(results(("A", "failed"), ("B", "failed"), waived=("A",))) == 1
    assert exit_code(results(("A", "failed"), ("B", "untested"), waived=("A",))) == 2
    assert exit_code(results(("A", "cantTell"), ("B", "passed"), waived=("A",))) == 0
    assert exit_code(results(("A", "untested"), ("B", "passed"), waived=("A",))) == 0


def test_no_waiver_stands_for_a_run_that_judged_nothing_or_was_not_whole() -> None:
    assert exit_code(results(("A", "untested"), waived=("A",))) == 2
    assert exit_code(results(("A", "failed"), ("B", "passed"), waived=("A",), selection=True)) == 2
    assert exit_code(results(("A", "failed"), ("B", "passed"), waived=("A",), ending="cut off")) == 2
    assert exit_code(results(("A", "failed"), waived=("A",), ending="interrupted")) == 130
    assert exit_code(results(("A", "failed"), waived=("A",), ending="failed")) == 70


def test_a_waiver_holds_through_its_last_day_and_then_is_stale() -> None:
    held = results(("A", "failed"), ("B", "passed"), waived=("A",), expires="2026-06-30")
    late = results(("A", "failed"), ("B", "passed"), waived=("A",), expires="2026-06-29")
    assert waivers.stale(held) == []
    assert waivers.stale(late) == ["the waiver of A expired on 2026-06-29; fix the finding or renew it"]
    assert exit_code(late) == 1


@pytest.mark.parametrize("outcome", ["passed", "inapplicable"])
def test_a_waiver_that_matched_nothing_ends_with_1(outcome: str) -> None:
    found = results(("A", outcome), ("B", "passed"), waived=("A",))
    assert waivers.stale(found) == [f"the waiver of A matched nothing, since it is {outcome}; remove it"]
    assert exit_code(found) == 1
    unknown = results(("B", "passed"), waived=("A",))
    assert "it is no requirement of this version" in waivers.stale(unknown)[0]
    assert exit_code(unknown) == 1


def test_the_verdict_and_every_report_keep_what_was_found(tmp_path: Path) -> None:
    waived = (
        Waiver("ENR-DELETE-01", "the archive keeps it", "registry team", "2999-12-31"),
        Waiver("ENR-DELETE-03", "no longer needed", "registry team", "2999-12-31"),
    )
    arguments = ("--osia-only=ENR-DELETE-01", "--osia-only=ENR-DELETE-03")
    chosen = replace(settings(), waivers=waived)
    run_request = lab.run(tmp_path / "report", arguments, chosen=chosen, **lab.BROKEN)
    assert run_request.exit_code == 1
    assert run_request.results is not None
    assert run_request.results["verdict"] == "nonconformant"
    assert [one["state"] for one in run_request.results["waivers"]] == ["applied", "unmatched"]
    for name in ("results.json", "report.html", "junit.xml", "summary.md", "allure-results/environment.properties"):
        text = (tmp_path / "report" / name).read_text("utf-8")
        assert "the archive keeps it" in text.replace("\\", ""), name
        assert "the waiver of ENR-DELETE-03 matched nothing" in text.replace("\\", ""), name
