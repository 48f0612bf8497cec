"""The default of limit (1.1.0 on), which only more matches than a default page holds can show."""

from osia_conformance.checks import (
    SUCCESS,
    cannot_tell,
    expect,
    expect_status,
    long,
    min_effort,
    requirement,
)
from osia_conformance.checks.enrollment import records_in

DEFAULT = 100


@requirement("ENR-PAGE-01")
@long(2)
@min_effort("standard")
def test_a_page_without_a_limit_is_not_longer_than_the_default(enrollments):
    for _ in range(DEFAULT + 1):
        enrollments.created()
    last = [("offset", str(DEFAULT)), ("limit", "1")]
    if enrollments.eventually("search", lambda: bool(records_in(enrollments.find(query=last))), judged=False) is None:
        cannot_tell(f"a search did not find the last of {DEFAULT + 1} enrollments")
    response = expect_status(enrollments.find(), SUCCESS)
    names = records_in(response)
    expect(
        len(names) <= DEFAULT, f"at most {DEFAULT} enrollments, the default limit", f"there are {len(names)}", response
    )
