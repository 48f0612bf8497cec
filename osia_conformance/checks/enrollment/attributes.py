"""The names by which a read is narrowed, and what a refusal of all of them means (RUL-ATTRIBUTES)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from osia_conformance.checks.assertions import expect_status
from osia_conformance.target.enrollment.enrollment import Enrollment
from osia_conformance.target.enrollment.enrollments import Enrollments
from osia_conformance.target.outcome_errors import CannotTell
from osia_conformance.target.response import Response
from osia_conformance.target.statuses import BAD_REQUEST, SUCCESS, answered, precondition

_ADVICE = "name in [profile.attributes] what the server calls them, for instance by OIDs"


def attribute_styles(enrollments: Enrollments, groups: Sequence[str], members: Sequence[str]) -> Iterator[list[str]]:
    """Yield the names of groups, one member of each beside it, in each style that a server may know.

    Those of the profile come first; where it names all of the groups, they are the only ones.
    """
    own = enrollments.payloads.profile.settings.attributes
    if all(group in own for group in groups):
        yield [own[group] for group in groups]
        return
    yield [*groups]
    yield [*members]
    yield [f"{group}.{member}" for group, member in zip(groups, members, strict=False)]


def narrowed_read(
    enrollments: Enrollments,
    enrollment: Enrollment,
    groups: Sequence[str],
    members: Sequence[str],
    is_narrowed: Callable[[Response], bool],
) -> Response:
    """Read groups of an enrollment, in each style of names; return the first answer that is narrowed, or the last.

    Raises as `expect_attributes_known` where none is.
    """
    for names in attribute_styles(enrollments, groups, members):
        response = precondition(enrollment.read(*names), SUCCESS, BAD_REQUEST)
        if response.status in SUCCESS and is_narrowed(response):
            return response
    return expect_attributes_known(enrollments, groups, response)


def expect_attributes_known(enrollments: Enrollments, groups: Sequence[str], response: Response) -> Response:
    """Judge the last answer to names of attributes: a success.

    Raises CannotTell where it is a refusal of our names and the profile states none of the server's own.
    """
    own = enrollments.payloads.profile.settings.attributes
    if response.status in BAD_REQUEST and not all(group in own for group in groups):
        raise CannotTell(f"{answered(response)} to the standard's names of attributes; {_ADVICE}")
    return expect_status(response, SUCCESS)
