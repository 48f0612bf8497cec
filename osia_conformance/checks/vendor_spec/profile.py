"""Values that fit both what the profile states and the vendor's OpenAPI file (RUL-VENDOR-SPEC)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from osia_conformance.checks.enrollment.merge_patches import merge_patch
from osia_conformance.checks.generation.blocks import fitting_profile
from osia_conformance.checks.vendor_spec.references import followed
from osia_conformance.profile.blocks import Block
from osia_conformance.profile.json_schema import misfit
from osia_conformance.profile.schema_instances import few, instances, moved
from osia_conformance.standard.operations import WRITING_OPERATIONS, by_code
from osia_conformance.target.enrollment.payloads import Payloads

_TYPE = "enrollmentType"
_MOST = 30
"""Values drawn from one schema: the sum of what is found is what a run chooses from."""
_DEEPEST = 8
_PATCH = "PATCH"

Agreed = Mapping[str, Mapping[str, Sequence[Any]]]


def agreed(document: Mapping[str, Any], payloads: Payloads) -> Agreed:
    """Return, by operationId and member of an enrollment that the profile states, values that fit both.

    `document` is a vendor's as `spec.drawable` makes it. A member for which nothing was found has none.
    """
    known: dict[str, list[Any]] = {}
    found: dict[str, dict[str, list[Any]]] = {}
    for code in WRITING_OPERATIONS:
        operation = by_code(payloads.specification.version)[code]
        entry = document["paths"][operation.path][operation.method.lower()]
        body = entry.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        members = found.setdefault(operation.id, {})
        for name in (
            *payloads.profile.settings.blocks,
            *([_TYPE] if payloads.profile.settings.enrollment_types else []),
        ):
            theirs = list(_described(document, body, name))
            key = f"{name} {theirs}"
            if key not in known:
                known[key] = _both(document, payloads, name, theirs)
            members[name] = [one for one in known[key] if code != _PATCH or _patches(payloads, name, one)]
    return found


def fitting_both_profiles(found: Agreed, payloads: Payloads, code: str, body: Any) -> st.SearchStrategy[Any]:
    """Draw the body of a write with values that fit both in place of what was drawn from the vendor's file alone.

    Where there are none the profile decides, for the vendor says by it what the server accepts.
    """
    if not isinstance(body, dict):
        return st.just(body)
    members = found.get(by_code(payloads.specification.version)[code].id, {})
    choices = {name: st.sampled_from(list(values)) for name, values in members.items() if values and name in body}
    stated = fitting_profile(payloads, body, partial=code == _PATCH)
    return st.builds(lambda one, chosen: {**one, **chosen}, stated, st.fixed_dictionaries(choices))


def _both(document: Mapping[str, Any], payloads: Payloads, name: str, theirs: Sequence[Any]) -> list[Any]:
    shared = {"components": {"schemas": document["components"]["schemas"]}}
    whole = {"allOf": [*theirs], **shared}
    if name == _TYPE:
        return [one for one in payloads.profile.enrollment_types if misfit(whole, one) is None]
    block = payloads.profile.blocks[name]
    single = {"allOf": [_item(document, one) for one in theirs], **shared}
    kept: list[Any] = []
    for value in _offered(block, single):
        group = payloads.group(name, value) if isinstance(value, dict) and block.fits(value) else None
        if group is not None and group not in kept and misfit(whole, group) is None:
            kept.append(group)
    return kept


def _offered(block: Block, theirs: Mapping[str, Any]) -> Iterator[Any]:
    """Yield values that may fit both a block and the vendor's schema of it: examples first, then what is drawn."""
    yield from block.examples or (block.canonical,)
    if not isinstance(block.schema, Mapping):
        return
    ours = block.schema
    yield from few(instances({"allOf": [moved(ours, "#/allOf/0"), moved(theirs, "#/allOf/1")]}), _MOST)
    yield from few(instances(ours), _MOST)


def _patches(payloads: Payloads, name: str, group: Any) -> bool:
    """Tell whether what a value leaves as a patch of the canonical enrollment fits the profile."""
    if name == _TYPE or isinstance(group, list):
        return True
    block = payloads.profile.blocks[name]
    return block.fits(merge_patch(block.canonical, group))


def _described(document: Mapping[str, Any], schema: Any, name: str, depth: int = 0) -> Iterator[Any]:
    """Yield what a schema says of a member, here and in each part of its allOf."""
    node = followed(document, schema)
    if not isinstance(node, Mapping) or depth > _DEEPEST:
        return
    properties = node.get("properties")
    if isinstance(properties, Mapping) and name in properties:
        yield properties[name]
    for part in node.get("allOf", ()):
        yield from _described(document, part, name, depth + 1)


def _item(document: Mapping[str, Any], schema: Any) -> Any:
    """Return the schema of one block where a list of them is described, else the schema itself."""
    node = followed(document, schema)
    return node.get("items", {}) if isinstance(node, Mapping) and node.get("type") == "array" else schema
