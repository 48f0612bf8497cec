"""Every tampering that is tried on a signed report, and what must stand in the sentence that answers it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from osia_conformance.evidence.files import ATTESTATION
from osia_conformance.evidence.keys import private_key, public_key
from osia_conformance.evidence.signing import sign
from osia_conformance.evidence.verify import verify
from tests.evidence import making


@dataclass(frozen=True, slots=True)
class Case:
    """A signed report, another one signed with the same key, that key, and a stranger's."""

    report: Path
    other: Path
    key: Path
    public: Path
    stranger: Path

    def paths(self) -> list[Path]:
        """Return every file of the report, the signature among them."""
        return sorted(path for path in self.report.rglob("*") if path.is_file())

    def faults(self) -> list[str]:
        """Return what verifying the report answers."""
        return verify(self.report, public_key(str(self.public), "--key")).faults


def prepared(directory: Path, algorithm: str = "ed25519", *, own_register: bool = False) -> Case:
    """Return a signed report and another one, made in `directory`."""
    key, public = making.key_pair(directory, "key", algorithm)
    stranger, _ = making.key_pair(directory, "stranger", algorithm)
    report = making.written(directory / "report", own_register=own_register)
    other = making.written(directory / "other", runId="0b8e1f0e-0000-4000-8000-000000000002", seed=8)
    for place in (report, other):
        sign(place, private_key(f"file:{key}", "--key"))
    return Case(report, other, key, public, stranger)


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


# What is done to each file in turn.
EACH: tuple[Callable[[Path], None], ...] = (
    change,
    lengthen,
    truncate,
    cut_the_last_byte,
    empty,
    remove,
    rename,
)


def _link_outside(case: Case) -> None:
    path = case.report / "report.html"
    shutil.move(path, case.report.parent / "elsewhere.html")
    path.symlink_to(case.report.parent / "elsewhere.html")


def _link_a_directory(case: Case) -> None:
    shutil.move(case.report / "bodies", case.report.parent / "bodies")
    (case.report / "bodies").symlink_to(case.report.parent / "bodies", target_is_directory=True)


def _edit_results(case: Case) -> None:
    making.rewrite_reports(case.report, making.small_register(), making.whitewash)


def _edit_results_and_sign(case: Case) -> None:
    _edit_results(case)
    making.sign_without_asking(case.report, case.key)


def _edit_one_outcome_and_sign(case: Case) -> None:
    results = json.loads((case.report / "results.json").read_text("utf-8"))
    entry = next(one for one in results["requirements"] if one["id"] == "ENR-READ-01")
    entry["checks"][0]["actual"] = "204"
    (case.report / "results.json").write_text(json.dumps(results, indent=2) + "\n", "utf-8")
    making.sign_without_asking(case.report, case.key)


def _edit_a_page_and_sign(case: Case) -> None:
    page = case.report / "report.html"
    page.write_text(page.read_text("utf-8").replace("Not conformant", "Conformant"), "utf-8")
    making.sign_without_asking(case.report, case.key)


def _edit_predicates_and_sign(case: Case) -> None:
    making.sign_without_asking(case.report, case.key, making.whitewash)


def _edit_journal(case: Case) -> None:
    making.rewrite_journal(case.report, _all_passed)


def _edit_journal_and_reports(case: Case) -> None:
    making.rewrite_journal(case.report, _all_passed)
    making.rewrite_reports(case.report, making.small_register())


def _edit_everything_and_sign_as_a_stranger(case: Case) -> None:
    _edit_journal_and_reports(case)
    making.sign_without_asking(case.report, case.stranger)


def _sign_as_a_stranger(case: Case) -> None:
    making.sign_without_asking(case.report, case.stranger)


def _claim_the_key(case: Case) -> None:
    """Sign with a stranger's key under the id of the right one."""
    bundle = case.report / ATTESTATION
    right = json.loads(bundle.read_bytes().split(b"\n")[0])["signatures"][0]["keyid"]
    making.sign_without_asking(case.report, case.stranger)
    lines = [json.loads(line) for line in bundle.read_bytes().splitlines()]
    for line in lines:
        line["signatures"][0]["keyid"] = right
    _write_lines(case, lines)


