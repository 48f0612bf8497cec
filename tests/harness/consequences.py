"""What follows from a violation beside what it breaks: failures of requirements that show another symptom.

What builds on a broken requirement is left open only where it shows the same symptom (RUL-ONE-FAULT). A search that
knows no `<` also fails the rule that integers are compared, by other enrollments that are found: a consequence, and no
failure for another reason. A violation whose own entry declares its consequences has none here.
"""

from __future__ import annotations

from collections.abc import Mapping

_ORDERED = ("ENR-FIND-07", "ENR-FIND-08", "ENR-FIND-10")
"""Numbers, integers and dates are searched with the operators that other requirements are about."""

CONSEQUENCES: Mapping[str, tuple[str, ...]] = {
    "find-answers-an-empty-body": ("ENR-FIND-01",),
    "find-answers-everything": ("ENR-FIND-12",),
    "finalize-is-the-default-of-create": ("ENR-DIGEST-01",),
    "finalize-is-the-default-of-patch": ("ENR-LIFE-02",),
    "find-combines-with-or": ("ENR-FIND-13",),
    "find-answers-no-content": ("ENR-FIND-17", "ENR-FIND-18"),
    "find-compares-any-attribute": tuple(f"ENR-FIND-{number:02}" for number in range(2, 12)),
    "find-compares-numbers-as-text": ("ENR-FIND-08",),
    "find-knows-equality-only": (
        "ENR-FIND-08",
        "ENR-FIND-09",
    ),
    "find-matches-any-word": ("ENR-FIND-10",),
    "find-repeats-all": (
        "ENR-FIND-14",
        "ENR-PAGE-02",
        "ENR-PAGE-03",
    ),
    **{
        f"find-{name}": _ORDERED
        for name in (
            *("swaps-at-most-and-at-least", "swaps-less-and-greater"),
            *("takes-at-least-for-greater", "takes-at-most-for-less"),
            *("takes-greater-for-at-least", "takes-less-for-at-most"),
        )
    },
    "find-takes-unequal-for-equal": (*_ORDERED, "ENR-FIND-09"),
    "images-are-cut": ("ENR-CREATE-26",),
    "images-are-data-uris": ("ENR-CREATE-26",),
    "images-are-encoded-twice": ("ENR-CREATE-26",),
    "kept-without-instance": ("ENR-CREATE-24",),
    "patch-does-nothing": (
        "ENR-FIND-13",
        "ENR-PATCH-03",
        "ENR-PATCH-04",
        "ENR-PATCH-05",
        "ENR-PATCH-06",
        "ENR-PATCH-08",
        "ENR-PATCH-09",
    ),
    "patch-is-two-levels-deep": (
        "ENR-PATCH-08",
        "ENR-PATCH-09",
    ),
    "patch-replaces-all": (
        "ENR-FIND-13",
        "ENR-PATCH-01",
        "ENR-PATCH-03",
        "ENR-PATCH-04",
        "ENR-PATCH-07",
        "ENR-PATCH-08",
        "ENR-PATCH-09",
        "ENR-PATCH-10",
    ),
    "read-answers-an-internal-id": ("ENR-CREATE-15",),
    "read-answers-the-last-written": ("ENR-CREATE-02", "ENR-FIND-14", "ENR-LIFE-04"),
    "scopes-of-sent-buffers-are-those-of-enrollments": ("ENR-DIGEST-01",),
    "update-fills-in-from-another": ("ENR-UPDATE-04",),
    "update-loses-devices": ("ENR-LIFE-02", "ENR-UPDATE-08"),
}
