"""Violations of partialUpdateEnrollment below the first level, and in groups and names of another kind."""

from collections.abc import Callable
from typing import Any

from osia_reference.enrollments import Enrollments, merge_patch
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.variant import Violation
from tests.harness.wrong_merges import is_object, nulls_of_new_objects_kept, nulls_skipped
from tests.violations.patch import merging

OBJECTS = ("biographicData", "contextualData", "requestData", "enrollmentFlags")
Merge = Callable[[Any, Any], Any]


def in_group(group: str, merge: Merge) -> type[Enrollments]:
    """Return a server that merges one group so, and all else by RFC 7396."""

    def merged(current: Record, patch: Record) -> Any:
        result = merge_patch(current, patch)
        if is_object(patch.get(group)):
            result[group] = merge(current.get(group, {}), patch[group])
        return result

    return merging(merged)


def below(change: Merge) -> Merge:
    """Return the merge of a block in which the objects within it are merged by `change`."""

    def merge(current: Any, patch: Any) -> Any:
        result = merge_patch(current, patch)
        nested = {name: value for name, value in patch.items() if is_object(value)}
        return {**result, **{name: change(current.get(name), value) for name, value in nested.items()}}

    return merge


def replaced(current: Any, patch: Any) -> Any:
    """Replace an object within a block, as a column of a table is set."""
    return merge_patch({}, patch)


def left_alone(current: Any, patch: Any) -> Any:
    return patch if current is None else current


def texts_kept(current: Any, patch: Any) -> Any:
    """Ignore a value in place of an object, and an object in place of a value."""
    return {**merge_patch(current, patch), **{name: current[name] for name in patch if mixed(current, patch, name)}}


def mixed(current: Any, patch: Any, name: str) -> bool:
    return name in current and patch[name] is not None and is_object(current[name]) != is_object(patch[name])


def no_new_objects(current: Record, patch: Record) -> Any:
    """Merge objects into those that are there, and drop the others."""
    known = {name: value for name, value in patch.items() if name in current or not is_object(value)}
    return merge_patch(current, known)


def no_new_object(group: str) -> Merge:
    def merge(current: Record, patch: Record) -> Any:
        if group in patch and group not in current and is_object(patch[group]):
            raise Refusal(500, "There is nothing to merge into.")
        return merge_patch(current, patch)

    return merge


def new_groups_empty(current: Record, patch: Record) -> Any:
    """Add an object group without what is in it."""
    emptied = {name: {} if is_object(value) and name not in current else value for name, value in patch.items()}
    return merge_patch(current, emptied)


def split_at_dots(current: Record, patch: Record) -> Any:
    """Take a name with dots in a block for a path, as the update operators of some databases do."""
    blocks = {name: split(value) if name in OBJECTS and is_object(value) else value for name, value in patch.items()}
    return merge_patch(current, blocks)


def split(block: Record) -> Record:
    result: Record = {}
    for name, value in block.items():
        holder = result
        *above, last = name.split(".")
        for part in above:
            holder = holder.setdefault(part, {})
        holder[last] = value
    return result


def dotless(current: Record, patch: Record) -> Any:
    """Ignore names with dots in a block."""
    blocks = {
        group: {name: each for name, each in value.items() if "." not in name} if is_object(value) else value
        for group, value in patch.items()
    }
    return merge_patch(current, blocks)


REQUESTS: tuple[tuple[str, str, Merge, str], ...] = (
    ("replaces-the-address", "An object in request data is replaced whole.", replaced, "04"),
    ("leaves-the-address", "An object in request data that is there is left as it is.", left_alone, "04"),
    ("ignores-nulls-in-the-address", "null in an object of request data is ignored.", nulls_skipped, "08"),
    ("stores-nulls-in-a-new-address", "null in a new object is stored.", nulls_of_new_objects_kept, "09"),
)
VIOLATIONS = [
    *(
        Violation(
            f"patch-{name}",
            change,
            {"enrollments": in_group("requestData", below(merge))},
            expected=(f"ENR-PATCH-{number}",),
            declared=("ENR-PATCH-08",) if number == "04" else (),
            versions=">=1.2.0",
        )
        for name, change, merge, number in REQUESTS
    ),
    Violation(
        "patch-keeps-kinds-in-biographics",
        "In biographic data an object and a text do not take each other's place.",
        {"enrollments": in_group("biographicData", texts_kept)},
        expected=("ENR-PATCH-06",),
        declared=("ENR-PATCH-09",),
    ),
    *(
        Violation(name, change, {"enrollments": merging(merge)}, expected=("ENR-PATCH-01",), declared=declared)
        for name, change, merge, declared in (
            ("patch-adds-no-groups", "An object group that was not there is dropped.", no_new_objects, ()),
            ("patch-adds-empty-groups", "An object group that was not there is added empty.", new_groups_empty, ()),
            ("patch-fails-on-new-biographics", "500 to new biographic data.", no_new_object("biographicData"), ()),
            ("patch-splits-names", "A name with dots in a patch is taken for a path.", split_at_dots, ()),
            ("patch-drops-names-with-dots", "A name with dots in a patch is ignored.", dotless, ()),
        )
    ),
]
