"""The matrix: requirement x violations that were caught x freedoms that were spared, from experiments.

python -m tests.matrix              judges each server on its oldest and newest version (see `proofs`); writes docs/
python -m tests.matrix --all        judges each server with the whole suite on all versions, and only prints
python -m tests.matrix --slowest [N] judges each violating server at standard effort, and prints the N (10) that take
                                    the most calls and time beside a conforming one; with --name only some
python -m tests.matrix --piles N     judges N servers of five or six faults each (`piles`): none may hide another
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
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from osia_conformance.run.check_places import check_places
from osia_conformance.standard.register import Requirement, load_register, whole_register
from osia_conformance.standard.versions import judged
from tests import violations
from tests.harness.costs import MOST_CALLS, costs, too_expensive, worst
from tests.harness.proofs import listed

DOCS = Path(__file__).parent.parent / "docs"
PYTEST = [sys.executable, *["-m", "pytest", "-q", "-n", "2", "--dist", "worksteal"]]
COMMAND = [*PYTEST, "tests/test_violations.py", "tests/test_freedoms.py"]
Experiment = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix")
    parser.add_argument("--from", dest="source", type=Path, metavar="DIR")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--piles", type=int, metavar="N")
    parser.add_argument("--slowest", type=int, nargs="?", const=10, metavar="N")
    parser.add_argument("--name", action="append", default=[], metavar="PATTERN")
    options = parser.parse_args(arguments)
    if options.slowest:
        return slowest(options.slowest, options.name or ["*"])
    if options.piles:
        chosen = {"OSIA_PILES": str(options.piles)}
        return subprocess.run([*PYTEST, "tests/test_piles.py"], env={**os.environ, **chosen}, check=False).returncode
    if options.source:
        return report(load(options.source), check=options.check)
    with tempfile.TemporaryDirectory() as directory:
        chosen = {"OSIA_MATRIX_DIR": directory, **({"OSIA_VIOLATIONS": "all"} if options.all else {})}
        subprocess.run(COMMAND, env={**os.environ, **chosen}, check=False)
        return report(load(Path(directory)), check=options.check, write=not options.all)


def slowest(most: int, patterns: list[str]) -> int:
    """Print what the most expensive violating servers cost; 1 if one of them costs more than it may."""
    chosen = [one for one in listed(violations, "VIOLATIONS") if any(fnmatch(one.name, each) for each in patterns)]
    found = list(costs(chosen))
    print(worst(found, most))
    for name in too_expensive(found):
        print(f"gap: a run on {name} takes more than {MOST_CALLS} times the calls of a conforming one")
    return 1 if too_expensive(found) else 0


def load(directory: Path) -> list[Experiment]:
    """Return the experiments that `tests.harness.variant` recorded, by name."""
    return sorted((json.loads(path.read_text("utf-8")) for path in directory.glob("*.json")), key=_order)


def _order(experiment: Experiment) -> tuple[str, int]:
    return experiment["name"], judged().index(experiment["version"])


def report(experiments: list[Experiment], *, check: bool, write: bool = True) -> int:
    """Print or check the matrix; 1 if there is a gap, or docs/ does not say what the experiments said."""
    matrix = build(experiments)
    texts = {"matrix.json": json.dumps(matrix, indent=1, ensure_ascii=False) + "\n", "matrix.md": markdown(matrix)}
    found = gaps(matrix, experiments, every=not write)
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
    """Return the matrix: figures by version, a row for each requirement, and what each server does."""
    by_version = {version: [item for item in experiments if item["version"] == version] for version in judged()}
    active = {version: {entry.id for entry in load_register(version).active()} for version in judged()}
    return {
        "versions": {version: _figures(active[version], items) for version, items in by_version.items()},
        "requirements": [
            {
                "id": entry.id,
                "level": entry.level,
                "versions": {
                    version: _cell(entry, by_version[version]) for version in judged() if entry.id in active[version]
                },
            }
            for entry in whole_register().active()
        ],
        "servers": _servers(experiments),
    }


def _figures(active: set[str], experiments: list[Experiment]) -> dict[str, Any]:
    violations, freedoms = _of_kind(experiments, "violation"), _of_kind(experiments, "freedom")
    return {
        "requirements": len(active),
        "violations": {"all": len(violations), "caught": sum(item["passed"] for item in violations)},
        "freedoms": {"all": len(freedoms), "falseAlarms": sum(not item["passed"] for item in freedoms)},
    }


def _cell(entry: Requirement, experiments: list[Experiment]) -> dict[str, Any]:
    """Return what the experiments on one version say of a requirement.

    A server that takes a freedom may leave undone what only should be: that is no false alarm.
    """
    name = entry.id
    breaking = [item for item in _of_kind(experiments, "violation") if name in item["expected"]]
    freedoms = _of_kind(experiments, "freedom")
    alarmed = [item["name"] for item in freedoms if name in item["failed"] and entry.level == "MUST"]
    return {
        "caught": [item["name"] for item in breaking if name in item["failed"]],
        "missed": [item["name"] for item in breaking if name not in item["failed"]],
        "spared": len(freedoms) - len(alarmed),
        "reported": alarmed,
    }


def _of_kind(experiments: list[Experiment], kind: str) -> list[Experiment]:
    return [item for item in experiments if item["kind"] == kind]


def _servers(experiments: list[Experiment]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for item in experiments:
        server = {"name": item["name"], "kind": item["kind"], "change": item["change"], "judgedOn": []}
        found.setdefault(item["name"], server)["judgedOn"].append(item["version"])
    return list(found.values())


def gaps(matrix: dict[str, Any], experiments: list[Experiment], *, every: bool = False) -> list[str]:
    """Return what keeps the matrix from being whole: a requirement must be broken and caught on its oldest and its
    newest version, with `every` on each version."""
    found = [
        f"{item['name']} on {item['version']} did not end as it should" for item in experiments if not item["passed"]
    ]
    for row in matrix["requirements"]:
        versions = list(row["versions"])
        due = versions if every else dict.fromkeys((versions[0], versions[-1]))
        bare = [version for version in due if not row["versions"][version]["caught"]]
        found += [f"{row['id']} has no violation that was caught on {version}" for version in bare]
        for version, cell in row["versions"].items():
            found += [f"{row['id']} was not caught on {name} ({version})" for name in cell["missed"]]
            found += [f"{row['id']} was reported on {name} ({version})" for name in cell["reported"]]
    return found


def figures(matrix: dict[str, Any]) -> str:
    """Return the figures of each version as a table."""
    lines = [
        "| interface version | requirements | violations caught | freedoms spared |",
        "| --- | --- | --- | --- |",
    ]
    for version, held in matrix["versions"].items():
        violations, freedoms = held["violations"], held["freedoms"]
        spared = freedoms["all"] - freedoms["falseAlarms"]
        lines.append(
            f"| {version} | {held['requirements']} | {violations['caught']} of {violations['all']} "
            f"| {spared} of {freedoms['all']} |"
        )
    return "\n".join(lines)


def markdown(matrix: dict[str, Any]) -> str:
    versions = list(matrix["versions"])
    lines = [
        "# The matrix",
        "",
        "Each rule with the servers that break it and were caught for it. Made by `python -m tests.matrix` from",
        "experiments; CI fails if stale. Each violating server is judged on the oldest and on the newest version that",
        "it applies to, each server that takes a freedom on its newest, and every twelfth on one more;",
        "`python -m tests.matrix --all` judges each on every one.",
        "",
        figures(matrix),
        "",
        "For each version: on how many servers the rule was broken and caught; a dash where it does not hold.",
        "",
        f"| requirement | level | clause | rulings | checked in | {' | '.join(versions)} | caught on |",
        f"| --- | --- | --- | --- | --- |{' --- |' * len(versions)} --- |",
    ]
    for row in matrix["requirements"]:
        cells = [str(len(row["versions"][v]["caught"])) if v in row["versions"] else "–" for v in versions]
        names = dict.fromkeys(name for cell in row["versions"].values() for name in cell["caught"])
        facts = [row["id"], row["level"], *_facts(row["id"]), *cells, ", ".join(names) or "**none**"]
        lines.append(f"| {' | '.join(facts)} |")
    lines += ["", "## The servers", "", "| server | kind | judged on | what it does |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {item['name']} | {item['kind']} | {', '.join(item['judgedOn'])} | {item['change']} |"
        for item in matrix["servers"]
    ]
    return "\n".join(lines) + "\n"


def _facts(name: str) -> tuple[str, str, str]:
    """Return a requirement's clause, its rulings, and the files of its checks; `explain` knows their lines, too."""
    entry = whole_register().requirements[name]
    files = dict.fromkeys(place.file.name for place in check_places().get(name, ()))
    return entry.clause.replace("|", "\\|"), ", ".join(entry.rulings), ", ".join(files)


if __name__ == "__main__":
    sys.exit(main())
