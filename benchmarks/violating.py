"""A server of the project's own matrix on a free port, for other tools (argument: its name)."""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.common import VERSION
from tests import freedoms, violations
from tests.harness.proofs import listed
from tests.harness.serving import listening, serve, url_of
from tests.harness.variant import Variant


class Counting:
    """Answers as `app` does, and counts the calls."""

    def __init__(self, app: Any) -> None:
        self.app, self.calls = app, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        await self.app(scope, receive, send)


def variants() -> dict[str, Variant]:
    """Return every server of the matrix by its name, and the unchanged one as "reference"."""
    unchanged = Variant("reference", "Nothing is changed.")
    every: list[Variant] = [unchanged, *listed(violations, "VIOLATIONS"), *listed(freedoms, "FREEDOMS")]
    return {one.name: one for one in every if VERSION in one.applies()}


def main() -> None:
    app = Counting(variants()[sys.argv[1]].app(VERSION))
    with listening() as listener:
        print(f"on {url_of(listener)}", flush=True)
        serve(app, listener)
    print(app.calls, flush=True)


if __name__ == "__main__":
    main()
