"""evidence.har by the members that HAR 1.2 requires."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from osia_conformance.reports import har
from tests.unit.reports import journals


def members(**properties: Any) -> dict[str, Any]:
    """Describe an object: its members are required, save those whose name ends in _; others are ours."""
    named = {name.rstrip("_"): schema for name, schema in properties.items()}
    return {
        "type": "object",
        "required": [name for name in properties if not name.endswith("_")],
        "properties": named,
        "patternProperties": {"^_": True, "^comment$": {"type": "string"}},
        "additionalProperties": False,
    }


def listed(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


TEXT = {"type": "string"}
NUMBER = {"type": "number"}
SIZE = {"type": "integer", "minimum": -1}
PAIRS = listed(members(name=TEXT, value=TEXT))
MESSAGE = {
    "httpVersion": TEXT,
    "cookies": listed({"type": "object"}),
    "headers": PAIRS,
    "headersSize": SIZE,
    "bodySize": SIZE,
}
POST = members(mimeType=TEXT, text_=TEXT, params=listed({"type": "object"}))
CONTENT = members(size=SIZE, mimeType=TEXT, text_=TEXT, encoding_={"const": "base64"})
REQUEST = members(**MESSAGE, method=TEXT, url=TEXT, queryString=PAIRS, postData_=POST)
RESPONSE = members(**MESSAGE, status={"type": "integer"}, statusText=TEXT, content=CONTENT, redirectURL=TEXT)
ENTRY = members(
    startedDateTime={"type": "string", "format": "date-time"},
    time={"type": "number", "minimum": 0},
    request=REQUEST,
    response=RESPONSE,
    cache={"type": "object"},
    timings=members(send=NUMBER, wait=NUMBER, receive=NUMBER),
)
LOG = members(
    version={"const": "1.2"},
    creator=members(name=TEXT, version=TEXT),
    pages_=listed({}),
    entries=listed(ENTRY),
)
ARCHIVE = Draft202012Validator(members(log=LOG), format_checker=Draft202012Validator.FORMAT_CHECKER)


def entries(tmp_path: Path, scenario: tuple[journals.Record, list[journals.Record]]) -> dict[str, Any]:
    path = har.write(*scenario, tmp_path)
    assert path == tmp_path / "evidence.har"
    archive = json.loads(path.read_bytes())
    ARCHIVE.validate(archive)
    return {entry["_exchange"]: entry for entry in archive["log"]["entries"]}


def test_every_exchange_is_an_entry_of_a_valid_archive(tmp_path: Path) -> None:
    for built, records in journals.every(tmp_path):
        found = entries(tmp_path, (built, records))
        assert list(found) == [record["id"] for record in records if record["kind"] == "exchange"]
        assert {entry["_check"] for entry in found.values()} == {"test_create"}


def test_a_run_without_an_exchange_is_an_empty_archive(tmp_path: Path) -> None:
    records = [journals.header(), journals.footer()]
    assert entries(tmp_path, (journals.results(records), records)) == {}


def test_an_entry_says_what_was_asked_and_answered(tmp_path: Path) -> None:
    entry = entries(tmp_path, journals.conformant())["gw0.1"]
    assert entry["time"] == 12.3
    assert sum(entry["timings"].values()) == entry["time"]
    assert entry["request"]["method"] == "POST"
    assert entry["request"]["queryString"] == [
        {"name": "transactionId", "value": "t-1"},
        {"name": "finalize", "value": "true"},
    ]
    assert entry["request"]["postData"] == {
        "mimeType": "application/json",
        "params": [],
        "text": '{"status": "IN_PROGRESS"}',
    }
    assert entry["response"]["status"] == 201
    assert entry["response"]["statusText"] == "Created"
    assert entry["_scopes"] == ["enroll.write"]


def test_a_call_without_an_answer_has_status_0_and_the_error(tmp_path: Path) -> None:
    response = entries(tmp_path, journals.failing())["gw0.2"]["response"]
    assert response["status"] == 0
    assert response["_error"] == "the connection was reset"


def test_the_fault_of_a_token_is_named(tmp_path: Path) -> None:
    assert entries(tmp_path, journals.failing())["gw0.3"]["_fault"] == "expired"


def test_a_binary_body_is_base64(tmp_path: Path) -> None:
    found = entries(tmp_path, journals.hostile(tmp_path))
    sent = found["gw0.1"]["request"]["postData"]
    assert base64.b64decode(sent["text"]) == journals.BINARY
    assert sent["_encoding"] == "base64"
    got = found["gw0.3"]["response"]["content"]
    assert base64.b64decode(got["text"]) == journals.BINARY
    assert got["encoding"] == "base64"


def test_a_body_up_to_256_kib_is_whole_and_a_longer_one_is_named(tmp_path: Path) -> None:
    found = entries(tmp_path, journals.hostile(tmp_path))
    middle = found["gw0.3"]["request"]["postData"]
    assert middle["text"].encode() == journals.MIDDLE
    assert "_bodyFile" not in middle
    for part in (found["gw0.2"]["request"]["postData"], found["gw0.2"]["response"]["content"]):
        assert (tmp_path / part["_bodyFile"]).read_bytes() == journals.LONG
        assert "text" not in part


def test_the_limit_itself_is_still_whole(tmp_path: Path) -> None:
    for size, whole in ((256 * 1024, True), (256 * 1024 + 1, False)):
        records = [journals.header(), journals.exchange("gw0.1", sent=journals.body(b"x" * size, tmp_path))]
        part = entries(tmp_path, (journals.results(records), records))["gw0.1"]["request"]["postData"]
        assert ("text" in part, "_bodyFile" in part) == (whole, not whole)


def test_a_body_whose_file_is_gone_is_no_end_of_the_report(tmp_path: Path) -> None:
    built, records = journals.hostile(tmp_path)
    for path in (tmp_path / "bodies").iterdir():
        path.unlink()
    part = entries(tmp_path, (built, records))["gw0.3"]["request"]["postData"]
    assert part["comment"] == "The body's file is missing."
    assert part["_bodyFile"].startswith("bodies/")


def test_a_journal_from_elsewhere_cannot_name_a_file_outside_the_report(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    record = journals.exchange("gw0.1", sent={"bodyFile": "bodies/../secret", "size": 6})
    records = [journals.header(), record]
    entries(tmp_path, (journals.results(records), records))
    assert '"secret"' not in (tmp_path / "evidence.har").read_text("utf-8")


def test_hostile_urls_and_headers_are_kept_as_they_were(tmp_path: Path) -> None:
    found = entries(tmp_path, journals.hostile(tmp_path))
    assert {"name": "X-Evil", "value": journals.HOSTILE} in found["gw0.1"]["response"]["headers"]
    assert journals.HOSTILE in found["gw0.4"]["request"]["url"]
    assert found["gw0.4"]["response"]["statusText"] == ""
