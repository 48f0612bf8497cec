"""Another process lists the checks of a report's header; what it does not bring is collected here."""

from __future__ import annotations

import errno
import json
import os
import threading
from functools import partialmethod
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.run import collected
from osia_conformance.run.collect_ahead import collected_ahead
from osia_conformance.support import forks
from osia_conformance.support.forks import Fork
from osia_conformance.verdict.journal import FILE

HEADER = {"kind": "header", "interfaceVersion": "1.0.0", "effort": "quick", "configuration": {}}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The headers for which this process collects: not the checks, which takes long, but the effort."""
    found: list[Any] = []

    def collect(header: Any) -> set[tuple[str, str]]:
        found.append(header)
        if header["effort"] == "unknown":
            raise ValueError
        return {(header["effort"], header["interfaceVersion"])}

    monkeypatch.setattr(collected, "collected_checks", collect)
    monkeypatch.setattr(forks, "can_fork", lambda: True)
    return found


def no_fork() -> int:
    raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")


def of(place: Path, text: str) -> Path:
    (place / FILE).write_text(text + "\n", "utf-8")
    return place


def test_the_other_process_lists_the_checks_of_the_journals_header(tmp_path: Path, here: list[Any]) -> None:
    with collected_ahead(of(tmp_path, json.dumps(HEADER))) as collect:
        assert collect(HEADER) == {("quick", "1.0.0")}
    assert here == []


def test_another_header_than_the_journal_had_then_is_collected_here(tmp_path: Path, here: list[Any]) -> None:
    other = {**HEADER, "effort": "standard"}
    with collected_ahead(of(tmp_path, json.dumps(HEADER))) as collect:
        assert collect(other) == {("standard", "1.0.0")}
    assert here == [other]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[" * 100_000,
        "1",
        json.dumps({**HEADER, "configuration": None}),
        json.dumps({**HEADER, "interfaceVersion": "../1.0.0"}),
        json.dumps({**HEADER, "interfaceVersion": {}}),
        json.dumps({**HEADER, "effort": "unknown"}),
    ],
)
def test_what_is_no_header_is_left_to_who_verifies(text: str, tmp_path: Path, here: list[Any]) -> None:
    with collected_ahead(of(tmp_path, text)) as collect:
        assert collect(HEADER) == {("quick", "1.0.0")}
    assert here == [HEADER]


def test_a_directory_without_a_journal_is_left_to_who_verifies(tmp_path: Path, here: list[Any]) -> None:
    with collected_ahead(tmp_path) as collect:
        assert collect(HEADER) == {("quick", "1.0.0")}
    assert here == [HEADER]


def test_where_no_process_can_be_forked_they_are_collected_here(
    tmp_path: Path, here: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "can_fork", lambda: False)
    with collected_ahead(of(tmp_path, json.dumps(HEADER))) as collect:
        assert collect(HEADER) == {("quick", "1.0.0")}
    assert here == [HEADER]


def test_where_a_fork_fails_they_are_collected_here(
    tmp_path: Path, here: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fork", no_fork)
    with collected_ahead(of(tmp_path, json.dumps(HEADER))) as collect:
        assert collect(HEADER) == {("quick", "1.0.0")}
    assert here == [HEADER]


def test_where_the_other_process_hangs_they_are_collected_here(
    tmp_path: Path, here: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forks, "_tell", lambda *_: threading.Event().wait())
    monkeypatch.setattr(Fork, "receive", partialmethod(Fork.receive, seconds=0.01))
    with collected_ahead(of(tmp_path, json.dumps(HEADER))) as collect:
        assert collect(HEADER) == {("quick", "1.0.0")}
    assert here == [HEADER]
