"""The default of limit is tried from standard effort on: 101 enrollments are too many for a first look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from tests.freedoms.later_versions import ShortPages
from tests.harness.judging import Judged, judge, reference, settings

VERSION = "1.1.0"
CHECK = "default_limit/a_page_without_a_limit_is_not_longer_than_the_default"


class KnowsNoDefault(Server):
    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        offset, limit = super().parse_paging(call)
        return offset, limit if "limit" in call.request.query_params else 10**6


def judged(server: type[Server], effort: str) -> Judged:
    run = replace(settings(VERSION), effort=effort)
    app = create_app(reference(VERSION), server=server)
    return judge(app, version=VERSION, run=run, arguments=("--osia-only=ENR-PAGE-01",))


def checks(found: Judged) -> dict[str, str]:
    return {check["id"]: check["outcome"] for check in found.requirement("ENR-PAGE-01")["checks"]}


def test_a_server_that_answers_everything_without_a_limit_is_caught() -> None:
    found = judged(KnowsNoDefault, "standard")
    assert {name for name, outcome in checks(found).items() if outcome == "failed"} == {CHECK}
    reason = found.requirement("ENR-PAGE-01")["reason"]
    assert reason == "expected at most 100 enrollments, the default limit; there are 101"


@pytest.mark.parametrize("server", [Server, ShortPages])
def test_pages_of_the_default_and_shorter_ones_are_spared(server: type[Server]) -> None:
    assert checks(judged(server, "standard"))[CHECK] == "passed"


def test_a_first_look_does_without() -> None:
    found = judged(KnowsNoDefault, "quick")
    assert CHECK not in checks(found)
    assert found.outcomes("passed") == {"ENR-PAGE-01"}
