"""The service as a whole outlives every call; this comes last, since a server may end at it."""

from osia_conformance.checks import requirement

ODD_NAMES = ("a: b\r\nc: d", "\u0000", "", "__proto__", "$ref", "%s%n", "\u202e\ud7ff")
"""Names of members that end what copies them into a header, a format, a path or an object unseen."""


@requirement("ENR-SERVICE-01")
def test_the_service_goes_on_after_odd_member_names(enrollments):
    enrollment = enrollments.new()
    # The codes are free. What is judged is that answers still come, which the run watches over at each call.
    enrollment.create(enrollments.canonical(**dict.fromkeys(ODD_NAMES, "x")))
    enrollment.read()
