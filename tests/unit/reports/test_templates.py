"""Pages are laid out from templates: what is untrusted stays text, and a template is compiled once."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest
from jinja2 import Environment, UndefinedError

from osia_conformance.reports.templates import page_environment


@pytest.fixture(name="folder")
def folder_of_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with a template, in which Python may keep what it compiles."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "page.html.j2").write_text("<p>{{ text }}</p>", "utf-8")
    return tmp_path


def page(folder: Path, **shown: str) -> str:
    return page_environment(folder).get_template("page.html.j2").render(shown)


def kept(folder: Path) -> list[Path]:
    return list((folder / "__pycache__").iterdir())


def test_what_is_shown_is_text_and_invisible_characters_are_seen(folder: Path) -> None:
    assert page(folder, text="<b>\x1b") == "<p>&lt;b&gt;\\u001b</p>"


def test_a_name_that_is_not_there_is_an_error(folder: Path) -> None:
    with pytest.raises(UndefinedError, match="text"):
        page(folder)


def test_a_template_is_compiled_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = page(folder, text="x")
    monkeypatch.setattr(Environment, "compile", lambda *_, **__: pytest.fail("compiled again"))
    assert page(folder, text="x") == first


def test_a_template_that_changed_is_compiled_anew(folder: Path) -> None:
    page(folder, text="x")
    (folder / "page.html.j2").write_text("<i>{{ text }}</i>", "utf-8")
    assert page(folder, text="x") == "<i>x</i>"


@pytest.mark.parametrize("left", [0, 1, 20, 32, 33, 200, -1])
def test_what_was_cut_is_compiled_anew(folder: Path, left: int) -> None:
    page(folder, text="x")
    (path,) = kept(folder)
    path.write_bytes(path.read_bytes()[:left])
    assert page(folder, text="x") == "<p>x</p>"


@pytest.mark.parametrize("place", [0, 31, 32, 33, 100, -1])
def test_what_was_damaged_is_compiled_anew(folder: Path, place: int) -> None:
    page(folder, text="x")
    (path,) = kept(folder)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    assert page(folder, text="x") == "<p>x</p>"


def test_what_another_jinja_compiled_is_compiled_anew(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page(folder, text="x")
    (before,) = (path.read_bytes() for path in kept(folder))
    monkeypatch.setattr(jinja2, "__version__", "0")
    page(folder, text="x")
    assert [path.read_bytes() for path in kept(folder)] != [before]


def test_what_was_compiled_by_other_options_is_compiled_anew(folder: Path) -> None:
    page(folder, text="x")
    other = page_environment(folder).overlay(autoescape=False)
    assert other.get_template("page.html.j2").render(text="<b>") == "<p><b></p>"


def test_nothing_is_kept_where_python_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    page(folder, text="x")
    assert kept(folder) == []


def test_a_place_that_cannot_be_written_is_no_error(folder: Path) -> None:
    (folder / "__pycache__").rmdir()
    assert page(folder, text="x") == "<p>x</p>"
