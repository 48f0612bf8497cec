"""Requests that schemathesis generates from the OpenAPI file. It only generates; the judgement is ours.

Ids, transaction ids and tokens are never generated: those of other people must not be met by chance.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from hypothesis import strategies as st

from osia_conformance.checks.generation.blocks import fitting_profile
from osia_conformance.checks.generation.narrowed import narrowed, plain_path
from osia_conformance.standard.operations import OPERATIONS_WITH_JSON, WRITING_OPERATIONS, by_code
from osia_conformance.standard.specification import Breach, Specification, load_specification
from osia_conformance.target.enrollment.payloads import Payloads

_OWN_PARAMETERS = frozenset({"transactionId"})
_SAFE_INTEGER = 2**53 - 1
_OTHERS: tuple[Any, ...] = (True, 17, 2.5, "other", [], ["other"], {}, {"other": 1})
"""Values of every JSON type; each breaks most members that it is put into."""
_UNBREAKABLE = frozenset({"DELETE", "FINALIZE", "BUFWRITE", "BUFREAD"})
"""Operations whose only drawn input is free bytes, or none at all."""
_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
_STRANGE_QUERIES = st.lists(st.tuples(_WORDS.filter(lambda name: name != "transactionId"), _WORDS), max_size=4).map(
    tuple
)


@dataclass(frozen=True, slots=True)
class Input:
    """Query parameters and body for one call; `body` None stands for no body, bytes go out as they are."""

    query: tuple[tuple[str, str], ...]
    body: Any


def valid_inputs(version: str, code: str, payloads: Payloads | None = None) -> st.SearchStrategy[Input]:
    """Draw input that fits the operation's schema, and the profile of `payloads`."""
    if code == "BUFWRITE":
        return st.builds(Input, st.just(()), st.binary(max_size=256))
    drawn = st.deferred(lambda: _cases(version, code, valid=True).map(made_interoperable))
    if payloads is None or not payloads.profile.stated or code not in WRITING_OPERATIONS:
        return drawn
    partial = code == "PATCH"
    fitting = drawn.flatmap(
        lambda one: fitting_profile(payloads, one.body, partial=partial).map(functools.partial(Input, one.query))
    )
    return fitting.map(made_interoperable)


def odd_inputs(version: str, code: str) -> st.SearchStrategy[Input]:
    """Draw input that schemathesis made to break the schema somewhere, that has parameters which the interface
    does not know, or a body that no schema knows of."""
    if code in _UNBREAKABLE:
        return st.builds(Input, _STRANGE_QUERIES, st.binary(max_size=64) if code == "BUFWRITE" else st.none())
    broken_ones = st.deferred(lambda: _cases(version, code, valid=False))
    if code not in OPERATIONS_WITH_JSON:
        return broken_ones
    return broken_ones | st.builds(Input, _STRANGE_QUERIES, arbitrary_bodies())


def broken_bodies(version: str, code: str, payloads: Payloads | None = None) -> st.SearchStrategy[Any]:
    """Draw JSON bodies that fit the operation's schema but for one value, or one member that is missing.

    They say nothing of the enrollment's id, and never break string formats alone (RUL-FORMAT).
    """
    return broken_from(valid_inputs(version, code, payloads), version, code)


def broken_from(inputs: st.SearchStrategy[Input], version: str, code: str) -> st.SearchStrategy[Any]:
    """Draw such bodies from `inputs`, which fit."""
    faulty = faulted_of(inputs.map(lambda one: _without_id(one.body)))
    if code == "FIND":
        return faulty.filter(lambda body: isinstance(body, list) and bool(broken_expressions(version, body)))
    return faulty.filter(lambda body: bool(broken(version, body, partial=code == "PATCH")))


