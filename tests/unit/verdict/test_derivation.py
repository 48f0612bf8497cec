"""From a journal to outcomes, verdict and exit code."""

from __future__ import annotations

from typing import Any

import pytest

from osia_conformance.standard.register import Register, build
from osia_conformance.verdict.derivation import derive, exit_code
from osia_conformance.verdict.outcomes import worst

HEADER = {
    "kind": "header",
    "runId": "r",
    "tool": {"name": "osia-conformance", "version": "0"},
    "product": {},
    "interfaceVersion": "1.0.0",
    "target": {"url": "http://h", "embedded": False},
    "seed": 1,
    "effort": "quick",
    "workers": 1,
    "selection": False,
    "started": "2026-01-01T00:00:00.000Z",
    "configuration": {},
    "environment": {},
}
FOOTER = {"kind": "footer", "finished": "2026-01-01T00:01:00.000Z", "ending": "complete", "reason": None}
Record = dict[str, Any]


def register(*entries: Record) -> Register:
    plain = {"title": "t", "clause": "c", "operations": ["*"]}
    return build({"requirement": [{**plain, **entry} for entry in entries]}, {"ruling": []})


TWO = register({"id": "ENR-A-01"}, {"id": "ENR-B-01"})


def check(requirement: str, outcome: str, name: str = "only", **more: Any) -> Record:
    return {
        "kind": "check",
        "id": name,
        "requirement": requirement,
        "operation": "*",
        "outcome": outcome,
        "reason": f"why {outcome}",
        "expected": None,
        "actual": None,
        "curl": None,
        "evidence": [],
        "seconds": 0.1,
        **more,
    }


def plan(*requirements: str, name: str = "only") -> Record:
    return {"kind": "plan", "checks": [{"id": name, "requirement": one, "operation": "*"} for one in requirements]}


@pytest.mark.parametrize("outcomes", [("failed", "passed"), ("passed", "failed"), ("cantTell", "failed", "passed")])
def test_of_several_judgements_of_a_check_the_worst_counts_and_all_are_named(outcomes: tuple[str, ...]) -> None:
    again = [check("ENR-A-01", outcome) for outcome in outcomes]
    results = derive([HEADER, plan("ENR-A-01", "ENR-B-01"), *again, check("ENR-B-01", "passed"), FOOTER], TWO)
    (entry,) = [entry for entry in results["requirements"] if entry["id"] == "ENR-A-01"]
    told = f"why failed (judged {len(outcomes)} times: {', then '.join(outcomes)})"
    assert [(one["outcome"], one["reason"]) for one in entry["checks"]] == [("failed", told)]
    assert entry["outcome"] == "failed"
    assert results["verdict"] == "nonconformant"


def test_a_check_that_is_judged_twice_alike_is_one_judgement() -> None:
    again = [check("ENR-A-01", "failed"), check("ENR-A-01", "failed")]
    results = derive([HEADER, *again, check("ENR-B-01", "passed"), FOOTER], TWO)
    assert [one["reason"] for one in results["requirements"][0]["checks"]] == ["why failed"]


def outcomes(results: Record) -> dict[str, str]:
    return {entry["id"]: entry["outcome"] for entry in results["requirements"]}


def test_all_passed_is_conformant() -> None:
    results = derive([HEADER, check("ENR-A-01", "passed"), check("ENR-B-01", "passed"), FOOTER], TWO)
    assert (results["verdict"], results["reasons"], exit_code(results)) == ("conformant", [], 0)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        (["passed", "inapplicable"], "passed"),
        (["passed", "untested"], "untested"),
        (["untested", "cantTell", "passed"], "cantTell"),
        (["cantTell", "failed", "untested"], "failed"),
        (["inapplicable"], "inapplicable"),
        ([], "untested"),
    ],
)
def test_the_worst_outcome_counts(others: list[str], expected: str) -> None:
    assert worst(others) == expected
    checks = [check("ENR-A-01", outcome, str(index)) for index, outcome in enumerate(others)]
    results = derive([HEADER, *checks, check("ENR-B-01", "passed"), FOOTER], TWO)
    assert outcomes(results)["ENR-A-01"] == expected


