"""The example of docs/writing-a-check.md: its check passes on the reference server, and fails on the page's server."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.standard import register
from osia_conformance.standard.versions import judged
from osia_conformance.support.paths import bundled
from tests.harness import variant
from tests.harness.judging import Judged, judge
from tests.harness.running import ROOT

ENTRY, CHECK, SERVER = re.findall(
    r"^```(?:toml|python)\n(.*?)^```$", (ROOT / "docs" / "writing-a-check.md").read_text("utf-8"), re.DOTALL | re.M
)
NAME = tomllib.loads(ENTRY)["requirement"][0]["id"]
ENDS = (judged()[0], judged()[-1])


def forget_register() -> None:
    for cached in (register.whole_register, register._built, register.load_register, variant.active, variant.ids):
        cached.cache_clear()


@pytest.fixture
def _registered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the register hold the page's entry, too."""
    specs = tmp_path / "specs" / "enrollment"
    specs.mkdir(parents=True)
    for name in ("requirements.toml", "rulings.toml"):
        (specs / name).write_text((bundled("specs") / "enrollment" / name).read_text("utf-8"), "utf-8")
    with (specs / "requirements.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{ENTRY}")
    monkeypatch.setattr(register, "bundled", lambda name: tmp_path / name)
    forget_register()
    yield
    monkeypatch.undo()
    forget_register()


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    file = tmp_path / "test_page.py"
    file.write_text(CHECK, "utf-8")
    return file


def judged_by_the_page(suite: Path, version: str, app: Any = None) -> Judged:
    return judge(app, version=version, only=(NAME,), arguments=(str(suite),))


def violation() -> variant.Violation:
    names: dict[str, Any] = {}
    exec(SERVER, names)
    (found,) = names["VIOLATIONS"]
    return found


def test_the_id_is_free():
    assert NAME not in register.whole_register().requirements


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("version", ENDS)
def test_the_check_passes_on_the_reference_server(suite, version):
    run = judged_by_the_page(suite, version)
    assert run.requirement(NAME)["outcome"] == "passed"


@pytest.mark.usefixtures("_registered")
@pytest.mark.parametrize("version", ENDS)
def test_the_check_fails_on_the_server_for_its_reason(suite, version):
    server = violation()
    run = judged_by_the_page(suite, version, server.app(version))
    server.expect(version, run, selected=True)
    found = run.requirement(NAME)
    assert found["outcome"] == "failed"
    assert found["reason"].startswith("expected the capture device")
    assert found["reason"].endswith("it is absent or null")


@pytest.mark.usefixtures("_registered")
def test_the_server_breaks_nothing_but_what_it_says(suite):
    server = violation()
    names = server.all_that_tells(ENDS[-1])
    run = judge(server.app(ENDS[-1]), version=ENDS[-1], only=names, arguments=(str(suite),))
    server.expect(ENDS[-1], run, selected=True)


def test_the_page_and_the_check_import_from_the_facades_alone():
    assert set(re.findall(r"^from (osia\S+)", CHECK, re.M)) == {
        "osia_conformance.checks",
        "osia_conformance.checks.enrollment",
    }
