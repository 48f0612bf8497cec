"""The machine-readable facts of an OpenAPI 3 document, and where two documents differ in them.

A fact is named by a JSON pointer (RFC 6901) into the document's normal form (see `normal_form`), in which a
parameter is found by place and name, `.../parameters/query/finalize/required`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from osia_conformance.checks.vendor_spec.normal_form import (
    METHODS,
    Document,
    NotOpenApiError,
    Tree,
    canonical,
    normal_form,
)
from osia_conformance.checks.vendor_spec.schema_names import named_alike
from osia_conformance.support.json_pointer import escaped

__all__ = [
    "ABSENT",
    "Absence",
    "Difference",
    "Document",
    "NotOpenApiError",
    "canonical",
    "differences",
    "facts",
]

SHOWN = 160


_ABOUT_THE_DOCUMENT = frozenset({"$self", "info", "jsonSchemaDialect", "openapi", "tags", "webhooks"})
_ABOUT_AN_OPERATION = frozenset({"tags", "deprecated", "operationId"})
_OPEN = frozenset({"content", "headers", "paths", "properties", "responses", "schemas", "securitySchemes"})
"""Where a name more takes nothing away: who does not know it never meets it, or may ignore it."""
_METHOD = 3
_PARAMETER = 3
"""A pointer's names: paths, path, method; and from the end: parameters, place, name."""


class Absence(Enum):
    """The mark of a side that does not have the fact."""

    ABSENT = "absent"


ABSENT = Absence.ABSENT


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two documents disagree: a side is ABSENT, a value, or a subtree the other lacks."""

    pointer: str
    ours: object
    theirs: object

    @property
    def is_permitted(self) -> bool:
        """Whether the standard leaves this free: what theirs adds to be used or not, and what is about no message."""
        names = self.pointer.split("/")[1:]
        if (
            names[0] in _ABOUT_THE_DOCUMENT
            or names[-1] in _ABOUT_AN_OPERATION
            or any(n.startswith("x-") for n in names)
        ):
            return True
        if self.ours is not ABSENT:
            return False
        above = names[-2] if len(names) > 1 else ""
        is_method = len(names) == _METHOD and names[0] == "paths" and names[-1] in METHODS
        return is_method or above in _OPEN or ("parameters" in names[-_PARAMETER:] and _all_optional(self.theirs))

    def __str__(self) -> str:
        return f"{self.pointer}: ours {_shown(self.ours)}, theirs {_shown(self.theirs)}"


def facts(document: Document) -> dict[str, object]:
    """Return the facts of an OpenAPI 3 document: JSON pointer -> scalar, list, or {} for what is only there.

    Raise NotOpenApiError where it is none or a local reference leads nowhere.
    """
    return dict(_leaves(normal_form(document), ""))


def differences(ours: Document, theirs: Document) -> list[Difference]:
    """Return where two OpenAPI documents disagree, in the order of the pointers; what one lacks counts once.

    The same schema under another name is no difference. Raise NotOpenApiError as `facts` does.
    """
    left = normal_form(ours)
    found = _compared(left, named_alike(normal_form(theirs), left), "")
    return sorted(found, key=lambda difference: difference.pointer)


def _children(value: object) -> Tree | None:
    """Return the members of an object or of a list of objects; None for what is one value."""
    if isinstance(value, dict):
        return {str(key): child for key, child in value.items()}
    if isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        return {str(index): child for index, child in enumerate(value)}
    return None


def _leaves(value: object, pointer: str) -> Iterator[tuple[str, object]]:
    children = _children(value)
    if not children:
        yield pointer, value
        return
    for key, child in children.items():
        yield from _leaves(child, _below(pointer, key))


def _compared(ours: object, theirs: object, pointer: str) -> Iterator[Difference]:
    left, right = _children(ours), _children(theirs)
    if left is None or right is None:
        if canonical(ours) != canonical(theirs):
            yield Difference(pointer, ours, theirs)
        return
    for key in left.keys() | right.keys():
        below = _below(pointer, key)
        if key in left and key in right:
            yield from _compared(left[key], right[key], below)
        else:
            yield Difference(below, left.get(key, ABSENT), right.get(key, ABSENT))


def _all_optional(parameters: object) -> bool:
    """Return whether nothing in a tree of parameters is required."""
    if not isinstance(parameters, dict):
        return False
    if "required" in parameters:
        return parameters["required"] is False
    return all(map(_all_optional, parameters.values()))


def _below(pointer: str, key: str) -> str:
    return f"{pointer}/{escaped(key)}"


def _shown(value: object) -> str:
    if value is ABSENT:
        return "has none"
    text = canonical(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."
