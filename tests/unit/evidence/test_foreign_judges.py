"""Reports that another register, suite or plan judged, or another Python wrote: what verify says of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from osia_conformance.cli import parser
from osia_conformance.evidence import keys
from osia_conformance.evidence import verify as verifying
from osia_conformance.evidence.files import ATTESTATION
from osia_conformance.standard import provenance
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case

SECRET_KEY = "--key"
Record = making.Record


def weaker(lines: list[making.Record]) -> list[making.Record]:
    for entry in lines[1]["requirements"]:
        entry["level"] = "MAY"
    return lines


@pytest.mark.parametrize("foreign", ["requirements.toml", "rulings.toml", "openapi.yaml", "suite"])
def test_a_register_or_suite_of_somebody_else_gives_a_verdict_of_its_own(
    case: Case, foreign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = making.written(case.report.parent / "foreign", own_register=True)
    making.rewrite_journal(
        place, lambda lines: [{**lines[0], "sources": {**lines[0]["sources"], foreign: "1" * 64}}, *lines[1:]]
    )
    if foreign != "suite":
        making.rewrite_journal(place, weaker)
    assert parser.main(["report", str(place)]) == 0
    making.sign_without_asking(place, case.key)
    capsys.readouterr()
    command = ["verify", str(place), "--key", str(case.public)]
    assert parser.main(command) == 2
    out = capsys.readouterr().out.splitlines()
    what = "suite" if foreign == "suite" else "register"
    (verdict,) = (line for line in out if line.startswith("verdict: "))
    assert f"derived by a {what} that is not this suite's" in verdict
    assert out[-1].startswith("unchecked: ")
    digest = provenance.judge_digest(making.records_of(place))
    assert digest in verdict
    assert parser.main([*command, "--expect-suite", "0" * 64]) == 2
    assert parser.main([*command, "--expect-suite", digest]) == 0


def test_a_report_of_another_python_is_compared_by_what_it_says(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {**provenance.environment(), "python": "3.99.0"}
    place = making.written(case.report.parent / "elsewhere", own_register=True, environment=environment)
    for name, old, new in (("junit.xml", b"><", b">\n<"), ("evidence.har", b"{", b"{ ")):
        path = place / name
        path.write_bytes(path.read_bytes().replace(old, new, 1))
    making.sign_without_asking(place, case.key)
    assert parser.main(["verify", str(place), "--key", str(case.public)]) == 0
    for name, old, new in (
        ("report.html", b"Not conformant", b"Conformant"),
        ("junit.xml", b"<failure", b"<skipped"),
        ("evidence.har", b'"status": 200', b'"status": 204'),
        ("summary.md", b"Not conformant", b"Conformant"),
    ):
        (place / ATTESTATION).unlink()
        whole = (place / name).read_bytes()
        (place / name).write_bytes(whole.replace(old, new))
        making.sign_without_asking(place, case.key)
        capsys.readouterr()
        assert parser.main(["verify", str(place), "--key", str(case.public)]) == 2
        assert capsys.readouterr().out.splitlines()[-1].startswith(f"unchecked: {name}: ")
        (place / name).write_bytes(whole)


def test_a_plan_that_lacks_a_check_of_this_suite_does_not_hold(case: Case) -> None:
    place = making.written(case.report.parent / "short", own_register=True, selection=False)
    making.sign_without_asking(place, case.key)
    plan = {(one["requirement"], one["id"]) for one in making.records_of(place)[4]["checks"]}
    key = keys.public_key(str(case.public), SECRET_KEY)

    def faults(wanted: set[tuple[str, str]]) -> list[str]:
        return verifying.verify(place, key, verifying.Asked(collect=lambda header: wanted)).faults

    assert faults(plan) == []
    assert faults({*plan, ("ENR-READ-09", "read/more")}) == [
        "journal.jsonl: its plan lacks ENR-READ-09 read/more, which this suite judges in such a run"
    ]
    assert faults(plan - {min(plan)})[0].startswith("journal.jsonl: its plan has ENR-READ-01 ")


def without_first(plan: list[Record]) -> list[Record]:
    return plan[1:]


def emptied(plan: list[Record]) -> list[Record]:
    return []


def renamed(plan: list[Record]) -> list[Record]:
    return [{**plan[0], "id": "test_read[ENR-READ-01] "}, *plan[1:]]


def of_another(plan: list[Record]) -> list[Record]:
    return [{**plan[0], "requirement": "ENR-READ-05"}, *plan[1:]]


def left_out(plan: list[Record]) -> None:
    return None


@pytest.mark.parametrize("change", [without_first, emptied, renamed, of_another, left_out])
def test_a_judgement_outside_of_the_plan_does_not_hold(
    case: Case, change: Callable[[list[Record]], list[Record] | None]
) -> None:
    place = making.written(case.report.parent / "stray")
    lines = making.records_of(place)
    (plan,) = [line for line in lines if line["kind"] == "plan"]
    checks = change(plan["checks"])
    with_it = [line if line is not plan else {**plan, "checks": checks} for line in lines]
    making.rewrite_journal(place, lambda _: [line for line in with_it if line.get("checks", ()) is not None])
    assert parser.main(["report", str(place)]) == 0
    making.sign_without_asking(place, case.key)
    faults = verifying.verify(place, keys.public_key(str(case.public), SECRET_KEY)).faults
    assert faults[0].startswith("journal.jsonl: its plan lacks ENR-READ-01 test_read[ENR-READ-01], which it judged")
