"""The default of limit (1.1.0 on), which only more matches than a default page holds can show."""

from osia_conformance.checks import from_effort, long, requirement
from osia_conformance.enrollments import records_in
from osia_conformance.expectations import DONE, eventually, expect, expect_status, give_up

DEFAULT = 100


@requirement("ENR-PAGE-01")
@long(2)
@from_effort("standard")
def test_a_page_without_a_limit_is_not_longer_than_the_default(enrollments):
    for _ in range(DEFAULT + 1):
        enrollments.created()
    last = [("offset", str(DEFAULT)), ("limit", "1")]
    if eventually(lambda: bool(records_in(enrollments.find(query=last))), enrollments.visible_within) is None:
        give_up(f"a search did not find the last of {DEFAULT + 1} enrollments")
    answer = expect_status(enrollments.find(), DONE)
    names = records_in(answer)
    expect(
        len(names) <= DEFAULT, f"at most {DEFAULT} enrollments, the default limit", f"there are {len(names)}", answer
    )
