"""The published set in reports/reference/: what the reference server gives, for each interface version.

`python -m tests.published` judges the reference server of each version by the command, as a user does, and keeps its
summary, results, badge and certificate. A test compares what is kept with what the suite judges now.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osia_conformance.standard.versions import judged
from tests.harness.running import ROOT, command, environment

PLACE = ROOT / "reports" / "reference"
FILES = ("summary.md", "results.json", "badge.svg", "certificate.pdf")
SEED = 1


def folder(version: str) -> Path:
    """Return where the set of a version is kept."""
    return PLACE / version


def facts(results: dict[str, Any]) -> dict[str, Any]:
    """Return what must not become stale: the verdict, and each requirement with its level and outcome."""
    entries = {one["id"]: [one["level"], one["outcome"]] for one in results["requirements"]}
    return {"verdict": results["verdict"], "interfaceVersion": results["interfaceVersion"], "requirements": entries}


def publish(version: str) -> None:
    """Judge the reference server of a version and keep the set."""
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report"
        options = ("--interface-version", version, "--seed", SEED, "--report-dir", report)
        line = command("demo", *options, "--format", "badge", "pdf")
        subprocess.run(line, env=environment(), check=True, stdout=subprocess.DEVNULL)
        folder(version).mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(report / name, folder(version) / name)


def main(versions: Sequence[str]) -> int:
    """Publish the sets of these versions, or of all."""
    for version in versions or judged():
        publish(version)
        results = json.loads((folder(version) / "results.json").read_text("utf-8"))
        sys.stdout.write(f"{version}: {results['verdict']}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
