"""A process in which the suite is collected, and from which one is forked for each violating server to judge.

An experiment judges a few checks, and pytest's start and collection take as much of the processor as these. What is
judged, and how, is as in a run of its own: a forked process begins where collecting ended.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import fields
from multiprocessing.connection import Connection

import pytest

from osia_conformance.run import draw_ahead
from osia_conformance.run.run_request import RunRequest, prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.support import forks
from tests import violations
from tests.harness.judging import Judged, judge, run_of, settings
from tests.harness.proofs import listed
from tests.harness.variant import VERSIONS, Variant

_LONGEST = 600.0
"""Seconds after which a process that answers nothing counts as hanging."""


class CollectedSuite:
    """Judges violating servers, which it knows by their names: what they are made of cannot be sent to a process."""

    def __init__(self) -> None:
        # Not forked from this process, which may have threads.
        context = multiprocessing.get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), daemon=True)
        self._process.start()
        other.close()

    def judge(self, variant: Variant, version: str, *only: str) -> Judged:
        """Judge a violation as `Variant.judge` does; the lines of its journal stay behind."""
        self._connection.send((variant.name, version, only))
        assert self._connection.poll(_LONGEST), f"no answer within {_LONGEST:g} s"
        code, results = self._connection.recv()
        assert results is not None, f"the process that judged {variant.name} ended with {code}"
        return Judged(code, results, ())

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.join()


def _serve(connection: Connection) -> None:
    # What is judged here is small, and other experiments use the other processors.
    forks.can_fork = draw_ahead.can_fork = lambda: False
    for version in VERSIONS:
        # What is read and compiled once in a process is read and compiled before.
        judge(version=version, only=("ENR-CREATE-01",))
    waiting = _Waiting(connection)
    code = run_suites(waiting.run_request, plugins=[waiting])
    # Only a forked process comes here; that nobody takes it apart at its end saves more than half of its time.
    waiting.close()
    connection.send((code, waiting.run_request.results))
    os._exit(0)


class _Waiting:
    """A plugin that stops pytest where the suite is collected; from there a forked process goes on for each server."""

    def __init__(self, connection: Connection) -> None:
        self.run_request = prepared(settings())
        self.is_forked = False
        self._connection = connection
        self._violations = {one.name: one for one in listed(violations, "VIOLATIONS")}
        self._open = ExitStack()

    @pytest.hookimpl(wrapper=True)
    def pytest_collection_modifyitems(self, config: pytest.Config) -> Generator[None, None, None]:
        """Come back in forked processes, each with the run of one server; in this one when nobody asks any more."""
        # What is shared with forked processes is not touched by the search for garbage.
        gc.collect()
        gc.freeze()
        while not self.is_forked:
            try:
                name, version, only = self._connection.recv()
            except EOFError:
                os._exit(0)
            if process := os.fork():
                _, status = os.waitpid(process, 0)
                if status:
                    self._connection.send((status, None))
                continue
            self.is_forked = True
            config.option.osia_only = list(only)
            self._begin(self._violations[name], version)
        return (yield)

    def _begin(self, variant: Variant, version: str) -> None:
        run_request, _ = self._open.enter_context(run_of(variant.app(version), variant.settings(version)))
        for field in fields(RunRequest):
            setattr(self.run_request, field.name, getattr(run_request, field.name))

    def close(self) -> None:
        """Close the server."""
        self._open.close()
