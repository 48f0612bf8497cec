"""Bundles made to deceive: what verify says of them, and that nothing in them speaks with its voice."""

from __future__ import annotations

import base64
import json
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from osia_conformance.cli import parser
from osia_conformance.evidence import bundle, files, keys, signing
from osia_conformance.evidence import verify as verifying
from osia_conformance.evidence.derivation import derived_anew
from osia_conformance.evidence.files import ATTESTATION, EvidenceError, Snapshot
from osia_conformance.standard import provenance
from tests.unit.evidence import cases, making
from tests.unit.evidence.cases import Case

FALSE = "verdict: conformant, as the journal gives it anew (MUST: 320 passed)"
BREAKS = ("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029", "\x1b[2K\x1b[1A", "\x9b1A", "\u202e")
OURS = ("note: ", "verified: ", "verdict: nonconformant", "run: ", "product: ", "unchecked: ", "osia-conformance: ")
SECRET_KEY = "--key"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return cases.prepared(tmp_path)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    captured = capsys.readouterr()
    return [*captured.out.split("\n"), *captured.err.split("\n")]


def expect_own_voice(lines: list[str]) -> None:
    """Check that each line begins as one of ours, and has no invisible character."""
    for line in filter(None, lines):
        assert line.startswith(OURS), line
        assert not [one for one in line if unicodedata.category(one) in ("Cc", "Zl", "Zp")], line
        assert "\u202e" not in line


def signed(case: Case, **changes: Any) -> Path:
    place = making.written(case.report.parent / "hostile", **changes)
    making.sign_without_asking(place, case.key)
    return place


