"""`osia-conformance merge DIR...`: one journal, and so one report, from the shards of a run.

Lines go over as the shards wrote them; nothing is judged anew. What the shards of one run have in common must
be the same in all of them.
"""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.config.shard import Shard
from osia_conformance.reports import ReportError
from osia_conformance.run.run_request import RunRequest
from osia_conformance.support import files
from osia_conformance.support.json_types import Record
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict import journal
from osia_conformance.verdict.derivation import exit_code, workers_of
from osia_conformance.verdict.exit_codes import EXIT_FAULT
from osia_conformance.verdict.finished_run import derived, header_of, records_of

_ALIKE = (
    *("schemaVersion", "tool", "interfaceVersion", "product", "target", "seed", "effort", "selection", "sources"),
    *("configuration", "packages", "spec"),
)
_OWN_SETTINGS = ("report-dir", "workers", "shard")
_ONCE = ("header", "register", "plan", "footer")
_ENDINGS = ("failed", "interrupted", "complete")


@dataclass(frozen=True, slots=True)
class Part:
    """One shard's report: where it lies, and the lines of its journal."""

    directory: Path
    records: Sequence[dict[str, Any]]
    shard: Shard

    @property
    def header(self) -> dict[str, Any]:
        """The journal's header."""
        return header_of(list(self.records))

    @property
    def footer(self) -> dict[str, Any] | None:
        """The journal's footer; None if the shard was cut off."""
        return next((line for line in self.records if line["kind"] == "footer"), None)

    @property
    def plan(self) -> set[tuple[str, str]]:
        """What the whole run was to judge: requirement and id of each check; empty if it came to no plan."""
        plans = (line["checks"] for line in self.records if line["kind"] == "plan")
        return {(check["requirement"], check["id"]) for checks in plans for check in checks}

    @property
    def register(self) -> dict[str, Any] | None:
        """The journal's copy of the register; None if it has none."""
        return next((line for line in self.records if line["kind"] == "register"), None)

    @property
    def bodies(self) -> list[str]:
        """The files beside the journal that it names."""
        return journal.files_of(self.records)


def parts_of(directories: Sequence[Path]) -> list[Part]:
    """Return the shards reported in `directories`, in their order.

    Raises ConfigurationError, a sentence, for a report that is no shard's, one that is there twice, and shards
    of different runs.
    """
    parts = sorted((_part(directory) for directory in directories), key=lambda part: part.shard.index)
    for before, part in itertools.pairwise(parts):
        if part.shard.of == before.shard.of and part.shard.index == before.shard.index:
            raise ConfigurationError(
                f"{before.directory} and {part.directory} both hold shard {part.shard.index} of {part.shard.of}; "
                "name each shard once."
            )
    for part in parts[1:]:
        _same_run(parts[0], part)
    return parts


def merge(directories: Sequence[Path], run_request: RunRequest) -> int:
    """Report the run of which `directories` hold the shards, as `run_request` says; return the run's exit code.

    Raises ConfigurationError if they are not the shards of one run, StartError if the report's directory is refused.
    """
    parts = parts_of(directories)
    directory = run_request.reserve_directory(run_id(parts))
    write_journal(parts, directory)
    records = records_of(directory)
    results = derived(records, directory)
    code = exit_code(results)
    try:
        run_request.write_reports(results, records, directory)
    except ReportError as error:
        run_request.progress.note(str(error))
        code = EXIT_FAULT
    run_request.progress.finished(results, directory)
    return code


def write_journal(parts: Sequence[Part], directory: Path) -> None:
    """Write the journal of the whole run, and its bodies, into `directory`."""
    merged = journal.Journal(directory)
    try:
        for record in (_header(parts), *_lines(parts)):
            merged.write(**record)
    finally:
        merged.close()
    for part in parts:
        _copy_bodies(part, directory)


def run_id(parts: Sequence[Part]) -> str:
    """Return the merged run's id: the same shards give the same one."""
    names = " ".join(part.header["runId"] for part in parts)
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:osia-conformance:merged:{names}"))


