"""What follows from a violation beside what it breaks: failures of requirements that show another symptom.

What builds on a broken requirement is left open only where it shows the same symptom (RUL-ONE-FAULT). A search that
knows no `<` also fails the rule that integers are compared, by other enrollments that are found: a consequence, and no
failure for another reason. A violation whose own entry declares its consequences has none here.
"""

from __future__ import annotations

from collections.abc import Mapping

CONSEQUENCES: Mapping[str, tuple[str, ...]] = {
    "find-answers-an-empty-body": ("ENR-FIND-01",),
    "finalize-is-the-default-of-create": ("ENR-DIGEST-01",),
    "finalize-is-the-default-of-patch": ("ENR-LIFE-02",),
    "find-combines-with-or": ("ENR-FIND-13",),
    "find-compares-numbers-as-text": ("ENR-FIND-08",),
    "find-knows-equality-only": (
        "ENR-FIND-08",
        "ENR-FIND-09",
    ),
    "find-repeats-all": (
        "ENR-FIND-14",
        "ENR-PAGE-02",
        "ENR-PAGE-03",
    ),
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
    "scopes-of-sent-buffers-are-those-of-enrollments": ("ENR-DIGEST-01",),
}
