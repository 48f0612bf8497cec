"""One extensible block as a server accepts it: a canonical value, other values of its members, what may be absent."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from osia_conformance.profile.json_schema import completed, misfit, properties
from osia_conformance.profile.statement import BlockSettings
from osia_conformance.support.json_types import Json

UNKNOWN = "osiaConformanceMember"
"""A member that no server knows."""

_PLAIN: tuple[Any, ...] = (
    *(
        "muster",
        "sample",
        "mustang",
        "anna",
        "M",
        "F",
        "FRA",
        "DEU",
        "1985-11-30",
        "1999-12-31",
        "2020-07-01T12:00:00Z",
    ),
    *(
        "012345678901",
        "12345678",
        "1234",
        "12",
        "anna@example.org",
        "urn:example:1",
        "http://127.0.0.1/one",
        "AB123456",
    ),
    *(1, 2, 60, 3600, 1.5, True, False),
)
"""Plain values that many a schema takes; what does not fit is not used."""
_MOST = 4
_DRAWN = 12


class NothingDrawnError(ValueError):
    """No instance of a schema could be made."""


class Block:
    """What is known of one block of the server: by its JSON Schema, by examples, or by both.

    `values` are further values of members that are known to be accepted, such as those searches are tried with.
    Raises NothingDrawnError if there is no example, and none could be drawn from the schema.
    """

    def __init__(self, settings: BlockSettings, values: Mapping[str, Sequence[Any]] | None = None) -> None:
        self.schema = settings.schema
        self.examples = settings.examples
        self.canonical: Json = copy.deepcopy(_canonical(settings))
        self.alternatives: dict[str, tuple[Any, ...]] = {
            name: self._alternatives(name, (values or {}).get(name, ())) for name in self.canonical
        }
        self.optional = frozenset(name for name in self.canonical if self._may_go(name))

    @property
    def is_open(self) -> bool:
        """Whether a member that nobody knows may be added; only a schema says no (RUL-EXTENSIBLE)."""
        return self.fits({**self.canonical, UNKNOWN: "kept"})

    @property
    def members(self) -> frozenset[str]:
        """The names of the members that are described, or stand in an example."""
        return frozenset(self.canonical).union(properties(self.schema), *self.examples)

    def knows(self, name: str) -> bool:
        """Return whether a member is described, or stands in an example."""
        return name in self.members

    def misfit(self, value: Any) -> str | None:
        """Return how a value breaks the block's schema; None if it fits, or there is no schema."""
        return None if self.schema is None else misfit(self.schema, value)

    def fits(self, value: Any) -> bool:
        """Return whether a value fits the block's schema, as far as one is known."""
        return self.misfit(value) is None

    def others(self) -> Iterator[Json]:
        """Yield further examples that the vendor gave."""
        yield from copy.deepcopy(list(self.examples[1:]))

    def objects(self) -> list[tuple[str, ...]]:
        """Return where the canonical value holds objects, by the names that lead there, outermost first."""
        return list(_objects(self.canonical, ()))

    def values_at(self, place: tuple[str, ...]) -> list[Any]:
        """Return other values that a member of an object within the block may have: of the same type, and fitting."""
        now = _at(self.canonical, place)
        given = [found for found in (_at(example, place) for example in self.examples) if found is not _ABSENT]
        offered = (one for one in (*given, *_PLAIN) if type(one) is type(now) and one != now)
        return [one for one in offered if self.fits(with_value(self.canonical, place, one))]

    def may_lack(self, place: tuple[str, ...]) -> bool:
        """Return whether a member of an object within the block may be absent, by the schema or by an example."""
        if self.schema is not None:
            return self.fits(without_value(self.canonical, place))
        return any(_at(example, place) is _ABSENT for example in self.examples)

    def _alternatives(self, name: str, values: Sequence[Any]) -> tuple[Any, ...]:
        """Return the values that a member may have, the canonical one first."""
        given = [example[name] for example in self.examples if name in example]
        kind = type(self.canonical[name])
        offered = [*given, *(one for one in values if type(one) is kind)]
        if self.schema is not None:
            described = _described(self.schema, name)
            offered += [one for one in (*described, *_PLAIN) if type(one) is kind or one in described]
        found: list[Any] = [self.canonical[name]]
        for one in offered:
            known = any(type(one) is type(other) and one == other for other in found)
            if not known and len(found) < _MOST and self.fits({**self.canonical, name: one}):
                found.append(one)
        return tuple(found)

    def _may_go(self, name: str) -> bool:
        if self.schema is None:
            return any(name not in example for example in self.examples)
        return self.fits({other: value for other, value in self.canonical.items() if other != name})


