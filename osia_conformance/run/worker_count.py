"""How many checks a run judges side by side: as many as is stated, or as its target's latency asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osia_conformance.config.settings import AUTO
from osia_conformance.support.seeded_draws import DRAWS_IN_THREADS
from osia_conformance.target.check_slots import threads_for

if TYPE_CHECKING:
    from osia_conformance.run.run_request import RunRequest
    from osia_conformance.target.session import Run

ONE_BY_ONE = (
    "this release of Hypothesis does not draw in several threads at once: checks are judged one after the other; "
    "install a newer one, or let pytest-xdist start processes (pytest suites -n N)."
)
"""What a reader must know who asked for several workers where there can be one."""


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
    if request.transport is not None or not DRAWS_IN_THREADS:
        return 1
    return threads_for(run.latency, run.settings.target.rate)