def _take_the_other_signature(case: Case) -> None:
    shutil.copy(case.other / ATTESTATION, case.report / ATTESTATION)


def _mix_signatures(case: Case) -> None:
    mine, other = ((place / ATTESTATION).read_bytes().split(b"\n") for place in (case.report, case.other))
    (case.report / ATTESTATION).write_bytes(b"\n".join([mine[0], other[1], b""]))


def _drop_the_verdict(case: Case) -> None:
    bundle = case.report / ATTESTATION
    bundle.write_bytes(bundle.read_bytes().split(b"\n")[0] + b"\n")


def _repeat_the_test_result(case: Case) -> None:
    bundle = case.report / ATTESTATION
    bundle.write_bytes((bundle.read_bytes().split(b"\n")[0] + b"\n") * 2)


def _add_a_member(case: Case) -> None:
    lines = [json.loads(line) for line in (case.report / ATTESTATION).read_bytes().splitlines()]
    lines[0]["note"] = "conformant"
    _write_lines(case, lines)


def _sign_nothing(case: Case) -> None:
    lines = [json.loads(line) for line in (case.report / ATTESTATION).read_bytes().splitlines()]
    for line in lines:
        line["signatures"] = []
    _write_lines(case, lines)


def _change_the_payload(case: Case) -> None:
    """Take the other run's payload under this run's signature."""
    mine, other = (
        [json.loads(line) for line in (place / ATTESTATION).read_bytes().splitlines()]
        for place in (case.report, case.other)
    )
    for line, taken in zip(mine, other, strict=True):
        line["payload"] = taken["payload"]
    _write_lines(case, mine)


def _other_journal(case: Case) -> None:
    shutil.copy(case.other / "journal.jsonl", case.report / "journal.jsonl")


def _whole_other_report(case: Case) -> None:
    """Show another run's files under this run's signature."""
    signature = (case.report / ATTESTATION).read_bytes()
    shutil.rmtree(case.report)
    shutil.copytree(case.other, case.report)
    (case.report / ATTESTATION).write_bytes(signature)


def _drop_an_exchange_and_sign(case: Case) -> None:
    making.rewrite_journal(case.report, lambda lines: [line for line in lines if line.get("id") != "main.1"])
    making.rewrite_reports(case.report, making.small_register())
    making.sign_without_asking(case.report, case.key)


def _drop_a_body_and_sign(case: Case) -> None:
    for body in (case.report / "bodies").iterdir():
        body.unlink()
    making.sign_without_asking(case.report, case.key)


def _edit_a_body_and_sign(case: Case) -> None:
    for body in (case.report / "bodies").iterdir():
        body.write_bytes(b"{}")
    making.sign_without_asking(case.report, case.key)


def _drop_the_footer_and_sign(case: Case) -> None:
    making.rewrite_journal(case.report, lambda lines: lines[:-1])
    making.sign_without_asking(case.report, case.key)


def _drop_the_header_and_sign(case: Case) -> None:
    first = making.records_of(case.report)[0]
    making.rewrite_journal(case.report, lambda lines: lines[1:])
    making.sign_without_asking(case.report, case.key)
    assert first["kind"] == "header"


def _add(name: str, content: bytes = b"added") -> Callable[[Case], None]:
    def add(case: Case) -> None:
        path = case.report / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    return add


