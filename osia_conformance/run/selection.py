"""A part of the checks: `--only`, `--exclude`, `--operation`, `--rerun-failed`. A pytest plugin deselects the others.

A run of a selection is incomplete at best; with a failure among what ran it is nonconformant.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from osia_conformance.checks.marks import MARK, RequirementName
from osia_conformance.config.run_options import SELECTION
from osia_conformance.run.collection import is_check, planned, requirement_of
from osia_conformance.run.run_request import is_handed_over
from osia_conformance.standard.operations import OLDEST, by_code, by_id
from osia_conformance.standard.register import whole_register
from osia_conformance.support.paths import bundled
from osia_conformance.support.quoting import near, quoted
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.verdict.finished_run import header_of, records_of
from osia_conformance.verdict.judged_checks import judged_checks

if TYPE_CHECKING:
    from osia_conformance.config.settings import Settings

Names = Sequence[str]
_MARKED = re.compile(r'^@requirement\("([^"]+)"\)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Selection:
    """What was asked for. `only` are requirements, each by its id or the first parts of it, `excluded` likewise those
    that are left out; `operations` are operationIds; `failed` is the report directory of a run whose failed checks run
    again. Each that is given narrows further."""

    only: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    failed: Path | None = None
    excluded: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: Mapping[str, Any], prefix: str = "") -> Selection:
        """Return the selection that parsed options make, which may carry a prefix."""
        failed = options.get(f"{prefix}rerun_failed")
        return cls(
            tuple(options.get(f"{prefix}only") or ()),
            tuple(options.get(f"{prefix}operation") or ()),
            Path(failed) if failed else None,
            tuple(options.get(f"{prefix}exclude") or ()),
        )

    def __bool__(self) -> bool:
        return bool(self.only or self.operations or self.failed or self.excluded)

    def __str__(self) -> str:
        given = {
            "--only": self.only,
            "--exclude": self.excluded,
            "--operation": self.operations,
            "--rerun-failed": [self.failed or ""],
        }
        return " ".join(f"{option} {' '.join(map(str, names))}" for option, names in given.items() if any(names))

    def verify(self) -> None:
        """Raise ConfigurationError for a name that nothing bears, and for a run in which nothing failed."""
        requirements = whole_register().requirements
        known = {part for name in requirements for part in _names(name)}
        for option, names in (("--only", self.only), ("--exclude", self.excluded)):
            for name in names:
                if name not in known:
                    hint = near(name, known) or "`osia-conformance requirements` lists them"
                    raise ConfigurationError(f"{option}: no requirement is named {quoted(name)}; {hint}.")
        for name in self.operations:
            if name not in by_id():
                hint = near(name, by_id()) or f"it has {', '.join(by_id())}"
                raise ConfigurationError(f"--operation: {quoted(name)} is no operation of the interface; {hint}.")
        if self.failed and not failed_checks(self.failed):
            raise ConfigurationError(f"--rerun-failed: nothing failed in {self.failed}, so nothing can run again.")

    def names(self, requirement: str, operations: Names) -> bool:
        """Return whether the selection has a requirement that is about these operations, whatever its checks are."""
        known = frozenset(_names(requirement))
        codes = {by_id()[name].code for name in self.operations}
        of_operation = {by_id()[name].code for name in operations if name in by_id()}
        return (
            (not self.only or not known.isdisjoint(self.only))
            and known.isdisjoint(self.excluded)
            and (not codes or "*" in operations or not codes.isdisjoint(of_operation))
        )

    def arguments(self) -> list[str]:
        """Return the selection as options of pytest."""
        only = [f"--osia-only={name}" for name in self.only]
        operations = [f"--osia-operation={name}" for name in self.operations]
        excluded = [f"--osia-exclude={name}" for name in self.excluded]
        return [*only, *excluded, *operations, *([f"--osia-rerun-failed={self.failed}"] if self.failed else [])]


def verify_waivers(settings: Settings, source: str = "the configuration") -> None:
    """Raise ConfigurationError for a waiver of a requirement that no version has; `source` names the file."""
    requirements = whole_register().requirements
    for waiver in settings.waivers:
        if waiver.requirement not in requirements:
            hint = near(waiver.requirement, requirements) or "`osia-conformance requirements` lists them"
            name = quoted(waiver.requirement)
            raise ConfigurationError(f"{source}: waiver.requirement names {name}, which is no requirement; {hint}.")


def as_before(selection: Selection, settings: Settings, *, effort: bool) -> Settings:
    """Return the settings with the seed, and if `effort` is not set elsewhere the effort, of the run whose
    failures run again, so that the same is sent. Raises ConfigurationError if that run had a target and this
    one is a demonstration."""
    if selection.failed is None:
        return settings
    header = header_of(records_of(selection.failed))
    if settings.demonstration and not header["target"].get("embedded"):
        raise ConfigurationError(
            f"--rerun-failed: the run in {selection.failed} judged {header['target']['url']}; "
            "`osia-conformance run` judges that again."
        )
    settings = replace(settings, reruns=selection.failed.absolute())
    if settings.seed is None:
        settings = replace(settings, seed=header["seed"])
    chosen = effort or bool(os.environ.get("OSIA_EFFORT"))
    return settings if chosen else replace(settings, effort=header["effort"])


def failed_checks(directory: Path) -> set[tuple[str, str]]:
    """Return requirement and id of the checks that failed in a run, whatever became of them in its results.

    Raises ConfigurationError if the directory holds no journal.
    """
    try:
        judged = judged_checks(records_of(directory))
        return {key for key, line in judged.items() if line["outcome"] == "failed"}
    except (KeyError, TypeError) as error:
        raise ConfigurationError(f"{directory}: the journal is not one of this suite ({error!r}).") from None


def add_options(group: pytest.OptionGroup) -> None:
    """Add the options that narrow a run."""
    for option in SELECTION:
        several = option.key.option is not None and option.key.option.has_several
        action, text = "append" if several else "store", f"as `run --{option.name}`"
        group.addoption(f"--osia-{option.name}", action=action, metavar=option.name.upper(), help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a selection of what does not exist, before anything is sent."""
    try:
        Selection.of(vars(config.option), "osia_").verify()
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error


