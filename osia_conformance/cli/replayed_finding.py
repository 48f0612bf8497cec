"""`osia-conformance replay DIR [REQUIREMENT]`: one finding again, or all, and whether the target still shows it.

Two things are done with each failed check. Its recorded exchanges are sent again, with fresh ids and tokens,
and each answer is held against the recorded one. Then the check itself runs again, with the run's seed: it
decides, since another answer need not be a right one.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from osia_conformance.checks.vendor_spec.files import bytes_of
from osia_conformance.cli.replayed_requests import Replayed, Script, recorded_script, send_again
from osia_conformance.config.settings import Settings
from osia_conformance.run.run_request import prepared
from osia_conformance.support import files
from osia_conformance.support.bounded_yaml import UnreadableError
from osia_conformance.support.json_types import Record
from osia_conformance.support.quoting import nearest, quoted
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.embedded_server import trusting
from osia_conformance.target.standalone import standalone_session
from osia_conformance.verdict import journal
from osia_conformance.verdict.finished_run import expect_target, header_of, records_of
from osia_conformance.verdict.judged_checks import judged_checks

if TYPE_CHECKING:
    import httpx

STILL_FAILS, FAILS_NO_LONGER, CANNOT_TELL = 1, 0, 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One failed check, replayed. `outcome` and `reason` are how the check ended when it ran again; None if
    this version of the suite has no such check."""

    requirement: str
    check: str
    sent: tuple[Replayed, ...]
    trouble: str | None
    outcome: str | None
    reason: str | None

    @property
    def same(self) -> bool:
        """Whether every recorded exchange was answered as before."""
        return self.trouble is None and bool(self.sent) and all(one.same for one in self.sent)

    @property
    def conclusion(self) -> tuple[int, str]:
        """What may be said about it, as an exit code and a sentence."""
        if self.outcome == "failed" or (self.outcome is None and self.same):
            return STILL_FAILS, "it still fails"
        if self.outcome == "passed" and not self.same:
            return FAILS_NO_LONGER, "it no longer fails"
        if self.outcome == "passed":
            words = "every recorded call is answered as before, and yet the check passes when it runs again"
            return CANNOT_TELL, f"whether it still fails cannot be told: {words}"
        return (
            CANNOT_TELL,
            f"whether it still fails cannot be told: {self.reason or 'the check is no longer there'}",
        )


def replay(
    directory: Path,
    requirement: str | None,
    settings: Settings,
    *,
    on_purpose: bool = False,
    transport: httpx.BaseTransport | None = None,
) -> tuple[int, list[str]]:
    """Replay what failed in the run reported in `directory`; return exit code and lines.

    `requirement` None replays whatever failed.
    The code is 1 if a check still fails, 2 if one cannot be told, else 0. The target of `settings` is called,
    which must be the recorded one unless it is named `on_purpose`; of a run of the embedded server, a new one.
    What the replay creates is deleted. Raises ConfigurationError if nothing can be replayed, StartError as a run does.
    """
    records = records_of(directory)
    header = header_of(records)
    failed = _failed(records, requirement, directory)
    note = expect_target(directory, header, settings, on_purpose=on_purpose)
    settings = _same(settings, header, directory)
    scripts = [recorded_script(records, check, directory) for check in failed]
    sent = [_sent(script, settings, header, transport) for script in scripts]
    judged = _judged_again(directory, requirement, settings, transport)
    findings = [
        Finding(check["requirement"], check["id"], *answers, *judged.get(_key(check), (None, None)))
        for check, answers in zip(failed, sent, strict=True)
    ]
    codes = [finding.conclusion[0] for finding in findings]
    worst = next(code for code in (STILL_FAILS, CANNOT_TELL, FAILS_NO_LONGER) if code in codes)
    return worst, [*([note] if note else []), *_told(findings), _total(findings)]


def _failed(records: Sequence[Record], requirement: str | None, directory: Path) -> list[Record]:
    """Return the judgements of the requirement's failed checks, or say what could be replayed instead."""
    judged = judged_checks(records)
    failed = [line for line in judged.values() if line["outcome"] == "failed"]
    if requirement is None and not failed:
        raise ConfigurationError(f"{directory}: nothing failed in that run, so nothing can be sent again.")
    found = [line for line in failed if requirement in (None, line["requirement"])]
    if not found:
        assert requirement is not None
        names = {line["requirement"] for line in failed}
        hint = f"; the nearest that did is {nearest(requirement, names)}" if names else "; nothing did"
        raise ConfigurationError(f"{directory}: {quoted(requirement)} did not fail in that run{hint}.")
    return found


