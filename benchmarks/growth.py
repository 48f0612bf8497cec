"""Growth: run time while more and more records of others are on the target already."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from benchmarks.common import machine, reference, run, serving
from osia_reference.store import opened


def filled(database: Path, records: int) -> None:
    """Put so many enrollments of others into a database of the reference server, their attributes indexed."""
    connection = opened(database)
    connection.execute("BEGIN")
    for number in range(1, records + 1):
        record = {
            "enrollmentId": f"other-{number}",
            "status": "FINALIZED" if number % 2 else "IN_PROGRESS",
            "enrollmentType": "citizen",
            "biographicData": {"firstName": f"First{number % 1000}", "lastName": f"Last{number}"},
        }
        connection.execute(
            "INSERT INTO enrollment VALUES (?, ?, ?)", (number, record["enrollmentId"], json.dumps(record))
        )
        indexed = {**record, **record["biographicData"]}.items()
        rows = [(name, "text", value, number) for name, value in indexed if isinstance(value, str)]
        connection.executemany("INSERT INTO attribute VALUES (?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    connection.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", nargs="+", type=int, default=[0, 1_000, 10_000, 100_000])
    options.add_argument("--effort", default="quick")
    chosen = options.parse_args()
    print(f"growth ({chosen.effort}); {machine()}")
    first = None
    for records in chosen.records:
        with tempfile.TemporaryDirectory() as place:
            database = Path(place, "records.db")
            filled(database, records)
            with serving(reference("--database", str(database))) as url:
                judged = run(url, "--effort", chosen.effort)
        first = first or judged
        print(
            f"{records} records: exit {judged.code}, {judged.wall:.1f} s, {judged.cpu:.1f} s of processor, "
            f"{len(judged.exchanges)} calls; {judged.cpu / first.cpu:.2f} of the first (processor)",
            flush=True,
        )


if __name__ == "__main__":
    main()
