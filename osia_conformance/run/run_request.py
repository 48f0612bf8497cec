"""What a run is told before it starts, and what it tells when it ended."""

from __future__ import annotations

import os
import secrets
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, Unpack

from osia_conformance import reports
from osia_conformance.config.settings import Settings
from osia_conformance.run.progress import Progress, Silent
from osia_conformance.standard.versions import newest, resolve
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target import call_lock, restart
from osia_conformance.target.embedded_server import EmbeddedServer, trusting
from osia_conformance.verdict import journal
from osia_conformance.verdict.exit_codes import EXIT_FAULT, EXIT_USAGE
from osia_conformance.verdict.report_files import ALLURE, HAR, HTML, JUNIT, RESULTS

if TYPE_CHECKING:
    import httpx
    import pytest


_REPORT = (journal.FILE, journal.BODIES, RESULTS, HTML, JUNIT, HAR, ALLURE, call_lock.FILE, restart.FILE)
"""What a run writes or reads in its report directory: where one of these stands, somebody else made it."""


class StartError(ConfigurationError):
    """The run cannot start; the text is one sentence."""


# Compared by identity: pytest 8 keeps its plugins in a set.
@dataclass(slots=True, eq=False)
class RunRequest:
    """Settings of one run, ready to start, and its result.

    `server` is an embedded server that has been started already, `processes` in how many processes checks are judged,
    `transport` replaces the network (servers in this process), `write_reports` the writing of all formats.
    """

    NAME: ClassVar[str] = "osia-run-request"

    settings: Settings
    version: str
    progress: Progress = field(default_factory=Silent)
    transport: httpx.BaseTransport | None = None
    write_reports: Callable[..., object] = reports.write_all
    run_id: str = ""
    exit_code: int | None = None
    refusal: str | None = None
    results: dict[str, Any] | None = None
    directory: Path | None = None
    server: EmbeddedServer | None = None
    processes: int = 1
    _made: bool = False

    def refuse(self, reason: str) -> None:
        """End before the start: wrong usage, told by `refusal`."""
        self.refusal = reason
        self.exit_code = EXIT_USAGE

    def fail(self, reason: str) -> None:
        """End because the suite itself failed, told by `refusal`."""
        self.refusal = reason
        self.exit_code = EXIT_FAULT

    def reserve_directory(self, run_id: str) -> Path:
        """Make and return the report directory; StartError if it holds a report or cannot be made."""
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        directory = self.settings.report_dir or Path("reports") / f"{stamp}-{run_id[:8]}"
        try:
            self._made = not directory.exists()
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(os.path.lexists(directory / name) for name in _REPORT):
                raise StartError(_taken(directory))
            # Exclusive, so that of two runs into one directory the second is refused.
            os.close(os.open(directory / journal.FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except StartError:
            raise
        except FileExistsError:
            raise StartError(_taken(directory)) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise StartError(
                f"--report-dir: {directory} cannot be written ({reason}); name one in a directory that can."
            ) from None
        self.directory = directory
        return directory

    def release_directory(self, directory: Path) -> None:
        """Give a reserved directory back, as it was before."""
        (directory / journal.FILE).unlink(missing_ok=True)
        if self._made:
            shutil.rmtree(directory)
        self.directory = None


def is_handed_over(config: pytest.Config) -> bool:
    """Return whether pytest was handed a run request, as by `osia-conformance`; plain pytest is called without one."""
    return config.pluginmanager.has_plugin(RunRequest.NAME)


def _taken(directory: Path) -> str:
    if not directory.is_dir():
        return f"--report-dir: {directory} is a file; name a directory."
    return f"--report-dir: {directory} already holds a report; name another directory."


class RunOptions(TypedDict, total=False):
    """What a caller may give a run request besides settings; RunRequest says what each means."""

    progress: Progress
    transport: httpx.BaseTransport | None
    write_reports: Callable[..., object]
    run_id: str
    server: EmbeddedServer | None
    processes: int


def prepared(settings: Settings, **options: Unpack[RunOptions]) -> RunRequest:
    """Return a run request with version, seed and run id settled.

    Raises UnknownVersion for a version that is not judged, StartError if there is no target, its version is not
    stated, or a shard's seed is not.
    """
    claim = settings.target.interface_version
    if settings.target.url is None and not settings.demonstration:
        raise StartError("--url: no target is named; `osia-conformance demo` judges the suite's reference server.")
    if claim is None and not settings.demonstration:
        raise StartError("--interface-version: a target's version is the vendor's claim and must be stated.")
    if settings.shard is not None and settings.seed is None:
        raise StartError("--shard: the shards of one run draw alike; state the same --seed for each of them.")
    version = resolve(claim) if claim is not None else newest()
    if settings.seed is None:
        settings = replace(settings, seed=secrets.randbelow(2**31))
    if settings.demonstration:
        settings = trusting(settings)
    options.setdefault("run_id", str(uuid.uuid4()))
    return RunRequest(settings=settings, version=version, **options)
