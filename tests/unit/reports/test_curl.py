"""The curl lines, run by a real shell against a curl that writes down its arguments."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.reports import curl_line, curl_script
from osia_conformance.reports.curl import LONG, write_bodies
from tests.harness.running import ENOUGH
from tests.unit.reports import journals

CURL = """#!/bin/bash
printf '%s\\0' "$@" >> "$ARGUMENTS"
printf '\\0' >> "$ARGUMENTS"
"""
TOKEN = """#!/bin/bash
(IFS='|'; printf '%s' "$*")
"""


@pytest.fixture(name="shell", params=["bash", "sh"])
def shell_of(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, text in {"curl": CURL, "osia-conformance": TOKEN}.items():
        (commands / name).write_text(text)
        (commands / name).chmod(0o755)
    shell = shutil.which(request.param)
    assert shell

    def run(script: str) -> list[list[str]]:
        written = tmp_path / "arguments"
        written.write_bytes(b"")
        environment = {"PATH": f"{commands}:{os.environ['PATH']}", "ARGUMENTS": str(written), "LC_ALL": "C"}
        done = subprocess.run([shell, "-c", script], env=environment, capture_output=True, check=True, timeout=ENOUGH)
        assert done.stderr == b""
        calls = written.read_bytes().decode("utf-8", "surrogateescape").split("\0\0")[:-1]
        return [call.split("\0") for call in calls]

    return run


def after(arguments: list[str], option: str) -> list[str]:
    return [arguments[at + 1] for at, argument in enumerate(arguments) if argument == option]


def test_the_line_reads_as_a_person_would_write_it() -> None:
    line = curl_line(journals.exchange("gw0.1", sent=journals.body(b'{"a": 1}')))
    assert line == (
        "curl -sS -i -X POST --path-as-is --globoff "
        "'https://gateway.example.org/identity/v1/enrollments/1?transactionId=t-1&finalize=true' "
        "-H 'Content-Type: application/json' "
        "-H \"Authorization: Bearer $(osia-conformance token --scope 'enroll.write')\" "
        "--data-binary '{\"a\": 1}'"
    )


NASTY = [
    "plain",
    "it's",
    '"$(touch gone)" `touch gone` $HOME ${HOME} \\ \\n !! * ? ~ # ; & | < >',
    "a\nb\r\nc\td",
    "\x1b[31mred\x07",
    "'\x1b'",
    "\\'\x01",
    "é ü 漢字 \U0001f600",
    "\u202eabc\x9b",
    "<script>]]></script>",
    "-X",
    "@file",
    "%00 [1-3] {a,b}",
]


@pytest.mark.parametrize("text", NASTY)
def test_body_url_and_headers_reach_curl_as_they_were_sent(shell: Any, text: str) -> None:
    header = text.replace("\n", " ").replace("\r", " ")
    record = journals.exchange(
        "gw0.1",
        path=f"/v1/{text}",
        sent=journals.body(text.encode()),
        headers=[("X-Odd", header)],
        scopes=None,
    )
    (arguments,) = shell(curl_line(record))
    assert f"{journals.URL}/v1/{text}" in arguments
    assert f"X-Odd: {header}" in after(arguments, "-H")
    assert [*after(arguments, "--data-binary"), *after(arguments, "--data-raw")] == [text]
    assert ("--data-raw" in arguments) == text.startswith("@")


@pytest.mark.parametrize("text", NASTY)
def test_each_call_is_one_line_without_control_characters(text: str) -> None:
    line = curl_line(journals.exchange("gw0.1", path=f"/v1/{text}", sent=journals.body(text.encode())))
    assert line.splitlines() == [line]
    assert line.isprintable()


@pytest.mark.parametrize(
    ("scopes", "fault", "wanted"),
    [
        (["enroll.write"], None, "token|--scope|enroll.write"),
        (["enroll.read", "enroll.write"], None, "token|--scope|enroll.read enroll.write"),
        ([], None, "token|--scope|"),
        (["enroll.read"], "expired", "token|--scope|enroll.read|--fault|expired"),
        (["it's $(false)"], "not-yet valid'", "token|--scope|it's $(false)|--made-up|--fault|not-yet valid'"),
    ],
)
def test_the_token_is_asked_for_when_the_command_runs(
    shell: Any, scopes: list[str], fault: str | None, wanted: str
) -> None:
    line = curl_line(journals.exchange("gw0.1", scopes=scopes, fault=fault))
    (arguments,) = shell(line)
    tokens = [value for value in after(arguments, "-H") if value.lower().startswith("authorization")]
    assert tokens == [f"Authorization: Bearer {wanted}"]
    assert "redacted" not in line


def test_a_call_without_a_token_has_no_token() -> None:
    headers = [("Content-Type", "application/json")]
    line = curl_line(journals.exchange("gw0.1", scopes=None, headers=headers))
    assert "uthorization" not in line
    assert "token" not in line


def test_a_secret_header_shows_as_redacted_and_curls_own_headers_are_left_to_it(shell: Any) -> None:
    headers = [
        ("X-Api-Key", "[redacted]"),
        ("Host", "gateway.example.org"),
        ("Content-Length", "3"),
        ("Connection", "keep-alive"),
        ("X-Empty", ""),
    ]
    line = curl_line(journals.exchange("gw0.1", scopes=None, headers=headers))
    assert "-H 'X-Api-Key: [redacted]'" in line
    (arguments,) = shell(line)
    assert after(arguments, "-H") == ["X-Api-Key: [redacted]", "X-Empty;"]


def test_a_body_without_a_type_is_not_called_a_form(shell: Any) -> None:
    (arguments,) = shell(curl_line(journals.exchange("gw0.1", headers=[], scopes=None, sent=journals.body(b"x"))))
    assert after(arguments, "-H") == ["Content-Type:"]


def test_head_does_not_wait_for_a_body(shell: Any) -> None:
    (arguments,) = shell(curl_line(journals.exchange("gw0.1", method="HEAD")))
    assert "-I" in arguments
    assert "-X" not in arguments


@pytest.mark.parametrize(
    "data",
    [journals.BINARY, b"a\x00b", b"x" * (LONG + 1), journals.MIDDLE],
    ids=["binary", "nul", "long", "file"],
)
def test_a_body_that_a_command_line_cannot_carry_is_read_from_its_file(shell: Any, tmp_path: Path, data: bytes) -> None:
    record = journals.exchange("gw0.1", sent=journals.body(data, tmp_path))
    write_bodies([record], tmp_path)
    (arguments,) = shell(curl_line(record))
    name = f"bodies/{hashlib.sha256(data).hexdigest()}"
    assert after(arguments, "--data-binary") == [f"@{name}"]
    assert (tmp_path / name).read_bytes() == data


def test_only_bodies_that_a_command_reads_are_written(tmp_path: Path) -> None:
    records = [journals.header(), journals.exchange("gw0.1", sent=journals.body(b"short")), journals.footer()]
    assert list(write_bodies(records, tmp_path).iterdir()) == []


def test_exchanges_that_are_not_yet_in_the_journal_make_a_script_too() -> None:
    record = journals.exchange("gw0.1")
    del record["kind"]
    assert curl_script([record, record]) == f"{curl_line(record)}\n{curl_line(record)}"


def test_a_script_has_one_line_a_call_in_their_order(shell: Any, tmp_path: Path) -> None:
    for _, records in journals.every(tmp_path):
        script = curl_script(records)
        exchanges = [record for record in records if record["kind"] == "exchange"]
        assert len(script.splitlines()) == len(exchanges)
        calls = shell(script)
        assert [len(after(call, "-X")) for call in calls] == [1] * len(exchanges)


CONTROLS = "".join(map(chr, [*range(1, 0x20), 0x7F, 0x85, 0x9B, 0x202E, 0x2028]))


@pytest.mark.parametrize("text", [CONTROLS, f"-{CONTROLS}", "-n\x1b", "--\x07", "\x1b]0;%s\\c\x07", "'\x01\"$(false)`"])
def test_control_characters_reach_curl_in_any_shell_and_never_a_terminal(shell: Any, text: str) -> None:
    headers = [("X-Odd", text), (f"X{text}", "1")]
    line = curl_line(journals.exchange("gw0.1", scopes=None, headers=headers, sent=journals.body(text.encode())))
    assert line.isprintable()
    (arguments,) = shell(line)
    assert after(arguments, "-H")[:2] == [f"X-Odd: {text}", f"X{text}: 1"]
    assert after(arguments, "--data-binary") == [text]


def test_a_line_break_at_the_end_is_no_part_of_a_url(shell: Any) -> None:
    record = journals.exchange("gw0.1", scopes=None)
    record["request"]["url"] = "http://target.test/\x1b\n"
    (arguments,) = shell(curl_line(record))
    assert "http://target.test/\x1b" in arguments


def test_a_body_too_long_to_be_kept_is_made_by_a_command_before(shell: Any, tmp_path: Path) -> None:
    (tmp_path / "commands" / "python").write_text("#!/bin/sh\n")
    (tmp_path / "commands" / "python").chmod(0o755)
    record = journals.exchange("gw0.1", scopes=None, sent={"size": 5, "sha256": "0" * 64})
    line = curl_line(record)
    assert line.startswith("python -m osia_conformance.wire.streaming 5 | curl ")
    (arguments,) = shell(line)
    assert after(arguments, "--data-binary") == ["@-"]


SHELL = (
    "$(touch${IFS}sprung)",
    "`touch${IFS}sprung`",
    '";touch${IFS}sprung;"',
    "'$(touch${IFS}sprung)'",
    "\\",
    "a;b|c&d",
)


@pytest.mark.parametrize("text", SHELL)
def test_no_word_of_a_journal_is_run_by_the_shell(
    shell: Any, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    record = journals.exchange("gw0.1", headers=[("Authorization", text), ("X", text), (text, "1")], scopes=[text])
    record |= {"fault": text}
    record["request"] |= {"method": text, "url": f"https://target.test/{text}"}
    (arguments,) = shell(curl_line(record))
    assert after(arguments, "-X") == [text]
    assert f"https://target.test/{text}" in arguments
    (authorization,) = [line for line in after(arguments, "-H") if line.startswith("Authorization: ")]
    assert authorization.startswith(f"Authorization: {text} token|--scope|{text}")
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    "url", ["-K/tmp/config", "--config=/tmp/config", "-o/tmp/x", "file:///etc/passwd", "FTP://a/b", "data:x"]
)
def test_no_url_of_a_journal_is_an_option_or_a_file(shell: Any, url: str) -> None:
    record = journals.exchange("gw0.1", scopes=None)
    record["request"]["url"] = url
    (arguments,) = shell(curl_line(record))
    assert after(arguments, "--url") == [url]
    assert after(arguments, "--proto") == ["=http,https"]


@pytest.mark.parametrize("name", ["@/etc/passwd", "@", "@-"])
def test_no_header_and_no_body_of_a_journal_is_read_from_a_file(shell: Any, name: str) -> None:
    sent = journals.body(name.encode())
    (arguments,) = shell(
        curl_line(journals.exchange("gw0.1", scopes=None, headers=[(name, "1"), ("X", name)], sent=sent))
    )
    assert after(arguments, "-H")[0] == f"X: {name}"
    assert not any(line.startswith("@") for line in after(arguments, "-H"))
    assert after(arguments, "--data-raw") == [name]
