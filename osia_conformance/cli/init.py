"""`osia-conformance init`: writes a conformance.toml, asking what it needs in a terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osia_conformance.cli import arguments
from osia_conformance.cli.arguments import CommandParser, Subparsers

if TYPE_CHECKING:
    from osia_conformance.config.writing import Answers

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_QUESTIONS = {
    "url": "URL of the server, what stands before /v1/...",
    "interface_version": 'interface version, such as "1.2.1" or "osia-6.1"',
    "vendor": "vendor (may be empty)",
    "name": "product (may be empty)",
    "auth": "how tokens are had: none, static, jwt, client-credentials",
}


def add_parser(subparsers: Subparsers[CommandParser]) -> CommandParser:
    """Add the command `init`."""
    return arguments.add_command(
        subparsers,
        "init",
        _add_arguments,
        examples=(
            "init",
            "init gateway.toml --url https://gateway.example.org --interface-version 1.2.1 --auth jwt",
        ),
    )


def _add_arguments(command: CommandParser) -> None:
    from osia_conformance.config.auth_settings import METHODS

    command.add_argument("file", nargs="?", default="conformance.toml", metavar="FILE", help="(default: %(default)s)")
    arguments.add_run_options(command, "url", "interface-version")
    command.add_argument("--vendor", metavar="NAME", help="who makes the product")
    command.add_argument("--name", metavar="NAME", help="what the product is called")
    command.add_argument("--auth", choices=METHODS, help="how tokens are had (default: none)")
    command.add_argument("--spec", metavar="FILE", help="its own OpenAPI file: what that accepts becomes [profile]")


def run(options: argparse.Namespace) -> int:
    """Write the file, and beside it the schemas that its profile names; an existing file is never overwritten."""
    from osia_conformance.config.loading import check_file
    from osia_conformance.config.writing import conformance_toml
    from osia_conformance.support.secrets import ConfigurationError

    file = Path(options.file)
    answers, schemas = _answered(options)
    texts = {file: conformance_toml(answers)}
    texts |= {file.parent / name: json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}
    taken = next((path for path in texts if os.path.lexists(path)), None)
    if taken is not None:
        raise ConfigurationError(f"{taken}: it is there already; name another file, or remove it.")
    try:
        for path, text in texts.items():
            # Not through a link, which leads elsewhere though nothing is there yet.
            with os.fdopen(os.open(path, _NEW, 0o666), "w", encoding="utf-8") as stream:
                stream.write(text)
        check_file(file)
    except OSError as error:
        raise ConfigurationError(f"{file}: it cannot be written: {error.strerror}.") from None
    except ConfigurationError:
        for path in texts:
            path.unlink(missing_ok=True)
        raise
    arguments.print_lines([f"written: {path}" for path in texts])
    arguments.print_lines([f"next: osia-conformance doctor --config {file}, then osia-conformance run --config {file}"])
    return 0


def _answered(options: argparse.Namespace) -> tuple[Answers, Mapping[str, Any]]:
    from osia_conformance.config.auth_settings import METHODS
    from osia_conformance.config.writing import Answers
    from osia_conformance.standard.versions import resolve
    from osia_conformance.support.secrets import ConfigurationError

    given = {name: getattr(options, name) or _ask(question) for name, question in _QUESTIONS.items()}
    for name in ("url", "interface_version"):
        if not given[name]:
            raise ConfigurationError(f"--{name.replace('_', '-')}: it must be given where nobody can be asked.")
    method = given.pop("auth") or "none"
    if method not in METHODS:
        raise ConfigurationError(f"--auth: it must be one of {', '.join(METHODS)}.")
    profile, schemas = _profile(options.spec, resolve(given["interface_version"]))
    return Answers(**given, method=method, profile=profile), schemas


def _ask(question: str) -> str:
    if not sys.stdin or not sys.stdin.isatty():
        return ""
    sys.stdout.write(f"{question}: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def _profile(spec: str | None, version: str) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    if spec is None:
        return {}, {}
    from osia_conformance.checks.vendor_spec.spec import load
    from osia_conformance.checks.vendor_spec.stated_profile import stated_profile

    return stated_profile(load(Path(spec), version).document)
