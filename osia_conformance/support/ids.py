"""Enrollment and transaction ids: the same run material gives the same ids, and none twice."""

from __future__ import annotations

import hashlib
import itertools
import random
import re
import uuid
from collections.abc import Iterator
from typing import Any

import rstr

from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.warning_filters import warnings_set_to

UUID = "uuid"
LONGEST_PATTERN = 200
LONGEST_ID = 255

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:osia-conformance:ids")
_DRAWS = 64
_ENOUGH = 32
_BUDGET = 500_000
_ATTEMPTS = 200
_TOO_LONG = f"can give ids of more than {LONGEST_ID} characters; bound its repetitions"


class _CostlyError(Exception):
    """The pattern asks for more than an id can sensibly hold."""


class _Draws(random.Random):
    """Draws for one id: bounded in cost, and independent of the order in which sets are walked."""

    _left = _BUDGET

    def _spend(self, cost: int) -> None:
        self._left -= cost
        if self._left < 0:
            raise _CostlyError

    def choice(self, seq: Any) -> Any:
        """Return one element; characters are sorted first, since a set of them has no order of its own."""
        self._spend(len(seq))
        if all(isinstance(item, str) for item in seq):
            seq = sorted(seq)
        return super().choice(seq)

    def randint(self, a: int, b: int) -> int:
        """Return a number of repetitions; each repetition counts, whatever it repeats."""
        number = super().randint(a, b)
        self._spend(1000 + number)
        return number


class IdFactory:
    """Ids by `pattern`: "uuid", or a regular expression that each id matches as a whole.

    `seed_material` is what tells runs apart, such as the run id. Raises ConfigurationError if the pattern
    is invalid, cannot be generated from, or allows too few ids for a run.
    """

    def __init__(self, pattern: str, seed_material: str) -> None:
        self._pattern = pattern
        self._material = seed_material
        self._given: dict[str, tuple[str, int]] = {}
        self._issued: dict[tuple[str, int], str] = {}
        self._counters: dict[str, Iterator[int]] = {}
        if pattern != UUID:
            self._expression = _compiled(pattern)
            self._prove()

    def id(self, label: str, counter: int = 0) -> str:
        """Return the id for `label` (such as a check's id) and `counter`: always the same one.

        Raises ConfigurationError when the pattern's ids are used up.
        """
        place = (label, counter)
        if place not in self._issued:
            self._issued[place] = self._fresh(place)
        return self._issued[place]

    def next(self, label: str) -> str:
        """Return the id for `label` and the next counter of that label, starting at 0."""
        return self.id(label, next(self._counters.setdefault(label, itertools.count())))

    def _fresh(self, place: tuple[str, int]) -> str:
        for attempt in range(_ATTEMPTS):
            name = f"{self._material}\0{place[0]}\0{place[1]}\0{attempt}"
            drawn = str(uuid.uuid5(_NAMESPACE, name)) if self._pattern == UUID else self._draw(name)
            if drawn is not None and self._given.setdefault(drawn, place) == place:
                return drawn
        raise ConfigurationError(f"the pattern {self._pattern!r} has run out of unused ids; use one that allows more.")

    def _draw(self, name: str) -> str | None:
        seed = int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest(), "big")
        try:
            drawn = rstr.Rstr(_Draws(seed)).xeger(self._pattern)
        except _CostlyError:
            raise self._error(_TOO_LONG) from None
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            raise self._error("uses a construct from which no id can be generated") from None
        if len(drawn) > LONGEST_ID:
            raise self._error(_TOO_LONG)
        usable = drawn.isprintable() and drawn.isascii() and drawn not in {"", ".", ".."}
        return drawn if usable and self._expression.fullmatch(drawn) else None

    def _prove(self) -> None:
        drawn = {self._draw(f"proof\0{number}") for number in range(_DRAWS)} - {None}
        if not drawn:
            raise self._error("gives no id that it matches itself")
        if len(drawn) < _ENOUGH:
            raise self._error("allows too few different ids of printable ASCII for a run")

    def _error(self, what: str) -> ConfigurationError:
        return ConfigurationError(f"the pattern {self._pattern!r} {what}.")


def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > LONGEST_PATTERN:
        raise ConfigurationError(f"the pattern is longer than {LONGEST_PATTERN} characters.")
    try:
        with warnings_set_to("error"):
            return re.compile(pattern)
    except (re.error, OverflowError, RecursionError, ValueError, Warning) as error:
        raise ConfigurationError(
            f'the pattern {pattern!r} is neither "uuid" nor a valid regular expression: {error}.'
        ) from None


def is_uuid(name: str) -> bool:
    """Return whether a name is a UUID in its usual form, in lower case (RFC 9562, 4)."""
    try:
        return str(uuid.UUID(name)) == name
    except ValueError:
        return False
