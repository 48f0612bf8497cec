"""Signatures that somebody changed, doubled or lent: none of them holds."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from osia_conformance.cli import parser
from osia_conformance.evidence import keys
from osia_conformance.evidence.files import ATTESTATION
from tests.unit.evidence import cases
from tests.unit.evidence.cases import Case

SECRET_KEY = "--key"


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


def mirrored(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    assert s <= keys.P256_ORDER // 2
    return encode_dss_signature(r, keys.P256_ORDER - s)


def with_longer_length(signature: bytes) -> bytes:
    """The same in BER: DER forbids a length of two bytes for one that needs one."""
    return signature[:1] + b"\x81" + signature[1:]


def with_bytes_behind(signature: bytes) -> bytes:
    return signature + b"\0"


def beyond_the_order(signature: bytes) -> bytes:
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r + keys.P256_ORDER, s)


def plain(signature: bytes) -> bytes:
    """As JOSE writes it: r and s, 32 bytes each."""
    return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))


@pytest.mark.parametrize("form", [mirrored, with_longer_length, with_bytes_behind, beyond_the_order, plain])
def test_the_other_form_of_an_ecdsa_signature_does_not_hold(form: Callable[[bytes], bytes], tmp_path: Path) -> None:
    case = cases.prepared(tmp_path, "ecdsa-p256")
    assert case.faults() == []

    def change(line: dict[str, Any]) -> None:
        made = base64.b64decode(line["signatures"][0]["sig"])
        line["signatures"][0]["sig"] = base64.b64encode(form(made)).decode()

    rewritten(case.report, change)
    (fault,) = case.faults()
    assert "is signed in another form" in fault or "its signature does not hold" in fault


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


def foreign_page(place: Path) -> None:
    (place / "report.html").write_bytes(b"conformant")


def more(place: Path) -> None:
    (place / "more.txt").write_bytes(b"")


def less(place: Path) -> None:
    (place / "summary.md").unlink()


def one_statement(place: Path) -> None:
    line, _ = (place / ATTESTATION).read_bytes().splitlines()
    (place / ATTESTATION).write_bytes(line + b"\n" + line + b"\n")


@pytest.mark.parametrize("change", [foreign_page, more, less, one_statement])
def test_a_witness_signs_nothing_that_does_not_hold(
    case: Case, change: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    change(case.report)
    before = (case.report / ATTESTATION).read_bytes()
    sign = ["sign", str(case.report), "--key", f"file:{case.stranger}", "--countersign", str(case.public)]
    assert parser.main(sign) == 1
    assert capsys.readouterr().err.startswith("osia-conformance: not signed: ")
    assert (case.report / ATTESTATION).read_bytes() == before
