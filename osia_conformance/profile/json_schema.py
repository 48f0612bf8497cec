"""JSON Schemas that a vendor gives: are they usable, does a value fit, and values drawn from them.

The dialect is what "$schema" names, 2020-12 without it. Nothing is ever fetched: references lead into the schema.
Values are judged by jsonschema-rs, whose engine for patterns gives up on one that takes too many steps.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import jsonschema_rs

from osia_conformance.profile.expensive_patterns import expensive
from osia_conformance.standard.breach_words import breach_words
from osia_conformance.standard.specification import format_checks, with_ranges
from osia_conformance.support.json_pointer import unescaped
from osia_conformance.support.json_words import show

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_SHOWN = 160
_MOST_STEPS = 100_000
"""Steps back that matching a pattern may take."""

_UNKNOWN: Any = object()


def problem(schema: Mapping[str, Any]) -> str | None:
    """Return in one phrase why a JSON Schema cannot be used; None if it can."""
    from jsonschema.exceptions import SchemaError  # noqa: PLC0415 - slow, and most targets have no schemas of their own
    from jsonschema.validators import validator_for  # noqa: PLC0415

    if "$schema" in schema and validator_for(schema, default=_UNKNOWN) is _UNKNOWN:
        return f"the dialect {show(schema['$schema'])} is not known"
    try:
        _dialect(schema).check_schema(dict(schema))
    except SchemaError as error:
        return _phrase(error.json_path, breach_words(error))
    except RecursionError:
        return "it nests too deep"
    wrong = (_wrong_reference(schema, text) for text in _references(schema))
    slow = (_slow_pattern(text) for text in _patterns(schema))
    return next((words for words in (*wrong, *slow) if words), None) or _unreadable(schema)


def misfit(schema: Mapping[str, Any] | bool, value: Any) -> str | None:
    """Return in one phrase how a value breaks a usable schema, formats included; None if it fits."""
    try:
        found = next(iter(_validator(schema).iter_errors(value)), None)
    except (RecursionError, ValueError, TypeError):
        return "the schema cannot be applied to it"
    return None if found is None else _phrase(_json_path(found.instance_path), found.message)


def _unreadable(schema: Mapping[str, Any]) -> str | None:
    try:
        _validator(schema)
    except (RecursionError, ValueError, TypeError) as error:
        return _phrase("$", str(error).partition("\n")[0])
    return None


def _validator(schema: Mapping[str, Any] | bool) -> Any:
    return jsonschema_rs.validator_for(
        with_ranges(schema),
        validate_formats=True,
        formats=format_checks(),
        retriever=_refuse,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_MOST_STEPS),
    )


def _refuse(address: str) -> Any:
    raise ValueError(f"{address} is not fetched")


def _json_path(path: Sequence[str | int]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _dialect(schema: Mapping[str, Any] | bool) -> type[Validator]:
    from jsonschema import Draft202012Validator  # noqa: PLC0415
    from jsonschema.validators import validator_for  # noqa: PLC0415

    return validator_for(cast("Any", schema), default=Draft202012Validator)


def _phrase(path: str, message: str) -> str:
    text = f"{path}: {message}".replace("\n", " ")
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name in {"$ref", "$dynamicRef"} and isinstance(value, str):
                yield value
            elif name not in {"const", "enum", "examples", "default"}:
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _patterns(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if name == "pattern" and isinstance(value, str):
                yield value
            elif name not in {"const", "enum", "examples", "default"}:
                yield from value if name == "patternProperties" and isinstance(value, Mapping) else ()
                yield from _patterns(value)
    elif isinstance(node, list):
        for value in node:
            yield from _patterns(value)


def _slow_pattern(text: str) -> str | None:
    why = expensive(text)
    return f"the pattern {show(text)} may take for ever: {why}" if why else None


def _wrong_reference(schema: Mapping[str, Any], text: str) -> str | None:
    if text != "#" and not text.startswith("#/"):
        return f"the reference {show(text)} does not lead into the schema itself by #/..."
    node: Any = schema
    for part in text.removeprefix("#").split("/")[1:]:
        name = unescaped(part)
        if isinstance(node, list) and name.isdigit() and int(name) < len(node):
            node = node[int(name)]
        elif isinstance(node, Mapping) and name in node:
            node = node[name]
        else:
            return f"the reference {show(text)} leads to nothing"
    return None


def properties(schema: Mapping[str, Any] | bool | None) -> dict[str, Any]:
    """Return the described members of an object schema, one reference at its top followed."""
    node: Any = schema
    for _ in range(8):
        if not isinstance(node, Mapping) or "$ref" not in node:
            break
        found: Any = schema
        for part in node["$ref"].split("/")[1:]:
            found = found[int(part)] if isinstance(found, list) else found[unescaped(part)]
        node = found
    if not isinstance(node, Mapping):
        return {}
    whole = dict(node.get("properties", {}))
    for part in node.get("allOf", ()):
        whole |= properties(part) if isinstance(part, Mapping) and "$ref" not in part else {}
    return whole


def completed(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema with all members that it describes required: its instances show what there is.

    So are those of members that are objects; what a reference leads to stays as it is, since it may lead back.
    """
    whole = {**copy.deepcopy(dict(schema)), "required": sorted(properties(schema))}
    members = whole.get("properties")
    if isinstance(members, dict):
        whole["properties"] = {name: _completed_member(member) for name, member in members.items()}
    return whole


def _completed_member(member: Any) -> Any:
    is_object = isinstance(member, Mapping) and isinstance(member.get("properties"), Mapping)
    return completed(member) if is_object else member
