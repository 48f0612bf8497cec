"""Violations of partialUpdateEnrollment: merges that are not the one of RFC 7396."""

from collections.abc import Callable
from typing import Any

from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.variant import Violation
from tests.harness.wrong_merges import (
    as_an_update,
    empty_clears,
    empty_is_refused,
    is_object,
    kinds_kept,
    known_members,
    lists_appended,
    lists_by_position,
    lists_kept_beside_objects,
    nothing,
    null_adds,
    null_must_remove,
    nulls_kept,
    nulls_kept_below,
    nulls_of_groups_skipped,
    nulls_of_new_objects_kept,
    nulls_skipped,
    plain_members,
    shallow,
    toggling,
    two_levels,
    whole_biographics,
    whole_enrollment,
)


def merging(merge: Callable[[Any, Any], Any]) -> type[Enrollments]:
    """Return a server on which a patch that is an object makes `merge(current, patch)` of a record."""

    class Merging(Enrollments):
        def merge(self, current: Record, patch: Any) -> Any:
            return merge(current, patch) if is_object(patch) else patch

    return Merging


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
