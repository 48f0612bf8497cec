"""`osia-conformance requirements`: lists what is checked."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers

if TYPE_CHECKING:
    from osia_conformance.standard.register import Register, Requirement


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `requirements`."""
    return arguments.add_command(
        subparsers,
        "requirements",
        _add_arguments,
        examples=(
            "requirements --operation createEnrollment --only ENR-SCOPE",
            "requirements --interface-version osia-4.1 --format json",
        ),
    )


def _add_arguments(command: CommandParser) -> None:
    command.add_argument("--interface-version", metavar="V", help='such as "1.0.0" or "osia-4.1" (default: the newest)')
    command.add_argument("--only", nargs="+", metavar="ID", help="these requirements, by id or its first parts")
    command.add_argument("--operation", nargs="+", metavar="OPERATION", help="such as createEnrollment")
    command.add_argument("--format", choices=("table", "json"), default="table", help="(default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Print what is checked."""
    from osia_conformance.standard.provenance import own_judge_digest
    from osia_conformance.standard.register import load_register
    from osia_conformance.standard.versions import newest, resolve
    from osia_conformance.support import files

    version = resolve(options.interface_version) if options.interface_version else newest()
    register = load_register(version)
    entries = [entry.as_record() for entry in _chosen(register, options)]
    if options.format == "json":
        rulings = [{"id": one.id, "title": one.title, "text": one.text} for one in register.rulings.values()]
        digest = own_judge_digest(version)
        document = {"interfaceVersion": version, "digest": digest, "requirements": entries, "rulings": rulings}
        sys.stdout.write(files.as_json(document))
        return 0
    width = max(len(entry["id"]) for entry in entries)
    for entry in entries:
        state = "" if entry["status"] == "active" else f" ({entry['status']})"
        sys.stdout.write(f"{entry['id']:<{width}}  {entry['level']:<6}  {entry['title']}{state}\n")
    return 0


def _chosen(register: Register, options: argparse.Namespace) -> list[Requirement]:
    """Return the requirements that the options name; raises ConfigurationError for a name that nothing bears."""
    if not options.only and not options.operation:
        return list(register.requirements.values())
    from osia_conformance.run.selection import Selection

    selection = Selection.of(vars(options))
    selection.verify()
    return [one for one in register.requirements.values() if selection.names(one.id, one.operations)]
