"""Names and files that somebody else chose, given to commands: they steer nothing, and nothing waits for them."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.cli import main
from tests.unit.cli.hostile import expect_a_sentence
from tests.unit.evidence.cases import Case
from tests.unit.support.test_files import CONTENT, pipe

NAMES = ("x\x1b[2K", "x\n::error::x", "x\r##[error]x", "x\u2028x", "x\x9b1A", "x\u202ex", "##vso[task.complete]x")
TARGET = '[target]\nurl = "http://127.0.0.1:9"\ninterface-version = "1.0.0"\n'


def expect_plain(said: str) -> None:
    """Check that nothing was said that steers a terminal or a CI system."""
    assert said
    for line in said.split("\n"):
        assert all(one.isprintable() for one in line), line
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso[" not in line


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "command",
    [
        ("config", "--check", "{}.toml"),
        ("keygen", "--out", "{}.pem"),
        ("verifier", "{}.html"),
        ("verify", "{}", "--key", "key.pub"),
        ("report", "{}"),
        ("compare", "{}", "report"),
        ("history", "{}"),
        ("merge", "{}", "{}"),
        ("cleanup", "{}"),
        ("replay", "report", "{}"),
        ("explain", "{}"),
        ("merge", "report", "--{}"),
        ("init", "{}.toml", "--url", "http://127.0.0.1:9", "--interface-version", "1.0.0"),
    ],
    ids=" ".join,
)
def test_no_name_of_a_file_steers_a_terminal_or_a_ci_system(
    case: Case, command: tuple[str, ...], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / f"{name}.toml").write_text(TARGET, "utf-8") if command[0] == "config" else None
    try:
        code = main([part.format(name) for part in command])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code in (0, 64, 70)
    said = capsys.readouterr()
    expect_plain(said.out + said.err)
    assert code != 70 or "Traceback" not in said.err


PRODUCTS: tuple[Any, ...] = ([1], "x", 7, None, {"name": {"a": 1}}, {"name": ["x"]}, {"version": 7})


@pytest.mark.parametrize("product", PRODUCTS)
@pytest.mark.parametrize("form", ["text", "html"])
def test_a_trend_of_odd_products_is_refused_in_a_sentence(
    case: Case, product: Any, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = case.other / "results.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "product": product}), "utf-8")
    code = main(["history", str(case.report), str(case.other), "--format", form])
    assert "this is no results.json of schema version 1" in expect_a_sentence(code, capsys, 64)


def test_a_trend_is_written_to_a_pipe_which_stays_one(case: Case, tmp_path: Path) -> None:
    pipe(tmp_path / "trend")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "trend").read_text("utf-8")))
    reader.start()
    assert main(["history", str(case.report), "--output", "trend"]) == 0
    reader.join()
    assert read[0].startswith("A  2 January 2026, ")
    assert (tmp_path / "trend").is_fifo()


def directory(path: Path) -> None:
    path.mkdir()


def without_end(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [pipe, directory, without_end])
@pytest.mark.parametrize("command", ["init", "run"])
def test_a_spec_that_is_no_file_ends_with_a_sentence(
    case: Case, command: str, make: Callable[[Path], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "spec.yaml")
    target = ["--url", "http://127.0.0.1:9", "--interface-version", "1.0.0", "--spec", "spec.yaml"]
    file = ["made.toml"] if command == "init" else ["--dry-run"]
    expect_a_sentence(main([command, *file, *target]), capsys, 64)


def link_to_nothing(path: Path) -> None:
    path.symlink_to("outside")


def link_to_a_file(path: Path) -> None:
    (path.parent / "outside").write_bytes(CONTENT)
    path.symlink_to("outside")


KINDS = (link_to_nothing, pipe, directory)
MAKING = {
    ("init", "made", "--url", "http://127.0.0.1:9", "--interface-version", "1.0.0"): (*KINDS, link_to_a_file),
    ("keygen", "--out", "made"): (*KINDS, link_to_a_file),
    # A database that is there may be a link of one's own.
    ("serve", "--database", "made", "--port", "0"): KINDS,
}


@pytest.mark.parametrize(("command", "make"), [(command, make) for command, kinds in MAKING.items() for make in kinds])
def test_no_new_file_is_written_through_a_link_or_a_pipe(
    case: Case,
    command: tuple[str, ...],
    make: Callable[[Path], None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    make(tmp_path / "made")
    expect_a_sentence(main(list(command)), capsys, 64)
    assert not (tmp_path / "outside").exists() or (tmp_path / "outside").read_bytes() == CONTENT
    assert os.path.lexists(tmp_path / "made")