def _same(settings: Settings, header: Record, directory: Path) -> Settings:
    """Return the settings for the recorded target, version, seed and effort.

    A vendor's OpenAPI file that the run drew from is the copy in its report, unless the settings name it. Raises
    ConfigurationError if there is none, or they name another.
    """
    if "spec" in header:
        spec = _spec(settings.target.spec, header["spec"], directory)
        settings = replace(settings, target=replace(settings.target, spec=spec))
    if header["target"].get("embedded"):
        target = replace(settings.target, url=None, interface_version=header["interfaceVersion"])
        settings = replace(trusting(settings), demonstration=True)
    else:
        target = replace(settings.target, interface_version=header["interfaceVersion"])
    return replace(settings, target=target, seed=header["seed"], effort=header["effort"], workers=1)


def _spec(named: Path | None, used: Record, directory: Path) -> Path:
    name, digest = used["name"], used["sha256"]
    path = named or directory / used.get("file", f"{journal.BODIES}/{digest}")
    try:
        data = bytes_of(named) if named else files.read(directory, path.relative_to(directory).as_posix())
    except (OSError, UnreadableError):
        raise ConfigurationError(
            f"{directory}: the run drew input from {quoted(name)}, and the report has no copy of it that can be read; "
            "name that file as spec in [target]."
        ) from None
    if hashlib.sha256(data).hexdigest() != digest:
        where = "target.spec" if named else str(directory)
        raise ConfigurationError(f"{where}: {path.name} is not the file of that run (SHA-256 {digest[:12]}).")
    return path


def _sent(
    script: Script, settings: Settings, header: Record, transport: httpx.BaseTransport | None
) -> tuple[tuple[Replayed, ...], str | None]:
    if not script.exchanges:
        return (), "the journal holds none of its exchanges"
    with standalone_session(settings, header["interfaceVersion"], "replay", transport) as session:
        return send_again(session, script)


def _judged_again(
    directory: Path, requirement: str | None, settings: Settings, transport: httpx.BaseTransport | None
) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Run the failed checks again, of one requirement or of all; return outcome and reason of each."""
    from osia_conformance.run.runner import run_suites
    from osia_conformance.run.selection import Selection

    with tempfile.TemporaryDirectory() as place:
        chosen = replace(settings, reruns=directory.absolute(), keep_going=True, report_dir=Path(place) / "report")
        run_request = prepared(chosen, transport=transport, write_reports=lambda *_: None)
        run_suites(run_request, selection=Selection((requirement,) if requirement else (), (), directory.absolute()))
    if run_request.refusal is not None:
        raise ConfigurationError(run_request.refusal)
    entries = (run_request.results or {"requirements": []})["requirements"]
    checks = [({"requirement": entry["id"], **check}) for entry in entries for check in entry["checks"]]
    return {_key(check): (check["outcome"], check["reason"]) for check in checks}


def _key(check: Record) -> tuple[str, str]:
    return check["requirement"], check["id"]


def _total(findings: Sequence[Finding]) -> str:
    """Return how many of the failed checks still fail, such as "9 of 9 still fail"."""
    codes = [finding.conclusion[0] for finding in findings]
    failing, unknown = codes.count(STILL_FAILS), codes.count(CANNOT_TELL)
    open_ones = f", {unknown} cannot be told" if unknown else ""
    return f"{failing} of {len(codes)} still fail{'s' if failing == 1 else ''}{open_ones}"


def _told(findings: Sequence[Finding]) -> Iterator[str]:
    for finding in findings:
        yield f"{finding.requirement}  {finding.check}"
        yield from (f"  {one.line}" for one in finding.sent)
        if finding.trouble:
            yield f"  {finding.trouble}"
        if finding.outcome:
            words = f": {finding.reason}" if finding.reason else ""
            yield f"  run again, the check is {finding.outcome}{words}"
        yield f"  {finding.conclusion[1]}"
