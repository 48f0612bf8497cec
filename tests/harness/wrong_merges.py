"""What servers make of a record and a merge patch that is not what RFC 7396 makes of them."""

from typing import Any

from osia_reference.enrollments import merge_patch
from osia_reference.replies import Refusal
from tests.harness.records import biographics

REQUIRED = ("enrollmentType", "biometricData", "status")


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
