"""Commands on report directories that somebody else has made: they end with a sentence and touch nothing outside."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from starlette.requests import Request as HttpRequest

from osia_conformance.cli import main
from osia_conformance.config.settings import TargetSettings
from osia_conformance.support.ids import IdFactory
from osia_conformance.target.own_ids import own_ids
from osia_reference.app import Server, create_app
from osia_reference.replies import Reply
from tests.harness.judging import reference
from tests.harness.running import hosted
from tests.unit.evidence import cases, making
from tests.unit.evidence.cases import Case
from tests.unit.support.test_files import CONTENT, endless, pipe

RUN_ID = "0b8e1f0e-0000-4000-8000-000000000001"


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    for name in [name for name in os.environ if name.startswith("OSIA_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return cases.prepared(tmp_path)


def to_elsewhere(path: Path) -> None:
    elsewhere = path.parents[len(path.parents) - 1] / "unused"
    assert elsewhere
    path.symlink_to(os.environ["OUTSIDE"])


KINDS = (to_elsewhere, pipe, endless)
NAMES = ("journal.jsonl", "results.json", "report.intoto.jsonl", "report.html", "bodies")


def expect_a_sentence(code: int, capsys: pytest.CaptureFixture[str], *codes: int) -> str:
    said = capsys.readouterr()
    assert code in codes, said
    assert "Traceback" not in said.err
    return said.out + said.err


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", NAMES)
def test_links_pipes_and_endless_files_end_with_a_sentence(
    case: Case,
    name: str,
    make: Callable[[Path], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(CONTENT)
    monkeypatch.setenv("OUTSIDE", str(outside))
    path = case.report / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    make(path)
    expect_a_sentence(main(["verify", str(case.report), "--key", str(case.public)]), capsys, 1)
    key = f"file:{case.stranger}"
    expect_a_sentence(main(["sign", str(case.report), "--key", key, "--countersign", str(case.public)]), capsys, 1)
    expect_a_sentence(main(["compare", str(case.report), str(case.other)]), capsys, 0, 1, 64)
    expect_a_sentence(main(["merge", str(case.report), "--report-dir", str(tmp_path / "merged")]), capsys, 64)
    expect_a_sentence(main(["report", str(case.report)]), capsys, 0, 64, 70)
    expect_a_sentence(main(["cleanup", str(case.report)]), capsys, 0, 64)
    expect_a_sentence(main(["replay", str(case.report), "ENR-READ-02"]), capsys, 64)
    assert outside.read_bytes() == CONTENT


@pytest.mark.parametrize("signed", [True, False])
def test_report_writes_nothing_outside_of_its_directory(
    case: Case, signed: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = case.report
    outside, folder = tmp_path / "outside", tmp_path / "folder"
    outside.write_bytes(CONTENT)
    folder.mkdir()
    if not signed:
        (place / "report.intoto.jsonl").unlink()
    for name in ("report.html", "junit.xml", "summary.md", "evidence.har", "results.json"):
        (place / name).unlink()
        (place / name).symlink_to(outside)
        (place / f".{name}.{os.getpid()}.tmp").symlink_to(outside)
    shutil.rmtree(place / "allure-results")
    (place / "allure-results").symlink_to(folder)
    (place / "added").symlink_to(folder)
    code = main(["report", str(place)])
    assert code == (64 if signed else 70)
    assert outside.read_bytes() == CONTENT
    assert list(folder.iterdir()) == []
    said = capsys.readouterr()
    assert ("it is a link" if signed else "allure-results could not be written") in said.err


def test_bodies_that_are_a_link_are_neither_read_nor_written(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (case.report / "report.intoto.jsonl").unlink()
    shutil.move(case.report / "bodies", tmp_path / "bodies")
    before = sorted(path.name for path in (tmp_path / "bodies").iterdir())
    (case.report / "bodies").symlink_to(tmp_path / "bodies")
    assert main(["report", str(case.report)]) == 70
    assert sorted(path.name for path in (tmp_path / "bodies").iterdir()) == before
    assert "bodies could not be written" in capsys.readouterr().err


def test_report_warns_of_a_bundle_that_is_not_as_it_was_signed(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(case.report), "--format", "earl"]) == 0
    assert "warning" not in capsys.readouterr().err
    (case.report / "junit.xml").write_bytes(b"<testsuites/>")
    assert main(["report", str(case.report), "--format", "earl"]) == 0
    assert "is signed, and not as it was signed: junit.xml is another" in capsys.readouterr().err


# ------------------------------------------------------------------------------------ secrets go where they are meant


def unfinished(place: Path, url: str, *names: str) -> Path:
    """Write a report whose journal says that a run left enrollments of these ids at a URL."""
    making.written(place, target={"url": url, "embedded": False})
    created = [{"kind": "created", "enrollment": name, "check": "create/one"} for name in names]
    making.rewrite_journal(place, lambda lines: [*lines[:-1], *created])
    return place


CONFIGURED = """[target]
url = "{url}"
interface-version = "1.0.0"
timeout = 1
[target.headers]
X-Api-Key = "env:API_KEY"
"""


@pytest.mark.parametrize("command", [["cleanup"], ["replay", "ENR-READ-02"]])
def test_no_secret_goes_to_a_url_that_only_a_journal_names(
    case: Case, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API_KEY", "secret-of-ours")
    place = unfinished(tmp_path / "left", "http://127.0.0.1:9/theirs", "any-id")
    arguments = [command[0], str(place), *command[1:]]
    # Nothing is configured; then something else is, in the usual place; then in the report itself.
    assert "no target is configured" in expect_a_sentence(main(arguments), capsys, 64)
    (tmp_path / "conformance.toml").write_text(CONFIGURED.format(url="http://127.0.0.1:9/ours"), "utf-8")
    assert "the configuration names http://127.0.0.1:9/ours" in expect_a_sentence(main(arguments), capsys, 64)
    (place / "conformance.toml").write_text(CONFIGURED.format(url="http://127.0.0.1:9/theirs"), "utf-8")
    for inside in (place, place / "bodies"):
        monkeypatch.chdir(inside)
        assert "no target is configured" in expect_a_sentence(main(arguments), capsys, 64)


def test_only_ids_that_the_run_can_have_made_are_deleted(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "http://127.0.0.1:9"
    place = unfinished(tmp_path / "left", url, "4711", "../../v1/users/1", "00000000-0000-4000-8000-000000000000")
    assert main(["cleanup", str(place), "--url", url]) == 2
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith("not touched: ")] == said[:3]
    assert said[-1] == "0 deleted, 3 left"
    records = making.records_of(place)
    assert not [line for line in records if line["kind"] == "exchange" and line["request"]["method"] == "DELETE"]


class Listens(Server):
    """Notes each request: its method, its path, and its headers."""

    heard: ClassVar[list[tuple[str, str, dict[str, str]]]] = []

    async def respond(self, request: HttpRequest) -> Reply:
        self.heard.append((request.method, request.url.path, dict(request.headers)))
        return await super().respond(request)


FORGED = (
    {"method": "PUT"},
    {"method": "TRACE"},
    {"url": "{url}/v1/users/1?admin=true"},
    {"url": "{url}/v1/enrollments/00000000-0000-4000-8000-000000000000"},
    {"url": "http://127.0.0.1:9/elsewhere"},
    {"headers": [["Host", "elsewhere.example"], ["X-Forged", "1"], ["Cookie", "a=b"]]},
    {"headers": [["Transfer-Encoding", "chunked"], ["Content-Length", "7"], ["Connection", "upgrade"]]},
)


@pytest.mark.parametrize("forged", FORGED, ids=lambda forged: " ".join(map(str, *forged.items())))
def test_replay_makes_each_request_anew_whatever_a_journal_says(
    case: Case, forged: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Listens.heard.clear()
    place = tmp_path / "forged"
    with hosted(create_app(reference(auth="none"), server=Listens)) as url:
        making.written(place, target={"url": url, "embedded": False})
        parts = {name: part.format(url=url) if isinstance(part, str) else part for name, part in forged.items()}
        making.rewrite_journal(place, lambda lines: [forged_line(line, parts) for line in lines])
        code = main(["replay", str(place), "ENR-READ-02", "--url", url])
    # The check of this journal is none of the suite's, so that its calls alone are sent.
    expect_a_sentence(code, capsys, 64)
    # What names no operation is not sent at all.
    assert Listens.heard or "url" in forged
    for method, path, headers in Listens.heard:
        assert (method, path.rpartition("/")[0]) in {("GET", "/v1/enrollments"), ("DELETE", "/v1/enrollments")}
        assert not path.endswith("00000000-0000-4000-8000-000000000000")
        assert headers["host"] == url.removeprefix("http://")
        assert {"x-forged", "cookie", "transfer-encoding", "upgrade"}.isdisjoint(headers)


def forged_line(line: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """Return a journal's line with these parts in the request of an exchange."""
    return {**line, "request": {**line["request"], **parts}} if line["kind"] == "exchange" else line