@pytest.hookimpl(tryfirst=True)
def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the files of a run that have no check of what `run --only` names."""
    names = _marked(bundled("suites")).get(collection_path) if _only(config) else None
    return None if names is None or any(_may_be(name, _only(config)) for name in names) else True


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, obj: object) -> list[pytest.Item] | None:
    """Leave out early what `run --only` does not name: pytest would look up its fixtures and its parameters first."""
    only = _only(collector.config)
    marks: Sequence[pytest.Mark] = getattr(obj, "pytestmark", ()) if only else ()
    names = [name for mark in marks for name in mark.args if mark.name == MARK and isinstance(name, RequirementName)]
    return [] if names and not any(_may_be(name, only) for name in names) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the checks that were not asked for."""
    selection = Selection.of(vars(config.option), "osia_")
    if not selection:
        return
    failed = failed_checks(selection.failed) if selection.failed else None
    only, excluded = frozenset(selection.only), frozenset(selection.excluded)
    register = whole_register().requirements
    kept: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    for item in items:
        name = requirement_of(item) if is_check(item) else ""
        named = (not only or not only.isdisjoint(_names(name))) and excluded.isdisjoint(_names(name))
        asked_for = name not in register or (named and _chosen(selection, item, register[name].operations, failed))
        (kept if asked_for else left_out).append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept


def _chosen(
    selection: Selection, item: pytest.Item, operations: tuple[str, ...], failed: set[tuple[str, str]] | None
) -> bool:
    check = planned(item, operations, OLDEST)
    concerned = {check.operation, *operations}
    # Whatever a version calls an operation, here it has the name of the oldest.
    wanted = {by_code()[by_id()[name].code].id for name in selection.operations}
    by_operation = not selection.operations or bool(concerned & {*wanted, "*"})
    return by_operation and (failed is None or (check.requirement, check.id) in failed)


def _only(config: pytest.Config) -> Names:
    """Return what a run of `osia-conformance` is narrowed to; pytest itself says how much it left out."""
    return config.option.osia_only or () if is_handed_over(config) else ()


@cache
def _marked(suites: Path) -> Mapping[Path, Names]:
    """Return the requirements with which the tests of each file are marked, parameters not filled in."""
    return {path: _MARKED.findall(path.read_text("utf-8")) for path in sorted(suites.rglob("test_*.py"))}


def _may_be(mark: str, only: Names) -> bool:
    known, parameter, _ = mark.partition("{")
    return any(_bears(mark, name) or (parameter and name.startswith(known)) for name in only)


def _names(requirement: str) -> list[str]:
    """Return what a requirement can be called by: its id, and the first parts of it."""
    parts = requirement.split("-")
    return ["-".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _bears(requirement: str, name: str) -> bool:
    return requirement == name or requirement.startswith(f"{name}-")
