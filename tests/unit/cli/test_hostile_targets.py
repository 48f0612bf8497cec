"""Journals that name targets, ids and requests of their own: secrets go where they are meant, and nowhere else."""

from __future__ import annotations

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
from tests.unit.cli.hostile import expect_a_sentence, unfinished
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case

RUN_ID = "0b8e1f0e-0000-4000-8000-000000000001"


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
