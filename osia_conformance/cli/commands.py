"""What each command of the command line does. Every wrong setting ends with one sentence and 64.

A command imports what it alone needs: the others must not wait for that.
"""

from __future__ import annotations

import argparse
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path

from osia_conformance.config.loading import load
from osia_conformance.config.settings import Settings
from osia_conformance.run.run_request import StartError, prepared
from osia_conformance.standard.versions import UnknownVersion, newest, resolve
from osia_conformance.support.secrets import ConfigurationError, Redactor
from osia_conformance.support.text import visible
from osia_conformance.target import embedded_server
from osia_conformance.verdict.exit_codes import EXIT_FAULT, EXIT_USAGE

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

    return guarded


def say_error(text: str) -> None:
    """Print one sentence to stderr."""
    sys.stderr.write(f"osia-conformance: {text}\n")


def _settings(options: argparse.Namespace) -> Settings:
    named = {key.replace("_", "-"): value for key, value in vars(options).items()}
    run_options = ("report-dir", "seed", "workers", "effort", "shard", "big-buffer")
    known = ("url", "interface-version", "max-time", "read-only", "spec", *run_options)
    if options.config == "":
        raise ConfigurationError("--config: it names no file; leave it out for conformance.toml, if there is one.")
    file = Path(options.config) if options.config else None
    return load({name: named.get(name) for name in known}, file=file)


@_usage_errors
def run(options: argparse.Namespace) -> int:
    """Judge a target and return the verdict's exit code."""
    settings = _settings(options)
    if settings.target.url is not None and settings.target.interface_version is None:
        from osia_conformance.run.version_probe import looks_like

        say_error(looks_like(settings))
        return EXIT_USAGE
    with embedded_server.starting(settings) as server:
        return _judge(options, settings, server)


def _judge(options: argparse.Namespace, settings: Settings, server: embedded_server.EmbeddedServer | None) -> int:
    from osia_conformance.cli.run_ending import run_ending
    from osia_conformance.reports import FORMATS, publish
    from osia_conformance.run.runner import run_suites
    from osia_conformance.run.selection import Selection, as_before
    from osia_conformance.run.terminal import on_terminal

    selection = Selection.of(vars(options))
    selection.verify()
    settings = as_before(selection, settings, effort=options.effort is not None)
    finish = run_ending(options.sign)
    writing = functools.partial(publish, formats=(*FORMATS, *options.format))
    run_request = prepared(settings, progress=on_terminal(), write_reports=writing, server=server)
    code = run_suites(run_request, selection=selection)
    if run_request.refusal is not None:
        say_error(run_request.refusal)
    return finish(code, run_request.directory)


@_usage_errors
def merge(options: argparse.Namespace) -> int:
    """Report the run whose shards are named, and return its exit code."""
    from osia_conformance.cli.merge import merge as merged
    from osia_conformance.cli.run_ending import run_ending
    from osia_conformance.reports import FORMATS, publish
    from osia_conformance.run.run_request import RunRequest
    from osia_conformance.run.terminal import on_terminal

    finish = run_ending(options.sign)
    settings = Settings(report_dir=Path(options.report_dir) if options.report_dir else None)
    writing = functools.partial(publish, formats=(*FORMATS, *options.format))
    run_request = RunRequest(settings, newest(), progress=on_terminal(), write_reports=writing)
    code = merged([Path(name) for name in options.directories], run_request)
    return finish(code, run_request.directory)


@_usage_errors
def serve(options: argparse.Namespace) -> int:
    """Serve the reference server until a signal ends it."""
    from osia_conformance.cli.serve import serve as serve_reference

    return serve_reference(options)


@_usage_errors
def token(options: argparse.Namespace) -> int:
    """Print one token of the configured method."""
    from osia_conformance.auth import CannotIssue, Fault, TokenError, token_source

    source = token_source(_settings(options), Redactor())
    scopes = frozenset(options.scope.split())
    try:
        issued = source.faulty(Fault(options.fault), scopes) if options.fault else source.valid(scopes)
    except (CannotIssue, TokenError) as error:
        say_error(str(error))
        return EXIT_USAGE
    if issued.value is None:
        say_error('auth.method is "none", so there is no token to print; name the configuration with --config.')
        return EXIT_USAGE
    sys.stdout.write(f"{issued.value}\n")
    return 0


@_usage_errors
def requirements(options: argparse.Namespace) -> int:
    """Print what is checked."""
    from osia_conformance.standard.register import load_register

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
    from osia_conformance.cli.cleanup import cleanup as clean

    return clean(Path(options.directory), _settings(options) if options.config else None)


@_usage_errors
def report(options: argparse.Namespace) -> int:
    """Write the formats of a finished or cut-off run again; 0 if they are written, whatever the verdict."""
    from osia_conformance.cli.report import rebuild
    from osia_conformance.reports import ReportError

    try:
        results, notes = rebuild(Path(options.directory), options.format)
    except ReportError as error:
        say_error(str(error))
        return EXIT_FAULT
    for note in notes:
        sys.stdout.write(f"{visible(note)}\n")
    sys.stdout.write(f"{results['verdict']}: {Path(options.directory)}\n")
    return 0


@_usage_errors
def compare(options: argparse.Namespace) -> int:
    """Print what changed between two runs; 1 if something got worse."""
    from osia_conformance.cli.compare import compare as compared

    code, text = compared(Path(options.old), Path(options.new), options.format)
    sys.stdout.write(text)
    return code


@_usage_errors
def replay(options: argparse.Namespace) -> int:
    """Send one finding again; 1 if it still fails, 0 if not, 2 if that cannot be told."""
    from osia_conformance.cli.replay import replay as replayed

    code, lines = replayed(Path(options.directory), options.requirement, _settings(options))
    for line in lines:
        sys.stdout.write(f"{visible(line)}\n")
    return code


@_usage_errors
def profile(options: argparse.Namespace) -> int:
    """Try the profile on the target; 1 if the target contradicts it, 2 if that could not be tried."""
    from osia_conformance.run.profile_check import check

    code, lines = check(_settings(options))
    for line in lines:
        sys.stdout.write(f"{visible(line)}\n")
    return code


@_usage_errors
def sign(options: argparse.Namespace) -> int:
    """Sign the report of a run; 1 if it does not follow from its journal."""
    from osia_conformance.cli import evidence_commands as evidence

    return evidence.sign(options)


@_usage_errors
def verify(options: argparse.Namespace) -> int:
    """Check a signed report; 1 if something does not hold."""
    from osia_conformance.cli import evidence_commands as evidence

    return evidence.verify(options)


@_usage_errors
def keygen(options: argparse.Namespace) -> int:
    """Make a key pair for signing reports."""
    from osia_conformance.cli import evidence_commands as evidence

    return evidence.keygen(options)
