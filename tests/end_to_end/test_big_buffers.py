"""`--big-buffer`: bodies of any size are made, sent, received and hashed piece by piece."""

from __future__ import annotations

import hashlib
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.cli import main
from osia_conformance.reports.curl import curl_line
from osia_conformance.run.selection import Selection
from osia_conformance.verdict import journal
from osia_conformance.wire.client import open_client
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.settings import HttpSettings
from osia_conformance.wire.streaming import PIECE, Download, Upload
from osia_reference.store import Store
from tests.harness import lab
from tests.harness.judging import settings

MIB = 1024 * 1024
SIZES = (1, 7, 8, 9, PIECE - 1, PIECE, PIECE + 1, 3 * MIB + 5)


@pytest.mark.parametrize("size", SIZES)
def test_an_upload_has_its_size_and_its_hash_each_time(size: int) -> None:
    upload = Upload(size)
    data = b"".join(upload)
    assert len(data) == len(upload) == size
    assert b"".join(upload) == data
    assert upload.sha256 == Upload(size).sha256 == hashlib.sha256(data).hexdigest()


def test_no_piece_can_stand_for_another() -> None:
    pieces = list(Upload(5 * PIECE))
    assert len(set(pieces)) == len(pieces)


class Peer:
    """Reads requests, and answers each with 200 and `size` bytes, `short` of them missing, without keeping any."""

    def __init__(self, size: int, short: int = 0) -> None:
        self.size, self.short = size, short
        self.read = 0
        self.sha256 = hashlib.sha256()

    def serve(self, listener: socket.socket) -> None:
        while True:
            try:
                channel, _ = listener.accept()
            except OSError:
                return
            with channel:
                while self.answer(channel):
                    pass

    def answer(self, channel: socket.socket) -> bool:
        data = b""
        while b"\r\n\r\n" not in data:
            more = channel.recv(65536)
            if not more:
                return False
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [
            line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        ]
        left = int(lengths[0]) if lengths else 0
        while True:
            self.sha256.update(body)
            self.read += len(body)
            left -= len(body)
            if left <= 0:
                break
            body = channel.recv(65536)
        channel.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {self.size}\r\n\r\n".encode())
        left = self.size - self.short
        while left:
            piece = bytes(min(left, 65536))
            channel.sendall(piece)
            left -= len(piece)
        return not self.short


@contextmanager
def served(peer: Peer) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=peer.serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("size", [0, 1, 64 * 1024, 64 * 1024 + 1, 5 * MIB + 1])
def test_a_body_goes_both_ways(size: int) -> None:
    peer, sent, came = Peer(size), Upload(5 * MIB), Download(size)
    with served(peer) as url, open_client(HttpSettings(base_url=url)) as wire:
        for _ in range(2):
            answer = wire.send("POST", "/", body=sent, sink=came)
            assert answer.status_code == 200
            assert answer.content == b""
            assert (came.size, came.sha256) == (size, hashlib.sha256(bytes(size)).hexdigest())
    assert peer.read == 2 * sent.size
    assert peer.sha256.hexdigest() == hashlib.sha256(b"".join(sent) * 2).hexdigest()


def test_memory_does_not_grow_with_the_size() -> None:
    size = 32 * MIB
    with served(Peer(size)) as url, open_client(HttpSettings(base_url=url)) as wire:
        tracemalloc.start()
        try:
            wire.send("POST", "/", body=Upload(size), sink=Download(size))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 8 * MIB


def test_a_long_body_that_ends_early_is_no_answer() -> None:
    with (
        served(Peer(2 * MIB, short=1)) as url,
        open_client(HttpSettings(base_url=url)) as wire,
        pytest.raises(NoAnswer, match="2097151 bytes of 2097152 came"),
    ):
        wire.send("GET", "/", sink=Download(2 * MIB))


class SwapsPieces(Store):
    """Gives the pieces of a long buffer back in another order."""

    def pieces(self, buffer_id: str) -> Iterator[bytes]:
        data = b"".join(super().pieces(buffer_id))
        yield data[MIB:] + data[:MIB]


def judged(directory: Path, **parts: type) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    chosen = replace(settings(), big_buffer=3 * MIB)
    run_request = lab.run(directory, Selection(("ENR-BUFFER-01",)).arguments(), chosen=chosen, **parts)
    assert run_request.results is not None
    checks = {
        check["id"]: check
        for entry in run_request.results["requirements"]
        for check in entry["checks"]
        if "big_buffer" in check["id"]
    }
    (check,) = checks.values()
    return check, journal.read(directory)


def test_a_big_buffer_is_judged_and_not_kept(tmp_path: Path) -> None:
    check, records = judged(tmp_path / "r")
    assert check["outcome"] == "passed"
    long = [line for line in records if line["kind"] == "exchange" and line["request"].get("sha256")]
    (sent,) = long
    assert sent["request"]["sha256"] == Upload(3 * MIB).sha256
    assert sent["request"]["size"] == 3 * MIB
    assert f"osia_conformance.wire.streaming {3 * MIB}" in curl_line(sent)
    (read,) = [line for line in records if line["kind"] == "exchange" and (line["response"] or {}).get("sha256")]
    assert read["response"]["sha256"] == sent["request"]["sha256"]
    assert all(path.stat().st_size < MIB for path in (tmp_path / "r" / "bodies").glob("*"))


def test_a_server_that_swaps_pieces_is_caught(tmp_path: Path) -> None:
    check, _ = judged(tmp_path / "r", store=SwapsPieces)
    assert check["outcome"] == "failed"
    assert check["expected"] == f"{3 * MIB} bytes with SHA-256 {Upload(3 * MIB).sha256}"


@pytest.mark.parametrize("text", ["", "0", "1.5GiB", "-1", "1KB", "2000GiB", "much"])
def test_what_is_no_size_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--big-buffer", text]) == 64
    assert "size" in capsys.readouterr().err
