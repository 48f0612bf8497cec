"""Servers with several independent faults at once, drawn by seed from the violations: no fault may hide another.

Each fault must show itself as failed in the one run, or be named in the cause of another finding as the same symptom.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from osia_conformance.config.settings import Settings
from osia_conformance.standard.register import load_register
from osia_reference.app import Server, create_app
from tests.harness.judging import Judged, judge, reference, settings
from tests.harness.variant import VERSIONS, Variant, Violation, ids

SIZES = (5, 6)
BARRING = ("tokens-expire-the-wrong-way-round", "tokens-begin-the-wrong-way-round")
"""Faults after which no good token opens anything: nothing else of such a server can be seen."""
MASKED = {
    "answers-break-contextualdata-type": {"find-answers-ids", "find-answers-nothing"},
    # What is answered of a record that nothing checked ends the connection.
    "answers-break-documentdata-minitems": {"generated-nothing-checked"},
    "answers-break-documentdata-type": {"find-answers-ids", "find-answers-nothing"},
    # Encrypted data is broken only in what a search answers, and these answer none.
    "answers-break-encryption-required": {"find-answers-ids", "find-answers-nothing"},
    "buffers-create-their-enrollment": {"create-overwrites"},
    # What a buffer finalizes is read as it was before.
    "buffers-finalize": {"read-is-stale-after-a-finalize"},
    "create-again-drops-buffers": {"delete-breaks-the-buffers"},
    "delete-empties-the-buffers": {"buffers-are-forgotten-when-empty"},
    # A call of these operations is answered 400 only where it has no transactionId.
    **{
        f"errors-of-{code}-are-text": {
            *("transaction-never-asked-for", f"transaction-not-asked-for-by-{code}"),
            *(f"transaction-missing-is-{status}" for status in (409, 422, 500)),
        }
        for code in ("read", "delete", "finalize", "bufread")
    },
    "errors-of-tokens-are-text": {
        *("tokens-are-redirected", "tokens-are-refused-in-the-body", "tokens-are-server-errors"),
        *("tokens-crash-when-unreadable", "tokens-are-not-found-when-unreadable", "tokens-may-be-unreadable"),
    },
    "days-before": {"create-again-with-the-same-crashes", "create-again-with-the-same-is-done"},
    # A cache still answers what is gone.
    "delete-takes-bytes-of-others": {"tokens-are-checked-behind-a-cache"},
    # An object may be somebody's record, and is withheld.
    "find-answers-an-object": {"find-compares-integers-as-text", "find-knows-equality-only"},
    "inputs-may-break-missingtype-type": {"kept-without-missing"},
    "inputs-read-more-of-expressions": {"find-knows-equality-only"},
    "kept-without-missing": {"answers-break-missingtype-enum", "answers-break-missingtype-type", "kept-as-amputated"},
    "kept-without-qualityformat": {"answers-break-qualityformat-type"},
    "kept-without-templateformat": {"answers-break-templateformat-type"},
    # A cache still answers the whole record that was read first.
    "read-by-attributes-cuts-the-record": {"tokens-are-checked-behind-a-cache"},
    "refused-create-leaves-a-stub": {"generated-nothing-checked"},
    "refused-update-empties": {"generated-nothing-checked"},
    # A first call without the scope finalizes the enrollment, and what is finalized refuses the next ones.
    "scopes-are-checked-too-late-by-finalize": {"scopes-of-buffers-open-enrollments"},
    # A create that is refused for its scope reads nothing of the body at which the service would end.
    **{
        f"service-ends-{name}": {"scopes-are-two-for-create"}
        for name in ("behind-a-gateway", "behind-a-busy-gateway", "at-odd-names", "after-its-answer")
    },
    # The value of a wrong type is the enrollment's type, which such a patch leaves as it is.
    "wrong-type-taken-by-patch": {"patch-leaves-the-type"},
    # What checks the scope too late checks the token first.
    **{
        f"tokens-are-not-checked-by-{code}": {"scopes-are-checked-too-late", f"scopes-are-checked-too-late-by-{code}"}
        for code in ("create", "update", "patch", "delete", "finalize")
    },
    "tokens-are-known-by-signature": {"scopes-are-two-for-create"},
    "update-appends-requests": {"refused-update-empties"},
    # A text that is emptied is lost then, and what an update omits may be gone.
    "update-empties-what-is-omitted": {"texts-lost-when-empty"},
    "update-leaves-the-context": {"create-loses-contextual-data"},
}
"""By fault, the faults that take away the place where it would show: what is answered there breaks no rule."""
_IN_LISTS = frozenset(
    f"answers-break-{kind}-{fact}"
    for kind, facts in (
        *(("biometricdata", ("required",)), ("biometrictype", ("enum",)), ("biometricsubtype", ("enum",))),
        *(("impressiontype", ("enum",)), ("compressiontype", ("enum",)), ("missingtype", ("type", "enum"))),
        *(("templateformat", ("type",)), ("qualityformat", ("type",)), ("documenttype", ("type", "enum"))),
        *(("documentdata", ("type", "enum", "required", "minitems")), ("documentpart", ("type", "minitems"))),
    )
    for fact in facts
)
"""Faults of lists in what is found, which a search does not show that shows no lists."""
_GIVEN = frozenset({"__module__", "__qualname__", "__doc__", "__firstlineno__", "__static_attributes__"})


@dataclass(frozen=True)
class Pile:
    """Faults that touch different things, on one version."""

    seed: int
    version: str
    faults: tuple[Violation, ...]

    @property
    def label(self) -> str:
        """The name of the experiment."""
        return f"{self.seed}-{self.version}"

    def app(self) -> Server:
        """Return a fresh server with all of the faults."""
        options = {name: value for fault in self.faults for name, value in fault.options.items()}
        return create_app(reference(self.version, **options), **parts_of(self.faults))

    def judge(self, *, whole: bool = False) -> Judged:
        """Judge the server: with the whole suite, or with what judges the faults and what they need.

        What follows from a fault counts as well: another fault may be named in its cause.
        """
        patterns = [pattern for fault in self.faults for pattern in (*fault.expected, *fault.declared)]
        broken = ids(self.version, *patterns)
        only = sorted(_with_needs(broken, self.version))
        return judge(self.app(), version=self.version, run=self._settings(), only=() if whole else tuple(only))

    def _settings(self) -> Settings:
        """Return the settings of the run: those of all faults together."""
        target = {name: value for fault in self.faults for name, value in fault.target.items()}
        auth = {name: value for fault in self.faults for name, value in fault.auth.items()}
        run = settings(self.version, **target)
        return replace(
            run,
            auth=replace(run.auth, **auth),
            keep_going=any(fault.keep_going for fault in self.faults),
            wait_for=max(fault.wait_for for fault in self.faults),
        )

    def hidden(self, judged: Judged) -> dict[str, dict[str, Any]]:
        """Return the faults that the run does not show, with how each of the rules that they break ended."""
        found = {fault.name: _endings(judged, ids(self.version, *fault.expected)) for fault in self.faults}
        return {name: endings for name, endings in found.items() if not any(map(_is_told, endings.values()))}


def drawn(seed: int, violations: Sequence[Violation]) -> Pile:
    """Return the pile of a seed: the same for the same violations."""
    chance = random.Random(seed)
    version, size = chance.choice(VERSIONS), chance.choice(SIZES)
    candidates = [one for one in violations if one.name not in BARRING and version in one.applies()]
    faults: list[Violation] = []
    for one in chance.sample(candidates, len(candidates)):
        if _fits(one, faults, version):
            faults.append(one)
        if len(faults) == size:
            break
    return Pile(seed, version, tuple(faults))


def _fits(one: Violation, faults: Sequence[Violation], version: str) -> bool:
    """Return whether a fault touches nothing that the others touch, and breaks other rules."""
    taken = set().union(*(touched(fault) for fault in faults)) if faults else set()
    broken = ids(version, *(pattern for fault in faults for pattern in fault.expected)) if faults else frozenset()
    masked = any(_masks(one, fault) or _masks(fault, one) for fault in faults)
    if masked or touched(one) & taken or ids(version, *one.expected) & broken:
        return False
    try:
        parts_of([*faults, one])
    except TypeError:
        return False
    return True


def _masks(one: Violation, other: Violation) -> bool:
    shows_none = one.name == "find-shows-no-lists" and other.name in _IN_LISTS
    return shows_none or one.name in MASKED.get(other.name, ())


def touched(fault: Variant) -> set[tuple[str, str]]:
    """Return what a fault replaces: members of parts of the server, options, and settings of the run."""
    members = {(part, name) for part, own in fault.parts.items() for name in _members(own)}
    settings_of_runs = {("target", name) for name in fault.target} | {("auth", name) for name in fault.auth}
    return members | {("options", name) for name in fault.options} | settings_of_runs


def _members(part: type) -> set[str]:
    own = [one for one in inspect.getmro(part) if not one.__module__.startswith("osia_reference") and one is not object]
    return {name for one in own for name in vars(one)} - _GIVEN


def parts_of(faults: Sequence[Variant]) -> dict[str, type]:
    """Return the parts of a server that has all of the faults."""
    found: dict[str, list[type]] = {}
    for fault in faults:
        for name, part in fault.parts.items():
            found.setdefault(name, []).append(part)
    return {name: type("Pile", tuple(dict.fromkeys(parts)), {}) for name, parts in found.items()}


def _with_needs(names: frozenset[str], version: str) -> set[str]:
    """Return requirements with all that they build on."""
    register, found, left = load_register(version).requirements, set(), set(names)
    while left:
        found |= left
        left = {need for name in left for need in register[name].needs if need in register} - found
    return found


def _endings(judged: Judged, names: frozenset[str]) -> dict[str, Any]:
    return {name: _ending(judged.requirement(name)) for name in sorted(names)}


def _ending(entry: dict[str, Any]) -> dict[str, Any]:
    return {"outcome": entry["outcome"], "reason": entry["reason"], "cause": entry.get("cause")}


def _is_told(ending: dict[str, Any]) -> bool:
    return ending["outcome"] == "failed" or (ending["outcome"] == "cantTell" and ending["cause"] is not None)
