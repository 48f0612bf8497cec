"""Generated enrollments that keep to a profile: its blocks are drawn from the vendor's own schemas and examples."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from osia_conformance.checks.enrollment.merge_patches import merge_patch
from osia_conformance.profile.blocks import Block
from osia_conformance.profile.schema_instances import instances
from osia_conformance.target.enrollment.payloads import Payloads


def fitting_profile(payloads: Payloads, body: Any, *, partial: bool) -> st.SearchStrategy[Any]:
    """Draw the body of a write with what the profile states in place of what was drawn without it.

    A `partial` body is a patch of the canonical enrollment, and what it leaves fits the profile.
    """
    if not isinstance(body, dict):
        return st.just(body)
    body = body if partial else {**payloads.required(), **body}
    stated: dict[str, st.SearchStrategy[Any]] = {
        name: _values(payloads, name, partial=partial) for name in payloads.profile.settings.blocks if name in body
    }
    if "enrollmentType" in body:
        stated["enrollmentType"] = st.sampled_from(payloads.profile.enrollment_types)
    return st.fixed_dictionaries(stated).map(lambda members: {**body, **members})


def _values(payloads: Payloads, name: str, *, partial: bool) -> st.SearchStrategy[Any]:
    block = payloads.profile.blocks[name]
    drawn = _instances_of(block)
    if partial and payloads.group(name, {}) == {}:
        drawn = drawn.filter(lambda value: block.fits(merge_patch(block.canonical, value)))
    return drawn.map(lambda value: payloads.group(name, value))


def _instances_of(block: Block) -> st.SearchStrategy[Any]:
    given = st.sampled_from(block.examples or (block.canonical,))
    if not isinstance(block.schema, Mapping):
        return given
    drawn = _instances(json.dumps(block.schema, sort_keys=True))
    return drawn.filter(lambda value: isinstance(value, dict) and block.fits(value)) | given


@cache
def _instances(text: str) -> st.SearchStrategy[Any]:
    return instances(json.loads(text))
