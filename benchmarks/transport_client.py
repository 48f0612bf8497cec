"""One side of `benchmarks.transport`: sends with the checkout on PYTHONPATH as many requests as each line asks for.

It imports nothing else of the benchmarks, so that it runs in earlier checkouts, too.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

BODY = b'{"status":"IN_PROGRESS","enrollmentType":"citizen"}' * 6
QUERY = [("transactionId", "0b8e1f0e-0000-4000-8000-00000000000a"), ("finalize", "true")]
HEADERS = [("Content-Type", "application/json"), ("Authorization", "Bearer " + "x" * 200)]


def opened(url: str) -> Any:
    """Return the client of the checkout."""
    try:
        from osia_conformance.wire.client import open_client  # noqa: PLC0415 - of one checkout or the other
        from osia_conformance.wire.settings import HttpSettings  # noqa: PLC0415
    except ImportError:
        from osia_conformance.wire import transport as earlier  # noqa: PLC0415

        return earlier.open_client(earlier.WireSettings(base_url=url))
    return open_client(HttpSettings(base_url=url))


def main() -> None:
    client = opened(sys.argv[1])
    for line in sys.stdin:
        began, busy = time.perf_counter(), time.process_time()
        for _ in range(int(line)):
            client.send("PUT", "/v1/enrollments/0b8e1f0e", query=QUERY, headers=HEADERS, body=BODY)
        print(json.dumps([time.perf_counter() - began, time.process_time() - busy]), flush=True)


if __name__ == "__main__":
    main()
