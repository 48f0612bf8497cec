"""Drawing ahead: a process of its own draws the examples of generated checks while this one judges others.

Drawing needs a processor and judging mostly waits for the target. What is drawn depends on the seed alone, whoever
draws it; what the other process does not bring is drawn here.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import pytest

from osia_conformance.checks.generation.corpus import Corpus, keep
from osia_conformance.checks.offered import PREFIX
from osia_conformance.run.collection import parameters_of
from osia_conformance.run.hooks import CHECK
from osia_conformance.support.forks import Fork, can_fork
from osia_conformance.target.session import Session


class BackgroundDrawer:
    """What the other process draws, in the order of `corpora`; close it to end the process.

    Raises OSError if there can be no other process.
    """

    def __init__(self, corpora: Sequence[Callable[[], Sequence[Corpus]]]) -> None:
        self._fork = Fork(partial(_draw, corpora))
        self._ended = False
        self._lock = threading.Lock()

    def fill(self, corpus: Corpus) -> None:
        """Give a corpus its examples, as soon as they are drawn; leave it to draw them itself if they do not come.

        Safe for several threads.
        """
        while not corpus.drawn and not self._ended:
            with self._lock:
                self._receive(corpus)

    def _receive(self, corpus: Corpus) -> None:
        if corpus.drawn:
            return
        try:
            keep(*self._fork.receive())
        except (EOFError, OSError):
            self._ended = True

    def close(self) -> None:
        """End the process."""
        self._fork.close()


@contextmanager
def drawn_ahead(session: Session, items: Sequence[pytest.Item]) -> Iterator[None]:
    """Draw ahead what the checks among `items` will ask for, where the machine allows it."""
    wanted = [partial(_corpora, session, item) for item in items if hasattr(getattr(item, "obj", None), "corpora")]
    source = _drawer(wanted) if wanted and not session.availability.lost and can_fork() else None
    if source is None:
        yield
        return
    session.example_source = source
    try:
        yield
    finally:
        source.close()
        session.example_source = None


def _drawer(corpora: Sequence[Callable[[], Sequence[Corpus]]]) -> BackgroundDrawer | None:
    with contextlib.suppress(OSError):
        return BackgroundDrawer(corpora)
    return None


def _corpora(session: Session, item: Any) -> Sequence[Corpus]:
    """Return the corpora of a check, which is given no more of its fixtures than what strategies are made from."""
    names = ("payloads", "profile", "specification")
    fixtures = {f"{prefix}{name}": getattr(session, name) for name in names for prefix in ("", PREFIX)}
    found: Sequence[Corpus] = item.obj.corpora(session, item.stash[CHECK].id, {**fixtures, **parameters_of(item)})
    return found


def _draw(corpora: Sequence[Callable[[], Sequence[Corpus]]], told: Connection) -> None:
    # Whatever goes wrong here: whoever judges draws the rest, meets it again, and knows what to make of it.
    with contextlib.suppress(Exception):
        for of_a_check in corpora:
            for corpus in of_a_check():
                told.send((corpus.place, corpus.examples()))