def test_ids_of_a_run_are_known_again() -> None:
    factory = IdFactory("uuid", RUN_ID)
    plain = [factory.next("create/one") for _ in range(5)]
    odd = [plain[0].upper(), f"{plain[1]} \u00fc/x", plain[2][:-1]]
    foreign = [IdFactory("uuid", "another run").next("create/one"), plain[3][:-2], "4711", factory.next("create/two")]
    created = [{"enrollment": name, "check": "create/one"} for name in (*plain, *odd, *foreign)]
    assert own_ids(created, [RUN_ID], "uuid") == {*plain, *odd}
    assert own_ids(created, ["another run", RUN_ID], "uuid") == {*plain, *odd, foreign[0]}
    pattern = "[0-9]{12}"
    own = IdFactory(pattern, RUN_ID).next("c")
    lines = [{"enrollment": name, "check": "c"} for name in (own, "123456789012")]
    assert own_ids(lines, [RUN_ID], pattern) == {own}
    assert TargetSettings().enrollment_id == "uuid"


# -------------------------------------------------------------------------------------------------- compare and merge


@pytest.mark.parametrize(
    "change",
    [
        {"requirements": [{"id": "A", "level": "MUST", "title": "t", "outcome": "odd", "checks": []}]},
        {
            "requirements": [
                {"id": "A\nnothing got worse", "level": "x", "title": "\x1b[2K", "outcome": "failed", "checks": []}
            ]
        },
        {"waivers": [{"state": "applied"}]},
        {"requirements": [{"id": "A", "level": "x", "title": "\x1b[2K\n", "outcome": "failed", "checks": []}]},
        {"requirements": [{"id": "A", "level": "MUST", "title": "t", "outcome": "<b>failed", "checks": []}]},
        {"waivers": "none"},
        {"waivers": [7]},
        {"runId": "x\nnothing got worse"},
        {"ending": "\u2028nothing got worse"},
        {"requirements": [{"id": "A", "level": "MUST", "title": "t", "outcome": "failed", "reason": 7, "checks": []}]},
    ],
)
def test_odd_results_are_compared_or_refused_in_a_sentence(
    case: Case, change: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = case.other / "results.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), "utf-8")
    for form in ("text", "markdown", "json"):
        for order in ((case.report, case.other), (case.other, case.report)):
            code = main(["compare", *map(str, order), "--format", form])
            out = expect_a_sentence(code, capsys, 0, 1, 64)
            if form == "text" and code != 64:
                told = [line for line in out.splitlines() if line.startswith(("nothing got worse", "something got"))]
                assert len(told) == 1
                assert "\x1b" not in out


def shards(place: Path) -> list[Path]:
    """Write the two shards of a run."""
    made = []
    for index in (1, 2):
        directory = making.written(place / f"s{index}", shard={"index": index, "of": 2})
        making.rewrite_journal(directory, lambda lines: [one for one in lines if one["kind"] != "check"])
        making.rewrite_reports(directory, making.small_register())
        made.append(directory)
    return made


def test_merge_verifies_each_shard(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = shards(tmp_path)
    command = ["merge", *map(str, parts), "--report-dir"]
    assert "is missing, so the report is not signed" in expect_a_sentence(
        main([*command, str(tmp_path / "m0"), "--key", str(case.public)]), capsys, 64
    )
    for part in parts:
        assert main(["sign", str(part), "--key", f"file:{case.key}"]) == 0
    expect_a_sentence(main([*command, str(tmp_path / "m1"), "--key", str(case.public)]), capsys, 1, 2)
    stranger = str(tmp_path / "stranger.pub")
    expect_a_sentence(main([*command, str(tmp_path / "m2"), "--key", stranger]), capsys, 64)
    # A signature that is there and does not hold is refused without a key, too.
    making.rewrite_journal(parts[1], lambda lines: [{**lines[0], "workers": 2}, *lines[1:]])
    said = expect_a_sentence(main([*command, str(tmp_path / "m3")]), capsys, 64)
    assert "it is signed, and not as it was signed: journal.jsonl is another" in said
    assert not any((tmp_path / name).exists() for name in ("m0", "m2", "m3"))


def test_merge_takes_no_shards_of_different_registers(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = shards(tmp_path)

    def weaker(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        lines[1]["requirements"][0]["level"] = "MAY"
        return lines

    making.rewrite_journal(parts[1], weaker)
    said = expect_a_sentence(main(["merge", *map(str, parts), "--report-dir", str(tmp_path / "m")]), capsys, 64)
    assert "they were judged by different registers" in said


def test_merge_takes_no_body_under_a_false_name(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = shards(tmp_path)
    for body in (parts[1] / "bodies").iterdir():
        body.write_bytes(b"{}")
    expect_a_sentence(main(["merge", *map(str, parts), "--report-dir", str(tmp_path / "m")]), capsys, 64)
