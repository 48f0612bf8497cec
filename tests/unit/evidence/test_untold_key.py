"""The text of a signing key is in nothing that sign, merge and verify write or say."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from osia_conformance.cli import parser
from osia_conformance.evidence.files import ATTESTATION
from tests.unit.cli.hostile import shards
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case

Hide = Callable[[str], str]


def line_of(pem: str) -> str:
    (line,) = [line for line in pem.splitlines() if not line.startswith("-----")]
    return line


FORMS: dict[str, Hide] = {
    "PEM": lambda pem: pem,
    "its line": lambda pem: f"Server {line_of(pem)}",
    "its line in capitals": lambda pem: line_of(pem).upper(),
    "base64": lambda pem: base64.b64encode(pem.encode()).decode(),
    "base64 of its line": lambda pem: base64.b64encode(f"xy{line_of(pem)}".encode()).decode(),
    "hexadecimal": lambda pem: line_of(pem).encode().hex(),
    "percent": lambda pem: quote(pem, safe=""),
    "each character": lambda pem: "".join(f"\\u{ord(one):04x}" for one in line_of(pem)),
}


def expect_untold(pem: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Check that neither the key's line nor a good part of it was said; return what was."""
    said = capsys.readouterr()
    whole = said.out + said.err
    assert not any(form(pem).lower() in whole.lower() for form in FORMS.values())
    assert line_of(pem)[20:40].lower() not in whole.lower()
    return whole


@pytest.mark.parametrize("form", FORMS)
def test_a_report_that_tells_the_signing_key_is_not_signed(
    case: Case, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = case.key.read_text("ascii")
    place = making.written(tmp_path / "telling", product={"name": FORMS[form](pem)})
    assert parser.main(["sign", str(place), "--key", f"file:{case.key}"]) == 1
    assert ": it holds the private key that is to sign; " in expect_untold(pem, capsys)
    assert not (place / ATTESTATION).exists()
    # The other key may sign it, and a witness whose key it tells may not.
    assert parser.main(["sign", str(place), "--key", f"file:{case.stranger}"]) == 0
    stranger = str(case.stranger.with_suffix(".pub"))
    assert parser.main(["sign", str(place), "--key", f"file:{case.key}", "--countersign", stranger]) == 1
    expect_untold(pem, capsys)


@pytest.mark.parametrize("name", ["notes-{line}.txt", "{line}/notes.txt", "notes.txt"])
def test_nor_is_one_with_a_file_that_tells_it(
    case: Case, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = case.key.read_text("ascii")
    path = making.written(tmp_path / "telling") / name.format(line=line_of(pem).replace("/", "_"))
    path.parent.mkdir(exist_ok=True)
    path.write_text("" if "{" in name else f"<b>{line_of(pem)}</b>", "utf-8")
    code = parser.main(["sign", str(tmp_path / "telling"), "--key", f"file:{case.key}"])
    # Where the key has a slash, a name cannot hold it.
    assert code == (0 if "{" in name and "/" in line_of(pem) else 1)
    if code:
        expect_untold(pem, capsys)


@pytest.mark.parametrize("form", FORMS)
def test_shards_that_tell_the_signing_key_are_not_merged(
    case: Case, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem, parts = case.key.read_text("ascii"), shards(tmp_path)
    making.rewrite_journal(parts[1], lambda lines: [{**lines[0], "product": {"name": FORMS[form](pem)}}, *lines[1:]])
    command = ["merge", *map(str, parts), "--report-dir", str(tmp_path / "whole"), "--sign", f"file:{case.key}"]
    assert parser.main(command) == 64
    assert "journal.jsonl: it holds the private key that is to sign; " in expect_untold(pem, capsys)
    assert not (tmp_path / "whole").exists()


def test_nor_are_shards_with_a_body_that_tells_it(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem, parts = case.key.read_text("ascii"), shards(tmp_path)
    (body, *_) = (parts[0] / "bodies").iterdir()
    body.write_text(json.dumps({"note": line_of(pem)}), "utf-8")
    command = ["merge", *map(str, parts), "--report-dir", str(tmp_path / "whole"), "--sign", f"file:{case.key}"]
    assert parser.main(command) == 64
    assert f"bodies/{body.name}: it holds the private key" in expect_untold(pem, capsys)


def broken_forms(pem: str) -> dict[str, str]:
    return {
        "cut": pem[:-40],
        "other label": pem.replace("PRIVATE KEY", "RSA PRIVATE KEY"),
        "no label": line_of(pem),
        "twice": pem.replace(line_of(pem), line_of(pem) * 2),
        "with words": f"{pem[:60]} and words {line_of(pem)}",
    }


@pytest.mark.parametrize("broken", ["cut", "other label", "no label", "twice", "with words"])
def test_no_error_about_a_broken_key_tells_it(
    case: Case, broken: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = case.key.read_text("ascii")
    file = tmp_path / "broken.pem"
    file.write_text(broken_forms(pem)[broken], "ascii")
    report, good = str(case.report), str(case.public)
    for arguments in (
        ["sign", report, "--key", f"file:{file}"],
        ["sign", report, "--key", f"file:{case.stranger}", "--countersign", str(file)],
        ["merge", report, "--sign", f"file:{file}"],
        ["merge", report, "--key", str(file)],
        ["run", "--url", "http://127.0.0.1:9", "--interface-version", "1.0.0", "--sign", f"file:{file}"],
        ["verify", report, "--key", str(file)],
        ["verify", report, "--key", good, "--witness", str(file)],
    ):
        assert parser.main(arguments) == 64
        expect_untold(pem, capsys)


@pytest.mark.parametrize("given", ["{pem}", "env:{pem}", "file:{pem}", "env:{line}", "{one line}", "file:{one line}"])
@pytest.mark.parametrize("option", ["--key", "--sign", "--witness", "--countersign"])
def test_a_key_in_the_place_of_its_name_is_not_told(
    case: Case, option: str, given: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pem = case.key.read_text("ascii")
    value = given.replace("{pem}", pem).replace("{line}", line_of(pem) + "=")
    value = value.replace("{one line}", pem.replace("\n", "\\n"))
    report, good = str(case.report), str(case.public)
    commands = {
        "--key": ["sign", report],
        "--sign": ["merge", report],
        "--witness": ["verify", report, "--key", good],
        "--countersign": ["sign", report, "--key", f"file:{case.stranger}"],
    }
    assert parser.main([*commands[option], option, value]) == 64
    expect_untold(pem, capsys)
