"""Transport: what one exchange costs over the suite's own HTTP, against an earlier checkout, in pairs.

    python -m benchmarks.transport --before DIRECTORY [--runs N]

Two processes, one for each checkout, send the same requests in turns to a server that answers with fixed bytes, so
that both meet the same load of the machine. `--runs` judges the reference server in turns as well, as a user does.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.common import AUTH, VERSION, environment, machine, reference, serving
from benchmarks.transport_client import BODY

HERE = Path(__file__).parents[1]
ANSWER = (
    b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: fixed\r\nContent-Type: application/json\r\n"
)
CALLS = 200


@contextmanager
def fixed_server() -> Iterator[str]:
    """Answer every request on a loopback port with the same bytes."""
    reply = ANSWER + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY

    def serve(channel: socket.socket) -> None:
        channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with channel:
            while channel.recv(65536):
                channel.sendall(reply)

    def accept() -> None:
        for _ in range(2):
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def paths(checkout: Path) -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(checkout), str(checkout / "reference")])}


def started(checkout: Path, url: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    line = [sys.executable, str(Path(__file__).with_name("transport_client.py")), url]
    return subprocess.Popen(line, env=environment(paths(checkout)), stdin=pipe, stdout=pipe, text=True)


def exchanges(before: Path, rounds: int) -> tuple[list[list[float]], list[list[float]]]:
    """Return seconds on the clock and of the processor of each round, before and after."""
    with fixed_server() as url, ExitStack() as stack:
        sides = [stack.enter_context(started(checkout, url)) for checkout in (before, HERE)]
        times: tuple[list[list[float]], list[list[float]]] = ([], [])
        for number in range(rounds + 1):
            # Who is first changes from one round to the next.
            for side in (0, 1) if number % 2 else (1, 0):
                stdin, stdout = sides[side].stdin, sides[side].stdout
                assert stdin is not None
                assert stdout is not None
                stdin.write(f"{CALLS}\n")
                stdin.flush()
                times[side].append(json.loads(stdout.readline()))
        for process in sides:
            process.communicate()
    return times[0][1:], times[1][1:]


def judged(checkout: Path, effort: str) -> list[float]:
    """Return the seconds of a run, on the clock and of the processor, and its exchanges."""
    with tempfile.TemporaryDirectory() as place, serving(reference()) as url:
        config = Path(place, "conformance.toml")
        config.write_text(f'[target]\nurl = "{url}"\ninterface-version = "{VERSION}"\n{AUTH}', "utf-8")
        options = ["--config", str(config), "--seed", "1", "--effort", effort, "--report-dir", f"{place}/report"]
        began, busy = time.monotonic(), os.times()
        line = [sys.executable, "-m", "osia_conformance", "run", *options]
        subprocess.run(line, cwd=place, env=environment(paths(checkout)), stdout=subprocess.DEVNULL, check=True)
        now = os.times()
        used = now.children_user + now.children_system - busy.children_user - busy.children_system
        sent = Path(place, "report", "journal.jsonl").read_text("utf-8").count('"kind":"exchange"')
        return [time.monotonic() - began, used, sent]


def compared(title: str, before: list[float], after: list[float], unit: float, name: str) -> None:
    ratios = [new / old for old, new in zip(before, after, strict=True)]
    low, high = min(before) * unit, min(after) * unit
    print(
        f"{title}: least {low:.1f} {name} before, {high:.1f} after; median of pairs {statistics.median(ratios):.3f}"
        f" ({min(ratios):.2f} to {max(ratios):.2f})",
        flush=True,
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--before", type=Path, required=True, help="an earlier checkout")
    options.add_argument("--rounds", type=int, default=30)
    options.add_argument("--runs", type=int, default=0)
    options.add_argument("--effort", default="standard")
    chosen = options.parse_args()
    print(f"transport; {machine()}")
    before, after = exchanges(chosen.before, chosen.rounds)
    for part, title in enumerate(("an exchange on the clock", "an exchange of the processor")):
        compared(title, [one[part] for one in before], [one[part] for one in after], 1e6 / CALLS, "us")
    runs: tuple[list[list[float]], list[list[float]]] = ([], [])
    for number in range(chosen.runs):
        for side in (0, 1) if number % 2 else (1, 0):
            runs[side].append(judged((chosen.before, HERE)[side], chosen.effort))
    if chosen.runs:
        for part, title in enumerate(("a run on the clock", "a run of the processor")):
            compared(title, [one[part] for one in runs[0]], [one[part] for one in runs[1]], 1, "s")
        print(f"exchanges: {runs[0][0][2]:.0f} before, {runs[1][0][2]:.0f} after; {machine()}")


if __name__ == "__main__":
    main()
