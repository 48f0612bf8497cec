"""The evidence of an OSCAL document: journal and long bodies as back-matter resources with their hashes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osia_conformance.reports.exchanges import BODY_FILE, Record
from osia_conformance.support import files
from osia_conformance.support.text import one_line
from osia_conformance.verdict.journal import FILE as JOURNAL

SHOWN = 20  # exchanges that one description names

Members = dict[str, Any]
Naming = Callable[..., str]


@dataclass(frozen=True, slots=True)
class BackMatter:
    """The resources, the uuid of the journal's, and the uuids of the body files by exchange."""

    resources: Sequence[Members]
    journal: str
    bodies: Mapping[str, Sequence[str]]

    def of(self, exchanges: Sequence[str]) -> list[Members]:
        """Return the relevant-evidence of a judgement that rests on `exchanges`, each named once."""
        names = list(dict.fromkeys(exchanges))
        if not names:
            return []
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        listed = one_line(", ".join(names[:SHOWN]), 1_000)
        found = [{"href": f"#{self.journal}", "description": f"Exchanges {listed}{more} of {JOURNAL}"}]
        bodies = dict.fromkeys(body for name in names for body in self.bodies.get(name, ()))
        return [*found, *({"href": f"#{body}", "description": "A body of them"} for body in bodies)]


def gathered(records: Sequence[Record], directory: Path, uuid: Naming) -> BackMatter:
    """Return the back matter for the journal's `records`; its links are relative to `directory`."""
    exchanges = {record["id"]: sorted({*_bodies(record)}) for record in records if record["kind"] == "exchange"}
    bodies = sorted({name for names in exchanges.values() for name in names})
    resources = [
        _resource(uuid("file", JOURNAL), JOURNAL, "application/jsonl", directory),
        *(_resource(uuid("file", name), name, "application/octet-stream", directory) for name in bodies),
    ]
    by_exchange = {id_: [uuid("file", name) for name in names] for id_, names in exchanges.items()}
    return BackMatter(resources, uuid("file", JOURNAL), by_exchange)


def _bodies(exchange: Record) -> Iterator[str]:
    for message in (exchange["request"], exchange["response"]):
        # A journal from elsewhere must not name a file outside its directory.
        if message and BODY_FILE.fullmatch(message.get("bodyFile", "")):
            yield message["bodyFile"]


def _resource(uuid: str, name: str, media_type: str, directory: Path) -> Members:
    root = files.root(directory)
    resource: Members = {"uuid": uuid, "title": name, "description": "Evidence: a file of the report."}
    try:
        with files.open_regular(root, name) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return {**resource, "remarks": "The file is missing."}
    except OSError as error:
        return {**resource, "remarks": f"The file cannot be read: {error.strerror}."}
    href = Path(os.path.relpath(root / name, directory)).as_posix()
    link = {"href": href, "media-type": media_type, "hashes": [{"algorithm": "SHA-256", "value": digest}]}
    return {**resource, "rlinks": [link]}
