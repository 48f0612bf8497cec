"""Size: throughput and peak memory of buffer round trips, sent and read piece by piece and hashed, against curl.

The server is the reference server with a database on disk. Each side is a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

from benchmarks.common import KEY, SECRET, environment, machine, serving, slow_wire
from osia_conformance.auth import token_source
from osia_conformance.config.settings import AuthSettings, Settings
from osia_conformance.standard.operations import SCOPES
from osia_conformance.support.secrets import Redactor, SecretReference
from osia_conformance.wire.client import open_client
from osia_conformance.wire.settings import HttpSettings
from osia_conformance.wire.streaming import Download, Upload

MIB = 1024 * 1024
RECORD = {"status": "IN_PROGRESS", "enrollmentType": "citizen", "biometricData": []}


def bearer() -> str:
    os.environ[KEY] = SECRET
    auth = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference(f"env:{KEY}"), lifetime=3600)
    return f"Bearer {token_source(Settings(auth=auth), Redactor()).valid(frozenset(SCOPES)).value}"


def round_trip(url: str, path: str, size: int) -> dict[str, float]:
    """Send and read a buffer over the suite's own wire; return seconds each way."""
    sent, came = Upload(size), Download(size)
    query = [("transactionId", "benchmark")]
    with open_client(HttpSettings(base_url=url)) as wire:
        headers = [("Authorization", bearer()), ("Content-Type", "application/octet-stream")]
        began = time.monotonic()
        answer = wire.send("POST", path, query=query, headers=headers, body=sent)
        up, buffer = time.monotonic() - began, json.loads(answer.content)["bufferId"]
        began = time.monotonic()
        wire.send(
            "GET", f"{path}/{buffer}", query=query, headers=[headers[0], ("Accept-Encoding", "identity")], sink=came
        )
        down = time.monotonic() - began
    assert (came.size, came.sha256) == (size, sent.sha256)
    return {"up": up, "down": down}


def by_curl(url: str, path: str, file: Path) -> dict[str, float]:
    """Send and read a file with curl; return seconds each way."""
    line = ["curl", "-s", "-H", f"Authorization: {bearer()}"]
    target = f"{url}{path}"
    upload = [*line, "-X", "POST", "-H", "Content-Type: application/octet-stream", "-H", "Expect:", "-T", str(file)]
    began = time.monotonic()
    said = subprocess.run([*upload, f"{target}?transactionId=b"], capture_output=True, check=True).stdout
    up, buffer = time.monotonic() - began, json.loads(said)["bufferId"]
    began = time.monotonic()
    subprocess.run([*line, "-o", os.devnull, f"{target}/{buffer}?transactionId=b"], check=True)
    return {"up": up, "down": time.monotonic() - began}


def ours(url: str, path: str, size: int) -> tuple[dict[str, float], float]:
    """Return the seconds, and the peak memory in MiB, of a process that does nothing else."""
    line = [sys.executable, "-m", "benchmarks.size", "--one", url, path, str(size)]
    with subprocess.Popen(line, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return json.loads(said), used.ru_maxrss / 1024


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--mib", nargs="+", type=int, default=[1, 16, 128, 1024])
    options.add_argument("--one", nargs=3, metavar=("URL", "PATH", "SIZE"))
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(round_trip(chosen.one[0], chosen.one[1], int(chosen.one[2]))))
        return
    print(f"size; {machine()}")
    for mib in chosen.mib:
        with tempfile.TemporaryDirectory() as place, serving(slow_wire(0, f"{place}/b.db")) as url:
            file = Path(place, "file")
            with file.open("wb") as stream:
                for piece in Upload(mib * MIB):
                    stream.write(piece)
            path = f"/v1/enrollments/{created(url)}/buffer"
            seconds, peak = ours(url, path, mib * MIB)
            curl = by_curl(url, path, file)
        rates = {way: mib / seconds[way] for way in ("up", "down")}
        shares = {way: curl[way] / seconds[way] for way in ("up", "down")}
        print(
            f"{mib} MiB: up {rates['up']:.0f} MiB/s ({shares['up']:.0%} of curl's), down {rates['down']:.0f} MiB/s "
            f"({shares['down']:.0%} of curl's), peak {peak:.0f} MiB; {machine()}",
            flush=True,
        )


def created(url: str) -> str:
    name = str(uuid.uuid4())
    query: dict[str, Any] = {"transactionId": "benchmark"}
    headers = {"Authorization": bearer()}
    with httpx.Client(trust_env=False) as client:
        answer = client.post(f"{url}/v1/enrollments/{name}", params=query, headers=headers, json=RECORD)
    answer.raise_for_status()
    return name


if __name__ == "__main__":
    main()
