"""Judges every hostile target at default settings by the command, and writes docs/hostile.md.

`python -m tests.hostile.measure` measures all cases and keeps each result in docs/hostile.json, then makes the table;
with words, only the cases whose names hold them. Ends with 1 if a verdict or a bound does not hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.hostile.cases import CASES, Case, authority
from tests.hostile.targets import Target
from tests.running import JWT_KEY, ROOT, Report, command, configured, environment

MOST_SECONDS = 120
MOST_MEMORY = 300
KEPT = ROOT / "docs" / "hostile.json"
PAGE = ROOT / "docs" / "hostile.md"
HEAD = """# Hostile targets

How whole runs ended against targets that misbehave: the command at default settings (`timeout` 10, standard effort),
one process, on a machine with two cores that was busy with other things as well. Each run wrote a whole report without
a traceback; none may take more than {seconds} s or {memory} MB. Made by `python -m tests.hostile.measure`; the tests in
`tests/hostile/` hold the same table, with short timeouts.

| target | verdict | exit | seconds | peak MB | why |
| --- | --- | --- | --- | --- | --- |
"""


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
        with (directory / "out").open("wb") as out:
            process = subprocess.Popen(line, env=environment(JWT_KEY), stdout=out, stderr=out, stdin=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - begun
        said = (directory / "out").read_text("utf-8", "replace")
        results = Report(directory / "r").results
        failed = [entry["reason"] for entry in results["requirements"] if entry["outcome"] == "failed"]
        return {
            "verdict": results["verdict"],
            "exit": process.returncode,
            "seconds": round(seconds, 1),
            "memory": round(usage.ru_maxrss / 1024),
            "traceback": "Traceback" in said,
            "first": (failed + results["reasons"] + [""])[0][:300],
        }


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


def main() -> int:
    """Measure, and return the exit code."""
    words = " ".join(sys.argv[1:])
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    wrong = 0
    for case in CASES:
        if words not in case.name:
            continue
        found = kept[case.name] = measured(case)
        good = holds(case, found)
        wrong += not good
        print(f"{case.name:40} {found}{'' if good else '  <<<'}", flush=True)
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
        PAGE.write_text(table(kept), "utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
