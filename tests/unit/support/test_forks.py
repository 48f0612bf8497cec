"""What another process makes meanwhile; what it does not bring is made here."""

from __future__ import annotations

import os
import threading
from functools import partialmethod

import pytest

from osia_conformance.support import forks
from osia_conformance.support.forks import Fork, made_meanwhile


@pytest.fixture(autouse=True)
def forking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "can_fork", lambda: True)


def test_another_process_makes_it() -> None:
    with made_meanwhile(os.getpid) as made:
        assert made() != os.getpid()


@pytest.mark.parametrize("reason", ["it takes less time than a process", "there can be none"])
def test_it_is_made_here_where(reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "can_fork", lambda: reason != "there can be none")
    with made_meanwhile(os.getpid, worth_it=reason == "there can be none") as made:
        assert made() == os.getpid()


def test_what_fails_in_the_other_process_is_made_here_and_fails_here() -> None:
    def fail() -> None:
        raise ValueError(os.getpid())

    with made_meanwhile(fail) as made, pytest.raises(ValueError, match=str(os.getpid())):
        made()


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()
    monkeypatch.setattr(Fork, "receive", partialmethod(Fork.receive, seconds=0.01))
    with made_meanwhile(lambda: os.getpid() if os.getpid() == here else threading.Event().wait()) as made:
        assert made() == here
