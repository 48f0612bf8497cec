"""Clauses for people: a pointer into the OpenAPI file as the method, path and place that it means."""

from __future__ import annotations

import re

from osia_conformance.support.json_pointer import unescaped

_PATH = re.compile(r"[\w.-]+\.ya?ml(?:#|, )/paths/([^/\s;]+)(?:/([a-z]+))?(?:/([^\s;]*))?")
_SCHEMA = re.compile(r"[\w.-]+\.ya?ml(?:#|, )/components/schemas/([^\s;]+)")
_COMPONENT = re.compile(r"[\w.-]+\.ya?ml(?:#|, )/components/([^\s;]+)")


def clause_words(clause: str, place: str = "") -> str:
    """Return `clause` with each pointer (RFC 6901) spelt out; `place` ("GET /v1/...") is what need not be said."""
    spelt = _PATH.sub(lambda match: _place(match, place), clause)
    spelt = _SCHEMA.sub(lambda match: f"schema {unescaped(match[1])}", spelt)
    spelt = _COMPONENT.sub(lambda match: unescaped(match[1]), spelt)
    return "; ".join(dict.fromkeys(part.strip() for part in spelt.split(";")))


def _place(match: re.Match[str], known: str) -> str:
    path, method, rest = unescaped(match[1]), (match[2] or "").upper(), unescaped(match[3] or "")
    where = f"{method} {path}".strip()
    if where == known:
        return rest or "the operation"
    return f"{where}: {rest}" if rest else where