@pytest.mark.parametrize("line_break", BREAKS)
@pytest.mark.parametrize("member", ["runId", "version", "vendor", "name", "key", "url", "started"])
def test_no_word_of_a_header_looks_like_a_verdict(
    case: Case, member: str, line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"x{line_break}{FALSE}"
    changes: dict[str, dict[str, Any]] = {
        "runId": {"runId": text},
        "version": {"tool": {"name": "osia-conformance", "version": text}},
        "vendor": {"product": {"vendor": text}},
        "name": {"product": {"name": text, "version": text}},
        "key": {"product": {text: "x"}},
        "url": {"target": {"url": f"https://{text}", "embedded": False}},
        "started": {"started": f"2026-01-02T03:04:05.678Z{line_break}{FALSE}"},
    }
    try:
        place = signed(case, **changes[member])
    except ValueError:
        # It cannot even be rendered as a time.
        return
    except Exception as error:
        if "ReportError" not in type(error).__name__:
            raise
        making_without_reports(case, changes[member])
        place = case.report.parent / "hostile"
    code = parser.main(["verify", str(place), "--key", str(case.public)])
    lines = said(capsys)
    expect_own_voice(lines)
    assert code == (2 if member in ("vendor", "name") else 1)


def making_without_reports(case: Case, changes: dict[str, Any]) -> None:
    """Put a header that no report can be made of into a copy of a good report, and sign it."""
    place = case.report.parent / "hostile"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(case.report, place)
    (place / ATTESTATION).unlink()
    making.rewrite_journal(place, lambda lines: [{**lines[0], **changes}, *lines[1:]])
    making.sign_without_asking(place, case.key)


@pytest.mark.parametrize("line_break", ["\n", "\r", "\x1b[1A", "\u2028"])
def test_no_name_of_an_added_file_looks_like_a_verdict(
    case: Case, line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (case.report / "added").mkdir()
    (case.report / "added" / f"x{line_break}{FALSE}").write_bytes(b"")
    assert parser.main(["verify", str(case.report), "--key", str(case.public)]) == 2
    expect_own_voice(said(capsys))


@pytest.mark.parametrize("line_break", ["\n", "\x1b[1A", "\u2028"])
def test_no_reason_of_a_footer_looks_like_a_verdict(
    case: Case, line_break: str, capsys: pytest.CaptureFixture[str]
) -> None:
    place = making.written(case.report.parent / "hostile")
    reason = f"it failed{line_break}conformant: {place}"
    making.rewrite_journal(place, lambda lines: [*lines[:-1], {**lines[-1], "ending": "failed", "reason": reason}])
    assert parser.main(["report", str(place)]) == 0
    lines = [line for line in said(capsys) if line]
    assert lines[-1] == f"nonconformant: {place}"
    assert all(line.startswith("note: ") for line in lines[:-1])


# ------------------------------------------------------------------------------------------- who judged, and by what


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


def test_a_judgement_outside_of_the_plan_does_not_hold(case: Case) -> None:
    place = making.written(case.report.parent / "stray")
    making.rewrite_journal(
        place,
        lambda lines: [{**one, "checks": one["checks"][1:]} if one["kind"] == "plan" else one for one in lines],
    )
    assert parser.main(["report", str(place)]) == 0
    making.sign_without_asking(place, case.key)
    faults = verifying.verify(place, keys.public_key(str(case.public), SECRET_KEY)).faults
    assert faults[0].startswith("journal.jsonl: its plan lacks ENR-READ-01 test_read[ENR-READ-01], which it judged")


# ---------------------------------------------------------------------------------------------------- the signatures


def rewritten(place: Path, change: Callable[[dict[str, Any]], None]) -> None:
    lines = [json.loads(line) for line in (place / ATTESTATION).read_bytes().splitlines()]
    for line in lines:
        change(line)
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (place / ATTESTATION).write_text(text, "utf-8")


def add_to_signature(line: dict[str, Any]) -> None:
    line["signatures"][0]["note"] = "conformant"


def third(line: dict[str, Any]) -> None:
    line["signatures"] += [{**line["signatures"][0], "keyid": str(number)} for number in range(2)]


def doubled(line: dict[str, Any]) -> None:
    line["signatures"] *= 2


def stranger_first(line: dict[str, Any]) -> None:
    line["signatures"].insert(0, {"keyid": "0" * 64, "sig": line["signatures"][0]["sig"]})


@pytest.mark.parametrize("change", [add_to_signature, third, doubled, stranger_first])
def test_there_is_one_signature_with_its_known_members(case: Case, change: Callable[[dict[str, Any]], None]) -> None:
    rewritten(case.report, change)
    assert case.faults()


def test_the_other_form_of_an_ecdsa_signature_does_not_hold(tmp_path: Path) -> None:
    case = cases.prepared(tmp_path, "ecdsa-p256")
    assert case.faults() == []

    def mirrored(line: dict[str, Any]) -> None:
        r, s = decode_dss_signature(base64.b64decode(line["signatures"][0]["sig"]))
        assert s <= keys.P256_ORDER // 2
        line["signatures"][0]["sig"] = base64.b64encode(encode_dss_signature(r, keys.P256_ORDER - s)).decode()

    rewritten(case.report, mirrored)
    assert "is signed in another form" in case.faults()[0]


def test_a_witness_signs_what_the_signer_did_and_both_are_named(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    witness = tmp_path / "stranger.pub"
    sign = ["sign", str(case.report), "--key", f"file:{case.stranger}", "--countersign"]
    verify = ["verify", str(case.report), "--key", str(case.public)]
    assert parser.main([*verify, "--witness", str(witness)]) == 1
    assert parser.main([*sign, str(witness)]) == 64
    assert parser.main([*sign, str(case.public)]) == 0
    assert parser.main([*sign, str(case.public)]) == 1
    capsys.readouterr()
    assert parser.main(verify) == 2
    assert "a witness signed it, too" in capsys.readouterr().out.splitlines()[-1]
    assert parser.main([*verify, "--witness", str(witness)]) == 2
    assert " and witness ed25519 " in capsys.readouterr().out
    # The witness is no signer.
    assert parser.main(["verify", str(case.report), "--key", str(witness)]) == 1
    # Each signature is over both statements.
    lines = [json.loads(line) for line in (case.report / ATTESTATION).read_bytes().splitlines()]
    lines[0]["signatures"].pop()
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (case.report / ATTESTATION).write_text(text, "utf-8")
    assert "not signed by the same keys" in case.faults()[0]


def test_a_witness_signs_nothing_that_does_not_hold(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    (case.report / "report.html").write_bytes(b"conformant")
    before = (case.report / ATTESTATION).read_bytes()
    sign = ["sign", str(case.report), "--key", f"file:{case.stranger}", "--countersign", str(case.public)]
    assert parser.main(sign) == 1
    assert "it is not the file that was signed" in capsys.readouterr().err
    assert (case.report / ATTESTATION).read_bytes() == before


# ------------------------------------------------------------------------------------------- journals and directories


def test_a_journal_with_doubled_keys_is_not_signed(case: Case, tmp_path: Path) -> None:
    place = making.written(tmp_path / "doubled")
    path = place / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"outcome":"failed"', b'"outcome":"passed","outcome":"failed"', 1))
    with pytest.raises(EvidenceError, match="the key outcome stands twice in one object"):
        signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))


def test_a_journal_with_an_unfinished_tail_is_not_signed(case: Case, tmp_path: Path) -> None:
    place = making.written(tmp_path / "tail")
    with (place / "journal.jsonl").open("ab") as stream:
        stream.write(b'{"kind":"check"')
    with pytest.raises(EvidenceError, match="its last line is not finished"):
        signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))


