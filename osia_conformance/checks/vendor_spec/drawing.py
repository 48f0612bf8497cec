"""Input drawn from a vendor's OpenAPI file, which adds to what ours gives (RUL-VENDOR-SPEC)."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from osia_conformance.checks.generation.inputs import (
    CasesOf,
    Input,
    broken_from,
    faulted,
    made_interoperable,
    odd_inputs,
    standing,
    valid_inputs,
)
from osia_conformance.checks.vendor_spec.profile import fitting_both_profiles
from osia_conformance.checks.vendor_spec.references import followed
from osia_conformance.checks.vendor_spec.spec import VendorSpec
from osia_conformance.standard.operations import OPERATIONS_WITH_JSON, WRITING_OPERATIONS, by_code
from osia_conformance.standard.specification import load_specification
from osia_conformance.target.enrollment.payloads import Payloads

_BYTES = "BUFWRITE"
"""Its input is bytes of any kind, whatever a file says."""
_LITERALS = ("boolean", "integer", "number")


def vendor_valid(
    spec: VendorSpec, version: str, code: str, payloads: Payloads | None = None
) -> st.SearchStrategy[Input]:
    """Draw input that fits the vendor's file and ours: what theirs allows beyond ours nobody must answer.

    What the profile of `payloads` states fits it as well, and where nothing fits both the profile alone.
    """
    if code == _BYTES:
        return valid_inputs(version, code)
    known = _parameters(version, code)
    drawn = (
        _drawn(spec, code)
        .map(lambda one: Input(tuple(pair for pair in one.query if pair[0] in known), one.body))
        .filter(lambda one: fits(version, code, one))
    )
    if payloads is None or not payloads.profile.stated or code not in WRITING_OPERATIONS:
        return drawn
    return drawn.flatmap(
        lambda one: fitting_both_profiles(spec.agreed, payloads, code, one.body).map(
            functools.partial(Input, one.query)
        )
    ).map(made_interoperable)


def vendor_odd(spec: VendorSpec, version: str, code: str) -> st.SearchStrategy[Input]:
    """Draw input that fits the vendor's file, and such with a fault: no server error must come of either."""
    if code == _BYTES:
        return odd_inputs(version, code)
    drawn = _drawn(spec, code)
    if code not in OPERATIONS_WITH_JSON:
        return drawn
    return drawn | drawn.flatmap(lambda one: faulted(one.body).map(lambda body: Input(one.query, body)))


def vendor_broken(
    spec: VendorSpec, version: str, code: str, payloads: Payloads | None = None
) -> st.SearchStrategy[Any]:
    """Draw bodies that fit both files but for one value or member, and break ours there."""
    return broken_from(vendor_valid(spec, version, code, payloads), version, code)


def fits(version: str, code: str, drawn: Input) -> bool:
    """Return whether input fits the operation of our own file; a patch may leave out what is required."""
    specification, parameters = load_specification(version), _parameters(version, code)
    for name in dict(drawn.query):
        schema = parameters[name].get("schema", {})
        texts = [text for key, text in drawn.query if key == name]
        kind = schema.get("type")
        value = texts if kind == "array" else _read(texts[0]) if kind in _LITERALS else texts[0]
        if specification.inline_breaches(schema, value):
            return False
    if drawn.body is None:
        return True
    body = followed(specification.document, _entry(version, code)["requestBody"])
    schema = body["content"]["application/json"]["schema"]
    breaches = specification.inline_breaches(schema, drawn.body)
    return not standing(specification, breaches, partial=code == "PATCH")


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        # `True` is how a boolean looks when Python writes it.
        return {"True": True, "False": False}.get(text, text)


def _drawn(spec: VendorSpec, code: str) -> st.SearchStrategy[Input]:
    return st.deferred(lambda: _cases(spec).of(code, valid=True).map(made_interoperable))


@functools.cache
def _cases(spec: VendorSpec) -> CasesOf:
    return CasesOf(spec.document)


def _entry(version: str, code: str) -> Mapping[str, Any]:
    operation = by_code(version)[code]
    found: Mapping[str, Any] = load_specification(version).document["paths"][operation.path][operation.method.lower()]
    return found


@functools.cache
def _parameters(version: str, code: str) -> Mapping[str, Mapping[str, Any]]:
    """Return our query parameters of an operation by name, those of its path included."""
    document = load_specification(version).document
    item = document["paths"][by_code(version)[code].path]
    shared = document.get("components", {}).get("parameters", {})
    listed = [*item.get("parameters", []), *_entry(version, code).get("parameters", [])]
    resolved = [shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one for one in listed]
    return {one["name"]: one for one in resolved if one["in"] == "query" and one["name"] != "transactionId"}
