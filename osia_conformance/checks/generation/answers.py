"""What any answer to generated input must be: documented, and fitting."""

from __future__ import annotations

from fnmatch import fnmatchcase

from osia_conformance.checks.assertions import expect, expect_json
from osia_conformance.standard.specification import Specification
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import Statuses, one_of

ANY_BUT_5XX = Statuses("no server error", frozenset(range(200, 500)))
CODES_OF_HTTP = Statuses(
    "a code that HTTP defines for the situation", frozenset({401, 405, 406, 413, 414, 415, 422, 429, 431})
)
"""Codes that never fail for being undocumented (RUL-CODES, RUL-REFUSAL-CODE)."""


def documented_codes(specification: Specification, response: Response) -> Statuses:
    """Return the codes that the operation documents, and those that HTTP defines for any."""
    codes = frozenset(int(code) for code in specification.responses(response.operation)) - {500}
    return one_of(Statuses(f"a documented code ({', '.join(map(str, sorted(codes)))})", codes), CODES_OF_HTTP)


def expect_documented_body(specification: Specification, response: Response, *, filtered: bool) -> None:
    """Judge a success: media type and body as documented. A filtered record may lack required members."""
    content = specification.responses(response.operation)[str(response.status)].get("content", {})
    if not content:
        return
    wanted = " or ".join(content)
    covering = next((kind for kind in content if fnmatchcase(response.media_type, kind)), None)
    expect(covering is not None, wanted, f"the content type is {response.media_type or 'absent'}", response)
    if covering is None or response.media_type != "application/json":
        return
    schema = content[covering].get("schema", {})
    found = [
        str(breach)
        for breach in specification.inline_breaches(schema, expect_json(response))
        if not (filtered and breach.keyword == "required" and breach.path == "$")
    ]
    expect(not found, "a body that fits the documented schema", "; ".join(found[:3]), response)