def test_a_second_header_is_none(case: Case, tmp_path: Path) -> None:
    place = making.written(tmp_path / "two")
    making.rewrite_journal(place, lambda lines: [*lines, lines[0]])
    with pytest.raises(EvidenceError, match="is a second header"):
        signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))


@pytest.mark.parametrize("name", ["more", "allure-results/more", "more/deeper"])
def test_an_empty_directory_is_found(case: Case, name: str) -> None:
    (case.report / name).mkdir(parents=True)
    assert case.faults() == [f"{name}: it is an empty directory, which no run leaves; remove it"]


@pytest.mark.parametrize(("signed_form", "present_form"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_two_names_that_look_alike_are_two(case: Case, tmp_path: Path, signed_form: Any, present_form: Any) -> None:
    place = making.written(tmp_path / "alike")
    name = "r\u00e9sum\u00e9.txt"
    (place / unicodedata.normalize(signed_form, name)).write_bytes(b"signed")
    making.sign_without_asking(place, case.key)
    (place / unicodedata.normalize(signed_form, name)).rename(place / unicodedata.normalize(present_form, name))
    faults = verifying.verify(place, keys.public_key(str(case.public), SECRET_KEY)).faults
    assert len(faults) == 2
    assert any("it was signed and is missing" in fault for fault in faults)


# --------------------------------------------------------------------------------------------- read once, judged once


def test_what_changes_while_it_is_signed_is_signed_as_it_was_judged(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = making.written(tmp_path / "changing")
    before = files.digests(place)

    def judged(taken: Snapshot) -> Any:
        derived = derived_anew(taken)
        (place / "report.html").write_bytes(b"conformant")
        (place / "journal.jsonl").write_bytes(b"{}\n")
        return derived

    monkeypatch.setattr(signing, "derived_anew", judged)
    signing.sign(place, keys.private_key(f"file:{case.key}", SECRET_KEY))
    assert bundle.subjects(place) == before
    faults = verifying.verify(place, keys.public_key(str(case.public), SECRET_KEY)).faults
    assert [fault.partition(":")[0] for fault in faults] == ["journal.jsonl", "report.html"]


def test_what_changes_while_it_is_verified_is_judged_as_it_was_read(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = bundle.read

    def changing(directory: Path, *arguments: Any) -> Any:
        shutil.rmtree(case.report)
        shutil.copytree(case.other, case.report)
        return read(directory, *arguments)

    monkeypatch.setattr(bundle, "read", changing)
    assert case.faults() == []
