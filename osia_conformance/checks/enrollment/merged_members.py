"""Members of the extensible blocks that a patch merges, and what a server may make of those that it does not know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from osia_conformance.checks.accessors import member
from osia_conformance.checks.assertions import expect_holds, expect_status
from osia_conformance.checks.enrollment.accepted_writes import expect_write_accepted
from osia_conformance.checks.enrollment.merge_patches import expect_equals, merge_patch
from osia_conformance.profile.blocks import Block, without_value
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS
from osia_conformance.support.compare import differences
from osia_conformance.support.json_words import kind_of
from osia_conformance.target.enrollment.business_rules import AllRefused
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.enrollment.payloads import EXTENSION, Json, first
from osia_conformance.target.outcome_errors import CannotTell, Inapplicable, Violation
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import REFUSALS, SUCCESS, precondition

RULING = "RUL-EXTENSIBLE"
_DROPPED = "members of {} that the server does not know are dropped"


class MembersRefused(Inapplicable):
    """A block with some members is refused, which the version leaves to the server."""


@dataclass(frozen=True, slots=True)
class NestedObject:
    """An object within a block that can be sent: the `group` it is in, the names that lead to it there, its value."""

    group: str
    place: tuple[str, ...]
    block: Block

    @property
    def value(self) -> Json:
        """The object itself, with all its members."""
        found: Any = self.block.canonical
        for name in self.place:
            found = found[name]
        return dict(found)

    @property
    def members(self) -> Json:
        """The member of the block that holds the object, at whatever depth."""
        return {self.place[0]: self.block.canonical[self.place[0]]}

    @property
    def optional(self) -> list[str]:
        """The members of the object that may be absent, as long as another one is left."""
        names = [name for name in self.value if self.block.may_lack((*self.place, name))]
        return names if len(self.value) > 1 else []

    def changed(self) -> Json | None:
        """Return a patch of the block that gives one member of the object another value; None if none has one."""
        for name in self.value:
            for value in self.block.values_at((*self.place, name)):
                return self.patch({name: value})
        return None

    def patch(self, members: Json | None) -> Json:
        """Return a patch of the block that says this of the object, and nothing of the members beside it."""
        made: Any = members
        for name in reversed(self.place):
            made = {name: made}
        return dict(made)

    def members_without(self) -> Json | None:
        """Return the members of the block without the object; None where it cannot be absent."""
        if not self.block.may_lack(self.place):
            return None
        whole = without_value(self.block.canonical, self.place)
        return {self.place[0]: whole[self.place[0]]} if self.place[0] in whole else {}


def nested_objects(enrollments: Enrollments) -> list[NestedObject]:
    """Return the objects within blocks that the version and the profile let us send (RUL-MERGE-DEPTH).

    Raises Inapplicable where there are none.
    """
    plain, profile = enrollments.canonical(), enrollments.payloads.profile
    groups = [name for name in EXTENSIBLE_BLOCKS if isinstance(plain.get(name), dict)]
    blocks = {name: profile.with_objects(name) for name in groups}
    found = [NestedObject(name, place, block) for name, block in blocks.items() for place in block.objects()]
    if not found:
        raise Inapplicable("neither the version nor the profile has an object within a block")
    return found


def open_block(enrollments: Enrollments) -> str:
    """Return the first block that takes a member of a free form; Inapplicable where the profile closes each."""
    plain, profile = enrollments.canonical(), enrollments.payloads.profile
    for name in EXTENSIBLE_BLOCKS:
        if isinstance(plain.get(name), dict) and not profile.closes(name):
            return name
    raise Inapplicable("the profile closes each block: there is no member of a free form")


def is_free(enrollments: Enrollments, group: str) -> bool:
    """Return whether the version leaves it to the server which members a block has (RUL-EXTENSIBLE)."""
    schema = enrollments.session.specification.schema(f"{group[0].upper()}{group[1:]}")
    return not schema.get("additionalProperties")


def with_members(enrollments: Enrollments, group: str, members: Mapping[str, Any]) -> Json:
    """Return the canonical enrollment with these members in a block, in place of those of the same names."""
    plain = enrollments.canonical()
    return {**plain, group: enrollments.payloads.group(group, {**first(plain[group]), **members})}


def block_in(record: Json, group: str) -> Json:
    """Return a block as it was answered, which up to 1.1.0 may stand in a list; an empty one where there is none."""
    place = (group, 0) if isinstance(record.get(group), list) else (group,)
    found = member(record, *place, default={})
    return found if isinstance(found, dict) else {}


def created_with(enrollments: Enrollments, group: str, members: Mapping[str, Any]) -> tuple[Enrollment, Response]:
    """Create an enrollment with these members in a block; return it with the answer.

    Raises MembersRefused where they are refused and the version leaves that to the server, CannotTell where they are
    refused otherwise.
    """
    enrollment = enrollments.new()
    body = with_members(enrollments, group, members)
    response = enrollment.create(body)
    if response.status in REFUSALS and is_free(enrollments, group):
        words = f"members of {group} that the server does not know are refused"
        enrollments.target.observe(RULING, words, response)
        raise MembersRefused(f"{group} follows a schema of the server's own")
    precondition(response)
    return enrollments.record_body(enrollment, body), response


def expect_members_merged(
    enrollments: Enrollments, group: str, members: Mapping[str, Any], patch: Mapping[str, Any]
) -> None:
    """Judge that members of a block become what RFC 7396 makes of them and the patch.

    Nothing is read before, so that a stale read does not pass for a patch that was not done. Where it fails, a create
    with the result itself tells whether the server keeps such members at all.
    """
    wanted = merge_patch(members, patch)
    enrollment, _ = created_with(enrollments, group, members)
    _accepted(enrollments, group, wanted, enrollment.patch({group: patch}))
    record, response = enrollment.shown()
    block = block_in(record, group)
    got = {name: value for name, value in block.items() if name in {*members, *patch}}
    try:
        expect_equals(wanted, got, response)
    except Violation:
        _expect_can_hold(enrollments, group, wanted)
        raise


def _accepted(enrollments: Enrollments, group: str, wanted: Json, response: Response) -> Response:
    """Judge that a patch was taken, as far as its result is the version's business and not the server's own."""
    if response.status not in REFUSALS or not is_free(enrollments, group):
        return expect_write_accepted(enrollments, response, with_members(enrollments, group, wanted))
    created_with(enrollments, group, wanted)
    return expect_status(response, SUCCESS)


def _expect_can_hold(enrollments: Enrollments, group: str, wanted: Json) -> None:
    """End the check where a create does not keep the members either (RUL-MERGE-DEPTH)."""
    enrollment, _ = created_with(enrollments, group, wanted)
    if not differences(wanted, block_in(enrollment.record(), group)):
        return
    words = f"members of {group} that the server does not know are not kept as a create sends them"
    if not is_free(enrollments, group):
        raise CannotTell(words)
    enrollments.target.observe(RULING, words)
    raise Inapplicable(f"{group} follows a schema of the server's own")


def expect_members_kept(enrollments: Enrollments, group: str, members: Mapping[str, Any]) -> None:
    """Judge that members of a block are answered as they were sent.

    Raises Inapplicable where the version leaves it to the server which members there are, and all of these are dropped.
    """
    got, response = _answered(enrollments, group, members)
    expect_holds(members, got, response, f"the members of {group}")


def expect_name_apart(enrollments: Enrollments, group: str, name: str) -> None:
    """Judge that a member whose name differs from another one's in case alone leaves that one as it was sent, and is
    answered itself.

    Raises Inapplicable where such a name is refused, or dropped and the version leaves that to the server.
    """
    enrollment = enrollments.new()
    body = with_members(enrollments, group, {name.upper(): "kept"})
    response = enrollment.create(body)
    if response.status in REFUSALS:
        enrollments.target.observe(RULING, f"{name.upper()} beside {name} in {group} is refused", response)
        raise Inapplicable("names that differ in case alone are refused")
    precondition(response)
    record, response = enrollments.record_body(enrollment, body).shown()
    got = block_in(record, group)
    sent = {name: first(enrollments.canonical()[group])[name]}
    expect_holds(sent, got, response, f"{name} beside {name.upper()}")
    if name.upper() not in got and is_free(enrollments, group):
        raise Inapplicable(f"{group} follows a schema of the server's own")
    expect_holds({name.upper(): "kept"}, got, response, f"{name.upper()} beside {name}")


def expect_values_kept(enrollments: Enrollments, group: str, values: Mapping[str, Any]) -> None:
    """Judge that values by their labels are answered in a block as they were sent, each as a member of a free form.

    They are sent together, and one by one where that is refused: one that is taken is enough (RUL-RANDOM-DATA). A plain
    text goes with them: where that is lost, it is no matter of their values; where it is refused, neither.

    Raises Inapplicable where the version leaves it to the server which members there are, and all are refused or
    dropped; CannotTell where all are refused otherwise.
    """
    plain, members = {EXTENSION: "kept"}, {f"{EXTENSION}-{label}": value for label, value in values.items()}
    try:
        got, response = _answered(enrollments, group, {**plain, **members})
    except (CannotTell, MembersRefused):
        _answered(enrollments, group, plain)
        answers = _answered_each(enrollments, group, values)
    else:
        if not is_free(enrollments, group):
            expect_holds(plain, got, response, f"the members of {group}")
        answers = [(members, got, response)]
    _expect_all_kept(enrollments, group, answers)


def _answered_each(
    enrollments: Enrollments, group: str, values: Mapping[str, Any]
) -> list[tuple[Mapping[str, Any], Json, Response]]:
    """Send these values one by one; return the member that was sent with each that is taken, the block that is then
    read, and the answer that shows it."""
    bodies = {label: with_members(enrollments, group, {EXTENSION: value}) for label, value in values.items()}
    answers: list[tuple[Mapping[str, Any], Json, Response]] = []
    try:
        for enrollment, body, _ in enrollments.accepted(bodies):
            record, response = enrollment.shown()
            answers.append(({EXTENSION: first(body[group])[EXTENSION]}, block_in(record, group), response))
    except AllRefused:
        if not is_free(enrollments, group):
            raise
    return answers


def _expect_all_kept(
    enrollments: Enrollments, group: str, answers: Sequence[tuple[Mapping[str, Any], Json, Response]]
) -> None:
    """Judge that members are answered as they were sent.

    A server may drop those of a kind where the version leaves that to it, but not by their values: of a kind all are
    kept, or none.
    """
    kept = {_kind(value) for sent, got, _ in answers for name, value in sent.items() if name in got}
    for sent, got, response in answers:
        wanted = {name: value for name, value in sent.items() if _kind(value) in kept}
        wanted = wanted if is_free(enrollments, group) else dict(sent)
        expect_holds(wanted, got, response, f"the members of {group}")
        if len(wanted) < len(sent):
            enrollments.target.observe(RULING, _DROPPED.format(group), response)
    if not kept:
        raise Inapplicable(f"{group} follows a schema of the server's own")


def _kind(value: Any) -> str:
    return "a boolean" if isinstance(value, bool) else kind_of(value)


def _answered(enrollments: Enrollments, group: str, members: Mapping[str, Any]) -> tuple[Json, Response]:
    """Create an enrollment with these members in a block; return the block that is then read, and the answer that
    shows it."""
    enrollment, _ = created_with(enrollments, group, members)
    record, response = enrollment.shown()
    got = block_in(record, group)
    if is_free(enrollments, group) and not any(name in got for name in members):
        enrollments.target.observe(RULING, _DROPPED.format(group), response)
        raise Inapplicable(f"{group} follows a schema of the server's own")
    return got, response
