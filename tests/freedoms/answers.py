"""What an answer may hold and how it may be written (rulings 6, 7 and 28)."""

import base64
import json
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Any

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.freedoms import Json, Showing
from tests.freedoms.protection import reshaped
from tests.harness.variant import Freedom


class Escaped(Server):
    def encode(self, body: Any) -> bytes:
        return json.dumps(body, ensure_ascii=True).replace("/", "\\/").encode("ascii")


def reversed_members(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: reversed_members(value[name]) for name in reversed(value)}
    return [reversed_members(each) for each in value] if isinstance(value, list) else value


class Pretty(Server):
    def encode(self, body: Any) -> bytes:
        text = json.dumps(reversed_members(body), ensure_ascii=False, indent=4)
        return b"\r\n \t" + text.encode("utf-8") + b"\n\n"


def doubles(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: doubles(each) for name, each in value.items()}
    if isinstance(value, list):
        return [doubles(each) for each in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


class Doubles(Server):
    def encode(self, body: Any) -> bytes:
        return super().encode(doubles(body))


class OtherWritings(Showing):
    """Numbers have exponents, instants another offset, and biographic members that are not there are null."""

    names = ("firstName", "lastName", "dateOfBirth", "gender", "nationality", "middleName")

    def encode(self, body: Any) -> bytes:
        return self.written(body).encode("utf-8")

    def written(self, value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ",".join(f"{json.dumps(name)}:{self.written(each)}" for name, each in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(self.written, value)) + "]"
        plain = isinstance(value, int | float) and not isinstance(value, bool) and "e" not in repr(value)
        return f"{value}E+0" if plain else json.dumps(value)

    def shown(self, record: Json) -> Json:
        block = record.get("biographicData")
        whole = {**dict.fromkeys(self.names), **block} if isinstance(block, dict) else block
        moved: Json = elsewhere({**record, "biographicData": whole} if whole is not None else record)
        return moved


INDIA = timezone(timedelta(hours=5, minutes=30))


def elsewhere(value: Any, name: str = "") -> Any:
    """Return a value with the instants of captures in another offset, to the millisecond."""
    if isinstance(value, dict):
        return {key: elsewhere(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [elsewhere(each, name) for each in value]
    if name == "captureDate" and "T" in value:
        return datetime.fromisoformat(value).astimezone(INDIA).isoformat(timespec="milliseconds")
    return value


class SmallLetters(Showing):
    """RFC 3339 lets T and Z be small."""

    def shown(self, record: Json) -> Json:
        small: Json = reshaped(record, lambda name, value: value.lower() if name == "captureDate" else value)
        return small


class Nulls(Showing):
    """What is not there is null in the open blocks, and so are these themselves where the schema has no type."""

    def shown(self, record: Json) -> Json:
        absent = dict.fromkeys(("deliveryPlace", "other", "timeout", "enrollmentDate", "priority"))
        groups = {name: added(record[name], **absent) for name in (*LISTS, "contextualData") if name in record}
        untyped = dict.fromkeys((*LISTS, "contextualData", "biographicData"))
        return {**(untyped if self.specification.version >= "1.3.0" else {}), **record, **groups}


def added(items: Any, **members: Any) -> Any:
    """Return the items of a group, or the one object that it is, with more members; encrypted, it is a text."""
    if isinstance(items, dict):
        return {**members, **items}
    return [{**members, **item} for item in items] if isinstance(items, list) else items


class MoreMembers(Showing):
    def answer(self, call: Call, reply: Reply) -> Reply:
        reply = super().answer(call, reply)
        if isinstance(reply.body, dict):
            reply.body = {"apiVersion": "1.0", **reply.body, "links": {"self": call.request.url.path}}
        return reply

    def shown(self, record: Json) -> Json:
        more = {
            "biometricData": added(record.get("biometricData", []), quality=80, encounterId="1"),
            "documentData": [
                {**each, "parts": added(each["parts"], ocr=None), "language": "eng"}
                for each in record.get("documentData", [])
            ],
        }
        return {**record, **{name: value for name, value in more.items() if name in record}}


class CountedAnswers(Showing):
    """Counts its answers and its writes, in members of the record and of its open blocks."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.numbers = count()
        self.writes = 0

    async def perform(self, call: Call) -> Reply:
        self.writes += call.request.method != "GET"
        return await super().perform(call)

    def shown(self, record: Json) -> Json:
        counted = {name: added(record[name], reads=next(self.numbers)) for name in LISTS if name in record}
        biographic = record.get("biographicData", {})
        if isinstance(biographic, dict):
            biographic = {**biographic, "version": self.writes}
        meta = {"answer": next(self.numbers), "writes": self.writes}
        more = {"meta": meta} if self.specification.version == "1.0.0" else {}
        return {**record, **counted, "biographicData": biographic, **more}


LISTS = ("enrollmentFlags", "requestData")


class EmptyGroups(Showing):
    """Lists within a biometric item are groups, too."""

    def shown(self, record: Json) -> Json:
        version = self.specification.version
        blocks: Json = {name: {} if version >= "1.2.0" else [] for name in LISTS}
        inner: Json = {"missing": []} if version >= "1.1.0" else {}
        if version >= "1.1.0":
            blocks["contextualData"] = {}
        if version >= "1.3.0":
            blocks["integrity"] = inner["integrity"] = []
        biometrics = added(record.get("biometricData", []), **inner)
        return {**blocks, "biographicData": {}, "documentData": [], **record, "biometricData": biometrics}


class NoEmptyGroups(Showing):
    """biometricData is required and stays."""

    def shown(self, record: Json) -> Json:
        return {n: value for n, value in record.items() if value not in ([], {}) or n == "biometricData"}


class Defaults(Showing):
    """The schema leaves its blocks open to members of the server's own, and these have defaults."""

    biographics = {"nationality": "FRA", "gender": "U", "maritalStatus": "unknown", "lastName": "unnamed"}

    def shown(self, record: Json) -> Json:
        defaults = {
            "enrollmentFlags": added(record.get("enrollmentFlags", []), other="other", priority=1),
            "requestData": added(record.get("requestData", []), deliveryPlace="paris", urgent=False),
            "biographicData": added(record.get("biographicData", {}), **self.biographics),
            "biometricData": added(record.get("biometricData", []), resolution=500, compression="NONE"),
        }
        return {**record, **{name: value for name, value in defaults.items() if name in record}}


def rewritten(value: Any) -> Any:
    """Return a value with the base64 in it as MIME writes it: lines of 76 characters (RFC 2045, 6.8)."""
    if isinstance(value, list):
        return [rewritten(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: base64.encodebytes(base64.b64decode(each)).decode("ascii")
        if name in ("image", "data") and isinstance(each, str)
        else rewritten(each)
        for name, each in value.items()
    }


class LinesOfBase64(Showing):
    def shown(self, record: Json) -> Json:
        whole: Json = rewritten(record)
        return whole


class NoId(Showing):
    def shown(self, record: Json) -> Json:
        return {name: value for name, value in record.items() if name != "enrollmentId"}


def freedom(name: str, change: str, part: type[Any], versions: str = "") -> Freedom:
    return Freedom(f"answers-{name}", change, {"server": part}, versions=versions)


FREEDOMS = [
    freedom("pretty", "JSON is indented, within white space, and lists members in reverse order.", Pretty),
    freedom("escaped", "JSON is ASCII, with every other character and the slash escaped.", Escaped),
    freedom("doubles", "Integers are written with a fraction of zero.", Doubles),
    freedom("more-members", "All that is answered has members that no document mentions.", MoreMembers, "==1.0.0"),
    freedom("counted", "Members of the server's own differ from answer to answer, in open blocks too.", CountedAnswers),
    freedom("other-writings", "Numbers have exponents, instants another offset, absent names null.", OtherWritings),
    freedom("small-letters", "T and Z of date-times are small.", SmallLetters, ">=1.2.0"),
    freedom("nulls", "Members that are not there are null in open blocks.", Nulls),
    freedom("empty-groups", "Absent groups are answered as empty objects or lists.", EmptyGroups),
    freedom("no-empty-groups", "Empty optional groups are left out.", NoEmptyGroups),
    freedom("defaults", "Absent members of the open blocks are answered with defaults.", Defaults),
    freedom("lines-of-base64", "Base64 is answered in lines of 76 characters.", LinesOfBase64, "<1.3.0"),
    Freedom(
        "answers-no-id",
        "Enrollments are answered without their id, which is optional up to 1.1.0.",
        {"server": NoId},
        inapplicable=("ENR-PAGE-02",),
        versions="<1.2.0",
    ),
]
