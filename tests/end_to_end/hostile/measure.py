"""Judges hostile targets at default settings by the command, and writes docs/hostile.md.

`python -m tests.end_to_end.hostile.measure` measures all cases, two at a time, keeps each result in docs/hostile.json,
and makes the table. With words, only the cases whose names hold one of them; `--at-once 1` for the seconds of a
quiet machine.
Ends with 1 if a verdict or a bound does not hold, with 2 if no case is named so.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.end_to_end.hostile.cases import CASES, Case
from tests.end_to_end.hostile.certificates import authority
from tests.end_to_end.hostile.targets import Target
from tests.harness.running import JWT_KEY, ROOT, Report, command, configured, environment

MOST_SECONDS = 120
MOST_MEMORY = 300
KEPT = ROOT / "docs" / "hostile.json"
PAGE = ROOT / "docs" / "hostile.md"
HEAD = """# Hostile targets

How whole runs ended against targets that misbehave: the command at default settings (`timeout` 10, standard effort),
one process each, two at a time on a machine with two cores. Each run wrote a whole report without a traceback; none
may take more than {seconds} s or {memory} MB. Made by `python -m tests.end_to_end.hostile.measure`; the tests in
`tests/end_to_end/hostile/` hold the same table, with short timeouts.

| target | verdict | exit | seconds | peak MB | why |
| --- | --- | --- | --- | --- | --- |
"""
_WATCH = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""
"""Runs a command and prints its exit code and peak KiB. In a process of its own: what is started begins with the peak
of whoever starts it."""


def measured(case: Case) -> dict[str, Any]:
    """Judge one target and return what came of it."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        script = stack.enter_context(case.serve())
        target = stack.enter_context(Target(script, case.tls() if case.tls else None))
        tls = {"ca-file": str(authority(directory))} if case.tls and case.trusted else {}
        file = configured(directory, target.url, **tls)
        line = command("run", "--config", file, "--seed", 1, "--report-dir", directory / "r")
        begun = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _WATCH, *line],
            env=environment(JWT_KEY),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.monotonic() - begun
        code, peak = map(int, done.stdout.split()[-2:])
        results = Report(directory / "r").results
    failed = [entry["reason"] for entry in results["requirements"] if entry["outcome"] == "failed"]
    return {
        "verdict": results["verdict"],
        "exit": code,
        "seconds": round(seconds, 1),
        "memory": round(peak / 1024),
        "traceback": b"Traceback" in done.stdout + done.stderr,
        "first": (failed + results["reasons"] + [""])[0][:300],
    }


def measured_by_name(name: str) -> dict[str, Any]:
    """Judge the target of that name: what a process of its own is asked for."""
    return measured(next(case for case in CASES if case.name == name))


def holds(case: Case, found: dict[str, Any]) -> bool:
    """Return whether verdict and bounds are as they should be."""
    bounded = found["seconds"] < MOST_SECONDS and found["memory"] < MOST_MEMORY
    return (found["verdict"], found["exit"], found["traceback"]) == (case.verdict, case.code, False) and bounded


def table(kept: dict[str, Any]) -> str:
    """Return the page made of what was measured."""
    rows = [(case, kept[case.name]) for case in CASES if case.name in kept]
    lines = (
        f"| {case.name} | {found['verdict']} | {found['exit']} | {found['seconds']} | {found['memory']} | {case.why} |"
        for case, found in rows
    )
    return HEAD.format(seconds=MOST_SECONDS, memory=MOST_MEMORY) + "\n".join(lines) + "\n"


def named(words: list[str]) -> list[Case]:
    """Return the cases whose names hold one of the words; all of them without any."""
    return [case for case in CASES if not words or any(word in case.name for word in words)]


def _measure(cases: list[Case], at_once: int) -> int:
    """Measure and keep each result as it comes; return how many do not hold."""
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    wrong = 0
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(at_once, mp_context=fresh, max_tasks_per_child=1) as pool:
        running = {pool.submit(measured_by_name, case.name): case for case in cases}
        for future in as_completed(running):
            case, found = running[future], future.result()
            kept[case.name] = found
            good = holds(case, found)
            wrong += not good
            sys.stdout.write(f"{case.name:40} {found}{'' if good else '  <<<'}\n")
            sys.stdout.flush()
            KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")
            PAGE.write_text(table(kept), "utf-8")
    return wrong


def main() -> int:
    """Measure, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.hostile.measure", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="WORD", help="a part of the names of the cases to measure")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="so many runs at a time (default: 2)")
    options = parser.parse_args()
    cases = named(options.words)
    if not cases:
        sys.stderr.write(f"no case is named so; the names are: {', '.join(case.name for case in CASES)}\n")
        return 2
    return 1 if _measure(cases, options.at_once) else 0


if __name__ == "__main__":
    sys.exit(main())
