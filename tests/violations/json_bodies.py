"""Violations with request bodies that are no JSON, absent, or of a wrong type."""

import json
import re
from collections.abc import Callable
from typing import Any

from osia_conformance.standard.operations import by_code
from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.variant import Violation

CODES = ("CREATE", "UPDATE", "PATCH", "FIND")


class MalformedIs422(Server):
    def parse_json(self, data: bytes) -> Any:
        try:
            return super().parse_json(data)
        except Refusal:
            raise Refusal(422, "JSON decode error") from None


class MalformedCrashes(Server):
    def parse_json(self, data: bytes) -> Any:
        return json.loads(data) if data else super().parse_json(data)


class ClosesWhatIsOpen(Server):
    def parse_json(self, data: bytes) -> Any:
        for end in (b"", b"}", b"]"):
            try:
                return super().parse_json(data + end)
            except Refusal:
                continue
        return super().parse_json(data)


class ReadsTheFirstText(Server):
    def parse_json(self, data: bytes) -> Any:
        try:
            return json.JSONDecoder().raw_decode(data.decode("utf-8"))[0]
        except ValueError:
            return super().parse_json(data)


class TakesMalformedForEmpty(Server):
    """A patch that is no JSON is a patch without members."""

    async def read_json(self, call: Call) -> Any:
        try:
            return await super().read_json(call)
        except Refusal:
            if call.operation.name == "partialUpdateEnrollment":
                return {}
            raise


def lenient(change: Callable[[bytes], bytes]) -> type[Server]:
    """Return a server that reads what `change` makes of a body that is no JSON."""

    class Lenient(Server):
        def parse_json(self, data: bytes) -> Any:
            try:
                return super().parse_json(data)
            except Refusal:
                return super().parse_json(change(data))

    return Lenient


class TakesControlCharacters(Server):
    def parse_json(self, data: bytes) -> Any:
        try:
            return super().parse_json(data)
        except Refusal:
            return super().parse_json(json.dumps(json.loads(data, strict=False)).encode() if b"\t" in data else data)


LENIENT: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "trailing-commas": (
        "A comma may stand behind the last member.",
        lambda data: re.sub(rb",\s*([}\]])", rb"\1", data),
    ),
    "comments": ("A body may hold comments.", lambda data: re.sub(rb"/\*.*?\*/", b"", data)),
    "single-quotes": ("Texts may stand in single quotes.", lambda data: data.replace(b"'", b'"')),
    "unquoted-names": (
        "Names may stand without quotes.",
        lambda data: re.sub(rb"([{,]\s*)(\w+):", rb'\1"\2":', data),
    ),
    "nan": ("NaN is a number, 0.", lambda data: re.sub(rb"\bNaN\b", b"0", data)),
    "leading-zeros": ("A number may begin with zeros.", lambda data: re.sub(rb"(: )0+(\d)", rb"\1\2", data)),
}


class BadUtf8Crashes(Server):
    def parse_json(self, data: bytes) -> Any:
        return super().parse_json(data.decode("utf-8").encode())


class BadUtf8CrashesSearches(Server):
    async def read_json(self, call: Call) -> Any:
        try:
            return await super().read_json(call)
        except Refusal as refusal:
            if call.operation.name == "findEnrollments" and isinstance(refusal.__cause__, UnicodeError):
                raise refusal.__cause__ from None
            raise


class HalfACharacterCrashes(Server):
    """Takes half a surrogate pair, which no encoding can write."""

    def parse_json(self, data: bytes) -> Any:
        if b"\\ud8" in data.lower():
            json.dumps(json.loads(data), ensure_ascii=False).encode()
        return super().parse_json(data)


def crashing_unless_objects(*codes: str) -> type[Enrollments]:
    """Return a server that takes it for granted that a body, or an expression, is an object."""
    names = {by_code()[code].id for code in codes}

    class Crashing(Enrollments):
        def validate(self, operation: str, body: Any) -> None:
            if operation in names:
                for part in body if operation == "findEnrollments" and isinstance(body, list) else [body]:
                    part.get("enrollmentId")
            super().validate(operation, body)

    return Crashing


