"""Violations of findEnrollments: several expressions, no match, and enrollments that changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal, Reply
from osia_reference.store import Attribute, Condition, Record, Store
from tests.harness.records import biographics
from tests.harness.remembering import Remembering
from tests.harness.variant import Violation
from tests.violations.find import part

FIND = "findEnrollments"


class CombinesWithOr(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        if not conditions:
            return super().find([])
        found = {each["enrollmentId"]: each for one in conditions for each in super(CombinesWithOr, self).find([one])}
        return iter(found.values())


class CountsTheFirst(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        return super().find(conditions[:1])


class CountsTheLast(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        return super().find(conditions[-1:])


class CountsTwo(Store):
    def find(self, conditions: Sequence[Condition]) -> Any:
        return super().find(conditions[:2])


class CountsOnePerAttribute(Enrollments):
    """Expressions are kept in a dictionary by attribute."""

    def find(self, expressions: Any) -> list[Record]:
        self.validate(FIND, expressions)
        return super().find(list({each["attributeName"]: each for each in expressions}.values()))


class RefusesSeveral(Enrollments):
    def find(self, expressions: Any) -> list[Record]:
        if isinstance(expressions, list) and len(expressions) > 1:
            raise Refusal(400, "Send one expression.")
        return super().find(expressions)


def no_match(name: str, change: str, reply: Reply, versions: str = "") -> Violation:
    """A server that answers `reply` where nothing matches."""

    class Answers(Server):
        async def find_enrollments(self, call: Call) -> Reply:
            found = await super().find_enrollments(call)
            return found if found.body else Reply(reply.status, reply.body)

    return Violation(f"find-answers-{name}", change, {"server": Answers}, expected=("ENR-FIND-12",), versions=versions)


class NeverIndexesAgain(Remembering):
    def keep(self, current: Record, data: Record, *, finalize: bool) -> None:
        status = self.status(current["status"], finalize=finalize)
        self.store.replace(
            self.settled(current["enrollmentId"], data, status), self.search.attributes(self.first(current))
        )

    def first(self, current: Record) -> Record:
        first: Record = self.kept.setdefault(current["enrollmentId"], current)
        return first


class KeepsOldEntries(Store):
    def replace(self, record: Record, attributes: Iterable[Attribute]) -> None:
        (number,) = self._execute("SELECT number FROM enrollment WHERE id = ?", (record["enrollmentId"],)).fetchone()
        old = self._execute("SELECT name, kind, value FROM attribute WHERE enrollment = ?", (number,)).fetchall()
        super().replace(record, {*attributes, *old})


class IndexesTheFirstVersionOnly(Store):
    """A change takes an enrollment out of the index."""

    def replace(self, record: Record, attributes: Iterable[Attribute]) -> None:
        named = biographics(record)
        super().replace(record, {each for each in attributes if each[0] == "firstName" or each[0] not in named})


class AnswersTheFirstVersion(Remembering):
    def find(self, expressions: Any) -> list[Record]:
        return [self.kept.setdefault(each["enrollmentId"], each) for each in super().find(expressions)]


class Showing(Enrollments):
    """Finds what `shown` makes of each record."""

    def shown(self, record: Record) -> Record:
        raise NotImplementedError

    def find(self, expressions: Any) -> list[Record]:
        return [self.shown(each) for each in super().find(expressions)]


class ShowsAllAsFinalized(Showing):
    def shown(self, record: Record) -> Record:
        return {**record, "status": "FINALIZED"}


class ShowsNamesInCapitals(Showing):
    def shown(self, record: Record) -> Record:
        texts = {n: value.upper() for n, value in biographics(record).items() if isinstance(value, str)}
        return {**record, "biographicData": {**biographics(record), **texts}} if texts else record


class ShowsNoList(Showing):
    def shown(self, record: Record) -> Record:
        return {**record, "biometricData": [], "documentData": []}


class MixesUp(Enrollments):
    """Each found enrollment carries the person of the one created last."""

    def find(self, expressions: Any) -> list[Record]:
        people = [biographics(each) for each in self.store.find([])]
        return [{**each, "biographicData": {**people[-1], "gender": "X"}} for each in super().find(expressions)]


VIOLATIONS = [
    part("combines-with-or", "One expression that holds is enough.", {"store": CombinesWithOr}, "11"),
    part("counts-the-first", "Only the first expression counts.", {"store": CountsTheFirst}, "11"),
    part("counts-the-last", "Only the last expression counts.", {"store": CountsTheLast}, "11"),
    part("counts-two", "A third expression is ignored.", {"store": CountsTwo}, "11"),
    part(
        "counts-one-per-attribute",
        "Of two expressions on one attribute the last counts.",
        {"enrollments": CountsOnePerAttribute},
        "11",
    ),
    part("refuses-several", "Several expressions are refused.", {"enrollments": RefusesSeveral}, "11"),
    no_match("404-in-later-versions", "A search without a match answers 404.", Reply(404, {}), ">=1.1.0"),
    no_match("no-content", "A search without a match answers 204.", Reply(204)),
    no_match("an-empty-body", "A search without a match answers 200 and no body.", Reply(200)),
    no_match("an-object", "A search without a match answers an object.", Reply(200, {"results": []})),
    no_match("an-error", "A search without a match ends in a server error.", Reply(500)),
    no_match("bad-request", "A search without a match answers 400.", Reply(400)),
    part("never-indexes-again", "Changes do not reach the index.", {"enrollments": NeverIndexesAgain}, "13"),
    part("keeps-old-entries", "Old values stay in the index.", {"store": KeepsOldEntries}, "13"),
    part("forgets-changed", "Changed enrollments leave the index.", {"store": IndexesTheFirstVersionOnly}, "13"),
    part("shows-the-first-version", "What is found is as it once was.", {"enrollments": AnswersTheFirstVersion}, "14"),
    part("shows-all-as-finalized", "What is found is FINALIZED.", {"enrollments": ShowsAllAsFinalized}, "14"),
    part("shows-capitals", "What is found has its names in capitals.", {"enrollments": ShowsNamesInCapitals}, "14"),
    part("shows-no-lists", "What is found has empty lists.", {"enrollments": ShowsNoList}, "14"),
    part("mixes-up", "What is found carries another person's data.", {"enrollments": MixesUp}, "14"),
]
