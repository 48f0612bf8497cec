"""Violations of limit and offset (1.1.0 on)."""

import random
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from osia_reference.store import Record
from tests.harness.variant import Violation

Records = list[Record]


class IgnoresTheLimit(Server):
    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return records[offset:]


class OneMore(Server):
    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(records, offset, limit + 1 if limit else limit)


class IgnoresTheOffset(Server):
    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(records, 0, limit)


class CountsPages(Server):
    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(records, offset * (limit or 0), limit)


class CountsFromOne(Server):
    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(records, max(0, offset - 1), limit)


class Shuffles(Server):
    """Matches come in another order each time."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.order = random.Random(7)

    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(self.order.sample(records, len(records)), offset, limit)


class StaysOnTheLastPage(Server):
    def page(self, records: Records, offset: int, limit: int | None) -> Records:
        return super().page(records, min(offset, max(0, len(records) - 1)), limit)


class NothingThere(Server):
    async def find_enrollments(self, call: Call) -> Reply:
        reply = await super().find_enrollments(call)
        behind = call.request.query_params.get("offset", "0") != "0" and not reply.body
        return Reply(404, {"code": 404, "message": "There is no such page."}) if behind else reply


class TakesTheDefault(Server):
    """What is no integer counts as the default."""

    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        values = {name: call.request.query_params.get(name, "") for name in ("offset", "limit")}
        if any(text and not text.lstrip("-").isdigit() for text in values.values()):
            return 0, 100
        return super().parse_paging(call)


class Crashes(Server):
    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        if any(call.request.query_params.get(name, "1").startswith(("-", "0")) for name in ("limit",)):
            raise ZeroDivisionError
        return super().parse_paging(call)


class CrashesBeforeTheFirst(Server):
    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        if call.request.query_params.get("offset", "0").startswith("-"):
            raise IndexError
        return super().parse_paging(call)


class BeginsAtTheSecond(Server):
    def parse_paging(self, call: Call) -> tuple[int, int | None]:
        offset, limit = super().parse_paging(call)
        paged = {"offset", "limit"} & call.request.query_params.keys() == {"limit"}
        return (1 if paged else offset), limit


def violation(
    name: str, change: str, server: type[Server], *expected: str, declared: tuple[str, ...] = ()
) -> Violation:
    numbers = tuple(f"ENR-PAGE-{number}" for number in expected)
    return Violation(f"paging-{name}", change, {"server": server}, expected=numbers, declared=declared)


ALSO_FIND = ("ENR-GENERATED-0?-FIND",)
VIOLATIONS = [
    violation("ignores-limit", "All matches from offset on are answered.", IgnoresTheLimit, "01"),
    violation("answers-one-more", "A page holds one match more than limit says.", OneMore, "01"),
    violation("ignores-offset", "Every page is the first one.", IgnoresTheOffset, "02", "03"),
    violation("counts-pages", "offset counts pages.", CountsPages, "02"),
    violation("counts-from-one", "offset 1 is the first match.", CountsFromOne, "02", "03"),
    violation("shuffles", "Matches come in another order each time.", Shuffles, "02", declared=("ENR-PAGE-06",)),
    violation(
        "stays-at-the-end",
        "Behind the last match it is answered again.",
        StaysOnTheLastPage,
        "03",
        declared=("ENR-PAGE-02",),
    ),
    violation("not-found", "Behind the last match the answer is 404.", NothingThere, "03"),
    violation("takes-anything", "A limit that is no integer counts as the default.", TakesTheDefault, "04"),
    violation("crashes-for-limits", "A limit below one is a server error.", Crashes, "05", declared=ALSO_FIND),
    violation(
        "crashes-for-offsets",
        "An offset below zero is a server error.",
        CrashesBeforeTheFirst,
        "05",
        declared=ALSO_FIND,
    ),
    violation("begins-at-the-second", "Without an offset the first match is left out.", BeginsAtTheSecond, "06"),
]
