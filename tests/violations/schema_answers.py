"""Violations of the schema by answers: for each fact a record that breaks it on its way out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.harness.records import biographics
from tests.harness.variant import Violation

Json = dict[str, Any]
Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Fact:
    """`change` is what happens to each record, `where` the operations that answer it so.

    What a search says must not contradict what a read says, so that the wrong value in it is reported twice.
    """

    name: str
    words: str
    change: Change
    where: tuple[str, ...] = ("findEnrollments",)
    versions: str = ""
    breaks: str = ""
    declared: tuple[str, ...] = ("ENR-FIND-14", "ENR-GENERATED-01-FIND")


EVERYWHERE = ("readEnrollment", "findEnrollments")
FOUND = ("ENR-FIND-14", "ENR-GENERATED-01-FIND")
ADDED = ("ENR-GENERATED-01-READ", "ENR-GENERATED-01-FIND")
"""Consequences of a member that is added: nothing that was sent is missing."""


def member(name: str, value: Any) -> Change:
    return lambda record: {**record, name: value}


def added(name: str, value: Any) -> Change:
    return lambda record: {name: value, **record}


def dropped(name: str) -> Change:
    return lambda record: {key: value for key, value in record.items() if key != name}


def within(group: str, change: Change) -> Change:
    """Return the change of each item of a group, where a record has it."""

    def changed(record: Json) -> Json:
        if group not in record:
            return record
        items = record[group]
        return {**record, group: [change(item) for item in items] if isinstance(items, list) else change(items)}

    return changed


def biometrics(change: Change) -> Change:
    return within("biometricData", change)


def adds(name: str, words: str, change: Change) -> Fact:
    """Return a fact that is broken by a member that is added, wherever records are answered."""
    return Fact(name, words, change, where=EVERYWHERE, declared=ADDED)


def documents(change: Change) -> Change:
    return within("documentData", change)


def pages(change: Change) -> Change:
    return documents(within("parts", change))


def missing(change: Change) -> Change:
    """Return the change of each missing part of biometric data."""
    return biometrics(
        lambda item: {**item, "missing": [change(one) for one in item["missing"]]} if "missing" in item else item
    )


def replaced(name: str, value: Any) -> Change:
    """Return the change of a member of biometric data that has it."""
    return biometrics(lambda item: {**item, name: value} if name in item else item)


FACTS = (
    adds(
        "enrollment-type",
        "what an enrollment does not have is answered as null",
        lambda record: {"documentData": None, "requestData": None, **record},
    ),
    Fact("enrollment-required", "an enrollment has no status", dropped("status"), versions="!=1.1.0"),
    Fact(
        "enrollment-required-type",
        "an enrollment has no type",
        dropped("enrollmentType"),
        versions="==1.1.0",
        breaks="ENROLLMENT-REQUIRED",
    ),
    Fact("status", "an enrollment has no status", dropped("status")),
    *(
        Fact(
            f"{schema}-additionalproperties",
            f"each {words} has a revision",
            where(added("revision", 1)),
            where=EVERYWHERE,
            declared=ADDED,
        )
        for schema, words, where in (
            ("enrollment", "enrollment", lambda change: change),
            ("biometricdata", "biometric item", biometrics),
            ("documentdata", "document", documents),
            ("documentpart", "part of a document", pages),
        )
    ),
    Fact(
        "missingtype-additionalproperties",
        "what is missing has a revision",
        missing(added("revision", 1)),
        where=EVERYWHERE,
        declared=(*ADDED, "ENR-CREATE-21"),
    ),
    Fact("missingtype-type", "what is missing is a text", missing(str)),
    Fact("missingtype-enum", "what is missing is GONE", missing(member("presence", "GONE"))),
    Fact("templateformat-type", "template formats are numbers", replaced("templateFormat", 1)),
    Fact("qualityformat-type", "quality formats are numbers", replaced("qualityFormat", 2)),
    Fact("documentdata-enum", "a passport is a Passport", documents(member("documentType", "Passport"))),
    Fact("documenttype-enum", "a passport is a Passport", documents(member("documentType", "Passport"))),
    Fact("contextualdata-type", "contextual data is a list", within("contextualData", sorted)),
    Fact("enrollment-enum", "the status is written small", lambda r: {**r, "status": r["status"].lower()}),
    Fact("requestdata-type", "requests are texts", within("requestData", str)),
    Fact("enrollmentflags-type", "flags are lists of names", within("enrollmentFlags", sorted)),
    Fact(
        "biographicdata-type",
        "biographic data is a list of pairs",
        lambda record: {**record, "biographicData": [list(pair) for pair in biographics(record).items()]},
    ),
    adds("biometricdata-type", "an image that is not there is null", biometrics(added("image", None))),
    Fact("biometricdata-required", "biometrics have no type", biometrics(dropped("biometricType"))),
    adds("biometricdata-format", "an image reference is no URI", biometrics(added("imageRef", "image 17 of 20"))),
    Fact("biometrictype-enum", "a finger is a FINGERPRINT", biometrics(member("biometricType", "FINGERPRINT"))),
    Fact("biometricsubtype-enum", "fingers have numbers", biometrics(member("biometricSubType", "2"))),
    Fact("impressiontype-enum", "impressions are plain", biometrics(member("impressionType", "plain"))),
    Fact("compressiontype-enum", "no compression is null", biometrics(member("compression", None))),
    Fact("documentdata-type", "instances are numbers", documents(member("instance", 1))),
    Fact("documentdata-required", "documents have no parts", documents(dropped("parts"))),
    Fact("documentdata-minitems", "documents have empty parts", documents(member("parts", []))),
    Fact("documenttype-type", "document types are numbers", documents(member("documentType", 3))),
    Fact("documentpart-type", "pages are texts", pages(member("pages", ["1", "2"]))),
    Fact("documentpart-minitems", "parts have no pages", pages(member("pages", []))),
    adds("documentpart-format", "a page's reference is no URI", pages(added("dataRef", "page 1 of 2"))),
)


def broken(fact: Fact) -> Violation:
    class Breaks(Server):
        def answer(self, call: Call, reply: Reply) -> Reply:
            answers = call.operation.name in fact.where and reply.status == call.operation.success
            if answers and reply.body is not None:
                found = isinstance(reply.body, list)
                reply.body = [fact.change(each) for each in reply.body] if found else fact.change(reply.body)
            return reply

    return Violation(
        f"answers-break-{fact.name}",
        f"In answers {fact.words}.",
        {"server": Breaks},
        expected=(f"ENR-ANSWER-{(fact.breaks or fact.name).upper()}",),
        declared=fact.declared,
        versions=fact.versions,
    )


VIOLATIONS = [broken(fact) for fact in FACTS]
