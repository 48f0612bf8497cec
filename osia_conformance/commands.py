"""What each command of the command line does. Every wrong setting ends with one sentence and 64."""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path

from osia_conformance import config
from osia_conformance.handover import StartError, prepared
from osia_conformance.references import ConfigurationError, Scrubber
from osia_conformance.settings import Settings
from osia_conformance.verdict import EXIT_INTERRUPTED, EXIT_USAGE
from osia_conformance.versions import UnknownVersion, newest, resolve

Command = Callable[[argparse.Namespace], int]


def _usage_errors(command: Command) -> Command:
    """Turn wrong usage into a sentence on stderr and exit code 64."""

    @functools.wraps(command)
    def guarded(options: argparse.Namespace) -> int:
        try:
            return command(options)
        except (ConfigurationError, StartError, UnknownVersion) as error:
            say_error(str(error))
            return EXIT_USAGE
        except KeyboardInterrupt:
            return EXIT_INTERRUPTED

    return guarded


def say_error(text: str) -> None:
    """Print one sentence to stderr."""
    sys.stderr.write(f"osia-conformance: {text}\n")


def _settings(options: argparse.Namespace) -> Settings:
    named = {key.replace("_", "-"): value for key, value in vars(options).items()}
    known = ("url", "interface-version", "report-dir", "seed", "workers", "effort")
    file = Path(options.config) if options.config else None
    return config.load({name: named.get(name) for name in known}, file=file)


@_usage_errors
def run(options: argparse.Namespace) -> int:
    """Judge a target and return the verdict's exit code."""
    from rich.console import Console  # noqa: PLC0415 - only a run shows progress

    from osia_conformance.probe import looks_like  # noqa: PLC0415
    from osia_conformance.progress import Terminal  # noqa: PLC0415
    from osia_conformance.runner import run_suites  # noqa: PLC0415

    settings = _settings(options)
    if settings.target.url is not None and settings.target.interface_version is None:
        say_error(looks_like(settings))
        return EXIT_USAGE
    return run_suites(prepared(settings, progress=Terminal(Console())))


@_usage_errors
def serve(options: argparse.Namespace) -> int:
    """Serve the reference server until a signal ends it."""
    from osia_conformance.serving import serve as serve_reference  # noqa: PLC0415

    return serve_reference(options)


@_usage_errors
def token(options: argparse.Namespace) -> int:
    """Print one token of the configured method."""
    from osia_conformance.tokens import CannotIssue, Fault, TokenError, token_source  # noqa: PLC0415

    source = token_source(_settings(options), Scrubber())
    scopes = frozenset(options.scope.split())
    try:
        issued = source.faulty(Fault(options.fault), scopes) if options.fault else source.valid(scopes)
    except (CannotIssue, TokenError) as error:
        say_error(str(error))
        return EXIT_USAGE
    if issued.value is None:
        say_error("the configured method is none, so there is no token to print.")
        return EXIT_USAGE
    sys.stdout.write(f"{issued.value}\n")
    return 0


@_usage_errors
def requirements(options: argparse.Namespace) -> int:
    """Print what is checked."""
    from osia_conformance.register import load_register  # noqa: PLC0415

    version = resolve(options.interface_version) if options.interface_version else newest()
    register = load_register(version)
    entries = [entry.as_record() for entry in register.requirements.values()]
    if options.format == "json":
        rulings = [{"id": one.id, "title": one.title, "text": one.text} for one in register.rulings.values()]
        document = {"interfaceVersion": version, "requirements": entries, "rulings": rulings}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return 0
    width = max(len(entry["id"]) for entry in entries)
    for entry in entries:
        state = "" if entry["status"] == "active" else f" ({entry['status']})"
        sys.stdout.write(f"{entry['id']:<{width}}  {entry['level']:<6}  {entry['title']}{state}\n")
    return 0


@_usage_errors
def cleanup(options: argparse.Namespace) -> int:
    """Delete what a cut-off run left; 0 if nothing is left, 2 otherwise."""
    from osia_conformance.cleanup import cleanup as clean  # noqa: PLC0415

    return clean(Path(options.directory), _settings(options) if options.config else None)
