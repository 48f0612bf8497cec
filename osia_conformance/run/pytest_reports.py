"""pytest's reports of checks that it did not run itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Literal

import pytest

from osia_conformance.run.check_threads import JudgedItem
from osia_conformance.run.execution import Check, CheckResult
from osia_conformance.run.hooks import CHECK, end_unwritable, tell_pytest
from osia_conformance.run.other_hooks import are_reports_read
from osia_conformance.run.run_request import is_handed_over
from osia_conformance.support.crashes import crash_words
from osia_conformance.verdict.journal import Unwritable

Phase = Literal["setup", "call", "teardown"]
Report = Callable[[JudgedItem], None]


def stop_if_told(session: pytest.Session) -> None:
    """Raise what ends pytest's loop, once a test or a plugin has asked for that."""
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)


def report_of(config: pytest.Config, follow: Callable[[Check, CheckResult], None]) -> Report:
    """Return what reports judgements; where nobody else reads them, in a run of `osia-conformance`, `follow` alone."""
    is_brief = is_handed_over(config) and not are_reports_read(config)
    return partial(report_briefly, follow) if is_brief else report_judged


def report_judged(judged: JudgedItem) -> None:
    """Tell pytest and its plugins of a test that has been run."""
    item, hook = judged.item, judged.item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    _report_phase(judged, "setup", lambda: None)
    _report_phase(judged, "call", partial(_tell, judged))
    _report_phase(judged, "teardown", lambda: None)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


def report_briefly(follow: Callable[[Check, CheckResult], None], judged: JudgedItem) -> None:
    """Have a judgement followed where nobody else hears of it; pytest is told of what is none."""
    if judged.error is None and judged.result is not None:
        follow(judged.item.stash[CHECK], judged.result)
    else:
        _report_phase(judged, "call", partial(_tell, judged))


def _report_phase(judged: JudgedItem, when: Phase, ending: Callable[[], None]) -> None:
    hook = judged.item.ihook
    call = pytest.CallInfo.from_call(ending, when=when, reraise=KeyboardInterrupt)
    if when == "call":
        call.start, call.stop, call.duration = judged.began, judged.began + judged.seconds, judged.seconds
    report = hook.pytest_runtest_makereport(item=judged.item, call=call)
    hook.pytest_runtest_logreport(report=report)


def _tell(judged: JudgedItem) -> None:
    """Raise what ends a test as its check was judged; a thread that met an error is a fault of the suite."""
    if isinstance(judged.error, Unwritable):
        end_unwritable(judged.item, judged.error)
    if judged.error is not None:
        pytest.fail(crash_words(judged.error), pytrace=False)
    if judged.result is not None:
        tell_pytest(judged.item, judged.result)
