"""References in somebody else's OpenAPI document: checked before any is followed, and never outside of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from osia_conformance.checks.vendor_spec.normal_form import SCHEMAS
from osia_conformance.support.bounded_yaml import MOST, UnreadableError
from osia_conformance.support.json_pointer import unescaped
from osia_conformance.support.quoting import quoted

_BASES = frozenset(
    f"${name}"
    for name in (
        "id",
        "schema",
        "anchor",
        "vocabulary",
        "dynamicAnchor",
        "dynamicRef",
        "recursiveAnchor",
        "recursiveRef",
    )
)
"""Keywords that move the base of references or name other documents: no part of what is drawn."""
NAMED = frozenset({"properties", "patternProperties", "schemas", "$defs", "definitions", "dependentSchemas"})
VALUES = frozenset({"example", "examples", "default", "enum", "const"})


def checked_references(document: Mapping[str, Any]) -> None:
    """Raise UnreadableError for a reference that leaves the document, leads nowhere, to itself or to too much."""
    references = list(_references(document))
    for reference in references:
        if not isinstance(reference, str):
            raise UnreadableError('it has a "$ref" that is no text; correct it')
        if not reference.startswith("#/"):
            raise UnreadableError(
                f"it refers to {quoted(reference)}, outside of the file, and nothing is fetched; put that into the file"
            )
    for reference in dict.fromkeys(references):
        followed(document, {"$ref": reference})
    _Sizes(document).of(document)


def followed(document: Mapping[str, Any], node: Any) -> Any:
    """Return what a node refers to, through references to references; the node itself if it is no reference.

    Raises UnreadableError for one that leads nowhere or back to itself; `checked_references` finds all others.
    """
    seen: list[str] = []
    while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        reference = node["$ref"]
        if reference in seen:
            raise UnreadableError(f"its reference {quoted(reference)} leads back to itself; write out what is meant")
        seen.append(reference)
        node = _at(document, reference)
    return node


def inlined(document: Mapping[str, Any], node: Any, *, names: bool = False) -> Any:
    """Return a copy in which only references to shared schemas are left; `names` if its members' names are free."""
    if isinstance(node, list):
        return [inlined(document, each) for each in node]
    if not isinstance(node, Mapping):
        return node
    if not names and isinstance(node.get("$ref"), str):
        if node["$ref"].startswith(SCHEMAS):
            return {"$ref": node["$ref"]}
        return inlined(document, followed(document, node))
    return {
        name: value if name in VALUES and not names else inlined(document, value, names=name in NAMED and not names)
        for name, value in node.items()
        if names or name not in _BASES
    }


def _references(node: Any, *, names: bool = False) -> Iterator[Any]:
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    elif isinstance(node, Mapping):
        for name, value in node.items():
            if name == "$ref" and not names:
                yield value
            elif names or name not in VALUES:
                yield from _references(value, names=name in NAMED and not names)


def _at(document: Mapping[str, Any], reference: str) -> Any:
    node: Any = document
    for part in unquote(reference).removeprefix("#/").split("/"):
        name = unescaped(part)
        members = {str(index): each for index, each in enumerate(node)} if isinstance(node, list) else node
        if not isinstance(members, Mapping) or name not in members:
            raise UnreadableError(f"its reference {quoted(reference)} leads nowhere; correct it")
        node = members[name]
    return node


class _Sizes:
    """How much a document holds once its references, but for those to shared schemas, are written out."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._known: dict[str, int] = {}
        self._open: set[str] = set()

    def of(self, node: Any, *, names: bool = False) -> int:
        """Return the number of values; UnreadableError for a circle, or for too many."""
        if isinstance(node, list):
            whole = 1 + sum(self.of(each) for each in node)
        elif isinstance(node, Mapping):
            reference = None if names else node.get("$ref")
            whole = 1 + sum(self.of(value, names=name in NAMED and not names) for name, value in node.items())
            if isinstance(reference, str) and not reference.startswith(SCHEMAS):
                whole += self._behind(reference)
        else:
            whole = 1
        if whole > MOST:
            raise UnreadableError(
                f"it holds more than {MOST} values once its references are followed; share schemas under {SCHEMAS}"
            )
        return whole

    def _behind(self, reference: str) -> int:
        if reference in self._open:
            raise UnreadableError(f"its reference {quoted(reference)} leads back to itself; write out what is meant")
        if reference not in self._known:
            self._open.add(reference)
            self._known[reference] = self.of(_at(self._document, reference))
            self._open.discard(reference)
        return self._known[reference]
