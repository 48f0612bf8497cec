"""What is done to a signed report: to one file, or to the whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from osia_conformance.evidence.files import ATTESTATION
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case


def change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_the_last_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def remove(path: Path) -> None:
    path.unlink()


def rename(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}.old"))


def link_outside(case: Case) -> None:
    path = case.report / "report.html"
    shutil.move(path, case.report.parent / "elsewhere.html")
    path.symlink_to(case.report.parent / "elsewhere.html")


def link_a_directory(case: Case) -> None:
    shutil.move(case.report / "bodies", case.report.parent / "bodies")
    (case.report / "bodies").symlink_to(case.report.parent / "bodies", target_is_directory=True)


def edit_results(case: Case) -> None:
    making.rewrite_reports(case.report, making.small_register(), making.whitewash)


def edit_results_and_sign(case: Case) -> None:
    edit_results(case)
    making.sign_without_asking(case.report, case.key)


def edit_one_outcome_and_sign(case: Case) -> None:
    results = json.loads((case.report / "results.json").read_text("utf-8"))
    entry = next(one for one in results["requirements"] if one["id"] == "ENR-READ-01")
    entry["checks"][0]["actual"] = "204"
    (case.report / "results.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    making.sign_without_asking(case.report, case.key)


def edit_a_page_and_sign(case: Case) -> None:
    page = case.report / "report.html"
    page.write_text(page.read_text("utf-8").replace("Not conformant", "Conformant"), "utf-8")
    making.sign_without_asking(case.report, case.key)


def edit_predicates_and_sign(case: Case) -> None:
    making.sign_without_asking(case.report, case.key, making.whitewash)


def edit_journal(case: Case) -> None:
    making.rewrite_journal(case.report, all_passed)


def edit_journal_and_reports(case: Case) -> None:
    making.rewrite_journal(case.report, all_passed)
    making.rewrite_reports(case.report, making.small_register())


def edit_everything_and_sign_as_a_stranger(case: Case) -> None:
    edit_journal_and_reports(case)
    making.sign_without_asking(case.report, case.stranger)


def sign_as_a_stranger(case: Case) -> None:
    making.sign_without_asking(case.report, case.stranger)


def claim_the_key(case: Case) -> None:
    """Sign with a stranger's key under the id of the right one."""
    bundle = case.report / ATTESTATION
    right = json.loads(bundle.read_bytes().split(b"\n")[0])["signatures"][0]["keyid"]
    making.sign_without_asking(case.report, case.stranger)
    lines = [json.loads(line) for line in bundle.read_bytes().splitlines()]
    for line in lines:
        line["signatures"][0]["keyid"] = right
    write_lines(case, lines)


def take_the_other_signature(case: Case) -> None:
    shutil.copy(case.other / ATTESTATION, case.report / ATTESTATION)


def mix_signatures(case: Case) -> None:
    mine, other = ((place / ATTESTATION).read_bytes().split(b"\n") for place in (case.report, case.other))
    (case.report / ATTESTATION).write_bytes(b"\n".join([mine[0], other[1], b""]))


def drop_the_verdict(case: Case) -> None:
    bundle = case.report / ATTESTATION
    bundle.write_bytes(bundle.read_bytes().split(b"\n")[0] + b"\n")


def repeat_the_test_result(case: Case) -> None:
    bundle = case.report / ATTESTATION
    bundle.write_bytes((bundle.read_bytes().split(b"\n")[0] + b"\n") * 2)


def add_a_member(case: Case) -> None:
    lines = [json.loads(line) for line in (case.report / ATTESTATION).read_bytes().splitlines()]
    lines[0]["note"] = "conformant"
    write_lines(case, lines)


def sign_nothing(case: Case) -> None:
    lines = [json.loads(line) for line in (case.report / ATTESTATION).read_bytes().splitlines()]
    for line in lines:
        line["signatures"] = []
    write_lines(case, lines)


def change_the_payload(case: Case) -> None:
    """Take the other run's payload under this run's signature."""
    mine, other = (
        [json.loads(line) for line in (place / ATTESTATION).read_bytes().splitlines()]
        for place in (case.report, case.other)
    )
    for line, taken in zip(mine, other, strict=True):
        line["payload"] = taken["payload"]
    write_lines(case, mine)


def other_journal(case: Case) -> None:
    shutil.copy(case.other / "journal.jsonl", case.report / "journal.jsonl")


def whole_other_report(case: Case) -> None:
    """Show another run's files under this run's signature."""
    signature = (case.report / ATTESTATION).read_bytes()
    shutil.rmtree(case.report)
    shutil.copytree(case.other, case.report)
    (case.report / ATTESTATION).write_bytes(signature)


def drop_an_exchange_and_sign(case: Case) -> None:
    making.rewrite_journal(case.report, lambda lines: [line for line in lines if line.get("id") != "main.1"])
    making.rewrite_reports(case.report, making.small_register())
    making.sign_without_asking(case.report, case.key)


def drop_a_body_and_sign(case: Case) -> None:
    for body in (case.report / "bodies").iterdir():
        body.unlink()
    making.sign_without_asking(case.report, case.key)


def edit_a_body_and_sign(case: Case) -> None:
    for body in (case.report / "bodies").iterdir():
        body.write_bytes(b"{}")
    making.sign_without_asking(case.report, case.key)


def drop_the_footer_and_sign(case: Case) -> None:
    making.rewrite_journal(case.report, lambda lines: lines[:-1])
    making.sign_without_asking(case.report, case.key)


def drop_the_header_and_sign(case: Case) -> None:
    first = making.records_of(case.report)[0]
    making.rewrite_journal(case.report, lambda lines: lines[1:])
    making.sign_without_asking(case.report, case.key)
    assert first["kind"] == "header"


def add(name: str, content: bytes = b"added") -> Callable[[Case], None]:
    def add(case: Case) -> None:
        path = case.report / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    return add


def write_lines(case: Case, lines: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (case.report / ATTESTATION).write_text(text, "utf-8")


def all_passed(lines: list[making.Record]) -> list[making.Record]:
    better = {"outcome": "passed", "reason": None, "expected": None, "actual": None}
    return [{**line, **better} if line["kind"] == "check" else line for line in lines]
