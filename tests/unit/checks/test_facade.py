"""Checks import from two façades and from nowhere else in the package."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from osia_conformance import checks
from osia_conformance.checks import enrollment
from osia_conformance.support.paths import bundled

FACADES = {"osia_conformance.checks", "osia_conformance.checks.enrollment"}
SUITES = sorted(bundled("suites").rglob("*.py"))


def imported(file: Path) -> set[str]:
    """Return the modules that a file imports names from, or imports whole."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.stem)
def test_a_suite_imports_nothing_of_the_package_but_the_facades(file):
    ours = {name for name in imported(file) if name.startswith((".", "osia_conformance", "osia_reference"))}
    assert ours <= FACADES


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.stem)
def test_a_check_has_at_most_twenty_lines(file):
    functions = (node for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.FunctionDef))
    lines = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: count for name, count in lines.items() if name.startswith("test_") and count > 20} == {}


@pytest.mark.parametrize("facade", [checks, enrollment], ids=["checks", "checks.enrollment"])
def test_every_name_of_a_facade_is_there(facade):
    assert {name for name in facade.__all__ if getattr(facade, name, None) is None} == set()


@pytest.mark.parametrize("facade", [checks, enrollment], ids=["checks", "checks.enrollment"])
def test_a_facade_has_no_other_names(facade):
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = facade.no_such_name


def test_no_name_has_two_meanings():
    assert set(checks.__all__) & set(enrollment.__all__) == set()
