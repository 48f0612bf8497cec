"""Files of a report are read and written where they seem to be: no link, no pipe, no device, nothing endless."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.support import files
from tests.harness.json_values import json_values

CONTENT = b"of somebody else"


def outside(place: Path) -> Path:
    target = place.parent / f"{place.name}-outside"
    target.write_bytes(CONTENT)
    return target


def link(path: Path) -> None:
    path.symlink_to(path.parent.parent / "elsewhere")


def pipe(path: Path) -> None:
    os.mkfifo(path)


def socket_file(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def directory(path: Path) -> None:
    path.mkdir()


def endless(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2 << 30)


KINDS = (link, pipe, socket_file, device, directory, endless)


@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_file_of_ours_is_not_read(make: Callable[[Path], None], tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(CONTENT)
    report = tmp_path / "report"
    report.mkdir()
    make(report / "x")
    with pytest.raises(OSError, match=r"no regular file|a link leads to it|larger than"):
        files.read(report, "x")
    assert not files.is_regular(report, "x")


def test_no_link_on_the_way_is_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x").write_bytes(CONTENT)
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "bodies").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match=r"a link leads to it|Not a directory"):
        files.read(tmp_path / "report", "bodies/x")


def test_a_file_in_the_place_of_a_link_replaces_it(tmp_path: Path) -> None:
    target = outside(tmp_path)
    (tmp_path / "x").symlink_to(target)
    files.write(tmp_path / "x", ["new"])
    assert not (tmp_path / "x").is_symlink()
    assert (tmp_path / "x").read_bytes() == b"new"
    assert target.read_bytes() == CONTENT


def test_nothing_is_written_through_a_linked_directory(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "added").symlink_to(tmp_path / "elsewhere")
    for act in (
        lambda: files.write(tmp_path / "report" / "added" / "x", ["new"]),
        lambda: files.make_directory(tmp_path / "report" / "added"),
        lambda: list(files.opened(tmp_path / "report" / "added").__enter__() and ()),
    ):
        with pytest.raises(OSError, match=r"Not a directory|Too many levels"):
            act()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_directory_in_the_place_of_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "kept").write_bytes(CONTENT)
    (tmp_path / "allure-results").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="Not a directory"), files.new_directory(tmp_path / "allure-results") as folder:
        files.create("x", folder).close()
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["kept"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["allure-results", "elsewhere"]


def as_a_link(path: Path) -> None:
    path.symlink_to(path.parent.with_name(f"{path.parent.name}-outside"))


def as_a_file(path: Path) -> None:
    path.write_bytes(CONTENT)


@pytest.mark.parametrize("lay_out", [as_a_link, as_a_file, pipe])
def test_temporary_names_cannot_be_foretold(
    lay_out: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = outside(tmp_path)
    monkeypatch.setattr(files.secrets, "token_hex", lambda count: "guessed")
    lay_out(tmp_path / ".x.guessed.tmp")
    # Even one that was foretold is not written through.
    with pytest.raises(FileExistsError):
        files.write(tmp_path / "x", ["new"])
    assert target.read_bytes() == CONTENT
    monkeypatch.undo()
    names = {files._random_name("x") for _ in range(100)}
    assert len(names) == 100


def test_only_the_owner_may_read_what_is_written(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        files.write(tmp_path / "x", ["new"])
        files.make_directory(tmp_path / "d")
        with files.new_directory(tmp_path / "e") as folder:
            files.create("x", folder).close()
    finally:
        os.umask(before)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "x", tmp_path / "d", tmp_path / "e")}
    assert modes == {"x": 0o600, "d": 0o700, "e": 0o700}
    assert (tmp_path / "e" / "x").stat().st_mode & 0o777 == 0o600


_LONE_SURROGATES = st.text(st.characters(categories=["Cs"]), min_size=1)
_VALUES = json_values(st.text() | _LONE_SURROGATES, most=None)


@given(_VALUES)
def test_json_on_one_line_is_laid_out_as_python_does(value: object) -> None:
    line = files.as_json_line(value)
    text = line if isinstance(line, str) else line.decode("utf-8")
    assert json.loads(text) == value
    # Only a number may be spelt otherwise.
    assert json.dumps(json.loads(text), ensure_ascii=False) == json.dumps(value, ensure_ascii=False)
    assert "\n" not in text


@given(_VALUES)
def test_json_is_indented_as_python_does(value: object) -> None:
    assert files.as_json(value) == json.dumps(value, indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [-float("inf")]])
def test_what_is_no_number_of_json_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.as_json(value)
