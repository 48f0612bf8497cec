"""The names that a token endpoint has for scopes, where they are not those of the standard."""

from __future__ import annotations

from collections.abc import Collection, Mapping


class ScopeNames:
    """Translates scopes into the names of a token endpoint, and back.

    `names` is [auth.scope-names]: what is asked for instead of a scope, "" for nothing.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = {scope: frozenset(name.split()) for scope, name in names.items()}

    def asked(self, scopes: Collection[str]) -> frozenset[str]:
        """Return what to ask the endpoint for; nothing at all means that no parameter `scope` is sent."""
        return frozenset[str]().union(*(self._names.get(scope, {scope}) for scope in scopes))

    def granted(self, scopes: Collection[str]) -> frozenset[str] | None:
        """Return what an answer without `scope` grants: what was asked for (RFC 6749, 5.1).

        None if the request said nothing of one of the scopes, or of no scope: the server gives what it likes then.
        """
        if not all(self._names.get(scope, {scope}) for scope in scopes):
            return None
        return self.standard(self.asked(scopes)) if scopes else None

    def standard(self, stated: Collection[str]) -> frozenset[str] | None:
        """Return the standard's names of scopes that the endpoint states; one that it has no other name for stays.

        None if a name stands for several scopes: it does not tell which of them the token holds.
        """
        words = frozenset(stated)
        held = {scope: name for scope, name in self._names.items() if name and name <= words}
        if len(set(held.values())) < len(held):
            return None
        return (words - frozenset[str]().union(*held.values())) | held.keys()
