"""`osia-conformance explain`: a requirement with its clause, its rulings, its checks, and the servers that break it."""

from __future__ import annotations

import argparse
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers

if TYPE_CHECKING:
    from osia_conformance.run.check_places import CheckPlace
    from osia_conformance.standard.register import Register, Requirement

_WIDTH = 100
_LABEL = 12


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `explain`."""
    return arguments.add_command(
        subparsers,
        "explain",
        _add_arguments,
        examples=("explain ENR-PATCH-03", "explain null removes a member"),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("requirement", nargs="+", metavar="ID", help="a requirement's id, or words of its sentence")


def run(options: argparse.Namespace) -> int:
    """Print what is known of one requirement, or the ids of those that the words are about.

    Raises ConfigurationError where there is none, with the nearest id.
    """
    from osia_conformance.run.check_places import check_places
    from osia_conformance.standard.register import whole_register

    register, places = whole_register(), check_places()
    asked = " ".join(options.requirement).strip()
    entry = register.requirements.get(asked.upper())
    if entry is not None:
        lines = list(_explained(entry, register, places.get(entry.id, ())))
    else:
        lines = _found(asked, register, places)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _explained(entry: Requirement, register: Register, places: Sequence[CheckPlace]) -> Iterator[str]:
    from osia_conformance.standard.versions import judged

    yield f"{entry.id}  {entry.title}"
    yield ""
    yield from _row("level", entry.level if entry.status == "active" else f"{entry.level}, {entry.status}")
    yield from _row("reason", entry.reason)
    yield from _row("clause", entry.clause)
    yield from _row("derived", entry.derived)
    yield from _row("versions", ", ".join(version for version in judged() if version in entry.versions))
    yield from _row("operations", ", ".join(entry.operations))
    yield from _row("needs", ", ".join(entry.needs))
    yield from _row("fix", entry.fix)
    for place in places:
        yield from _row("check", f"{place}  {place.sentence}")
    for server in _violating_servers(entry.id):
        yield from _row("broken by", server)
    for name in entry.rulings:
        ruling = register.rulings[name]
        yield from ("", f"{ruling.id}  {ruling.title}")
        yield from textwrap.wrap(ruling.text, _WIDTH, initial_indent="  ", subsequent_indent="  ")


def _row(label: str, text: str | None) -> list[str]:
    if not text:
        return []
    indent = " " * (_LABEL + 2)
    options: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}
    return textwrap.wrap(text, _WIDTH, initial_indent=f"  {label:<{_LABEL}}", subsequent_indent=indent, **options)


def _violating_servers(name: str) -> list[str]:
    """Return the servers that were caught for breaking a requirement, each with what it does."""
    from osia_conformance.support.paths import bundled

    file = bundled("docs") / "matrix.json"
    if not file.is_file():
        return []
    matrix = json.loads(file.read_text("utf-8"))
    changes = {server["name"]: server["change"] for server in matrix["servers"]}
    rows = (row for row in matrix["requirements"] if row["id"] == name)
    caught = dict.fromkeys(server for row in rows for cell in row["versions"].values() for server in cell["caught"])
    return [f"{server}: {changes[server]}" for server in caught]


def _found(asked: str, register: Register, places: Mapping[str, Sequence[CheckPlace]]) -> list[str]:
    """Return a line for each requirement of a family, or with all of the words in its title or its checks' names."""
    from osia_conformance.support.quoting import nearest, quoted
    from osia_conformance.support.secrets import ConfigurationError

    family = [name for name in register.requirements if name.startswith(f"{asked.upper()}-")]
    words = set(asked.lower().split())
    names = family or [name for name, entry in register.requirements.items() if words <= _words(entry, places)]
    if not names or not words:
        # Numbers have two digits: ENR-PATCH-3 means ENR-PATCH-03 rather than ENR-PATCH-13.
        near = nearest(re.sub(r"-(\d)(?=-|$)", r"-0\1", asked.upper()), register.requirements)
        raise ConfigurationError(f"explain: no requirement is {quoted(asked)}, or speaks of it; the nearest is {near}.")
    width = max(map(len, names))
    return [
        line
        for name in names
        for line in (
            f"{name:<{width}}  {register.requirements[name].title}",
            *(f"{'':<{width}}  {place}  {place.sentence}" for place in places.get(name, ()) if not family),
        )
    ]


def _words(entry: Requirement, places: Mapping[str, Sequence[CheckPlace]]) -> set[str]:
    return set(" ".join([entry.title, *(place.sentence for place in places.get(entry.id, ()))]).lower().split())
