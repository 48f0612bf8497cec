"""Overhead: wall time of a run ÷ time to send exactly its exchanges again with bare httpx on one connection.

Each has a fresh reference server of its own, so that the same calls meet the same records. Tokens are redacted in
the journal; the replay signs one of the same scopes for each set of scopes, before the clock starts.
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any
from urllib.parse import urlsplit

import httpx

from benchmarks.common import KEY, SECRET, machine, reference, run, serving
from osia_conformance.auth import token_source
from osia_conformance.config.settings import AuthSettings, Settings
from osia_conformance.support.secrets import Redactor, SecretReference


def replay(exchanges: list[dict[str, Any]], url: str) -> tuple[float, float, int]:
    """Send the exchanges in their order; return seconds on the clock, of this processor, and other status codes."""
    requests = list(_requests(exchanges, url))
    other = 0
    with httpx.Client(timeout=30, trust_env=False) as client:
        began, busy = time.monotonic(), time.process_time()
        for request, status in requests:
            other += client.send(request).status_code != status
        return time.monotonic() - began, time.process_time() - busy, other


def _requests(exchanges: list[dict[str, Any]], url: str) -> Any:
    os.environ[KEY] = SECRET
    auth = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference(f"env:{KEY}"), lifetime=3600)
    tokens, kept = token_source(Settings(auth=auth), Redactor()), {}
    for exchange in exchanges:
        asked, answer = exchange["request"], exchange["response"]
        headers = [(name, value) for name, value in asked["headers"] if name != "Authorization"]
        if exchange["scopes"] is not None and not exchange["fault"]:
            scopes = frozenset(exchange["scopes"])
            kept[scopes] = kept.get(scopes) or tokens.valid(scopes).value
            headers.append(("Authorization", f"Bearer {kept[scopes]}"))
        parts = urlsplit(asked["url"])
        target = url + parts.path + (f"?{parts.query}" if parts.query else "")
        request = httpx.Request(asked["method"], target, headers=headers, content=exchange["bytes"] or None)
        yield request, answer["status"] if answer else None


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--effort", default="standard")
    options.add_argument("--interface-version", default="1.0.0")
    chosen = options.parse_args()
    version = chosen.interface_version
    with serving(reference(version=version)) as url:
        judged = run(url, "--effort", chosen.effort, version=version)
    sent = [exchange for exchange in judged.exchanges if exchange["response"]]
    with serving(reference(version=version)) as url:
        bare, busy, other = replay(sent, url)
    print(f"overhead ({chosen.effort}, interface {version}); {machine()}")
    print(f"run: exit {judged.code}, {judged.wall:.1f} s, {judged.cpu:.1f} s of processor, {len(sent)} exchanges")
    print(f"bare httpx: {bare:.1f} s, {busy:.1f} s of processor; {other} answered otherwise (tokens with faults)")
    print(f"ratio: {judged.wall / bare:.2f} on the clock, {judged.cpu / busy:.2f} of the processor")


if __name__ == "__main__":
    main()