@pytest.mark.parametrize(
    ("outcome", "verdict", "code"),
    [("failed", "nonconformant", 1), ("cantTell", "incomplete", 2), ("untested", "incomplete", 2)],
)
def test_one_open_or_failed_must_decides(outcome: str, verdict: str, code: int) -> None:
    results = derive([HEADER, check("ENR-A-01", outcome), check("ENR-B-01", "passed"), FOOTER], TWO)
    assert (results["verdict"], exit_code(results)) == (verdict, code)


@pytest.mark.parametrize("level", ["SHOULD", "MAY"])
@pytest.mark.parametrize("outcome", ["failed", "cantTell", "untested"])
def test_what_is_no_must_never_decides(level: str, outcome: str) -> None:
    both = register({"id": "ENR-A-01", "level": level}, {"id": "ENR-B-01"})
    results = derive([HEADER, check("ENR-A-01", outcome), check("ENR-B-01", "passed"), FOOTER], both)
    assert outcomes(results)["ENR-A-01"] == outcome
    assert (results["verdict"], exit_code(results)) == ("conformant", 0)


@pytest.mark.parametrize("outcome", ["untested", "cantTell", "inapplicable"])
def test_a_run_that_judged_nothing_is_never_conformant(outcome: str) -> None:
    results = derive([HEADER, check("ENR-A-01", outcome), check("ENR-B-01", outcome), FOOTER], TWO)
    assert results["verdict"] == "incomplete"
    assert "nothing was judged" in results["reasons"]
    assert exit_code(results) == 2


def test_a_register_of_nothing_is_never_conformant() -> None:
    assert derive([HEADER, FOOTER], register())["verdict"] == "incomplete"


@pytest.mark.parametrize("status", ["untestable", "disputed"])
def test_what_is_not_active_never_decides(status: str) -> None:
    both = register({"id": "ENR-A-01", "status": status, "reason": "so it is"}, {"id": "ENR-B-01"})
    results = derive([HEADER, check("ENR-A-01", "failed"), check("ENR-B-01", "passed"), FOOTER], both)
    entry = results["requirements"][0]
    assert (entry["outcome"], entry["reason"]) == ("inapplicable", f"{status}: so it is")
    assert results["verdict"] == "conformant"


def test_a_failure_is_nonconformant_even_in_a_selection_that_was_cut_off() -> None:
    records = [{**HEADER, "selection": True}, check("ENR-A-01", "failed")]
    results = derive(records, TWO)
    assert results["verdict"] == "nonconformant"
    assert len(results["reasons"]) == 3


def test_a_selection_is_incomplete_at_best() -> None:
    records = [{**HEADER, "selection": True}, check("ENR-A-01", "passed"), check("ENR-B-01", "passed"), FOOTER]
    results = derive(records, TWO)
    assert (results["verdict"], exit_code(results)) == ("incomplete", 2)
    assert results["reasons"] == ["only a selection of the checks was run"]


def test_a_journal_without_a_footer_is_incomplete() -> None:
    results = derive([HEADER, check("ENR-A-01", "passed"), check("ENR-B-01", "passed")], TWO)
    assert (results["verdict"], results["ending"], exit_code(results)) == ("incomplete", "cut off", 2)
    assert results["finished"] == HEADER["started"]


@pytest.mark.parametrize(("ending", "code"), [("interrupted", 130), ("failed", 70)])
def test_a_run_that_did_not_end_by_itself_has_a_code_of_its_own(ending: str, code: int) -> None:
    records = [HEADER, check("ENR-A-01", "passed"), check("ENR-B-01", "passed"), {**FOOTER, "ending": ending}]
    results = derive(records, TWO)
    assert (results["verdict"], exit_code(results)) == ("incomplete", code)


def test_a_planned_check_that_was_never_judged_is_untested() -> None:
    records = [HEADER, plan("ENR-A-01", "ENR-B-01"), check("ENR-B-01", "passed"), FOOTER]
    results = derive(records, TWO)
    assert outcomes(results) == {"ENR-A-01": "untested", "ENR-B-01": "passed"}
    assert "worker was lost" in results["requirements"][0]["reason"]
    assert results["verdict"] == "incomplete"


def test_one_lost_check_of_two_leaves_the_requirement_untested() -> None:
    lost = plan("ENR-A-01", name="lost")
    records = [HEADER, plan("ENR-A-01", "ENR-B-01"), lost, check("ENR-A-01", "passed"), FOOTER]
    assert outcomes(derive(records, TWO))["ENR-A-01"] == "untested"


