"""A variant of the reference server: one small named change, and what the suite must make of it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from packaging.specifiers import SpecifierSet

from osia_conformance.config.settings import Settings
from osia_conformance.standard.register import load_register
from osia_conformance.standard.versions import judged as judged_versions
from osia_reference.app import Server, create_app
from tests.harness.consequences import CONSEQUENCES
from tests.harness.judging import Judged, judge, reference, settings

EVERYWHERE = ("ENR-GENERATED-*", "ENR-LIFE-03", "ENR-INTEGRITY-*", "ENR-ENCRYPTION-*", "ENR-CREDENTIAL-*")
"""What looks at everything an operation does, with generated input, may meet any violation on its way; so may hashes
and ciphertexts, which are there to show whatever becomes of an enrollment."""
ONLY_WHERE_SEEN = ("ENR-ERROR-01",)
"""What is judged only where a server fails: inapplicable with any that does not."""

WORKERS = "OSIA_VARIANT_WORKERS"
"""The variable that says in how many threads variants are judged; 1 without it."""

VERSIONS = judged_versions()


@cache
def active(version: str) -> frozenset[str]:
    """Return the active requirements of a version."""
    return frozenset(entry.id for entry in load_register(version).active())


@cache
def ids(version: str, *patterns: str) -> frozenset[str]:
    """Return the active requirements of a version that match the patterns ("ENR-TOKEN-03-*").

    Each pattern must match one, in some version.
    """
    unknown = [pattern for pattern in patterns if not _matching(pattern)]
    assert not unknown, f"no active requirement matches {unknown}"
    return active(version) & frozenset().union(*map(_matching, patterns))


@cache
def _matching(pattern: str) -> frozenset[str]:
    """Return the requirements of any version that match a pattern."""
    known = frozenset().union(*map(active, VERSIONS))
    return frozenset(name for name in known if fnmatchcase(name, pattern))


@cache
def _versions_within(specifier: str) -> tuple[str, ...]:
    """Return the versions that a specifier (PEP 440) admits, oldest first."""
    within = SpecifierSet(specifier)
    return tuple(version for version in VERSIONS if version in within)


_PYTHON = re.compile(r"\b(None|True|False)\b|[\[{(]'|\bb'|<class |object at 0x|(?<![\w-])(dict|str|float)\b")
"""Words and marks of Python's, which are no words of JSON's or of a reader's."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


class Judge(Protocol):
    """Runs the suite on a variant."""

    def __call__(self, variant: Any, version: str, *only: str) -> Judged:
        """Judge it by the whole suite, or by what judges the requirements in `only`."""


@dataclass(frozen=True)
class Variant:
    """`parts` are the classes that replace the reference server's own (server, enrollments, search, store,
    tokens, token_endpoint), `options` its settings, `target` and `auth` those of the run, `versions` the interface
    versions that it makes sense in (PEP 440); `keep_going` for those that a preflight would end, `wait_for` the
    seconds in which those come back that a call ends."""

    name: str
    change: str
    parts: Mapping[str, type] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    target: Mapping[str, Any] = field(default_factory=dict)
    auth: Mapping[str, Any] = field(default_factory=dict)
    versions: str = ""
    keep_going: bool = False
    wait_for: float = 0.0

    def applies(self) -> tuple[str, ...]:
        """Return the versions that it applies to, oldest first."""
        return tuple(version for version in _versions_within(self.versions) if self.concerns(version))

    def ends(self) -> tuple[str, ...]:
        """Return the oldest and the newest version that it applies to."""
        applies = self.applies()
        return tuple(dict.fromkeys((applies[0], applies[-1])))

    def concerns(self, version: str) -> bool:
        """Return whether the version has what the variant is about."""
        return True

    def app(self, version: str) -> Server:
        """Return a fresh server of the version with the change."""
        return create_app(reference(version, **self.options), **self.parts)

    def settings(self, version: str) -> Settings:
        """Return the settings of a run of quick effort on it."""
        run = replace(
            settings(version, **self.target),
            keep_going=self.keep_going,
            wait_for=self.wait_for,
            workers=int(os.environ.get(WORKERS, "1")),
        )
        return replace(run, auth=replace(run.auth, **self.auth))

    def judge(self, version: str, *only: str) -> Judged:
        """Run the suite on it: all of it, or what judges the requirements in `only`."""
        return judge(self.app(version), run=self.settings(version), only=only)

    def prove(self, version: str, *only: str, judge: Judge | None = None) -> None:
        """Judge the server, assert what must come of it, and record the experiment for the matrix.

        `judge` judges it elsewhere, as `Variant.judge` does.
        """
        judged = (judge or type(self).judge)(self, version, *only)
        passed = False
        try:
            self.expect(version, judged, selected=bool(only))
            passed = True
        finally:
            self.record(version, judged, passed=passed)

    def expect(self, version: str, judged: Judged, *, selected: bool = False) -> None:
        """Assert what must come of it."""
        raise NotImplementedError

    def expect_plain_words(self, judged: Judged) -> None:
        """Assert that no sentence of the run shows a value as Python writes it."""
        checks = [check for entry in judged.results["requirements"] for check in entry["checks"]]
        told = [text for check in checks for text in (check["reason"], check["expected"], check["actual"]) if text]
        told += [entry["text"] for entry in judged.results["observations"]]
        # What stands in quotation marks is a value: a server may answer anything.
        assert [text for text in told if _PYTHON.search(_QUOTED.sub('""', text))] == []

    def record(self, version: str, judged: Judged, *, passed: bool) -> None:
        """Record the experiment for the matrix, if one is made."""
        directory = os.environ.get("OSIA_MATRIX_DIR")
        if not directory:
            return
        Path(directory).mkdir(parents=True, exist_ok=True)
        kind = type(self).__name__.lower()
        experiment = {
            "name": self.name,
            "kind": kind,
            "change": self.change,
            "version": version,
            "expected": sorted(ids(version, *getattr(self, "expected", ()))),
            "failed": sorted(judged.outcomes("failed")),
            "passed": passed,
        }
        Path(directory, f"{kind}-{self.name}-{version}.json").write_text(json.dumps(experiment), "utf-8")


