"""Where the checks of each requirement stand: file, line and name, without a run and without pytest's collection."""

from __future__ import annotations

import importlib.util
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from osia_conformance.checks.marks import MARK
from osia_conformance.support.paths import bundled

_PREFIX = "test_"


@dataclass(frozen=True, slots=True, order=True)
class CheckPlace:
    """Where a check is defined: `line` is that of its `def`, `name` its function's, without "test_"."""

    file: Path
    line: int
    name: str

    @property
    def sentence(self) -> str:
        """The check's name as words."""
        return self.name.replace("_", " ")

    def __str__(self) -> str:
        """Return "suites/.../test_patch.py:12", the path from the directory that holds the suites."""
        return f"{self.file.relative_to(bundled('suites').parent)}:{self.line}"


@cache
def check_places() -> Mapping[str, tuple[CheckPlace, ...]]:
    """Return the checks of each requirement by its id, in the order of their places."""
    found: dict[str, set[CheckPlace]] = {}
    for file in sorted(bundled("suites").rglob(f"{_PREFIX}*.py")):
        for function in _checks(_imported(file)):
            place = _place(file, function)
            for name in _requirements(function):
                found.setdefault(name, set()).add(place)
    return {name: tuple(sorted(places)) for name, places in found.items()}


def _imported(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"osia_suites_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _checks(module: ModuleType) -> Iterator[Callable[..., None]]:
    for name, value in vars(module).items():
        if name.startswith(_PREFIX) and any(mark.name == MARK for mark in getattr(value, "pytestmark", ())):
            yield value


def _place(file: Path, function: Callable[..., None]) -> CheckPlace:
    lines, first = inspect.getsourcelines(inspect.unwrap(function))
    offset = next(number for number, line in enumerate(lines) if line.startswith("def "))
    return CheckPlace(file, first + offset, function.__name__.removeprefix(_PREFIX))


def _requirements(function: Any) -> Iterator[str]:
    """Yield the requirements that a check judges: one for each combination of its parameters."""
    marks = {name: [mark for mark in function.pytestmark if mark.name == name] for name in (MARK, "parametrize")}
    [requirement] = marks[MARK]
    for chosen in itertools.product(*(_values(mark.args) for mark in marks["parametrize"])):
        values = {name: value for each in chosen for name, value in each.items()}
        yield requirement.args[0].format(**values) if values else requirement.args[0]


def _values(arguments: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Return the parameters of one `parametrize` mark: a mapping of names to values for each case."""
    stated, cases = arguments
    names = [name.strip() for name in stated.split(",")] if isinstance(stated, str) else list(stated)
    plain = (getattr(case, "values", case) if _is_param(case) else case for case in cases)
    return [dict(zip(names, case if _is_several(case, names) else (case,), strict=True)) for case in plain]


def _is_param(case: Any) -> bool:
    return type(case).__name__ == "ParameterSet"


def _is_several(case: Any, names: list[str]) -> bool:
    return isinstance(case, tuple) and len(case) == len(names)
