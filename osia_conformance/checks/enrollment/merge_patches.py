"""RFC 7396, and patches to try it with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from osia_conformance.support.compare import Difference, differences
from osia_conformance.target.enrollment.payloads import Payloads
from osia_conformance.target.outcome_errors import Inapplicable, Untested, WrongMembers
from osia_conformance.target.response import Response


def merge_patch(target: Any, patch: Any) -> Any:
    """Return what the patch makes of the target (RFC 7396, 2).

    The reference server has a merge of its own. The two share nothing on purpose: each is an independent oracle of the
    other.
    """
    if not isinstance(patch, Mapping):
        return patch
    result = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merge_patch(result.get(name), value)
    return result


def biographic_patches(payloads: Payloads, *, removing: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Draw patches of biographicData that set members, or with `removing` ones that remove at least one.

    They leave what the profile allows. Raises Inapplicable where it lets no member go, Untested where it gives
    none a choice.
    """
    if removing and not payloads.optional:
        raise Inapplicable("the profile lets no biographic member go")
    if not removing and not payloads.changes:
        raise Untested("the profile gives each biographic member one value only; state a schema or more examples")
    values: dict[str, st.SearchStrategy[Any]] = (
        {name: st.none() for name in payloads.optional}
        if removing
        else {name: st.sampled_from(found) for name, found in payloads.alternatives.items() if len(found) > 1}
    )
    return st.fixed_dictionaries({}, optional=values).filter(lambda patch: bool(patch) and payloads.fits(patch))


def expect_equals(wanted: Any, got: Any, response: Response) -> None:
    """Judge that a value is exactly what RFC 7396 makes of it: Violation for a member that is missing or left over."""
    found = [*differences(wanted, got), *(Difference(path, "is left over") for path in _left_over(wanted, got, "$"))]
    if found:
        raise WrongMembers("the result of RFC 7396", found, response)


def expect_replaced(wanted: Any, got: Any, before: Any, response: Response) -> None:
    """Judge that a list is as it was sent, and holds nothing of the one `before` besides (RUL-ECHO)."""
    found = [
        *differences(wanted, got),
        *(Difference(path, "is still there") for path in _still_there(wanted, got, before, "$")),
    ]
    if found:
        raise WrongMembers("the list that was sent in place of the one before", found, response)


def _still_there(wanted: Any, got: Any, before: Any, path: str) -> list[str]:
    if all(isinstance(each, Mapping) for each in (wanted, got, before)):
        both = [name for name in got if name in before]
        kept = [name for name in both if name not in wanted and not differences(before[name], got[name], member=name)]
        return [f"{path}.{name}" for name in kept if got[name] not in ({}, [])] + [
            text
            for name in both
            if name in wanted
            for text in _still_there(wanted[name], got[name], before[name], f"{path}.{name}")
        ]
    if all(isinstance(each, list) for each in (wanted, got, before)):
        triples = enumerate(zip(wanted, got, before, strict=False))
        return [text for index, three in triples for text in _still_there(*three, f"{path}[{index}]")]
    return []


def _left_over(wanted: Any, got: Any, path: str) -> list[str]:
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        extra = [f"{path}.{name}" for name in got if name not in wanted and got[name] not in ({}, [])]
        inner = [
            text for name in wanted if name in got for text in _left_over(wanted[name], got[name], f"{path}.{name}")
        ]
        return extra + inner
    if isinstance(wanted, list) and isinstance(got, list):
        pairs = zip(wanted, got, strict=False)
        return [text for index, (one, other) in enumerate(pairs) for text in _left_over(one, other, f"{path}[{index}]")]
    return []