@dataclass(frozen=True)
class Violation(Variant):
    """A variant that breaks a rule. `expected` must fail, `declared` may fail as a consequence (patterns)."""

    expected: tuple[str, ...] = ()
    declared: tuple[str, ...] = ()

    def concerns(self, version: str) -> bool:
        """Return whether the version has a requirement that it breaks."""
        return bool(ids(version, *self.expected))

    def selection(self, version: str) -> tuple[str, ...]:
        """Return the requirements that it breaks, and those without which these cannot be judged."""
        register = load_register(version).requirements
        expected = ids(version, *self.expected)
        needed = (need for name in expected for need in register[name].needs if need in register)
        return tuple(sorted({*expected, *needed}))

    def consequences(self) -> tuple[str, ...]:
        """Return the patterns of what may fail as a consequence."""
        return (*self.declared, *CONSEQUENCES.get(self.name, ()))

    def all_that_tells(self, version: str) -> tuple[str, ...]:
        """Return all requirements but those that may meet any violation; of these, the ones that it breaks."""
        return tuple(sorted((active(version) - ids(version, *EVERYWHERE)) | set(self.selection(version))))

    def expect(self, version: str, judged: Judged, *, selected: bool = False) -> None:
        """Assert that it was caught for just this."""
        self.expect_plain_words(judged)
        expected, failed = ids(version, *self.expected), judged.outcomes("failed")
        missed, unexpected = expected - failed, failed - expected - ids(version, *self.consequences(), *EVERYWHERE)
        reasons = {name: judged.requirement(name)["reason"] for name in sorted(missed | unexpected)}
        assert not missed, f"not caught: {reasons}"
        assert not unexpected, f"failed for another reason: {reasons}"
        # What only should be does not make a server nonconformant.
        binding = any(judged.requirement(name)["level"] == "MUST" for name in expected)
        assert judged.exit_code == (1 if binding else 2 if selected else 0)


@dataclass(frozen=True)
class Freedom(Variant):
    """A variant that conforms. `rulings` are those that must be observed, and no others but `may`."""

    rulings: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    inapplicable: tuple[str, ...] = ()

    def expect(self, version: str, judged: Judged, *, selected: bool = False) -> None:
        """Assert that it was left alone, and observed where a ruling says so."""
        self.expect_plain_words(judged)
        open_ones = {
            entry["id"]: entry["reason"]
            for entry in judged.results["requirements"]
            if entry["outcome"] not in ("passed", "inapplicable") and entry["level"] == "MUST"
        }
        assert not open_ones
        assert judged.results["verdict"] == "conformant", judged.results["reasons"]
        assert set(self.rulings) <= judged.observed() <= {*self.rulings, *self.may}
        away = judged.outcomes("inapplicable") - ids(version, *ONLY_WHERE_SEEN)
        assert away & active(version) == ids(version, *self.inapplicable)
