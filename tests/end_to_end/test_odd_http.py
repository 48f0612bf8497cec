"""What HTTP/1.1 leaves free on the wire: interim answers, any case and reason, chunks, trailers, closed connections."""

from __future__ import annotations

import http.client
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from osia_conformance.reports import results as results_json
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_reference.app import create_app
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import reference, settings
from tests.harness.running import hosted

CHOSEN = (
    "DONE-01",
    "CODE-01",
    "MEDIA-01",
    "CREATE-02",
    "READ",
    "BUFFER-01",
    "BUFFER-11",
    "DIGEST-03",
    "TOKEN-01",
    "ERROR",
)
HOP = {"content-length", "transfer-encoding", "connection"}


class Gateway(socketserver.StreamRequestHandler):
    """Passes requests on to `upstream`, and its answers back in as odd a form as HTTP allows (RFC 9110, RFC 9112)."""

    disable_nagle_algorithm = True
    upstream = ""
    numbers = count()

    def handle(self) -> None:
        while (line := self.rfile.readline()).strip():
            method, target, _ = line.decode("ascii").split()
            headers = http.client.parse_headers(self.rfile)
            body = self.rfile.read(int(headers.get("Content-Length", 0)))
            closes = next(self.numbers) % 2 == 0
            self.wfile.write(self.odd(self.passed_on(method, target, dict(headers), body), closes=closes))
            if closes:
                return

    def passed_on(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        connection = http.client.HTTPConnection(urlsplit(self.upstream).netloc)
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def odd(self, answer: tuple[int, Any, bytes], *, closes: bool) -> bytes:
        status, headers, body = answer
        kept = [f"{name.swapcase()}:\t{value}  " for name, value in headers if name.lower() not in HOP]
        lines = [
            f"HTTP/1.1 {status} {'It is as it is' if closes else ''}",
            *kept,
            "x-empty:",
            "x-twice: 1",
            "x-twice: 2",
        ]
        lines += ["CONNECTION: Close"] if closes else []
        data = b"" if status == 204 else b"".join(chunked(body))
        lines += [] if status == 204 else ["transfer-ENCODING: Chunked", "Trailer: X-Sum"]
        interim = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n" * 2
        return interim + "\r\n".join([*lines, "", ""]).encode("latin-1") + data


def chunked(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 500):
        piece = body[start : start + 500]
        yield f'000{len(piece):X};note="a b";x\r\n'.encode() + piece + b"\r\n"
    yield b"0\r\nX-Sum: 0\r\n\r\n"


@contextmanager
def gateway(upstream: str) -> Iterator[str]:
    handler = type("To", (Gateway,), {"upstream": upstream, "numbers": count()})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def test_whatever_form_http_gives_an_answer_it_is_judged_by_what_it_says(tmp_path: Path) -> None:
    with hosted(create_app(reference(NEWEST))) as upstream, gateway(upstream) as url:
        chosen = replace(settings(NEWEST, url=url), report_dir=tmp_path / "report")
        run_request = prepared(chosen, write_reports=results_json.write)
        run_suites(run_request, arguments=tuple(f"--osia-only=ENR-{name}" for name in CHOSEN))
    assert run_request.results is not None
    totals = run_request.results["totals"]
    assert (totals["failed"], totals["cantTell"]) == (0, 0), run_request.results["reasons"]
    assert totals["passed"] > 40
    assert {one["ruling"] for one in run_request.results["observations"]} <= {"RUL-TLS"}
