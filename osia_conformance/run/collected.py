"""Which checks this suite has for a run: collected without a target, to compare a run's plan with."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import Any

import pytest

from osia_conformance.checks.marks import LAST, LONG, MARK, MIN_EFFORT, OPT_IN, VERSIONS
from osia_conformance.config.settings import Settings
from osia_conformance.run.collection import asked_for, check_id, is_check, is_of, requirement_of
from osia_conformance.run.own_pytest import QUIET_PLUGINS, own_pytest
from osia_conformance.support.paths import bundled


class CollectionError(RuntimeError):
    """The suite's own checks cannot be collected."""


def collected_checks(header: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Return requirement and id of each check that a whole run with a journal's `header` has.

    Which requirements an interface version has says the register, which is not read here. Raises
    CollectionError if the suite cannot be collected.
    """
    found = _Collected(header)
    suites = bundled("suites")
    command = [
        *(str(suites), "-c", os.devnull, "--rootdir", str(suites), "--confcutdir", str(suites)),
        *("--import-mode=importlib", "-qq", "--capture=no", "--assert=plain", "--collect-only", "--no-header"),
        *(part for name in QUIET_PLUGINS for part in ("-p", f"no:{name}")),
    ]
    with own_pytest(), redirect_stdout(io.StringIO()):
        code = pytest.main(command, plugins=[found])
    if code != pytest.ExitCode.OK:
        why = f"{type(found.crash).__name__}: {found.crash}" if found.crash else f"pytest's code {int(code)}"
        raise CollectionError(f"the checks of this suite cannot be collected ({why})")
    return found.checks


class _Collected:
    """A plugin that lists the checks of a run."""

    def __init__(self, header: Mapping[str, Any]) -> None:
        self.checks: set[tuple[str, str]] = set()
        self.crash: BaseException | None = None
        configuration = header["configuration"]
        # What a check may be part of a run for (`opt_in`).
        self._settings = Settings(effort=header["effort"], big_buffer=configuration.get("big-buffer"))
        self._version = header["interfaceVersion"]

    def pytest_configure(self, config: pytest.Config) -> None:
        """Name the marks of checks."""
        for name in (MARK, VERSIONS, LONG, LAST, MIN_EFFORT, OPT_IN):
            config.addinivalue_line("markers", f"{name}: of a check")

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
        """Keep a crash for a sentence; pytest prints no traceback then."""
        self.crash = excinfo.value
        return True

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """List the checks that a run has."""
        for item in items:
            if is_check(item) and is_of(item, self._version) and asked_for(item, self._settings):
                self.checks.add((requirement_of(item), check_id(item)))