def _write_lines(case: Case, lines: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (case.report / ATTESTATION).write_text(text, "utf-8")


def _all_passed(lines: list[making.Record]) -> list[making.Record]:
    better = {"outcome": "passed", "reason": None, "expected": None, "actual": None}
    return [{**line, **better} if line["kind"] == "check" else line for line in lines]


ADDED_LATER = "it was not signed, so it was added later"
NOT_SIGNED = "it is not the file that was signed: its SHA-256 is"

WHOLE: dict[str, tuple[Callable[[Case], None], str]] = {
    "a file is added": (_add("notes.txt"), f"notes.txt: {ADDED_LATER}"),
    "an empty file is added": (_add("empty", b""), f"empty: {ADDED_LATER}"),
    "a hidden file is added": (_add(".hidden"), f".hidden: {ADDED_LATER}"),
    "a body is added": (_add(f"bodies/{'0' * 64}"), f"bodies/{'0' * 64}: {ADDED_LATER}"),
    "a file is added in a new directory": (_add("more/report.html"), f"more/report.html: {ADDED_LATER}"),
    "a second signature is added elsewhere": (
        _add(f"bodies/{ATTESTATION}"),
        f"bodies/{ATTESTATION}: {ADDED_LATER}",
    ),
    "a file becomes a link to its copy elsewhere": (_link_outside, "report.html: it is no regular file"),
    "a directory becomes a link to its copy": (_link_a_directory, "bodies: it is no regular file"),
    "the journal is that of another run": (_other_journal, f"journal.jsonl: {NOT_SIGNED}"),
    "all files are those of another run": (_whole_other_report, f"journal.jsonl: {NOT_SIGNED}"),
    "the results are edited consistently in all formats": (_edit_results, f"results.json: {NOT_SIGNED}"),
    "the same, and signed again with the right key": (
        _edit_results_and_sign,
        'results.json: verdict is "conformant", and the journal gives "nonconformant"',
    ),
    "one word of a result is edited, and signed again with the right key": (
        _edit_one_outcome_and_sign,
        'results.json: requirements[ENR-READ-01].checks[test_read[ENR-READ-01]].actual is "204", '
        "and the journal gives null",
    ),
    "only the page for people is edited, and signed again with the right key": (
        _edit_a_page_and_sign,
        "report.html: it is not what the journal gives; `osia-conformance report DIR` makes it",
    ),
    "only the signed predicates are edited, with the right key": (
        _edit_predicates_and_sign,
        f"{ATTESTATION}: the predicate https://in-toto.io/attestation/test-result/v0.1 is signed, "
        'but result is "PASSED", and the journal gives "FAILED"',
    ),
    "the journal is edited": (_edit_journal, f"journal.jsonl: {NOT_SIGNED}"),
    "the journal is edited and all formats made from it": (
        _edit_journal_and_reports,
        f"journal.jsonl: {NOT_SIGNED}",
    ),
    "the same, and signed with another key": (
        _edit_everything_and_sign_as_a_stranger,
        f"{ATTESTATION}: line 1 does not verify with the key ",
    ),
    "the untouched report is signed with another key": (
        _sign_as_a_stranger,
        "it was signed with another key (",
    ),
    "the same, under the right key's id": (
        _claim_the_key,
        "its signature does not hold for what it says, so it was changed",
    ),
    "the signature is that of another run": (_take_the_other_signature, f"journal.jsonl: {NOT_SIGNED}"),
    "one statement is that of another run": (
        _mix_signatures,
        f"{ATTESTATION}: its two statements are not over the same files",
    ),
    "the payload is that of another run": (
        _change_the_payload,
        "its signature does not hold for what it says, so it was changed",
    ),
    "the verdict's statement is dropped": (_drop_the_verdict, f"{ATTESTATION}: it must hold two whole lines"),
    "the test result stands twice, the verdict not at all": (
        _repeat_the_test_result,
        f"{ATTESTATION}: it does not state a test result, then a verdict",
    ),
    "a member is added beside what is signed": (
        _add_a_member,
        f"{ATTESTATION}: line 1 is not an envelope as the suite writes it, so it was changed",
    ),
    "the signatures are taken out": (_sign_nothing, ": nobody signed it"),
    "an exchange is taken out of journal and formats, and signed with the right key": (
        _drop_an_exchange_and_sign,
        "journal.jsonl: ENR-READ-01 rests on exchange main.1, which it lacks",
    ),
    "a body is taken out, and signed with the right key": (
        _drop_a_body_and_sign,
        ": the journal names it and it is missing",
    ),
    "a body is edited, and signed with the right key": (
        _edit_a_body_and_sign,
        ": its content is not the one its name gives: its SHA-256 is ",
    ),
    "the journal's footer is taken out, and signed with the right key": (
        _drop_the_footer_and_sign,
        "results.json: reasons is a list of 2, and the journal gives a list of 3",
    ),
    "the journal's header is taken out, and signed with the right key": (
        _drop_the_header_and_sign,
        "journal.jsonl: it does not begin with a header, so nothing is known about its run",
    ),
}
"""What is done to the whole, by name, and a part of the first sentence that answers."""
