"""What a token endpoint answers: a token with its real scopes, or an error code (RFC 6749, 5)."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from osia_conformance.auth import jwt_text
from osia_conformance.auth.scope_names import ScopeNames

UNSTATED_LIFETIME = 60.0
"""Seconds that a token is used which states no end."""

_ERROR_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_VISIBLE = re.compile(r"[!-~]+")
_LONGEST_LIFETIME = 10.0**9


@dataclass(frozen=True, slots=True)
class Grant:
    """What an issuer gave: `expires_in` is seconds, `scopes` None if they are not known."""

    value: str = field(repr=False)
    scopes: frozenset[str] | None
    expires_in: float


def json_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object of an answer, with or without a byte order mark; an empty one if there is none."""
    try:
        value = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def error_code(body: bytes) -> str:
    """Return the error code of a refusal (RFC 6749, 5.2), not its description, which may hold anything."""
    code = json_object(body).get("error")
    return f" ({code})" if isinstance(code, str) and _ERROR_CODE.fullmatch(code) else ""


def is_bearer_token(value: Any) -> TypeGuard[str]:
    """Return whether a value can stand in the field Authorization as a bearer token."""
    return isinstance(value, str) and _VISIBLE.fullmatch(value) is not None


def is_bearer(kind: Any) -> bool:
    """Return whether a `token_type` is Bearer, in any letter case (RFC 6749, 5.1)."""
    return isinstance(kind, str) and kind.lower() == "bearer"


def lifetime(stated: jwt_text.Unverified | None, now: float) -> float:
    """Return the seconds that a token lasts by its own claim `exp`, or that one is used which states none."""
    ends = stated.moment("exp") if stated else None
    return UNSTATED_LIFETIME if ends is None else ends - now


def seconds(value: Any, unstated: float) -> float:
    """Return `expires_in` as seconds, also where it is text; `unstated` if it is none."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_LIFETIME:
        return unstated
    return float(value)


def real_scopes(
    answer: Mapping[str, Any], claimed: frozenset[str] | None, asked: Collection[str], names: ScopeNames
) -> frozenset[str] | None:
    """Return what was really granted, on the safe side: everything that answer or token states.

    `claimed` is what the token states itself, `asked` the scopes that were wanted, in the standard's names.
    """
    if answer.get("scope") is None:
        return names.granted(asked) if claimed is None else claimed
    words = jwt_text.as_scopes(answer["scope"])
    if words is None:
        return None
    told = names.standard(words)
    if claimed is None or told is None:
        return told if claimed is None else claimed
    return told | claimed