def test_the_same_plan_twice_counts_once() -> None:
    records = [HEADER, *[plan("ENR-A-01")] * 2, check("ENR-A-01", "passed"), check("ENR-B-01", "passed"), FOOTER]
    results = derive(records, TWO)
    assert [len(entry["checks"]) for entry in results["requirements"]] == [1, 1]


class TestNeeds:
    """One fault is reported once: what stands on a failed requirement cannot be told."""

    BOTH = register({"id": "ENR-A-01"}, {"id": "ENR-B-01", "needs": ["ENR-A-01"]})

    def test_a_failure_on_a_failed_requirement_cannot_be_told(self) -> None:
        results = derive([HEADER, check("ENR-A-01", "failed"), check("ENR-B-01", "failed"), FOOTER], self.BOTH)
        assert outcomes(results) == {"ENR-A-01": "failed", "ENR-B-01": "cantTell"}
        assert results["requirements"][1]["reason"] == "cannot be judged while ENR-A-01 fails"
        assert results["verdict"] == "nonconformant"

    def test_a_pass_on_a_failed_requirement_stays_a_pass(self) -> None:
        results = derive([HEADER, check("ENR-A-01", "failed"), check("ENR-B-01", "passed"), FOOTER], self.BOTH)
        assert outcomes(results)["ENR-B-01"] == "passed"

    @pytest.mark.parametrize("first", ["passed", "cantTell", "untested"])
    def test_a_failure_on_anything_else_stays_a_failure(self, first: str) -> None:
        results = derive([HEADER, check("ENR-A-01", first), check("ENR-B-01", "failed"), FOOTER], self.BOTH)
        assert outcomes(results)["ENR-B-01"] == "failed"

    def test_the_check_itself_says_so_too(self) -> None:
        results = derive([HEADER, check("ENR-A-01", "failed"), check("ENR-B-01", "failed"), FOOTER], self.BOTH)
        assert [entry["checks"][0]["outcome"] for entry in results["requirements"]] == ["failed", "cantTell"]


def test_totals_count_all_levels_and_the_musts_apart() -> None:
    three = register({"id": "ENR-A-01"}, {"id": "ENR-B-01", "level": "SHOULD"}, {"id": "ENR-C-01"})
    results = derive([HEADER, check("ENR-A-01", "passed"), check("ENR-B-01", "failed"), FOOTER], three)
    none = {"passed": 0, "failed": 0, "cantTell": 0, "inapplicable": 0, "untested": 0}
    must = {**none, "passed": 1, "untested": 1}
    assert results["totals"] == {**none, "passed": 1, "failed": 1, "untested": 1, "must": must}


def test_the_same_observation_is_told_once_with_three_evidences_at_most() -> None:
    seen = {"kind": "observation", "ruling": "R", "operation": "*", "text": "odd", "check": "c"}
    lines = [{**seen, "evidence": [f"main.{number}"]} for number in range(5)]
    (told,) = derive([HEADER, *lines, FOOTER], TWO)["observations"]
    assert told["evidence"] == ["main.0", "main.1", "main.2"]


def test_leftovers_are_told() -> None:
    line = {"kind": "leftover", "enrollment": "e", "reason": "it stays"}
    assert derive([HEADER, line, FOOTER], TWO)["leftovers"] == [{"enrollment": "e", "reason": "it stays"}]


def test_results_hold_what_others_rely_on() -> None:
    known = register({"id": "ENR-A-01", "fix": "answer as the clause says"})
    results = derive([HEADER, plan("ENR-A-01"), check("ENR-A-01", "failed", decisive="r-1"), FOOTER], known)
    assert results["claim"] == "OSIA v. 4.1 - Enrollment Services v. 1.0.0"
    of_the_run = {"schemaVersion", "runId", "tool", "product", "verdict", "demonstration", "interfaceVersion", "claim"}
    of_the_run |= {"target", "seed", "effort", "started", "finished", "requirements", "causes", "observations"}
    assert set(results) >= of_the_run | {"leftovers", "totals"}
    [failed] = results["requirements"]
    told = {"id", "level", "operations", "title", "clause", "outcome", "reason", "cause", "fix", "checks"}
    assert set(failed) >= told
    assert set(failed["checks"][0]) >= {"id", "outcome", "expected", "actual", "curl", "evidence", "decisive"}


def test_a_journal_without_a_header_says_nothing() -> None:
    with pytest.raises(ValueError, match="no header"):
        derive([FOOTER], TWO)
