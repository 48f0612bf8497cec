"""`osia-conformance run --dry-run`: what would be sent, by check, without a byte to the target.

What a check sends depends on what is answered, so the reference server of the same version is judged on this machine,
with the run's profile, seed, effort and selection, and what it was sent is listed.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osia_conformance.config.target_settings import TargetSettings
from osia_conformance.run.run_request import prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.standard.interface import NAME
from osia_conformance.standard.operations import by_id
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target import embedded_server
from osia_conformance.verdict import journal
from osia_conformance.verdict.exit_codes import EXIT_CODES

if TYPE_CHECKING:
    from osia_conformance.config.settings import Settings
    from osia_conformance.run.run_request import RunRequest
    from osia_conformance.run.selection import Selection

Calls = Counter[tuple[str, str]]
"""How often a method and an operationId were sent."""
_NOTE = """\
Nothing is sent to {target}. Listed is what each check sent to the suite's reference server
({interface} {version}, seed {seed}, effort {effort}) in a run on this machine. A target that answers
otherwise is sent other calls: searches are repeated until they find, a refusal ends a check."""


def dry_run(settings: Settings, selection: Selection) -> int:
    """Print what would be sent; return 0, or the code with which a run of the reference server fails.

    Raises ConfigurationError for settings that only the target can answer to.
    """
    with tempfile.TemporaryDirectory() as place:
        in_process = _settings_in_process(settings, Path(place) / "report")
        with embedded_server.starting(in_process) as server:
            run_request = prepared(in_process, server=server, write_reports=_nothing)
            code = run_suites(run_request, selection=selection)
        if run_request.refusal is not None:
            raise ConfigurationError(run_request.refusal)
        if code not in EXIT_CODES.values() or run_request.directory is None:
            return code
        sys.stdout.write(_text(run_request, settings.target.url, journal.read(run_request.directory)))
    return 0


def _settings_in_process(settings: Settings, report_dir: Path) -> Settings:
    """Return the settings for the reference server: all that shapes what is sent, nothing that reaches the target."""
    target = settings.target
    if target.interface_version is None:
        raise ConfigurationError("--dry-run: nothing is asked, so state --interface-version.")
    if target.read_only:
        raise ConfigurationError(
            "--dry-run: what is read with --read-only are records of the target, which is not asked; leave one out."
        )
    shaping = TargetSettings(
        interface_version=target.interface_version,
        enrollment_id=target.enrollment_id,
        transaction_id=target.transaction_id,
        spec=target.spec,
    )
    kept = replace(settings, target=shaping, demonstration=True, report_dir=report_dir, workers=1)
    return replace(kept, wait_for=0.0, fail_fast=None, waivers=(), read_only=None)


def _nothing(results: Mapping[str, Any], records: Sequence[Mapping[str, Any]], directory: Path) -> None:
    """Write no report: this run is none of the target."""


def _text(run_request: RunRequest, url: str | None, records: Sequence[Mapping[str, Any]]) -> str:
    settings = run_request.settings
    requirements = {check["id"]: check["requirement"] for one in _of(records, "plan") for check in one["checks"]}
    sent: dict[str, Calls] = {check: Counter() for check in ("preflight", *requirements)}
    for exchange in _of(records, "exchange"):
        calls = sent.setdefault(exchange["check"], Counter())
        calls[exchange["request"]["method"], exchange["operation"]] += 1
    note = _NOTE.format(
        interface=NAME,
        target=url or "the target",
        version=run_request.version,
        seed=settings.seed,
        effort=settings.effort,
    )
    blocks = [_block(check, requirements.get(check), calls) for check, calls in sent.items()]
    return "\n".join([note, "", *blocks, "", *_totals(sent.values())]) + "\n"


def _of(records: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [record for record in records if record["kind"] == kind]


def _block(check: str, requirement: str | None, calls: Calls) -> str:
    """Return a check with its calls, a line for each operation."""
    lines = [f"{count} x {_named(call)}" for call, count in calls.items()]
    shown = lines or ["nothing: it needs what the run does not have, or judges what others were answered"]
    return "\n".join([f"{requirement} {check}" if requirement else check, *(f"    {line}" for line in shown)])


def _totals(sent: Iterable[Calls]) -> list[str]:
    """Return how often each operation is called in all, most first."""
    whole: Calls = Counter()
    for calls in sent:
        whole.update(calls)
    widest = len(str(whole.total()))
    counted = [f"{count:>{widest}} x {_named(call)}" for call, count in whole.most_common()]
    return [*counted, f"{whole.total()} calls in all"]


def _named(call: tuple[str, str]) -> str:
    """Return a call by method, path and operationId."""
    method, operation = call
    known = by_id().get(operation)
    return f"{method} {known.path} ({operation})" if known else f"{method} ({operation})"
