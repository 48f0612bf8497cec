"""What servers cost: calls and seconds of a run on each at standard effort, beside those of a conforming one."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from osia_reference.app import Server
from tests.harness.judging import judge_at, settings
from tests.harness.serving import listening, serve, url_of
from tests.harness.variant import Variant

_HEAD = (
    "| server | version | calls | times | seconds | times | processor |",
    "| --- | --- | --- | --- | --- | --- | --- |",
)
_FORK = multiprocessing.get_context("fork")
UNCHANGED = Variant("conforming", "Nothing is changed.")
WITHIN = 5.0
"""Seconds until a write must be visible: what a run takes where nothing is said."""
MOST_CALLS = 2
"""How many times the calls of a run on a conforming server a run on another one may take."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run on a server took: calls, seconds on the clock, seconds of the processor (without the server's)."""

    name: str
    version: str
    calls: int
    seconds: float
    processor: float


def cost_of(variant: Variant, version: str, url: str, effort: str = "standard") -> Cost:
    """Judge a variant that is served at `url` with the whole suite, and return what that took."""
    base = settings(version, **{"visible_within": WITHIN, **variant.target, "url": url})
    run = replace(base, effort=effort, keep_going=variant.keep_going, wait_for=variant.wait_for)
    started, spent = time.monotonic(), time.process_time()
    judged = judge_at(replace(run, auth=replace(run.auth, **variant.auth)))
    calls = sum(line["kind"] == "exchange" for line in judged.records)
    return Cost(variant.name, version, calls, time.monotonic() - started, time.process_time() - spent)


def costs(variants: Sequence[Variant], effort: str = "standard") -> Iterator[tuple[Cost, Cost]]:
    """Yield what each server costs on its newest version, with what the unchanged one costs on that.

    Each run has a process of its own, forked from this one, and so has its server: none finds what another has drawn,
    and as many checks are judged at once as a run chooses by itself.
    """
    unchanged: dict[str, Cost] = {}
    for variant in variants:
        version = variant.applies()[-1]
        if version not in unchanged:
            unchanged[version] = _apart(UNCHANGED, version, effort)
        yield _apart(variant, version, effort), unchanged[version]


def _apart(variant: Variant, version: str, effort: str) -> Cost:
    answer, told = _FORK.Pipe(duplex=False)
    with _served(variant.app(version)) as url:
        process = _FORK.Process(target=_tell, args=(told, variant, version, url, effort))
        process.start()
        told.close()
        try:
            found: Cost = answer.recv()
        finally:
            process.join()
    return found


def _tell(told: Connection, variant: Variant, version: str, url: str, effort: str) -> None:
    told.send(cost_of(variant, version, url, effort))


@contextmanager
def _served(app: Server) -> Iterator[str]:
    """Serve an app from a process of its own, as a target is, and return its URL."""
    with listening() as listener:
        process = _FORK.Process(target=serve, args=(app, listener))
        process.start()
        try:
            yield url_of(listener)
        finally:
            process.terminate()
            process.join()
            app.close()


def too_expensive(found: Sequence[tuple[Cost, Cost]]) -> list[str]:
    """Return the names of the servers on which a run sends too many calls; time depends on the machine, too."""
    return [one.name for one, unchanged in found if one.calls > MOST_CALLS * unchanged.calls]


def worst(found: Sequence[tuple[Cost, Cost]], most: int = 10) -> str:
    """Return two tables: the servers that cost the most calls, and those that cost the most time."""
    by_calls = sorted(found, key=lambda pair: pair[0].calls / pair[1].calls, reverse=True)[:most]
    by_time = sorted(found, key=lambda pair: pair[0].seconds / pair[1].seconds, reverse=True)[:most]
    tables = (("calls", by_calls), ("time", by_time))
    return "\n\n".join("\n".join([f"By {word}:", "", *_HEAD, *map(_row, rows)]) for word, rows in tables)


def _row(pair: tuple[Cost, Cost]) -> str:
    one, unchanged = pair
    calls, seconds = one.calls / unchanged.calls, one.seconds / unchanged.seconds
    return (
        f"| {one.name} | {one.version} | {one.calls} | {calls:.2f} | {one.seconds:.1f} | {seconds:.1f} "
        f"| {one.processor:.1f} s |"
    )
