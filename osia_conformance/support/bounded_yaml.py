"""YAML or JSON text of somebody else, such as an OpenAPI file, as plain JSON values, read within bounds."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import yaml

LARGEST = 2 * 1024 * 1024
"""Bytes; the standard's own files have less than 40 KiB."""
DEEPEST = 64
MOST = 200_000
"""Values in all, once aliases are written out."""
LONGEST_NUMBER = 64

_NUMBERS = frozenset({"tag:yaml.org,2002:int", "tag:yaml.org,2002:float"})
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class UnreadableError(ValueError):
    """The text cannot be used; what is wrong and what to do, ready to stand after the file's name."""


def parsed(data: bytes) -> Any:
    """Return YAML 1.1 or JSON as JSON values: aliases written out, names made text.

    Raises UnreadableError for anything else, and for what is too large or nested too deep.
    """
    if len(data) > LARGEST:
        raise UnreadableError(f"it is larger than {LARGEST} bytes; leave out what is not part of the interface")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableError("it is not UTF-8 text, as YAML and JSON must be") from None
    try:
        _scan(text)
        node = yaml.compose(text, Loader=_loader())
        _bounded(node)
        found = yaml.load(text, Loader=_loader())  # noqa: S506 - the loader is a safe one
    except yaml.YAMLError as error:
        raise UnreadableError(f"it is neither YAML nor JSON{_where(error)}; correct it") from None
    except (ValueError, OverflowError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("it holds a number, a date or a tag that cannot be read; correct it") from None
    return _plain(found)


def _loader() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _scan(text: str) -> None:
    """Look at depth and number of values first, one by one: composing a deep tree would take the stack."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=_loader())):
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > DEEPEST:
            raise UnreadableError(f"it nests deeper than {DEEPEST} levels; flatten it")
        if number > 2 * MOST:
            raise _too_much()


def _bounded(root: yaml.Node | None) -> None:
    """Refuse aliases that are circular or write out to too much, and numbers that take long to read."""
    sizes: dict[int, int] = {}
    open_ones: set[int] = set()

    def size(node: yaml.Node, depth: int) -> int:
        if id(node) in open_ones:
            raise UnreadableError("it contains itself through an alias; write out what is meant")
        if depth > DEEPEST:
            raise UnreadableError(f"it nests deeper than {DEEPEST} levels once its aliases are written out; flatten it")
        if id(node) in sizes:
            return sizes[id(node)]
        if isinstance(node, yaml.ScalarNode):
            if node.tag in _NUMBERS and len(node.value) > LONGEST_NUMBER:
                raise UnreadableError(f"it holds a number of more than {LONGEST_NUMBER} digits; correct it")
            return 1
        open_ones.add(id(node))
        children = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
        whole = 1 + sum(size(child, depth + 1) for child in children)
        open_ones.discard(id(node))
        if whole > MOST:
            raise _too_much()
        sizes[id(node)] = whole
        return whole

    if root is not None:
        size(root, 0)


def _too_much() -> UnreadableError:
    return UnreadableError(
        f"it holds more than {MOST} values once its aliases are written out; leave out what the interface does not need"
    )


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    return f" at line {mark.line + 1}, column {mark.column + 1}" if mark is not None else ""


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_name(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _name(key: Any) -> str:
    return key if isinstance(key, str) else json.dumps(key, default=str)
