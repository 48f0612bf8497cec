"""Each 400 and 500 that a run happens to see is judged, whichever check brought it about."""

from __future__ import annotations

from osia_reference.app import Server, create_app
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.harness.judging import judge, reference, settings

VERSION = "1.1.0"


class TextForLongIds(Server):
    """An id that is too long is answered in plain text, every other bad request by the schema."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status == 400 and "is longer than" in str(reply.body):
            reply.headers["Content-Type"] = "text/plain"
            reply.body, reply.stream = None, [b"Bad Request"]
        return reply


class NamesNoCode(Server):
    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status == 400 and "is longer than" in str(reply.body):
            reply.body = {"message": "too long"}
        return reply


def judged(server: type[Server], *only: str) -> set[str]:
    return judge(create_app(reference(VERSION), server=server), run=settings(VERSION), only=only).outcomes("failed")


def test_a_400_that_no_directed_check_asks_for_is_judged() -> None:
    assert judged(TextForLongIds, "ENR-ERROR-02-CREATE", "ENR-CREATE-15") == {"ENR-ERROR-02-CREATE"}


def test_its_members_are_judged_by_the_error_schema() -> None:
    only = ("ENR-ANSWER-ERROR-REQUIRED", "ENR-CREATE-15")
    assert judged(NamesNoCode, *only) == {"ENR-ANSWER-ERROR-REQUIRED"}


def test_one_that_was_not_seen_is_not_judged() -> None:
    assert judged(TextForLongIds, "ENR-ERROR-02-CREATE") == set()


def test_the_failure_cites_the_exchange_that_shows_it() -> None:
    app = create_app(reference(VERSION), server=TextForLongIds)
    found = judge(app, run=settings(VERSION), only=("ENR-ERROR-02-CREATE", "ENR-CREATE-15"))
    [check] = [one for one in found.requirement("ENR-ERROR-02-CREATE")["checks"] if one["outcome"] == "failed"]
    shown = {record["id"]: record for record in found.records if record["kind"] == "exchange"}
    assert shown[check["evidence"][-1]]["response"]["body"] == "Bad Request"


def test_a_server_that_never_fails_has_no_500_to_judge() -> None:
    found = judge(create_app(reference(VERSION)), run=settings(VERSION), only=("ENR-ERROR-01", "ENR-JSON-02-CREATE"))
    assert found.outcomes("inapplicable") >= {"ENR-ERROR-01"}
