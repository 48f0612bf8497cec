"""The journal: whole lines from several processes at once, and what a cut-off run leaves of it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osia_conformance.support.clock import now
from osia_conformance.verdict import journal
from osia_conformance.verdict.journal import INLINE_LIMIT, Journal
from tests.harness.json_values import json_values
from tests.harness.running import ENOUGH

WRITER = """
import sys
from pathlib import Path
from osia_conformance.verdict.journal import Journal
journal = Journal(Path(sys.argv[1]))
sys.stdin.readline()
for number in range(200):
    journal.write("line", writer=sys.argv[2], number=number, text=sys.argv[2] * (number * 50))
journal.close()
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path)
    yield made
    made.close()


def test_lines_come_back_in_order_with_their_kind(opened: Journal) -> None:
    opened.write("header", seed=1)
    opened.write("check", text='line\nbreak "quote" é 𝔘 \ud800')
    assert journal.read(opened.directory) == [
        {"kind": "header", "seed": 1},
        {"kind": "check", "text": 'line\nbreak "quote" é 𝔘 \ud800'},
    ]


def test_a_line_can_be_read_as_soon_as_it_is_written(opened: Journal) -> None:
    for number in range(3):
        opened.write("line", number=number)
        assert len(journal.read(opened.directory)) == number + 1


def test_several_processes_write_whole_lines(tmp_path: Path) -> None:
    names = ("a", "b", "c")
    line = [sys.executable, "-c", WRITER, str(tmp_path)]
    writers = [subprocess.Popen([*line, name], stdin=subprocess.PIPE, text=True) for name in names]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=ENOUGH)
        assert writer.returncode == 0
    records = journal.read(tmp_path)
    for name in names:
        own = [record for record in records if record["writer"] == name]
        assert [record["number"] for record in own] == list(range(200))
        assert all(record["text"] == name * (record["number"] * 50) for record in own)


def test_a_last_line_that_was_cut_off_is_left_out(opened: Journal) -> None:
    opened.write("header", seed=1)
    opened.write("check", text="x" * 100)
    path = opened.directory / journal.FILE
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for end in range(first, len(whole)):
        path.write_bytes(whole[:end])
        assert [record["kind"] for record in journal.read(opened.directory)] == ["header"]


def test_after_a_cut_off_line_the_journal_can_be_continued(tmp_path: Path) -> None:
    (tmp_path / journal.FILE).write_bytes(b'{"kind":"header"}\n{"kind":"exch')
    journal.mend(tmp_path)
    made = Journal(tmp_path)
    made.write("footer")
    made.close()
    assert [record["kind"] for record in journal.read(tmp_path)] == ["header", "footer"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'{"kind":"header"}\nnonsense\n{"kind":"footer"}\n', "line 2 is no JSON"),
        (b"[1]\n", "line 1 is no object with a kind"),
        (b'{"seed":1}\n', "line 1 is no object with a kind"),
        (b'{"kind":5}\n', "line 1 is no object with a kind"),
        (b'\n{"kind":"footer"}\n', "line 1 is no JSON"),
    ],
)
def test_a_whole_line_that_is_none_of_ours_is_told(text: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / journal.FILE).write_bytes(text)
    with pytest.raises(ValueError, match=words):
        journal.read(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":[1,-0,-0.0,1.5e3,123456789012345678901234567890,true,null]}',
        '{"a":1,"a":2}',
        '{"half of a pair":"\\ud800"}',
        '{"a":1e400}',
        '{"a":NaN}',
        '{"a":"\u00e9 \\u0000"}',
        '{"a":0.1234567890123456789}',
    ],
)
def test_a_line_is_read_as_json_reads_it(text: str) -> None:
    assert repr(journal.parsed(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize("line", [b"", b"{", b'{"a":"\xff"}', b"[" * 100_000, b'{"a":%s}' % (b"1" * 5000)])
def test_what_json_refuses_is_refused(line: bytes) -> None:
    with pytest.raises((ValueError, RecursionError)) as here:
        journal.parsed(line)
    with pytest.raises(type(here.value)):
        json.loads(line)


def test_a_directory_without_a_journal_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        journal.read(tmp_path)
    assert not journal.begun(tmp_path)


def test_an_empty_journal_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / journal.FILE).write_bytes(b"")
    assert journal.read(tmp_path) == []
    assert not journal.begun(tmp_path)


@given(line=st.dictionaries(st.text(max_size=4), json_values(most=None)))
def test_a_line_is_json_of_visible_ascii_whatever_it_says(line: dict[str, Any]) -> None:
    data = journal.encoded(line)
    assert json.loads(data) == line
    assert all(0x20 <= byte < 0x7F for byte in data)
    # Each text is written in one way, so a line that is written anew shows a key that stood twice.
    assert journal.encoded(journal.parsed(data)) == data


@given(data=st.binary(max_size=300))
def test_a_body_comes_back_byte_for_byte(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    directory = tmp_path_factory.mktemp("journal")
    made = Journal(directory)
    stated = made.body(data)
    made.close()
    assert stated["size"] == len(data)
    assert journal.body_of(directory, stated) == data


@pytest.mark.parametrize("size", [INLINE_LIMIT, INLINE_LIMIT + 1, 1024 * 1024])
def test_a_long_body_lies_under_its_hash(size: int, opened: Journal) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    stated = opened.body(data)
    assert ("bodyFile" in stated) == (size > INLINE_LIMIT)
    assert journal.body_of(opened.directory, stated) == data
    assert opened.body(data) == stated
    bodies = opened.directory / journal.BODIES
    assert len(list(bodies.iterdir()) if bodies.exists() else []) == (size > INLINE_LIMIT)


def test_threads_may_keep_the_same_body_at_once(opened: Journal) -> None:
    data, start = b"x" * (INLINE_LIMIT + 1), threading.Barrier(8)

    def keep(number: int) -> str:
        start.wait()
        return opened.keep(data + bytes([number]))

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            assert len(set(pool.map(keep, [number] * 8))) == 1
    assert len(list((opened.directory / journal.BODIES).iterdir())) == 20


def test_only_the_owner_may_read_it(opened: Journal) -> None:
    opened.write("header")
    assert (opened.directory / journal.FILE).stat().st_mode & 0o077 == 0


def test_a_line_that_is_written_in_pieces_comes_back_whole(opened: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda file, data: real(file, data[:5]))
    opened.write("check", text="long enough")
    assert journal.read(opened.directory) == [{"kind": "check", "text": "long enough"}]


def test_times_are_utc_with_milliseconds() -> None:
    assert now().endswith("Z")
    assert len(now()) == len("2026-01-01T00:00:00.000Z")


def test_beyond_its_limit_long_bodies_of_answers_are_kept_as_size_and_hash(tmp_path: Path) -> None:
    opened = Journal(tmp_path, 50_000)
    long, short = b"x" * 30_000, b"y" * 1000
    assert "bodyFile" in opened.answer_body(long)
    for data in (b"z" * 30_000, b"{" * 25_000):
        assert opened.answer_body(data) == {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    assert opened.answer_body(short) == {"body": short.decode(), "size": 1000}
    # What is sent is kept all the same, and without a limit everything.
    assert "bodyFile" in opened.body(b"w" * 30_000)
    opened.close()
    unlimited = Journal(tmp_path)
    assert "bodyFile" in unlimited.answer_body(b"z" * 30_000)
    unlimited.close()
