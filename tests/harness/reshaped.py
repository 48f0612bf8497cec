"""Servers whose answers have another shape than the documented one: in one place, or in any now and then."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import Payloads
from osia_reference.app import SERVERS, Server, create_app
from osia_reference.calls import Call
from osia_reference.replies import Reply
from tests.harness.judging import reference

Place = tuple[str | int, ...]
MISSING = object()
SHAPES: dict[str, Any] = {
    "list": [],
    "object": {},
    "null": None,
    "number": 5,
    "text": "text",
    "true": True,
    "list of null": [None],
    "list of lists": [[]],
    "missing": MISSING,
}
WITH_RECORDS = {"readEnrollment": (), "findEnrollments": (0,)}
WITH_MEMBERS = {"createEnrollment": "enrollmentId", "sendBuffer": "bufferId"}
REFUSAL = "refusal"


@dataclass(frozen=True, slots=True)
class Case:
    """One place of the answers of an operation, and the name of the shape that takes it."""

    operation: str
    place: Place
    shape: str

    @property
    def label(self) -> str:
        """What the case is called."""
        return f"{self.operation}{''.join(f'.{step}' for step in self.place)}: {self.shape}"


def reshaped(value: Any, place: Place, shape: str) -> Any:
    """Return a copy of JSON with the node at a place replaced, or taken away; as it is where there is no such node."""
    if not place:
        return None if SHAPES[shape] is MISSING else copy.deepcopy(SHAPES[shape])
    made = copy.deepcopy(value)
    try:
        owner = made
        for step in place[:-1]:
            owner = owner[step]
        _ = owner[place[-1]]
        if SHAPES[shape] is MISSING:
            del owner[place[-1]]
        else:
            owner[place[-1]] = copy.deepcopy(SHAPES[shape])
    except (LookupError, TypeError):
        return value
    return made


def places(value: Any, above: Place = ()) -> Iterator[Place]:
    """Yield where the nodes of JSON stand: of lists, the first element alone."""
    yield above
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*above, name))
    if isinstance(value, list) and value:
        yield from places(value[0], (*above, 0))


def cases(version: str) -> list[Case]:
    """Return every case of an interface version."""
    specification = load_specification(version)
    record = {**Payloads(specification).canonical("osiamarker"), "enrollmentId": "1", "status": "IN_PROGRESS"}
    bodies = {name: record if not above else [record] for name, above in WITH_RECORDS.items()}
    bodies |= {name: {member: "1"} for name, member in WITH_MEMBERS.items()}
    bodies |= {"getBuffer": None, REFUSAL: {"code": 400, "message": "no"}}
    return [
        Case(operation, place, shape)
        for operation, body in bodies.items()
        for place in places(body)
        for shape in SHAPES
        if place or shape != "missing"
    ]


class _Null:
    """Stands for a body that is the JSON text null, not for none at all."""


class Reshaping(Server):
    """Answers with other shapes."""

    def answer(self, call: Call, reply: Reply) -> Reply:
        if reply.status == 204 or (reply.body is None and reply.stream is None):
            return reply
        body = self.reshape(call.operation.name if reply.status < 400 else REFUSAL, reply.body)
        if body is not reply.body:
            reply.body, reply.stream = _Null() if body is None else body, None
        return reply

    def reshape(self, operation: str, body: Any) -> Any:
        """Return what takes the place of a body; the body itself to leave it."""
        raise NotImplementedError

    def encode(self, body: Any) -> bytes:
        return super().encode(None if isinstance(body, _Null) else body)


class InOnePlace(Reshaping):
    """Answers of one operation have another shape in one place, always."""

    case: Case

    def reshape(self, operation: str, body: Any) -> Any:
        return reshaped(body, self.case.place, self.case.shape) if operation == self.case.operation else body


class NowAndThen(Reshaping):
    """One answer in five has another shape in some place."""

    draws: random.Random

    def reshape(self, operation: str, body: Any) -> Any:
        if self.draws.random() > 0.2:
            return body
        place = self.draws.choice(list(places(body)))
        return reshaped(body, place, self.draws.choice([shape for shape in SHAPES if place or shape != "missing"]))


def in_one_place(case: Case, version: str) -> Server:
    """Return a server with this one case."""
    made = type("InThisPlace", (InOnePlace, SERVERS[version]), {"case": case})
    return create_app(reference(version), server=made)


def now_and_then(seed: int, version: str) -> Server:
    """Return a server whose answers change by a seed."""
    made = type("ByThisSeed", (NowAndThen, SERVERS[version]), {"draws": random.Random(seed)})
    return create_app(reference(version), server=made)
