"""The matrix: requirement x violations that were caught x freedoms that were spared, from experiments.

python -m tests.matrix              runs the servers that together break every rule, and all freedoms; writes docs/
python -m tests.matrix --all        runs all violating servers, several times as many, and only prints
python -m tests.matrix --from DIR   takes the experiments that a test run left in DIR (OSIA_MATRIX_DIR)
python -m tests.matrix --check      writes nothing, and ends with 1 if docs/ is stale or there is a gap
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from osia_conformance.register import load_register

DOCS = Path(__file__).parent.parent / "docs"
VERSION = "1.0.0"
COMMAND = [sys.executable, *["-m", "pytest", "-q", "-n", "2", "tests/test_violations.py", "tests/test_freedoms.py"]]
Experiment = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix")
    parser.add_argument("--from", dest="source", type=Path, metavar="DIR")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args(arguments)
    if options.source:
        return report(load(options.source), check=options.check)
    with tempfile.TemporaryDirectory() as directory:
        chosen = {"OSIA_MATRIX_DIR": directory, **({"OSIA_VIOLATIONS": "all"} if options.all else {})}
        subprocess.run(COMMAND, env={**os.environ, **chosen}, check=False)
        return report(load(Path(directory)), check=options.check, write=not options.all)


def load(directory: Path) -> list[Experiment]:
    """Return the experiments that `tests.variant` recorded, by name."""
    return sorted((json.loads(path.read_text("utf-8")) for path in directory.glob("*.json")), key=lambda e: e["name"])


def report(experiments: list[Experiment], *, check: bool, write: bool = True) -> int:
    """Print or check the matrix; 1 if there is a gap, or docs/ does not say what the experiments said."""
    matrix = build(experiments)
    texts = {"matrix.json": json.dumps(matrix, indent=1, ensure_ascii=False) + "\n", "matrix.md": markdown(matrix)}
    found = gaps(matrix, experiments)
    for name, text in texts.items():
        path = DOCS / name
        if check and (not path.exists() or path.read_text("utf-8") != text):
            found.append(f"docs/{name} is stale; run `python -m tests.matrix`")
        if write and not check:
            path.write_text(text, "utf-8")
    print(texts["matrix.md"] if not check else figures(matrix))
    for gap in found:
        print(f"gap: {gap}")
    return 1 if found else 0


def build(experiments: list[Experiment]) -> dict[str, Any]:
    violations = [item for item in experiments if item["kind"] == "violation"]
    freedoms = [item for item in experiments if item["kind"] == "freedom"]
    rows = [
        {
            "id": entry.id,
            "level": entry.level,
            "caught": [
                item["name"] for item in violations if entry.id in item["expected"] and entry.id in item["failed"]
            ],
            "missed": [item["name"] for item in violations if entry.id in set(item["expected"]) - set(item["failed"])],
            "spared": sum(entry.id not in item["failed"] for item in freedoms),
            "reported": [item["name"] for item in freedoms if entry.id in item["failed"]],
        }
        for entry in load_register(VERSION).active()
    ]
    return {
        "interfaceVersion": VERSION,
        "violations": {"all": len(violations), "caught": sum(item["passed"] for item in violations)},
        "freedoms": {"all": len(freedoms), "falseAlarms": sum(not item["passed"] for item in freedoms)},
        "requirements": rows,
        "servers": [{"name": item["name"], "kind": item["kind"], "change": item["change"]} for item in experiments],
    }


def gaps(matrix: dict[str, Any], experiments: list[Experiment]) -> list[str]:
    """Return what keeps the matrix from being whole."""
    rows = matrix["requirements"]
    return [
        *(f"{row['id']} has no violation that was caught" for row in rows if not row["caught"]),
        *(f"{row['id']} was not caught on {', '.join(row['missed'])}" for row in rows if row["missed"]),
        *(f"{row['id']} was reported on {', '.join(row['reported'])}" for row in rows if row["reported"]),
        *(f"{item['name']} did not end as it should" for item in experiments if not item["passed"]),
    ]


def figures(matrix: dict[str, Any]) -> str:
    violations, freedoms = matrix["violations"], matrix["freedoms"]
    return (
        f"Violations caught for their reason: **{violations['caught']} of {violations['all']}**. "
        f"False alarms: **{freedoms['falseAlarms']}** on {freedoms['all']} servers that take a freedom."
    )


def markdown(matrix: dict[str, Any]) -> str:
    lines = [
        "# The matrix",
        "",
        "Each rule with the servers that break it and were caught for it, and how many of the servers that only take a",
        "freedom were spared. Made by `python -m tests.matrix` from experiments; CI fails if stale.",
        "",
        figures(matrix),
        "",
        f"| requirement ({matrix['interfaceVersion']}) | level | caught on | freedoms spared |",
        "| --- | --- | --- | --- |",
    ]
    total = matrix["freedoms"]["all"]
    lines += [
        f"| {row['id']} | {row['level']} | {', '.join(row['caught']) or '**none**'} | {row['spared']}/{total} |"
        for row in matrix["requirements"]
    ]
    lines += ["", "## The servers", "", "| server | kind | what it does |", "| --- | --- | --- |"]
    lines += [f"| {item['name']} | {item['kind']} | {item['change']} |" for item in matrix["servers"]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
