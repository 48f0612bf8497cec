"""Random sequences of operations on several enrollments, against a simple model of what they must leave."""

import sys

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    Examples,
    cannot_tell,
    derived_seed,
    eventually,
    expect,
    expect_object,
    expect_status,
    hypothesis_settings,
    long,
    object_at,
    one_of,
    requirement,
    status_phrase,
)
from osia_conformance.checks.enrollment import (
    A_MARKER,
    ARCHIVED_CODES,
    REFUSALS,
    ExpectedEnrollment,
    biographic_patches,
    processes_finalized,
)

SHARES = 3
"""Checks among which the sequences are dealt out, so that workers can judge them side by side."""
FLAG = st.sampled_from([None, False, True])
PLACES = st.integers(0, 2)
BIOGRAPHIC = st.runner().flatmap(lambda machine: machine.biographics)
ANY_PATCH = st.runner().flatmap(lambda machine: machine.patches)


def biographics(payloads):
    """Draw members for the smallest biographic data, which then fit the profile."""
    values = {name: st.sampled_from(found[:2]) for name, found in payloads.alternatives.items()}
    least = payloads.least(A_MARKER)
    drawn = st.fixed_dictionaries({}, optional=values)
    return drawn.filter(lambda members: payloads.profile.biographics.fits({**least, **members}))


def any_patches(payloads):
    setting = biographic_patches(payloads)
    return setting | biographic_patches(payloads, removing=True) if payloads.optional else setting


def expect_success(response):
    """Judge that data which is valid, though not the canonical, was taken; a business rule may be in the way."""
    if response.status in REFUSALS:
        cannot_tell(
            f"valid data was refused with {status_phrase(response.status)}, perhaps by a rule of the server's own"
        )
    expect_status(response, SUCCESS)


