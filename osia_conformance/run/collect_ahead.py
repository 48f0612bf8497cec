"""Collecting ahead: a process of its own lists this suite's checks for a report while this one derives its verdict."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from osia_conformance.standard.versions import judged
from osia_conformance.support import files
from osia_conformance.support.forks import made_meanwhile
from osia_conformance.verdict.journal import FILE

Header = Mapping[str, Any]
Collect = Callable[[Header], set[tuple[str, str]]]

_LONGEST_HEADER = 1 << 20


@contextmanager
def collected_ahead(directory: Path) -> Iterator[Collect]:
    """Yield what lists the checks of a whole run with a journal's header, as `collected_checks` does.

    Another process has listed them meanwhile for the header of the journal under `directory`, where the machine
    allows it; for any other header, and where that process brings nothing, they are collected here.
    """
    header = _header(directory)
    if header is None:
        yield _collected_here
        return
    with made_meanwhile(partial(_collected_here, header)) as ahead:
        yield partial(_collected, ahead, _facts(header))


def _header(directory: Path) -> Header | None:
    """Return the header that the journal under `directory` has now; None for what is none, which verifying names."""
    try:
        with files.open_regular(directory, FILE) as file:
            header = json.loads(file.readline(_LONGEST_HEADER))
        # Nobody has looked yet at who signed it.
        is_known = _facts(header)[0] in judged()
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return dict(header) if is_known else None


def _facts(header: Header) -> tuple[Any, ...]:
    """Return by what of a header checks are chosen."""
    return header["interfaceVersion"], header["effort"], header["configuration"].get("big-buffer")


def _collected(
    ahead: Callable[[], set[tuple[str, str]]], facts: tuple[Any, ...], header: Header
) -> set[tuple[str, str]]:
    return ahead() if _facts(header) == facts else _collected_here(header)


def _collected_here(header: Header) -> set[tuple[str, str]]:
    from osia_conformance.run.collected import collected_checks  # noqa: PLC0415 - slow, and mostly done elsewhere

    return collected_checks(header)
