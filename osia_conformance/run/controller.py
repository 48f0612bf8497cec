"""Leads a run in its main process: start, plan, trouble on the way, clean-up, reports, exit code."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from osia_conformance.checks.enrollment.version_probe import observe_other_version
from osia_conformance.checks.vendor_spec import run as vendor_run
from osia_conformance.checks.vendor_spec.spec import VendorSpec
from osia_conformance.run.fail_fast import FailedRequirements
from osia_conformance.run.header import header_of
from osia_conformance.run.preflight import run_preflight
from osia_conformance.run.run_report import write_run_report
from osia_conformance.run.run_request import RunRequest, StartError
from osia_conformance.run.worker_count import ONE_BY_ONE, are_refused, measured_workers, stated_workers
from osia_conformance.standard import provenance
from osia_conformance.standard.register import load_register
from osia_conformance.support.clock import now
from osia_conformance.support.crashes import crash_words
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.seeded_draws import IS_STEADY, UNSTEADY
from osia_conformance.support.signals import Interrupts
from osia_conformance.target.call_lock import remove_lock
from osia_conformance.target.cleanup import clean_up, report_leftovers
from osia_conformance.target.embedded_server import EmbeddedServer
from osia_conformance.target.restart import end_restarted
from osia_conformance.target.run_budget import run_seconds
from osia_conformance.target.session import Run, Session
from osia_conformance.verdict import journal
from osia_conformance.verdict.exit_codes import EXIT_INTERRUPTED

_CLEANING = 60.0
_HURRIED_CLEANUP_SECONDS = 10.0
"""Seconds that the clean-up at the end may take, and after a signal; `osia-conformance cleanup` does the rest."""


class RunController:
    """One run from its start to its exit code."""

    def __init__(self, run_request: RunRequest) -> None:
        self.run_request = run_request
        self.run: Run | None = None
        self._server: EmbeddedServer | None = None
        self._session: Session | None = None
        self._spec: VendorSpec | None = None
        self._ending = "complete"
        self._reason: str | None = None
        self._interrupts = Interrupts()
        self._failed = FailedRequirements(run_request.settings.fail_fast)

    def start(self, *, selection: bool) -> Run:
        """Start the run: directory, embedded server, journal, one call to the target.

        Raises StartError if the directory is refused, ConfigurationError for a setting that cannot work;
        nothing has been created then, neither on the target nor on disk.
        """
        settings = self.run_request.settings
        most = run_seconds(settings.target.max_time, settings.effort, settings.target.timeout)
        until = time.time() + most if most else None
        directory = self.run_request.reserve_directory(self.run_request.run_id)
        self._interrupts.listen()
        try:
            self.run = replace(self._described(directory), until=until)
            if self._spec is not None:
                vendor_run.check_secrets(self.session(), self._spec)
            self._write_header(selection=selection)
            self.session().journal.write("register", **provenance.as_line(load_register(self.run.version)))
            if self._spec is not None:
                vendor_run.begin(self.session(), self._spec)
            self._say_start(self.run)
            if not IS_STEADY:
                self.trouble(UNSTEADY)
            if are_refused(self.run_request):
                self.trouble(ONE_BY_ONE)
            self.run = self._preflight(self.run)
        except BaseException as error:
            # From the header on there is a run, and one that is interrupted, or crashes, ends with a report.
            if isinstance(error, ConfigurationError | journal.Unwritable) or not journal.begun(directory):
                self._abandon(directory)
            if isinstance(error, journal.Unwritable):
                raise StartError(f"--report-dir: {error}.") from error
            raise
        return self.run

    def _write_header(self, *, selection: bool) -> None:
        assert self.run is not None
        session = self.session()
        session.journal.write("header", **header_of(self.run, session.redactor, self._spec, selection=selection))

    def _say_start(self, run: Run) -> None:
        name = self.run_request.settings.product.name
        self.run_request.progress.started(run, self.session().redactor.text(name) if name else name)

    def session(self) -> Session:
        """Return the main process's session."""
        if self._session is None:
            assert self.run is not None
            self._session = Session(self.run, "main", self.run_request.transport)
            self._session.service_ends.note = self.trouble
        return self._session

    def plan(self, checks: Sequence[dict[str, str]], here: int) -> None:
        """Journal what will be judged; `here` is how many of the checks are of this shard."""
        self._record("plan", checks=list(checks))
        cases = Counter(check["requirement"] for check in checks) if here == len(checks) else None
        self.run_request.progress.planned(here, cases)

    def _record(self, kind: str, **members: Any) -> None:
        """Write a line of the run itself; where that fails the run has failed, and goes on to its end."""
        try:
            self.session().journal.write(kind, **members)
        except journal.Unwritable as error:
            self.fault(str(error))

    def judged(self, told: dict[str, Any]) -> None:
        """Follow a judgement; a fault of the suite is remembered."""
        self.run_request.progress.judged(told)
        if told["fault"]:
            self.fault(f"{told['id']}: {told['reason']}")
        if told["outcome"] == "failed":
            self._failed.add(told["requirement"])
        # Over workers this process has no check of its own before which it could ask.
        self.go_on()

    def go_on(self) -> None:
        """Raise KeyboardInterrupt if somebody ended the run and that was lost."""
        if self._interrupts.asked:
            raise KeyboardInterrupt

    def reason_to_stop(self) -> str | None:
        """Return why nothing more is to be judged: so many requirements failed as --fail-fast says. None: go on."""
        assert self.run is not None
        reason = self._failed.reason_to_stop(load_register(self.run.version).requirements)
        self._reason = reason or self._reason
        return reason

    def fault(self, reason: str) -> None:
        """Note that the suite itself failed; the first reason is kept."""
        if self._ending == "complete":
            self._ending, self._reason = "failed", reason

    def crashed(self, error: BaseException) -> None:
        """Note a crash: the run's end tells of it, or where no run has begun the run request."""
        if self.run is None:
            self.run_request.fail(crash_words(error))
        else:
            self.fault(crash_words(error))

    @property
    def has_enough(self) -> bool:
        """Whether so many requirements failed that nothing more is judged."""
        return self.run is not None and self.reason_to_stop() is not None

    @property
    def failed(self) -> bool:
        """Whether the suite itself failed."""
        return self._ending == "failed"

    def trouble(self, reason: str) -> None:
        """Note something on the way that the reader must know."""
        redactor = self._session.redactor if self._session is not None else None
        self.run_request.progress.note(redactor.shortened(reason) if redactor else reason)

    def interrupted(self) -> None:
        """Note that somebody ended the run."""
        self._ending, self._reason = "interrupted", "it was interrupted"
        if self.run is None:
            self.run_request.exit_code = EXIT_INTERRUPTED

    def finish(self) -> int:
        """Delete what is left, write the reports and return the exit code."""
        assert self.run is not None
        directory = Path(self.run.directory)
        if self._interrupts.asked:
            self.interrupted()
        try:
            self._attempt(lambda: self._look_for_another_version(self.session()))
            self._close(self.session(), directory)
            if self._server is not None:
                self._server.end()
            fault = self._reason if self._ending == "failed" else None
            code = write_run_report(self.run_request, self.run.version, directory, fault)
        finally:
            self._stop()
        self.run_request.exit_code = code
        return code

    def _attempt(self, step: Callable[[], object]) -> None:
        """Take a step of the end; the end goes on after a crash in it."""
        try:
            step()
        except Exception as error:
            self.crashed(error)

    def _look_for_another_version(self, session: Session) -> None:
        """Say beside failures that the target looks like another version than the one that it is judged by."""
        read_only = self.run_request.settings.target.read_only
        if not self._failed or self._ending != "complete" or read_only or session.availability.stop_reason():
            return
        # The end of the run tells of either of these.
        with suppress(journal.Unwritable, KeyboardInterrupt):
            if (text := observe_other_version(session)) is not None:
                self.trouble(text)

    def _close(self, session: Session, directory: Path) -> None:
        """Delete what is left and end the journal; a second Ctrl-C gives up on what is still there."""
        within = _HURRIED_CLEANUP_SECONDS if self._ending == "interrupted" else _CLEANING
        try:
            self._attempt(lambda: clean_up(session, directory, within=within))
        except KeyboardInterrupt:
            self.interrupted()
            self._interrupts.ignore()
            report_leftovers(session, directory)
        self._interrupts.ignore()
        self._record("footer", finished=now(), ending=self._ending, reason=self._reason)
        session.close()

    def _stop(self) -> None:
        if self._session is not None:
            directory = Path(self._session.run.directory)
            end_restarted(directory)
            remove_lock(directory)
        if self._server is not None:
            self._server.stop()
        self._interrupts.restore()

    def _abandon(self, directory: Path) -> None:
        """Take back a start that failed before anything was judged."""
        if self._session is not None:
            self._session.close()
        self.run = None
        self._stop()
        self.run_request.release_directory(directory)

    def _described(self, directory: Path) -> Run:
        run_request, settings = self.run_request, self.run_request.settings
        self._spec = vendor_run.spec_of(settings, run_request.version)
        url = str(settings.target.url)
        if settings.demonstration:
            self._server = run_request.server or EmbeddedServer(run_request.version)
            url = self._server.url
        return Run(
            id=run_request.run_id,
            directory=str(directory),
            url=url,
            version=run_request.version,
            seed=settings.seed or 0,
            effort=settings.effort,
            workers=stated_workers(run_request),
            processes=run_request.processes,
            embedded=self._server is not None,
            settings=settings,
            spec=vendor_run.members_of(self._spec) if self._spec is not None else None,
        )

    def _preflight(self, run: Run) -> Run:
        """Try the target by a few calls; end it there if nothing can be judged, unless it keeps going."""
        session, settings = self.session(), self.run_request.settings
        if settings.wait_for:
            session.target.wait_until_started(settings.wait_for, self.trouble)
        found = run_preflight(session, self.run_request.transport)
        if settings.target.read_only and settings.read_only is None:
            self.trouble("no table [read-only] names records on the target, so reading can show next to nothing")
        for note in found.notes:
            self.trouble(note)
        cause, run = found.cause, self._with_workers(replace(run, latency=found.latency))
        if cause is None:
            return run
        self.trouble(cause)
        return run if settings.keep_going else self._ended_by_preflight(run, cause, lost=found.unreachable)

    def _with_workers(self, run: Run) -> Run:
        """Return the run with as many workers as its target stands, where their number is left to it."""
        workers = measured_workers(self.run_request, run)
        if workers is None:
            return run
        self._record("workers", workers=workers)
        return replace(run, workers=workers)

    def _ended_by_preflight(self, run: Run, cause: str, *, lost: bool) -> Run:
        """Return the run that judges nothing, with the reason on the record."""
        if lost:
            self.session().availability.record_stop("lost", cause)
        else:
            self._reason = self.session().redactor.shortened(cause)
        return replace(run, lost=cause)
