"""The reference server's database, closed while a call is still being served."""

from __future__ import annotations

import gc
import sqlite3
import threading

import pytest

from osia_reference.store import Store


def test_it_is_closed_once_nobody_is_at_it() -> None:
    store = Store()
    closing = threading.Thread(target=store.close)
    with store.lock:
        closing.start()
        # Time enough to close it, for one that does not wait.
        closing.join(0.1)
        assert store.insert({"enrollmentId": "a"}, [])
    closing.join()
    with pytest.raises(sqlite3.ProgrammingError):
        store.get("a")


def test_one_that_nobody_has_any_more_is_closed() -> None:
    store = Store()
    connection = store._database
    del store
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")