class Lives(RuleBasedStateMachine):
    """Three enrollments, each with a model. A refusal after finalizing is the server's business."""

    def __init__(self, enrollments, examples, biographics, patches):
        super().__init__()
        self.enrollments, self.examples = enrollments, examples
        self.biographics, self.patches = biographics, patches
        self.defaults = None
        self.examples.begin()
        tracked = tuple(self.enrollments.payloads.alternatives)
        self.all = [(self.enrollments.new(), ExpectedEnrollment(tracked)) for _ in range(3)]

    def teardown(self):
        error = sys.exception()
        if isinstance(error, Exception):
            self.examples.failed(error)
        else:
            self.examples.passed()
        self.examples.tidy()

    def is_gone(self, enrollment):
        """Return whether reading answers 404, at the latest after `visible-within` (RUL-VISIBILITY)."""
        within = self.enrollments.visible_within
        return eventually(lambda: enrollment.read().status == 404, within) is not None

    def is_processed(self, expected):
        """Return whether a finalized enrollment need not be as it was: the server goes on with it by itself."""
        if expected.exists and expected.finalized and not expected.processed:
            expected.processed = processes_finalized(self.enrollments)
        return expected.processed

    def expect_as_left(self, expected, response):
        """Judge what reading an enrollment answered."""
        gone = response.status in ARCHIVED_CODES
        record = None if gone else expect_object(expect_status(response, SUCCESS))
        said = "" if gone else expected.contradiction(record, self.defaults or {})
        if said and self.defaults is None:
            twin = object_at(self.enrollments.created(self.body({}, False)).record(), "biographicData")
            self.defaults = {name: twin[name] for name in self.enrollments.payloads.alternatives if name in twin}
            said = expected.contradiction(record, self.defaults)
        if (gone or said) and not self.is_processed(expected):
            actual = said or f"reading it gave {status_phrase(response.status)}"
            expect(False, "the enrollment as its own operations left it", actual, response)

    def body(self, biographic, finalize):
        body = self.enrollments.canonical(status="FINALIZED" if finalize else "IN_PROGRESS")
        return {**body, "biographicData": {**self.enrollments.payloads.least(self.enrollments.marker), **biographic}}

    def accepted(self, response, expected):
        """Return whether a write was taken; only a finalized or missing enrollment may refuse it."""
        if expected.exists and not expected.finalized:
            expect_success(response)
        return expect_status(response, one_of(SUCCESS, REFUSED) if expected.exists else REFUSED).status in SUCCESS

    @rule(place=PLACES, biographic=BIOGRAPHIC, finalize=FLAG)
    def create(self, place, biographic, finalize):
        enrollment, expected = self.all[place]
        body = self.body(biographic, finalize)
        response = enrollment.create(body, finalize=finalize)
        if response.status in SUCCESS and self.is_processed(expected):
            expected.exists = False
        # Whether the id of a deleted enrollment may be used again is not said anywhere.
        if expected.exists or expected.deleted:
            expect_status(response, REFUSED if expected.exists else one_of(SUCCESS, REFUSED))
        else:
            expect_success(response)
        if response.status in SUCCESS:
            expected.create(body["biographicData"], finalize=bool(finalize))

    @rule(place=PLACES, biographic=BIOGRAPHIC, finalize=FLAG)
    def update(self, place, biographic, finalize):
        enrollment, expected = self.all[place]
        body = self.body(biographic, finalize or expected.finalized)
        if self.accepted(enrollment.update(body, finalize=finalize), expected):
            expected.update(body["biographicData"], finalize=bool(finalize))

    @rule(place=PLACES, patch=ANY_PATCH, finalize=FLAG)
    def patch(self, place, patch, finalize):
        enrollment, expected = self.all[place]
        if self.accepted(enrollment.patch({"biographicData": patch}, finalize=finalize), expected):
            expected.patch(patch, finalize=bool(finalize))

    @rule(place=PLACES)
    def finalize(self, place):
        enrollment, expected = self.all[place]
        if self.accepted(enrollment.finalize(), expected):
            expected.finalize()

    @precondition(lambda self: any(expected.exists for _, expected in self.all))
    @rule(place=PLACES)
    def delete(self, place):
        enrollment, expected = self.all[place]
        response = expect_status(enrollment.delete(), one_of(SUCCESS, REFUSED))
        if expected.exists and not expected.finalized:
            expect_status(response, SUCCESS)
        if response.status in SUCCESS:
            expected.delete()

    @rule(place=PLACES, data=st.binary(min_size=1, max_size=40))
    def send_buffer(self, place, data):
        enrollment, expected = self.all[place]
        if expected.exists and not expected.finalized:
            expected.buffers[enrollment.keep_buffer(data)] = data

    @invariant()
    def every_enrollment_is_as_its_operations_left_it(self):
        for enrollment, expected in self.all:
            response = enrollment.read()
            if expected.exists:
                self.expect_as_left(expected, response)
            elif response.status != 404 and not self.is_gone(enrollment):
                expect_status(response, 404)

    @invariant()
    def every_buffer_is_as_it_was_sent(self):
        for enrollment, expected in self.all:
            for buffer, data in expected.buffers.items() if expected.exists else ():
                response = enrollment.read_buffer(buffer)
                # Finalizing may have used it up (RUL-AFTER-FINALIZED).
                expect_status(response, one_of(SUCCESS, 404) if expected.finalized else SUCCESS)
                kept = response.status == 404 or response.body == data
                expect(kept, f"{len(data)} bytes as sent", f"{len(response.body)} other bytes", response)


@requirement("ENR-LIFE-03")
@long(2)
@pytest.mark.parametrize("share", range(1, SHARES + 1))
def test_any_sequence_of_operations_leaves_what_it_says(session, enrollments, payloads, share):
    enrollments.created()
    examples = Examples(session)
    drawn = biographics(payloads), any_patches(payloads)

    def machine():
        return Lives(enrollments, examples, *drawn)

    seeded = hypothesis.seed(derived_seed(session.seed, session.evidence.id))(machine)
    examples.run(lambda: run_state_machine_as_test(seeded, settings=hypothesis_settings(session, times=1 / SHARES)))
