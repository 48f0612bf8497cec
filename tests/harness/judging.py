"""Judging a server in this process: the whole suite, as `osia-conformance run` runs it, without a network."""

from __future__ import annotations

import gc
import itertools
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx

from osia_conformance.config.settings import AuthSettings, Settings, TargetSettings
from osia_conformance.run.run_request import RunRequest, prepared
from osia_conformance.run.runner import run_suites
from osia_conformance.run.selection import Selection
from osia_conformance.standard.operations import OLDEST
from osia_conformance.standard.versions import public
from osia_conformance.support.paths import bundled
from osia_conformance.support.secrets import SecretReference
from osia_reference.app import create_app
from osia_reference.settings import ServerSettings
from tests.harness.inprocess import AsgiTransport

KEY_NAME = "OSIA_TEST_KEY"
KEY = "a key for tests only, long enough for HS256"
URL = "http://127.0.0.1:1"
RUN = "0b8e1f0e-0000-4000-8000-00000000000a"
"""The id of each run in this process: ids and markers come from it, and are the same every time."""
_RUNS = itertools.count(1)
_COLLECTED_EVERY = 40
"""Runs of a process after which its garbage is collected: a run leaves what it loaded out of every look at garbage,
and a process of one run ends then."""


def reference(version: str = OLDEST, **members: Any) -> ServerSettings:
    """Return the settings of a reference server of interface `version` that trusts the tests' key."""
    file = bundled("specs") / "enrollment" / public(version) / "openapi.yaml"
    own = {"specification": file, "interface_version": public(version), "jwt_key": KEY}
    return ServerSettings(**{**own, **members})


def settings(version: str = OLDEST, **target: Any) -> Settings:
    """Return the settings of a run against such a server, with tokens signed by the tests' key."""
    os.environ[KEY_NAME] = KEY
    chosen = {"url": URL, "interface_version": version, "visible_within": 0.2, **target}
    auth = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference(f"env:{KEY_NAME}"))
    return Settings(target=TargetSettings(**chosen), auth=auth, seed=1, effort="quick")


@dataclass(frozen=True)
class Judged:
    """A finished run: exit code, results.json's content, and the journal's lines as a writer of reports gets them."""

    exit_code: int
    results: dict[str, Any]
    lines: Sequence[Mapping[str, Any]]

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """Return the journal's lines decoded, which most experiments do without."""
        return [dict(line) for line in self.lines]

    def outcomes(self, outcome: str) -> set[str]:
        """Return the ids of the requirements that ended so."""
        return {entry["id"] for entry in self.results["requirements"] if entry["outcome"] == outcome}

    def requirement(self, name: str) -> dict[str, Any]:
        """Return a requirement's entry."""
        return next(entry for entry in self.results["requirements"] if entry["id"] == name)

    def observed(self) -> set[str]:
        """Return the rulings under which something was observed."""
        return {entry["ruling"] for entry in self.results["observations"]}


def judge(
    app: Any = None,
    *,
    version: str = OLDEST,
    run: Settings | None = None,
    only: tuple[str, ...] = (),
    arguments: tuple[str, ...] = (),
) -> Judged:
    """Judge an ASGI app (default: the reference server) and return what came of it; the app is closed.

    `only` are the requirements to judge, `arguments` more options for pytest.
    """
    with run_of(app or create_app(reference(version)), run or settings(version)) as (run_request, lines):
        code = run_suites(run_request, selection=Selection(only=only), arguments=arguments)
    return _judged(code, run_request, lines)


def judge_at(chosen: Settings) -> Judged:
    """Judge the target that is named by the settings, and return what came of it."""
    with _kept_run(chosen, None) as (run_request, lines):
        return _judged(run_suites(run_request), run_request, lines)


def _judged(code: int, run_request: RunRequest, lines: Sequence[Mapping[str, Any]]) -> Judged:
    assert run_request.results is not None
    return Judged(code, run_request.results, lines)


@contextmanager
def run_of(app: Any, chosen: Settings) -> Iterator[tuple[RunRequest, list[Mapping[str, Any]]]]:
    """Yield a run of an ASGI app that is ready to start, and where its journal's lines will be; the app is closed."""
    transport = AsgiTransport(app)
    try:
        with _kept_run(chosen, transport) as run:
            yield run
    finally:
        transport.close()
        app.close()
        if next(_RUNS) % _COLLECTED_EVERY == 0:
            gc.collect()


@contextmanager
def _kept_run(
    chosen: Settings, transport: httpx.BaseTransport | None
) -> Iterator[tuple[RunRequest, list[Mapping[str, Any]]]]:
    lines: list[Mapping[str, Any]] = []

    def keep(results: Any, journaled: Sequence[Mapping[str, Any]], place: Path) -> None:
        # Nobody reads files of this directory: what came of the run is in the run request.
        lines.extend(journaled)

    with tempfile.TemporaryDirectory() as directory:
        settled = replace(chosen, report_dir=Path(directory) / "report")
        yield prepared(settled, transport=transport, write_reports=keep, run_id=RUN), lines