def faulted_of(bodies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw bodies with one value replaced, or one member missing."""
    return bodies.filter(_has_places).flatmap(_with_a_fault)


def faulted(body: Any) -> st.SearchStrategy[Any]:
    """Draw `body` with one value replaced, or one member missing; as it is where there is nothing to replace."""
    return _with_a_fault(body) if _has_places(body) else st.just(body)


def arbitrary_bodies() -> st.SearchStrategy[Any]:
    """Draw bodies that no schema knows of: any JSON, and any bytes."""
    scalars = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    nested = st.recursive(scalars | st.none(), _groups, max_leaves=6).filter(lambda value: value is not None)
    return nested | st.binary(max_size=64)


def broken(version: str, body: Any, *, partial: bool) -> list[Breach]:
    """Return what a body really breaks of Enrollment: not formats, and nothing that it may leave out: a patch any
    member, all bodies what is readOnly."""
    specification = load_specification(version)
    breaches = standing(specification, specification.breaches("Enrollment", body), partial=partial)
    return [one for one in breaches if one.keyword != "format"]


def standing(specification: Specification, breaches: Iterable[Breach], *, partial: bool) -> list[Breach]:
    """Return the breaches but for what a body may leave out: a patch any member, all bodies what is readOnly."""
    free = partial or not specification.needed
    return [one for one in breaches if not (free and _may_be_left_out(one))]


def broken_expressions(version: str, body: Any) -> list[Breach]:
    """Return what a list of expressions really breaks; an integer value is a slip of the standard's own
    (RUL-INTEGER-VALUE)."""
    breaches = load_specification(version).breaches("Expressions", body)
    return [one for one in breaches if one.keyword != "oneOf" or not _is_integer(body, one.path)]


def _without_id(body: Any) -> Any:
    hidden = ("enrollmentId",)
    return {name: value for name, value in body.items() if name not in hidden} if isinstance(body, dict) else body


def _groups(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)


def _may_be_left_out(breach: Breach) -> bool:
    return breach.keyword == "required" and breach.path == "$"


def _is_integer(body: Any, path: str) -> bool:
    index = path.removeprefix("$[").partition("]")[0]
    value = body[int(index)]["value"] if index.isdigit() else None
    # 5.0 is an integer too, as JSON Schema has it.
    return not isinstance(value, bool) and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))


def _has_places(body: Any) -> bool:
    return isinstance(body, dict | list) and any(True for _ in _places(body))


def _with_a_fault(body: Any) -> st.SearchStrategy[Any]:
    places = list(_places(body))
    return st.builds(_replaced, st.just(body), st.sampled_from(places), st.sampled_from((None, *_OTHERS)))


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every member and element."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*path, name)
        yield from _places(inner, (*path, name))


def _replaced(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return the body with another value at `path`; None takes the member or element away."""
    changed = copy.deepcopy(body)
    holder = changed
    for part in path[:-1]:
        holder = holder[part]
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = copy.deepcopy(value)
    return changed


@cache
def _cases(version: str, code: str, *, valid: bool) -> st.SearchStrategy[Input]:
    return _of_version(version).of(code, valid=valid)


@cache
def _of_version(version: str) -> CasesOf:
    return CasesOf(load_specification(version).document)


class CasesOf:
    """What schemathesis draws from one OpenAPI document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        import schemathesis  # noqa: PLC0415 - slow, and only generated checks need it
        from schemathesis.config import SchemathesisConfig  # noqa: PLC0415

        generation = {"allow-x00": False, "codec": "ascii", "with-security-parameters": False}
        config = SchemathesisConfig.from_dict({"generation": generation})
        # Schemathesis reads a document bit by bit, and not for several threads at once.
        self._lock = Lock()
        self._schema: Any = schemathesis.openapi.from_dict(narrowed(document), config=config)

    def of(self, code: str, *, valid: bool) -> st.SearchStrategy[Input]:
        """Return input for the operation: fitting, or made to break the schema somewhere."""
        from schemathesis import GenerationMode  # noqa: PLC0415

        operation = by_code()[code]
        mode = GenerationMode.POSITIVE if valid else GenerationMode.NEGATIVE
        with self._lock:
            described = self._schema[plain_path(operation.path)][operation.method]
            cases: st.SearchStrategy[Any] = described.as_strategy(generation_mode=mode)
        return cases.map(_input)


def _input(case: Any) -> Input:
    body = None if type(case.body).__name__ == "NotSet" else case.body
    pairs = ((name, value) for name, value in (case.query or {}).items() if name not in _OWN_PARAMETERS)
    return Input(tuple((str(name), text) for name, value in pairs for text in _texts(value)), body)


def _texts(value: Any) -> list[str]:
    return [str(item).encode("utf-8", "replace").decode() for item in (value if isinstance(value, list) else [value])]


def made_interoperable(drawn: Input) -> Input:
    """Return valid input with what every JSON implementation agrees on (RFC 8259, 6 and 8.2): no control
    characters, integers within ±(2^53-1)."""
    return Input(drawn.query, drawn.body if isinstance(drawn.body, bytes) else _interoperable(drawn.body))


def _interoperable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_interoperable(name): _interoperable(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_interoperable(inner) for inner in value]
    if isinstance(value, str):
        return "".join(character if character.isprintable() else " " for character in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value if abs(value) <= _SAFE_INTEGER else 1
    return value
