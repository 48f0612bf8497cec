"""Servers that take several freedoms at once: each is spared if the group is, and is judged alone if it is not.

A fifth of the runs suffices so, and servers in the field take several freedoms, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from tests.harness.piles import parts_of, touched
from tests.harness.variant import Freedom

SIZE = 8


@dataclass(frozen=True)
class FreedomGroup:
    """Freedoms that touch different things, on one version."""

    version: str
    freedoms: tuple[Freedom, ...]

    @property
    def label(self) -> str:
        """The name of the experiment."""
        return f"{'+'.join(freedom.name for freedom in self.freedoms)}-{self.version}"

    def prove(self) -> None:
        """Judge a server that takes all of the freedoms; where it is not left alone, a server for each of them."""
        if len(self.freedoms) > 1 and self._spared():
            return
        for freedom in self.freedoms:
            freedom.prove(self.version)

    def _spared(self) -> bool:
        together = combined(self.freedoms)
        judged = together.judge(self.version)
        try:
            together.expect(self.version, judged)
        except AssertionError as error:
            # One freedom may take away what another is observed by.
            print(f"{together.name} are judged alone, for together they gave: {error}")
            return False
        for freedom in self.freedoms:
            freedom.record(self.version, judged, passed=True)
        return True


def combined(freedoms: Sequence[Freedom]) -> Freedom:
    """Return the variant that takes all of these freedoms."""
    return Freedom(
        " and ".join(one.name for one in freedoms),
        " ".join(one.change for one in freedoms),
        parts_of(freedoms),
        options={name: value for one in freedoms for name, value in one.options.items()},
        target={name: value for one in freedoms for name, value in one.target.items()},
        auth={name: value for one in freedoms for name, value in one.auth.items()},
        keep_going=any(one.keep_going for one in freedoms),
        wait_for=max(one.wait_for for one in freedoms),
        rulings=tuple(chain.from_iterable(one.rulings for one in freedoms)),
        may=tuple(chain.from_iterable(one.may for one in freedoms)),
        inapplicable=tuple(chain.from_iterable(one.inapplicable for one in freedoms)),
    )


def grouped(cases: Sequence[tuple[Freedom, str]], *, size: int = SIZE) -> list[FreedomGroup]:
    """Return freedoms and their versions in groups of at most `size` that touch different things.

    Those that fit few others open the groups, so that there are fewer of them.
    """
    groups: list[FreedomGroup] = []
    for freedom, version in sorted(cases, key=lambda case: _rivals(*case, cases), reverse=True):
        fitting = (
            at
            for at, group in enumerate(groups)
            if group.version == version and len(group.freedoms) < size and _fits(freedom, group.freedoms)
        )
        at = next(fitting, None)
        if at is None:
            groups.append(FreedomGroup(version, (freedom,)))
        else:
            groups[at] = FreedomGroup(version, (*groups[at].freedoms, freedom))
    return groups


def _rivals(freedom: Freedom, version: str, cases: Sequence[tuple[Freedom, str]]) -> int:
    """Return how many of the cases a freedom cannot be in a group with."""
    return sum(version == other_version and not _is_apart(freedom, [other]) for other, other_version in cases)


def _fits(one: Freedom, others: Sequence[Freedom]) -> bool:
    """Return whether a server can take a freedom beside the others, with which it has nothing to do."""
    if not _is_apart(one, others):
        return False
    try:
        parts_of([*others, one])
    except TypeError:
        return False
    return True


def _is_apart(one: Freedom, others: Sequence[Freedom]) -> bool:
    """Return whether a freedom is about another subject (data-, errors-) than the others, and touches other things."""
    return _subject(one) not in map(_subject, others) and not touched(one) & set().union(*map(touched, others))


def _subject(freedom: Freedom) -> str:
    return freedom.name.partition("-")[0]