_ABSENT: Any = object()


def with_value(whole: Json, place: tuple[str, ...], value: Any) -> Json:
    """Return an object with the member at `place`, which has objects above it, set to a value."""
    head, *rest = place
    return {**whole, head: with_value(whole[head], tuple(rest), value) if rest else value}


def without_value(whole: Json, place: tuple[str, ...]) -> Json:
    """Return an object without the member at `place`, which has objects above it."""
    *above, name = place
    holder = _at(whole, tuple(above))
    left = {other: value for other, value in holder.items() if other != name}
    return with_value(whole, tuple(above), left) if above else left


def _at(whole: Any, place: tuple[str, ...]) -> Any:
    for name in place:
        whole = whole.get(name, _ABSENT) if isinstance(whole, Mapping) else _ABSENT
    return whole


def _objects(value: Json, above: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, member in value.items():
        if isinstance(member, Mapping) and member:
            yield (*above, name)
            yield from _objects(dict(member), (*above, name))


def _described(schema: Mapping[str, Any] | bool, name: str) -> list[Any]:
    """Return the values that a schema itself names for a member."""
    member = properties(schema).get(name)
    if not isinstance(member, Mapping):
        return []
    single = [member[key] for key in ("const", "default") if key in member]
    several = [one for key in ("examples", "enum") for one in member.get(key, ()) if isinstance(member.get(key), list)]
    return [*several, *single]


def _canonical(settings: BlockSettings) -> Json:
    if settings.examples:
        return dict(settings.examples[0])
    assert isinstance(settings.schema, Mapping)
    return _from_schema(json.dumps(settings.schema, sort_keys=True))


@cache
def _from_schema(text: str) -> Json:
    """Return an instance of a schema, with all members that it describes where that is possible, and plain values."""
    schema = json.loads(text)
    value = _plain(schema)
    if value is None:
        drawn = [*_drawn(completed(schema)), *_drawn(schema)]
        value = next((one for one in drawn if isinstance(one, dict) and misfit(schema, one) is None), None)
    if value is None:
        raise NothingDrawnError("no object could be drawn from it; give examples")
    for name in value:
        plain = next((one for one in (*_described(schema, name), *_PLAIN) if _fits_in(schema, value, name, one)), None)
        if plain is not None:
            value = {**value, name: plain}
    return value


def _plain(schema: Mapping[str, Any]) -> Json | None:
    """Return an instance made of named and plain values alone, or None: most schemas of people need no draw."""
    value: Json = {}
    for name, member in properties(schema).items():
        alone = {**schema, "properties": {name: member}, "required": [], "additionalProperties": True}
        offered = (*_described(schema, name), *_nested(member), *_PLAIN)
        fitting = (one for one in offered if misfit(alone, {name: one}) is None)
        found = next(fitting, None)
        if found is None:
            return None
        value[name] = found
    return value if misfit(schema, value) is None else None


def _nested(member: Any) -> list[Json]:
    """Return an instance of a member that is an object, with all that its schema describes, if one can be made."""
    is_object = isinstance(member, Mapping) and isinstance(member.get("properties"), Mapping)
    found = _plain(member) if is_object else None
    return [found] if found else []


def _fits_in(schema: Mapping[str, Any], value: Json, name: str, one: Any) -> bool:
    return type(one) is type(value[name]) and misfit(schema, {**value, name: one}) is None


def _drawn(schema: Mapping[str, Any]) -> list[Any]:
    """Return a few instances of a schema, always the same ones."""
    from osia_conformance.profile.schema_instances import few, instances  # noqa: PLC0415 - slow, and only schemas need it

    return few(instances(schema), _DRAWN)
