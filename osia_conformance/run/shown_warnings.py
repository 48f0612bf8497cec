"""Warnings while checks are collected and judged: they are shown, whatever pytest holds tests of another kind to.

What another plugin or package warns of is no fault of a run.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager

import pytest

from osia_conformance.run.hooks import CHECK
from osia_conformance.support.paths import bundled


@contextmanager
def warnings_shown() -> Iterator[None]:
    """Have no warning raise; each is shown once for each place."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        yield


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector: pytest.Collector) -> Generator[None, object, object]:
    """Import the suites so."""
    if not collector.path.is_relative_to(bundled("suites")):
        return (yield)
    with warnings_shown():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Judge a check so; pytest's own filters hold for every other test."""
    if CHECK not in item.stash:
        return (yield)
    with warnings_shown():
        return (yield)
