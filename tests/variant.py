"""A variant of the reference server: one small named change, and what the suite must make of it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from osia_conformance.register import load_register
from osia_reference.app import Server, create_app
from tests.judging import Judged, judge, reference, settings

EVERYWHERE = ("ENR-GENERATED-*", "ENR-LIFE-03")
"""What looks at everything an operation does, with generated input, may meet any violation on its way."""


def ids(*patterns: str) -> frozenset[str]:
    """Return the active requirements that match the patterns ("ENR-TOKEN-03-*"); each must match one."""
    active = [entry.id for entry in load_register("1.0.0").active()]
    matched = {pattern: {name for name in active if fnmatchcase(name, pattern)} for pattern in patterns}
    unknown = [pattern for pattern, names in matched.items() if not names]
    assert not unknown, f"no active requirement matches {unknown}"
    return frozenset().union(*matched.values())


@dataclass(frozen=True)
class Variant:
    """`parts` are the classes that replace the reference server's own (server, enrollments, search, store,
    tokens, token_endpoint), `options` its settings, `target` the run's [target] settings."""

    name: str
    change: str
    parts: Mapping[str, type] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)

    def app(self) -> Server:
        """Return a fresh server with the change."""
        return create_app(reference(**self.options), **self.parts)

    def judge(self) -> Judged:
        """Run the whole suite at quick effort on it."""
        return judge(self.app(), run=settings(**self.target))

    def prove(self) -> None:
        """Judge the server, assert what must come of it, and record the experiment for the matrix."""
        judged = self.judge()
        passed = False
        try:
            self.expect(judged)
            passed = True
        finally:
            self._record(judged, passed=passed)

    def expect(self, judged: Judged) -> None:
        """Assert what must come of it."""
        raise NotImplementedError

    def _record(self, judged: Judged, *, passed: bool) -> None:
        directory = os.environ.get("OSIA_MATRIX_DIR")
        if not directory:
            return
        Path(directory).mkdir(parents=True, exist_ok=True)
        kind = type(self).__name__.lower()
        experiment = {
            "name": self.name,
            "kind": kind,
            "change": self.change,
            "expected": sorted(ids(*getattr(self, "expected", ()))),
            "failed": sorted(judged.outcomes("failed")),
            "passed": passed,
        }
        Path(directory, f"{kind}-{self.name}.json").write_text(json.dumps(experiment), "utf-8")


@dataclass(frozen=True)
class Violation(Variant):
    """A variant that breaks a rule. `expected` must fail, `declared` may fail as a consequence (patterns)."""

    expected: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()

    def expect(self, judged: Judged) -> None:
        """Assert that it was caught for just this."""
        expected, failed = ids(*self.expected), judged.outcomes("failed")
        missed, surplus = expected - failed, failed - expected - ids(*self.declared, *EVERYWHERE)
        reasons = {name: judged.requirement(name)["reason"] for name in sorted(missed | surplus)}
        assert not missed, f"not caught: {reasons}"
        assert not surplus, f"failed for another reason: {reasons}"
        # What only should be does not make a server nonconformant.
        binding = any(judged.requirement(name)["level"] == "MUST" for name in expected)
        assert judged.exit_code == (1 if binding else 0)


@dataclass(frozen=True)
class Freedom(Variant):
    """A variant that conforms. `rulings` are those that must be observed, and no others but `may`."""

    rulings: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    inapplicable: tuple[str, ...] = ()

    def expect(self, judged: Judged) -> None:
        """Assert that it was left alone, and observed where a ruling says so."""
        open_ones = {
            entry["id"]: entry["reason"]
            for entry in judged.results["requirements"]
            if entry["outcome"] not in ("passed", "inapplicable") and entry["level"] == "MUST"
        }
        assert not open_ones
        assert judged.results["verdict"] == "conformant", judged.results["reasons"]
        assert set(self.rulings) <= judged.observed() <= {*self.rulings, *self.may}
        away = judged.outcomes("inapplicable")
        active = {entry.id for entry in load_register("1.0.0").active()}
        assert away & active == (ids(*self.inapplicable) if self.inapplicable else set())