class NoBodyCrashes(Server):
    def parse_json(self, data: bytes) -> Any:
        if not data:
            raise TypeError("'NoneType' object is not subscriptable")
        return super().parse_json(data)


def trusting(code: str) -> type[Enrollments]:
    """Return a server that takes an enrollmentType of any type from the operation."""

    class Trusting(Enrollments):
        def validate(self, operation: str, body: Any) -> None:
            given = operation == by_code()[code].id and isinstance(body, dict) and "enrollmentType" in body
            super().validate(operation, {**body, "enrollmentType": ""} if given else body)

    return Trusting


VIOLATIONS = [
    Violation(
        "malformed-json-is-422",
        "A body that is no JSON is answered 422.",
        {"server": MalformedIs422},
        expected=tuple(f"ENR-REFUSAL-01-{code}" for code in CODES),
    ),
    Violation(
        "malformed-json-crashes",
        "A body that is no JSON is a server error.",
        {"server": MalformedCrashes},
        expected=("ENR-JSON-01-*",),
        declared=("ENR-JSON-04-*", *(f"ENR-GENERATED-02-{code}" for code in CODES)),
    ),
    Violation(
        "malformed-json-is-closed",
        "A body that is cut off is taken, with the missing brackets added.",
        {"server": ClosesWhatIsOpen},
        expected=("ENR-JSON-01-*",),
    ),
    *(
        Violation(f"malformed-json-with-{name}", change, {"server": lenient(read)}, expected=("ENR-JSON-01-*",))
        for name, (change, read) in LENIENT.items()
    ),
    Violation(
        "malformed-json-with-control-characters",
        "A text may hold a raw tab.",
        {"server": TakesControlCharacters},
        expected=("ENR-JSON-01-*",),
    ),
    Violation(
        "bad-utf8-crashes",
        "A body that is not in UTF-8 is a server error.",
        {"server": BadUtf8Crashes},
        expected=("ENR-JSON-04-*",),
    ),
    Violation(
        "bad-utf8-crashes-searches",
        "A search that is not in UTF-8 is a server error.",
        {"server": BadUtf8CrashesSearches},
        expected=("ENR-JSON-04-FIND",),
    ),
    Violation(
        "half-a-character-crashes",
        "Half a surrogate pair in a text is a server error, as where Python writes it to a database.",
        {"server": HalfACharacterCrashes},
        expected=("ENR-JSON-04-*",),
    ),
    *(
        Violation(
            f"no-object-crashes-{code.lower()}",
            f"{by_code()[code].id} takes it for granted that what is sent is an object.",
            {"enrollments": crashing_unless_objects(code)},
            expected=(f"ENR-JSON-04-{code}",),
            declared=(f"ENR-GENERATED-02-{code}", "ENR-INPUT-EXPRESSION*"),
        )
        for code in CODES
    ),
    Violation(
        "malformed-json-behind-the-first-text",
        "A body is read up to the end of its first JSON text, whatever follows.",
        {"server": ReadsTheFirstText},
        expected=("ENR-JSON-01-*",),
    ),
    Violation(
        "malformed-patch-is-empty",
        "A patch that is no JSON is answered as done.",
        {"server": TakesMalformedForEmpty},
        expected=("ENR-JSON-01-PATCH",),
    ),
    Violation(
        "no-body-crashes",
        "A missing body is a server error.",
        {"server": NoBodyCrashes},
        expected=("ENR-JSON-02-*",),
        declared=tuple(f"ENR-GENERATED-{number}-{code}" for number in ("01", "02") for code in CODES),
    ),
    *[
        Violation(
            f"wrong-type-taken-by-{code.lower()}",
            f"{by_code()[code].id} takes an enrollmentType that is a number.",
            {"enrollments": trusting(code)},
            expected=(f"ENR-JSON-03-{code}",),
            declared=("ENR-INPUT-ENROLLMENT-TYPE", f"ENR-GENERATED-03-{code}"),
        )
        for code in ("CREATE", "UPDATE", "PATCH")
    ],
]
