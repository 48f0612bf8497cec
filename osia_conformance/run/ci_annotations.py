"""What a run adds to the log of a CI system: annotations and folded groups, in the words of that system."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from typing import IO, Any

from osia_conformance.support.text import one_line, visible

_SHOWN = 50


def write(results: Mapping[str, Any], stream: IO[str], environ: Mapping[str, str] = os.environ) -> None:
    """Write what GitHub or GitLab shows of each requirement that failed; nothing elsewhere.

    `results` is results.json's content. Nothing of the target's words can begin a command of the system.
    """
    failed = [entry for entry in results["requirements"] if entry["outcome"] == "failed"][:_SHOWN]
    if not failed:
        return
    if environ.get("GITHUB_ACTIONS") == "true":
        stream.writelines(f"{line}\n" for line in _github(failed))
    elif environ.get("GITLAB_CI") == "true":
        stream.writelines(f"{line}\n" for line in _gitlab(failed))


def _github(failed: list[Mapping[str, Any]]) -> Iterator[str]:
    for entry in failed:
        kind = "error" if entry["level"] == "MUST" else "warning"
        yield f"::{kind} title={_property(entry['id'])}::{_data(_words(entry))}"
    yield "::group::How to repeat each failure"
    yield from _scripts(failed)
    yield "::endgroup::"


def _gitlab(failed: list[Mapping[str, Any]]) -> Iterator[str]:
    now = int(time.time())
    yield f"section_start:{now}:osia_conformance[collapsed=true]\r\x1b[0KHow to repeat each failure"
    yield from _scripts(failed)
    yield f"section_end:{now}:osia_conformance\r\x1b[0K"


def _scripts(failed: list[Mapping[str, Any]]) -> Iterator[str]:
    for entry in failed:
        scripts = [check["curl"] for check in entry["checks"] if check["outcome"] == "failed" and check["curl"]]
        yield one_line(f"{entry['id']}  {entry['title']}")
        # Indented: a command of GitHub stands at the beginning of a line.
        yield from (f"    {visible(line)}" for script in scripts[:1] for line in script.splitlines())


def _words(entry: Mapping[str, Any]) -> str:
    return one_line(f"{entry['title']}: {entry['reason'] or 'failed'}", 500)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
