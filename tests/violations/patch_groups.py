"""Violations of partialUpdateEnrollment in what stands beside the biographic data."""

from collections.abc import Callable
from typing import Any

from osia_reference.enrollments import merge_patch
from osia_reference.store import Record
from tests.harness.variant import Violation
from tests.violations.patch import merging


def but(change: Callable[[Record, Record], Record]) -> type[Any]:
    """Return a server that merges what `change` of record and patch makes of the patch."""
    return merging(lambda current, patch: merge_patch(current, change(current, patch)))


def ignoring(group: str) -> type[Any]:
    return but(lambda _, patch: {name: value for name, value in patch.items() if name != group or value is None})


def ignoring_null(group: str) -> type[Any]:
    return but(lambda _, patch: {name: value for name, value in patch.items() if name != group or value is not None})


def ignoring_nulls_in(group: str) -> type[Any]:
    def changed(_: Record, patch: Record) -> Record:
        if not isinstance(patch.get(group), dict):
            return patch
        return {**patch, group: {name: value for name, value in patch[group].items() if value is not None}}

    return but(changed)


def replacing(group: str) -> type[Any]:
    def merge(current: Any, patch: Any) -> Any:
        rest = {name: value for name, value in current.items() if name != group or group not in patch}
        return merge_patch(rest, patch)

    return merging(merge)


def without_nulls(value: Any) -> Any:
    """What a serializer makes of a value that leaves null out of lists."""
    if isinstance(value, dict):
        return {name: without_nulls(each) for name, each in value.items()}
    return [without_nulls(each) for each in value if each is not None] if isinstance(value, list) else value


def but_in_blocks(change: Callable[[Any], Any]) -> type[Any]:
    """Return a server that merges `change` of each member that a patch has for a block."""

    def changed(_: Record, patch: Record) -> Record:
        blocks = {name: value for name, value in patch.items() if isinstance(value, dict)}
        return {**patch, **{name: {key: change(each) for key, each in block.items()} for name, block in blocks.items()}}

    return but(changed)


def without_documents_emptied(_: Record, patch: Record) -> Record:
    return {name: value for name, value in patch.items() if value != []}


def emptied(current: Any, patch: Any) -> Any:
    """Take an empty object for an object without members."""
    return {**merge_patch(current, patch), **{name: {} for name, value in patch.items() if value == {}}}


def patch(number: str, name: str, change: str, part: type[Any], versions: str = "") -> Violation:
    return Violation(
        f"patch-{name}", change, {"enrollments": part}, expected=(f"ENR-PATCH-{number}",), versions=versions
    )


VIOLATIONS = [
    patch("01", "leaves-the-type", "A patch leaves the enrollment type as it was.", ignoring("enrollmentType")),
    patch("01", "leaves-flags", "A patch leaves the flags.", ignoring("enrollmentFlags"), ">=1.2.0"),
    patch("05", "leaves-lists-of-flags", "A patch leaves the list of flags.", ignoring("enrollmentFlags"), "<1.2.0"),
    patch("01", "leaves-the-context", "A patch leaves contextual data.", ignoring("contextualData"), ">=1.1.0"),
    patch("02", "replaces-requests", "A patch replaces request data whole.", replacing("requestData"), ">=1.2.0"),
    patch("02", "replaces-flags", "A patch replaces the flags whole.", replacing("enrollmentFlags"), ">=1.2.0"),
    patch("03", "keeps-the-context", "null removes no contextual data.", ignoring_null("contextualData"), ">=1.1.0"),
    patch("03", "keeps-flags", "null in the flags is ignored.", ignoring_nulls_in("enrollmentFlags"), ">=1.2.0"),
    patch("03", "keeps-requests", "null in request data is ignored.", ignoring_nulls_in("requestData"), ">=1.2.0"),
    patch(
        "04",
        "removes-by-empty-texts",
        "An empty text removes the member.",
        but_in_blocks(lambda value: None if value == "" else value),
        "<1.3.0",
    ),
    patch("05", "leaves-for-empty-lists", "An empty list is ignored.", but(without_documents_emptied)),
    patch("10", "empties-by-empty-objects", "An empty object empties the group.", merging(emptied)),
    patch(
        "05",
        "shortens-lists",
        "null is left out of lists.",
        merging(lambda current, patch: without_nulls(merge_patch(current, patch))),
        "<1.3.0",
    ),
]
