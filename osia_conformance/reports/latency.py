"""How long the target took, by operation: numbers for the table and places for the plot."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from osia_conformance.reports.exchanges import Record, milliseconds

WIDTH = 560  # of the plot, in its own units
QUANTILES = {"low": 0.05, "q1": 0.25, "median": 0.5, "q3": 0.75, "p95": 0.95, "max": 1.0}
_STEPS = (1, 2, 5)


def latencies(exchanges: Iterable[Record]) -> dict[str, Any]:
    """Return the plot of answered exchanges: `ticks` and one of `rows` for each operation.

    A row has `count`, the QUANTILES in milliseconds under `ms` and their places, 0 to WIDTH, under `x`; the scale
    is logarithmic, since one slow call must not hide how the others differ. No answer at all gives no rows.
    """
    times: dict[str, list[float]] = {}
    for exchange in exchanges:
        if exchange["response"] and exchange["elapsed"] is not None:
            times.setdefault(exchange["operation"], []).append(max(milliseconds(exchange), 0.01))
    if not times:
        return {"rows": [], "ticks": []}
    every = [value for values in times.values() for value in values]
    ticks = _ticks(min(every), max(every))
    low, high = ticks[0], ticks[-1]
    rows = [_row(operation, sorted(values), low, high) for operation, values in sorted(times.items())]
    return {"rows": rows, "ticks": [{"ms": tick, "x": _place(tick, low, high)} for tick in _few(ticks)]}


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the one of sorted numbers at or below which `share` (0 to 1) of them lie: nearest rank, in their unit."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _row(operation: str, ordered: Sequence[float], low: float, high: float) -> dict[str, Any]:
    found = {name: quantile(ordered, share) for name, share in QUANTILES.items()}
    places = {name: _place(value, low, high) for name, value in found.items()}
    return {"operation": operation, "count": len(ordered), "ms": found, "x": places}


def _place(value: float, low: float, high: float) -> float:
    return round(WIDTH * math.log(value / low) / math.log(high / low), 1)


def _ticks(least: float, most: float) -> list[float]:
    """Return 1, 2, 5, 10 ... from at most the least to at least the most value, two of them at least."""
    exponent = math.floor(math.log10(least))
    ticks = [step * 10.0**exponent for step in _STEPS]
    while ticks[-1] < most or len(ticks) < len(_STEPS):
        exponent += 1
        ticks += [step * 10.0**exponent for step in _STEPS]
    first = max(index for index, tick in enumerate(ticks) if tick <= least or index == 0)
    last = next(index for index, tick in enumerate(ticks) if tick >= most and index > first)
    return ticks[first : last + 1]


def _few(ticks: Sequence[float]) -> list[float]:
    """Return as many ticks as there is room to label."""
    powers = [tick for tick in ticks if math.isclose(math.log10(tick), round(math.log10(tick)))]
    return list(ticks) if len(ticks) <= 7 or len(powers) < 2 else powers  # noqa: PLR2004
