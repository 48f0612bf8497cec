"""`osia-conformance run`: pytest underneath, but nothing of the caller's own pytest set-up."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence

import pytest

from osia_conformance.run.own_pytest import QUIET_PLUGINS, own_pytest
from osia_conformance.run.run_request import RunRequest
from osia_conformance.run.selection import Selection
from osia_conformance.support.crashes import crash_words
from osia_conformance.support.paths import bundled
from osia_conformance.support.secrets import without_known_secrets
from osia_conformance.verdict.exit_codes import EXIT_FAULT, EXIT_INTERRUPTED, EXIT_USAGE


def run_suites(
    run_request: RunRequest,
    *,
    selection: Selection | None = None,
    arguments: Sequence[str] = (),
    plugins: Sequence[object] = (),
) -> int:
    """Run the suites, or a selection of them, as `run_request` says; return its exit code (`verdict.exit_codes`).

    `arguments` are more options for pytest, `plugins` more plugins.
    """
    suites = bundled("suites")
    command = [
        str(suites),
        *("-c", os.devnull, "--rootdir", str(suites), "--confcutdir", str(suites), "--import-mode=importlib"),
        *("-p", "osia_conformance.run.plugin", "-q", "--capture=sys", "--assert=plain"),
        *(part for name in QUIET_PLUGINS for part in ("-p", f"no:{name}")),
        *(selection.arguments() if selection else ()),
        *arguments,
    ]
    quiet = _Quiet()
    with own_pytest():
        try:
            code = int(pytest.main(command, plugins=[_Named(run_request), quiet, *plugins]))
        except Exception as error:
            # Whatever it is, it is ours, and must never look like a verdict.
            run_request.fail(crash_words(error))
            return EXIT_FAULT
    if run_request.exit_code is not None:
        return run_request.exit_code
    if code == pytest.ExitCode.INTERRUPTED:
        # Nothing had begun.
        return EXIT_INTERRUPTED
    if selection and code == pytest.ExitCode.NO_TESTS_COLLECTED:
        run_request.refuse(f"{selection}: no check is left by that; choose others, or fewer options.")
        return EXIT_USAGE
    said = without_known_secrets(quiet.text() or f"pytest ended with {code}")
    run_request.fail(run_request.refusal or quiet.crash or said)
    return EXIT_FAULT


class _Named:
    """Puts the run request among pytest's plugins, where the run's own plugin looks for it."""

    def __init__(self, run_request: RunRequest) -> None:
        self._run_request = run_request

    def pytest_addhooks(self, pluginmanager: pytest.PytestPluginManager) -> None:
        pluginmanager.register(self._run_request, RunRequest.NAME)


class _Quiet:
    """Keeps pytest's own words out of the terminal; they are shown only if the suite itself fails."""

    def __init__(self) -> None:
        self._kept = io.StringIO()
        self.crash: str | None = None

    def text(self) -> str:
        """Return what pytest wanted to say."""
        return self._kept.getvalue().strip()

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep a crash of pytest, or of a plugin, as one sentence."""
        self.crash = self.crash or crash_words(excinfo.value)

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        # There is no public way to its writer; a pytest without this one says more than a run of ours should.
        if (writer := getattr(reporter, "_tw", None)) is not None:
            writer._file = self._kept
