"""Violations of partialUpdateEnrollment: merges that are not the one of RFC 7396."""

from collections.abc import Callable
from typing import Any

from osia_reference.enrollments import Enrollments, merge_patch
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.records import biographics
from tests.harness.variant import Violation

REQUIRED = ("enrollmentType", "biometricData", "status")


def merging(merge: Callable[[Any, Any], Any]) -> type[Enrollments]:
    """Return a server on which a patch that is an object makes `merge(current, patch)` of a record."""

    class Merging(Enrollments):
        def merge(self, current: Record, patch: Any) -> Any:
            return merge(current, patch) if is_object(patch) else patch

    return Merging


def is_object(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def without_nulls(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(each) for name, each in value.items() if each is not None}


def nothing(current: Any, patch: Any) -> Any:
    return current


def known_members(current: Any, patch: Any) -> Any:
    return merge_patch(current, {name: value for name, value in patch.items() if name in current})


def plain_members(current: Any, patch: Any) -> Any:
    return merge_patch(current, {name: value for name, value in patch.items() if not is_object(value)})


def as_an_update(current: Any, patch: Any) -> Any:
    required = {name: current[name] for name in REQUIRED}
    return {**required, **without_nulls(patch)}


def shallow(current: Any, patch: Any) -> Any:
    """Replace each member whole, as `{**current, **patch}` does."""
    return without_nulls({**current, **patch})


def two_levels(current: Any, patch: Any, levels: int = 2) -> Any:
    """Merge objects down to a depth, and replace them below it."""
    if not is_object(current, patch) or not levels:
        return without_nulls(patch)
    merged = {
        **current,
        **{name: two_levels(current.get(name), value, levels - 1) for name, value in patch.items()},
    }
    return {name: value for name, value in merged.items() if name not in patch or patch[name] is not None}


def nulls_kept(current: Any, patch: Any) -> Any:
    if not is_object(current, patch):
        return patch
    return {**current, **{name: nulls_kept(current.get(name), value) for name, value in patch.items()}}


def nulls_skipped(current: Any, patch: Any) -> Any:
    if not is_object(patch):
        return patch
    given = {name: value for name, value in patch.items() if value is not None}
    target = current if is_object(current) else {}
    return {**target, **{name: nulls_skipped(target.get(name), value) for name, value in given.items()}}


def nulls_of_groups_skipped(current: Any, patch: Any) -> Any:
    return merge_patch(current, {name: value for name, value in patch.items() if value is not None})


def nulls_of_new_objects_kept(current: Any, patch: Any) -> Any:
    """Merge where there is something to merge with, and store all else as it is."""
    if not is_object(current, patch):
        return patch
    merged = dict(current)
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = nulls_of_new_objects_kept(merged.get(name), value)
    return merged


def nulls_kept_below(current: Any, patch: Any, levels: int = 3) -> Any:
    """Remove by null down to a depth, and store null below it."""
    if not is_object(patch):
        return patch
    merged = dict(current) if is_object(current) else {}
    for name, value in patch.items():
        if value is None and levels:
            merged.pop(name, None)
        elif value is not None or name in merged:
            merged[name] = nulls_kept_below(merged.get(name), value, max(0, levels - 1))
    return merged


def lists_appended(current: Any, patch: Any) -> Any:
    if isinstance(current, list) and isinstance(patch, list):
        return [*current, *patch]
    if not is_object(current, patch):
        return merge_patch(current, patch)
    changed = {name: lists_appended(current.get(name), value) for name, value in patch.items()}
    return without_nulls({**current, **changed})


def lists_by_position(current: Any, patch: Any) -> Any:
    """Merge the elements of lists one by one, and keep what the patch's list is too short for."""
    if isinstance(current, list) and isinstance(patch, list):
        merged = [lists_by_position(one, other) for one, other in zip(current, patch, strict=False)]
        return [*merged, *patch[len(merged) :], *current[len(patch) :]]
    if not is_object(current, patch):
        return merge_patch(current, patch)
    changed = {name: lists_by_position(current.get(name), value) for name, value in patch.items()}
    return without_nulls({**current, **changed})


def kinds_kept(current: Any, patch: Any) -> Any:
    """Ignore a value of another kind than the one that is there."""
    if not is_object(current, patch):
        return patch if current is None or isinstance(patch, type(current)) else current
    given = {name: value for name, value in patch.items() if value is not None}
    merged = {**current, **{name: kinds_kept(current.get(name), value) for name, value in given.items()}}
    return without_nulls({name: value for name, value in merged.items() if patch.get(name, 0) is not None})


def lists_kept_beside_objects(current: Any, patch: Any) -> Any:
    """Keep the elements of a list as members of the object that takes its place."""
    if isinstance(current, list) and is_object(patch):
        return {**{str(index): each for index, each in enumerate(current)}, **without_nulls(patch)}
    if not is_object(current, patch):
        return merge_patch(current, patch)
    removed = {name for name, value in patch.items() if value is None}
    changed = {name: lists_kept_beside_objects(current.get(name), value) for name, value in patch.items()}
    return {name: value for name, value in {**current, **changed}.items() if name not in removed}


def null_adds(current: Any, patch: Any) -> Any:
    """Add an empty text for a null that has nothing to remove."""
    merged = merge_patch(current, patch)
    if is_object(patch.get("biographicData")):
        absent = [name for name in patch["biographicData"] if name not in biographics(current)]
        nulls = [name for name in absent if patch["biographicData"][name] is None]
        merged.setdefault("biographicData", {}).update(dict.fromkeys(nulls, ""))
    return merged


def null_must_remove(current: Any, patch: Any) -> Any:
    """Refuse a null that has nothing to remove."""
    for group, members in patch.items():
        for name in members if is_object(members, current.get(group)) else ():
            if members[name] is None and name not in current[group]:
                raise Refusal(400, f"There is no {name} to remove.")
    return merge_patch(current, patch)


def empty_clears(current: Any, patch: Any) -> Any:
    return merge_patch(current, patch) if patch else {name: current[name] for name in REQUIRED}


def empty_is_refused(current: Any, patch: Any) -> Any:
    if not patch:
        raise Refusal(400, "The patch is empty.")
    return merge_patch(current, patch)


def whole_biographics(current: Any, patch: Any) -> Any:
    if "biographicData" not in patch:
        raise Refusal(400, "biographicData is missing.")
    return merge_patch(current, patch)


def whole_enrollment(current: Any, patch: Any) -> Any:
    if not set(REQUIRED).issubset(patch):
        raise Refusal(400, "A required member is missing.")
    return merge_patch(current, patch)


def toggling(current: Any, patch: Any) -> Any:
    """Remove a biographic member that is set to the value that it has."""
    merged, before, given = merge_patch(current, patch), *(each.get("biographicData") for each in (current, patch))
    for name, value in given.items() if is_object(before, given) else ():
        if value is not None and before.get(name) == value:
            merged["biographicData"].pop(name)
    return merged


class RemovesTheStatus(Enrollments):
    def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
        super().patch(enrollment_id, body, finalize=finalize)
        if isinstance(body, dict) and body.get("status", "") is None:
            record = {name: value for name, value in self.existing(enrollment_id).items() if name != "status"}
            self.store.replace(record, self.search.attributes(record))


class RemovesRequired(Enrollments):
    """Checks the patch, and not what comes out of it."""

    def validate(self, operation: str, body: Any) -> None:
        if operation != "partialUpdateEnrollment" or not is_object(body):
            super().validate(operation, body)
            return
        filled = {"status": "IN_PROGRESS", "enrollmentType": "", "biometricData": []}
        super().validate(operation, {**filled, **body})


def patch(
    name: str, change: str, merge: Callable[[Any, Any], Any], *expected: str, declared: tuple[str, ...] = ()
) -> Violation:
    """Return the violation of a server that merges so."""
    return Violation(
        f"patch-{name}",
        change,
        {"enrollments": merging(merge)},
        expected=tuple(f"ENR-PATCH-{number}" for number in expected),
        declared=("ENR-LIFE-03", *declared),
    )


def refusing_null(name: str) -> type[Enrollments]:
    """Return a server that refuses null on one member."""

    class RefusesNull(Enrollments):
        def merge(self, current: Record, patch: Any) -> Any:
            if isinstance(patch, dict) and patch.get(name, "") is None:
                raise Refusal(400, f"{name} cannot be removed.")
            return super().merge(current, patch)

    return RefusesNull


def ignoring_null(name: str) -> type[Enrollments]:
    """Return a server that ignores null on one member."""

    class IgnoresNull(Enrollments):
        def merge(self, current: Record, patch: Any) -> Any:
            if isinstance(patch, dict) and patch.get(name, "") is None:
                patch = {other: value for other, value in patch.items() if other != name}
            return super().merge(current, patch)

    return IgnoresNull


VIOLATIONS = [
    patch(
        "does-nothing",
        "A patch is answered as done, and ignored.",
        nothing,
        "01",
        declared=("ENR-FIND-13", "ENR-LIFE-02", "ENR-PATCH-03", "ENR-PATCH-05"),
    ),
    patch("adds-nothing", "A patch changes only members that are there.", known_members, "01"),
    patch("leaves-objects", "A patch changes lists and texts, and leaves objects.", plain_members, "01"),
    # What lacks a required member is a server error then, and that is told by whoever meets it.
    patch(
        "replaces-all",
        "A patch takes the place of the whole record.",
        as_an_update,
        "02",
        declared=("ENR-PATCH-01", "ENR-PATCH-07", "ENR-PATCH-10", "ENR-FIND-13"),
    ),
    patch("is-shallow", "A patch replaces each group whole.", shallow, "02"),
    patch("stores-null", "null in a patch is stored as null.", nulls_kept, "03", "07", "08", "09"),
    patch("skips-null", "null in a patch is ignored.", nulls_skipped, "03", "08"),
    patch("keeps-groups", "null removes members, but no groups.", nulls_of_groups_skipped, "03"),
    patch("is-two-levels-deep", "Objects are merged down to a depth of two.", two_levels, "04"),
    patch("appends-to-lists", "A list in a patch is appended.", lists_appended, "05"),
    patch("merges-lists", "Lists are merged element by element.", lists_by_position, "05"),
    patch("keeps-kinds", "A value of another kind is ignored.", kinds_kept, "06"),
    patch("mixes-kinds", "An object is merged into a list.", lists_kept_beside_objects, "06"),
    patch("adds-by-null", "null on an absent member adds it empty.", null_adds, "07"),
    patch("refuses-null", "null on an absent member is refused.", null_must_remove, "07"),
    patch("stores-null-below", "null deep in a patch is stored as null.", nulls_kept_below, "08"),
    patch("stores-new-nulls", "null in a new object is stored.", nulls_of_new_objects_kept, "09"),
    patch("empty-clears", "An empty patch empties the enrollment.", empty_clears, "10"),
    patch("empty-is-refused", "An empty patch is refused.", empty_is_refused, "10"),
    patch(
        "wants-biographics",
        "A patch without biographic data is refused.",
        whole_biographics,
        "12",
        declared=("ENR-PATCH-01",),
    ),
    patch("toggles", "A member that is set again to its value is removed.", toggling, "13"),
    Violation(
        "patch-wants-all",
        "A patch without the required members is refused.",
        {"enrollments": merging(whole_enrollment)},
        expected=("ENR-DONE-01-PATCH",),
    ),
    Violation(
        "patch-removes-required",
        "null removes a required member.",
        {"enrollments": RemovesRequired},
        expected=("ENR-PATCH-11",),
        versions="<1.2.0",
    ),
    *(
        Violation(
            f"patch-{name}",
            change,
            {"enrollments": part},
            expected=("ENR-PATCH-03",),
            versions=versions,
        )
        for name, change, part, versions in (
            ("wants-biometrics", "null on biometricData is refused.", refusing_null("biometricData"), ">=1.1.0"),
            ("wants-a-type", "null on enrollmentType is refused.", refusing_null("enrollmentType"), ">=1.2.0"),
            ("keeps-biometrics", "null on biometricData is ignored.", ignoring_null("biometricData"), ">=1.1.0"),
            ("keeps-the-type", "null on enrollmentType is ignored.", ignoring_null("enrollmentType"), ">=1.2.0"),
        )
    ),
    Violation(
        "patch-removes-the-status",
        "null removes the status, which answers must have.",
        {"enrollments": RemovesTheStatus},
        expected=("ENR-PATCH-11",),
        versions=">=1.2.0",
    ),
]
