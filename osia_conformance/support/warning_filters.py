"""Python's warning filters, which belong to the whole process: changed by one thread at a time."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

_LOCK = threading.RLock()


@contextmanager
def warnings_set_to(action: Literal["error", "ignore"]) -> Iterator[None]:
    """Treat every warning within the block so. Other threads that ask for this wait: what one of them puts back
    would undo what another has set."""
    with _LOCK, warnings.catch_warnings():
        warnings.simplefilter(action)
        yield