def _part(directory: Path) -> Part:
    records = records_of(directory)
    header = header_of(records)
    if "shard" not in header:
        raise ConfigurationError(f"{directory}: that run was no shard; merge takes the reports of `run --shard I/N`.")
    part = Part(directory, records, Shard(**header["shard"]))
    for line in records:
        if line["kind"] == "check" and not part.shard.has(line["requirement"], line["id"]):
            raise ConfigurationError(f"{directory}: {line['id']} is no check of shard {part.shard.index}.")
    for name in part.bodies:
        if not files.is_regular(directory, name):
            raise ConfigurationError(f"{directory}: {name} is missing, and its journal names it.")
    return part


def _same_run(first: Part, other: Part) -> None:
    """Raise ConfigurationError if two shards are not of one run."""
    where = f"{other.directory} is no shard of the run in {first.directory}"
    if first.shard.of != other.shard.of:
        raise ConfigurationError(f"{where}: it is one of {other.shard.of}, that one is one of {first.shard.of}.")
    ours, theirs = _common(first.header), _common(other.header)
    for name in _ALIKE:
        if ours[name] != theirs[name]:
            short = isinstance(ours[name], str | int) and isinstance(theirs[name], str | int)
            values = f": {theirs[name]} and {ours[name]}" if short else ""
            raise ConfigurationError(f"{where}: they differ in {name}{values}.")
    if first.plan and other.plan and first.plan != other.plan:
        raise ConfigurationError(f"{where}: they were to judge different checks.")
    if first.register != other.register:
        raise ConfigurationError(f"{where}: they were judged by different registers.")


def _common(header: Record) -> dict[str, Any]:
    settings = {name: value for name, value in header["configuration"].items() if name not in _OWN_SETTINGS}
    target = "the embedded server" if header["target"]["embedded"] else header["target"]["url"]
    packages = header["environment"]["packages"]
    alike = {"configuration": settings, "target": target, "packages": packages, "spec": header.get("spec")}
    return {**header, **alike}


def _header(parts: Sequence[Part]) -> dict[str, Any]:
    first = parts[0].header
    whole = {name: value for name, value in first.items() if name != "shard"}
    configuration = {name: value for name, value in first["configuration"].items() if name != "shard"}
    return {
        **whole,
        "configuration": configuration,
        "runId": run_id(parts),
        "workers": sum(workers_of(part.records, part.header) for part in parts),
        "started": min(part.header["started"] for part in parts),
        "shards": [_as_record(part) for part in parts],
    }


def _as_record(part: Part) -> dict[str, Any]:
    members = ("runId", "target", "started", "environment")
    footer = part.footer
    return {
        **part.shard.as_record(),
        **{name: part.header[name] for name in members},
        "workers": workers_of(part.records, part.header),
        "finished": footer["finished"] if footer else None,
        "ending": footer["ending"] if footer else "cut off",
        "journal": hashlib.sha256(files.read(part.directory, journal.FILE)).hexdigest(),
    }


def _lines(parts: Sequence[Part]) -> Iterator[dict[str, Any]]:
    for kind in ("register", "plan"):
        yield from [line for part in parts for line in part.records if line["kind"] == kind][:1]
    for part in parts:
        yield from (line for line in part.records if line["kind"] not in _ONCE)
    footers = [part.footer for part in parts]
    whole = [footer for footer in footers if footer is not None]
    # A shard without an end leaves the whole without one: it was cut off.
    if len(whole) == len(footers):
        worst = min(whole, key=lambda footer: _ENDINGS.index(footer["ending"]))
        yield {**worst, "finished": max(footer["finished"] for footer in whole)}


def _copy_bodies(part: Part, directory: Path) -> None:
    for name in part.bodies:
        files.make_directory(directory / journal.BODIES)
        files.write(directory / name, [_body(part.directory, name)])


def _body(directory: Path, name: str) -> bytes:
    """Return a body, once its content is the one that its name gives."""
    data = files.read(directory, name)
    if name != f"{journal.BODIES}/{hashlib.sha256(data).hexdigest()}":
        raise ConfigurationError(f"{directory}: {name} has another content than its name says.")
    return data
