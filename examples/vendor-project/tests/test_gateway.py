"""A rule of the vendor's own: every answer of the gateway carries the time at which it was made."""

from osia_conformance.checks import expect, precondition
from osia_conformance.wire.headers import header


def test_an_answer_says_when_it_was_made(osia_enrollments):
    response = precondition(osia_enrollments.created().read())
    stamp = header(response.headers, "date")
    expect(stamp is not None, "a Date header", "there is none", response)
