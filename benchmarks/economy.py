"""Economy: violations caught per 1,000 requests, beside the schemathesis command line on the same servers.

A sample of the matrix's servers: every so-manieth violation of a MUST, and as many freedoms as asked for. The suite
has caught one if the run ends with 1. Schemathesis has no register: it has caught one if it reports, for an operation,
a kind of failure that it does not report on the unchanged reference server. On a freedom either is a false alarm.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field

from benchmarks.common import KEY, SECRET, VERSION, environment, machine, run
from benchmarks.violating import variants
from osia_conformance.auth import token_source
from osia_conformance.config.settings import AuthSettings, Settings
from osia_conformance.standard.operations import SCOPES
from osia_conformance.standard.register import load_register
from osia_conformance.support.paths import bundled
from osia_conformance.support.secrets import Redactor, SecretReference
from tests.harness.variant import Freedom, Violation, ids

OPERATION = re.compile(r"^_+ ((?:GET|PUT|POST|PATCH|DELETE) \S+) _+$")
FAILURE = re.compile(r"^\s*- (.+)$")


@dataclass
class Tool:
    """What a tool has come to so far."""

    name: str
    caught: int = 0
    alarms: int = 0
    calls: int = 0
    seconds: float = 0.0
    known: set[tuple[str, str]] = field(default_factory=set)


def served(name: str, judge: object) -> tuple[object, int, float]:
    """Let `judge` look at the server and return what it says, how many calls it made, and in which time."""
    command = [sys.executable, "-m", "benchmarks.violating", name]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().rpartition(" ")[2].strip()
        began = time.monotonic()
        said = judge(url)  # type: ignore[operator]
        seconds = time.monotonic() - began
        process.terminate()
        return said, int(process.stdout.read().split()[-1]), seconds


def by_suite(url: str) -> int:
    return run(url, "--effort", "quick").code


def by_schemathesis(url: str) -> set[tuple[str, str]]:
    os.environ[KEY] = SECRET
    auth = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference(f"env:{KEY}"), lifetime=3600)
    token = token_source(Settings(auth=auth), Redactor()).valid(frozenset(SCOPES)).value
    specification = bundled("specs") / "enrollment" / VERSION / "openapi.yaml"
    script = "import sys; from schemathesis.cli import schemathesis; sys.exit(schemathesis(sys.argv[1:]))"
    arguments = ("--url", url, "--seed", "1", "-H", f"Authorization: Bearer {token}", "--max-examples", "15")
    line = [sys.executable, "-c", script, "run", str(specification), *arguments, "--no-color"]
    done = subprocess.run(line, env=environment(), capture_output=True, text=True, check=False)
    found, operation = set(), ""
    for text in done.stdout.splitlines():
        if match := OPERATION.match(text):
            operation = match[1]
        elif (match := FAILURE.match(text)) and operation:
            found.add((operation, match[1]))
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--every", type=int, default=12)
    options.add_argument("--freedoms", type=int, default=4)
    chosen = options.parse_args()
    every = variants()
    musts = {entry.id for entry in load_register(VERSION).active() if entry.level == "MUST"}
    wrong = sorted(
        name for name, one in every.items() if isinstance(one, Violation) and ids(VERSION, *one.expected) & musts
    )
    free = sorted(name for name, one in every.items() if isinstance(one, Freedom) and not one.target)
    wrong, free = wrong[:: chosen.every], free[:: max(1, len(free) // chosen.freedoms)][: chosen.freedoms]
    suite, other = Tool("osia-conformance, quick"), Tool("schemathesis, 15 examples")
    print(f"economy; {machine()}\nviolations: {', '.join(wrong)}\nfreedoms: {', '.join(free)}", flush=True)
    other.known = served("reference", by_schemathesis)[0]  # type: ignore[assignment]
    print(f"schemathesis reports {len(other.known)} kinds of failure on the unchanged reference server")
    for name in (*wrong, *free):
        for tool, judge in ((suite, by_suite), (other, by_schemathesis)):
            said, calls, seconds = served(name, judge)
            hit = said == 1 if tool is suite else bool(said - other.known)  # type: ignore[operator]
            tool.caught += hit and name in wrong
            tool.alarms += hit and name in free
            tool.calls += calls
            tool.seconds += seconds
            print(
                f"{name}: {tool.name}: {'reported' if hit else 'not reported'}, {calls} calls, {seconds:.1f} s",
                flush=True,
            )
    for tool in (suite, other):
        print(
            f"{tool.name}: {tool.caught} of {len(wrong)} caught, {tool.alarms} false alarms on {len(free)} freedoms, "
            f"{tool.calls} calls, {tool.seconds:.0f} s, {1000 * tool.caught / tool.calls:.2f} caught per 1,000 calls"
        )


if __name__ == "__main__":
    main()
