"""How many checks a run judges side by side: as many as is stated, or as its target's latency asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osia_conformance.config.settings import AUTO
from osia_conformance.support.seeded_draws import DRAWS_IN_THREADS
from osia_conformance.target.check_slots import most_for_rate, threads_for

if TYPE_CHECKING:
    from osia_conformance.run.run_request import RunRequest
    from osia_conformance.target.session import Run

ONE_BY_ONE = (
    "this release of Hypothesis does not draw in several threads at once: checks are judged one after the other; "
    "install a newer one, or let pytest-xdist start processes (pytest suites -n N)."
)
"""What a reader must know who asked for several workers where there can be one."""

_LONG_WAITED = 1.0
"""Seconds that a run with one worker has waited for its target when others begin to judge beside it."""

_WAITING_WORKERS = 8
"""Workers of a run whose checks wait for the target, not for the processor."""


def stated_workers(request: RunRequest) -> int:
    """Return how many workers are stated; 1 where that is left to the run, or no more can be."""
    workers = request.settings.workers
    if request.processes > 1:
        return request.processes
    return 1 if workers == AUTO or not DRAWS_IN_THREADS else workers


def are_refused(request: RunRequest) -> bool:
    """Return whether several workers are stated where there can only be one."""
    workers = request.settings.workers
    return not DRAWS_IN_THREADS and request.processes == 1 and workers not in (1, AUTO)


def measured_workers(request: RunRequest, run: Run) -> int | None:
    """Return how many workers the latency of the run's first calls asks for; None where their number is stated.

    A transport of somebody else's need not be one for several threads, and gets one.
    """
    if request.settings.workers != AUTO or request.processes > 1:
        return None
    if not _may_be_several(request):
        return 1
    return threads_for(run.latency, run.settings.target.rate)


def workers_after_waits(request: RunRequest, run: Run, waited: float) -> int:
    """Return how many workers judge what is left of a run that began with one and has waited `waited` seconds for its
    target to show what it was sent; 1 where it goes on alone.
    """
    if waited < _LONG_WAITED or request.settings.workers != AUTO or not _may_be_several(request):
        return 1
    return min(_WAITING_WORKERS, most_for_rate(run.latency, run.settings.target.rate))


def _may_be_several(request: RunRequest) -> bool:
    return request.transport is None and request.processes == 1 and DRAWS_IN_THREADS
