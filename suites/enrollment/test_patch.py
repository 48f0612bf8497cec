"""partialUpdateEnrollment: the merge patch of RFC 7396, as far as an enrollment can show it."""

from osia_conformance.checks import requirement
from osia_conformance.expectations import REFUSED, documented_success, expect, expect_holds, expect_status, one_of


@requirement("ENR-PATCH-03")
def test_null_removes_the_member(enrollments):
    enrollment = enrollments.created()
    answer = enrollment.patch({"biographicData": {"gender": None}})
    expect_status(answer, documented_success(answer))
    left = enrollment.record().get("biographicData", {})
    expect("gender" not in left, "the member to be gone", f"it is {left.get('gender')!r}", answer)
