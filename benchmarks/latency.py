"""Latency: run time with so many seconds added to each call and so many workers, against the ideal.

The ideal is the larger of calls * latency / workers and the longest chain of dependent calls (the calls of one
check, one after the other) * latency.
"""

from __future__ import annotations

import argparse
from collections import Counter

from benchmarks.common import machine, run, serving, slow_wire


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--latency", nargs="+", type=float, default=[0, 0.02, 0.1])
    options.add_argument("--workers", nargs="+", default=["auto", "1", "2", "4", "8", "16"])
    options.add_argument("--effort", default="standard")
    chosen = options.parse_args()
    print(f"latency ({chosen.effort}); {machine()}")
    for latency in chosen.latency:
        for workers in chosen.workers:
            with serving(slow_wire(latency)) as url:
                judged = run(url, "--effort", chosen.effort, "--workers", workers)
            checks = Counter(exchange["check"] for exchange in judged.exchanges)
            calls, longest = len(judged.exchanges), max(checks.values())
            side_by_side = judged.workers
            ideal = max(calls * latency / side_by_side, longest * latency)
            share = f", {ideal / judged.wall:.0%} of the ideal {ideal:.1f} s" if latency else ""
            print(
                f"{latency * 1000:.0f} ms, workers {workers} ({side_by_side}): exit {judged.code}, "
                f"{judged.wall:.1f} s, {judged.cpu:.1f} s of processor, {calls} calls, "
                f"longest chain {longest}{share}; {machine()}",
                flush=True,
            )


if __name__ == "__main__":
    main()
