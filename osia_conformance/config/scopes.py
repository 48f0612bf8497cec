"""How tables that go by scopes are read: the scopes of the interface, and combinations of them in one spelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from osia_conformance.config import values
from osia_conformance.config.keys import Reader, unknown
from osia_conformance.config.places import Place
from osia_conformance.standard.operations import SCOPES


def combination(name: str, place: Place, words: tuple[str, ...]) -> str:
    """Return a scope combination in its one spelling, or one of `words` as it is. Raises ConfigurationError."""
    scopes = name.split()
    if name in words:
        return name
    if not scopes:
        raise place.under(name).error("names no scope.")
    for scope in scopes:
        if scope not in SCOPES:
            raise unknown(name if len(scopes) == 1 else scope, place, (*SCOPES, *words))
    return " ".join(sorted(set(scopes)))


def by_combination(read: Reader, words: tuple[str, ...] = ()) -> Callable[[Any, Place], dict[str, Any]]:
    """Return the reader of a table by scope combination, or one of `words`; `read` reads each entry."""

    def read_all(value: Any, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, item in values.table(value, place).items():
            key = combination(name, place, words)
            if key in found:
                raise place.under(name).error("is given twice, with its scopes in another order.")
            found[key] = read(item, place.under(name))
        return found

    return read_all


def names(value: Any, place: Place) -> dict[str, str]:
    """Read [auth.scope-names]: what to ask a token endpoint for instead of each scope; "" for nothing."""
    found = {}
    for name, item in values.table(value, place).items():
        if name not in SCOPES:
            raise unknown(name, place, SCOPES)
        found[name] = values.any_text(item, place.under(name))
    return found
