"""A session outside of any run: for what asks a target and writes no report."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from osia_conformance.config.settings import Settings
from osia_conformance.target.embedded_server import EmbeddedServer
from osia_conformance.target.session import Run, Session

if TYPE_CHECKING:
    from osia_conformance.wire.http1 import Carrier


@contextmanager
def standalone_session(
    settings: Settings, version: str, worker: str, transport: Carrier | None = None
) -> Iterator[Session]:
    """Open a session on the target of `settings`, or on an embedded server of interface `version` in a demonstration.

    What it made on the target is deleted at the end, and its journal thrown away. Raises what a run's start raises.
    """
    server = EmbeddedServer(version) if settings.demonstration else None
    with tempfile.TemporaryDirectory() as place:
        try:
            run = Run(
                id=str(uuid.uuid4()),
                directory=place,
                url=server.url if server else str(settings.target.url),
                version=version,
                seed=settings.seed or 0,
                effort=settings.effort,
                workers=1,
                embedded=server is not None,
                settings=settings,
            )
            session = Session(run, worker, transport)
            try:
                yield session
            finally:
                session.delete_created()
                session.close()
        finally:
            if server is not None:
                server.stop()
