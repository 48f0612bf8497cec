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

from osia_conformance.checks import derived_seed, long, requirement, settings
from osia_conformance.expectations import (
    DONE,
    REFUSED,
    eventually,
    expect,
    expect_json,
    expect_status,
    give_up,
    one_of,
    phrase,
)
from osia_conformance.generated.examples import Examples
from osia_conformance.profile import A_MARKER
from osia_conformance.rules.afterwards import ARCHIVED, processes_finalized
from osia_conformance.rules.business_rules import REFUSALS
from osia_conformance.rules.merge_patch import biographic_patches
from osia_conformance.rules.model import Expected

SHARES = 3
"""Checks among which the sequences are dealt out, so that workers can judge them side by side."""
FLAG = st.sampled_from([None, False, True])
PLACES = st.integers(0, 2)
BIOGRAPHIC = st.runner().flatmap(lambda machine: machine.biographics)
ANY_PATCH = st.runner().flatmap(lambda machine: machine.patches)


def biographics(samples):
    """Draw members for the smallest biographic data, which then fit the profile."""
    values = {name: st.sampled_from(found[:2]) for name, found in samples.alternatives.items()}
    least = samples.least(A_MARKER)
    drawn = st.fixed_dictionaries({}, optional=values)
    return drawn.filter(lambda members: samples.profile.biographics.fits({**least, **members}))


def any_patches(samples):
    setting = biographic_patches(samples)
    return setting | biographic_patches(samples, removing=True) if samples.optional else setting


def expect_taken(answer):
    """Judge that data which is valid, though not the canonical, was taken; a business rule may be in the way."""
    if answer.status in REFUSALS:
        give_up(f"valid data was refused with {phrase(answer.status)}, perhaps by a rule of the server's own")
    expect_status(answer, DONE)


class Lives(RuleBasedStateMachine):
    """Three enrollments, each with a model. A refusal after finalizing is the server's business."""

    def __init__(self, enrollments, examples, biographics, patches):
        super().__init__()
        self.enrollments, self.examples = enrollments, examples
        self.biographics, self.patches = biographics, patches
        self.defaults = None
        self.examples.begin()
        tracked = tuple(self.enrollments.samples.alternatives)
        self.all = [(self.enrollments.new(), Expected(tracked)) for _ in range(3)]

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

    def expect_as_left(self, expected, answer):
        """Judge what reading an enrollment answered."""
        gone = answer.status in ARCHIVED
        record = None if gone else expect_json(expect_status(answer, DONE))
        said = "" if gone else expected.contradiction(record, self.defaults or {})
        if said and self.defaults is None:
            twin = self.enrollments.created(self.body({}, False)).record().get("biographicData", {})
            self.defaults = {name: twin[name] for name in self.enrollments.samples.alternatives if name in twin}
            said = expected.contradiction(record, self.defaults)
        if (gone or said) and not self.is_processed(expected):
            actual = said or f"reading it gave {phrase(answer.status)}"
            expect(False, "the enrollment as its own operations left it", actual, answer)

    def body(self, biographic, finalize):
        body = self.enrollments.canonical(status="FINALIZED" if finalize else "IN_PROGRESS")
        return {**body, "biographicData": {**self.enrollments.samples.least(self.enrollments.marker), **biographic}}

    def accepted(self, answer, expected):
        """Return whether a write was taken; only a finalized or missing enrollment may refuse it."""
        if expected.exists and not expected.finalized:
            expect_taken(answer)
        return expect_status(answer, one_of(DONE, REFUSED) if expected.exists else REFUSED).status in DONE

    @rule(place=PLACES, biographic=BIOGRAPHIC, finalize=FLAG)
    def create(self, place, biographic, finalize):
        enrollment, expected = self.all[place]
        body = self.body(biographic, finalize)
        answer = enrollment.create(body, finalize=finalize)
        if answer.status in DONE and self.is_processed(expected):
            expected.exists = False
        # Whether the id of a deleted enrollment may be used again is not said anywhere.
        if expected.exists or expected.deleted:
            expect_status(answer, REFUSED if expected.exists else one_of(DONE, REFUSED))
        else:
            expect_taken(answer)
        if answer.status in DONE:
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
        answer = expect_status(enrollment.delete(), one_of(DONE, REFUSED))
        if expected.exists and not expected.finalized:
            expect_status(answer, DONE)
        if answer.status in DONE:
            expected.delete()

    @rule(place=PLACES, data=st.binary(min_size=1, max_size=40))
    def send_buffer(self, place, data):
        enrollment, expected = self.all[place]
        if expected.exists and not expected.finalized:
            expected.buffers[enrollment.keep_buffer(data)] = data

    @invariant()
    def every_enrollment_is_as_its_operations_left_it(self):
        for enrollment, expected in self.all:
            answer = enrollment.read()
            if expected.exists:
                self.expect_as_left(expected, answer)
            elif answer.status != 404 and not self.is_gone(enrollment):
                expect_status(answer, 404)

    @invariant()
    def every_buffer_is_as_it_was_sent(self):
        for enrollment, expected in self.all:
            for buffer, data in expected.buffers.items() if expected.exists else ():
                answer = enrollment.read_buffer(buffer)
                # Finalizing may have used it up (RUL-AFTER-FINALIZED).
                expect_status(answer, one_of(DONE, 404) if expected.finalized else DONE)
                kept = answer.status == 404 or answer.body == data
                expect(kept, f"{len(data)} bytes as sent", f"{len(answer.body)} other bytes", answer)


@requirement("ENR-LIFE-03")
@long(2)
@pytest.mark.parametrize("share", range(1, SHARES + 1))
def test_any_sequence_of_operations_leaves_what_it_says(enrollments, share):
    session = enrollments.session
    enrollments.created()
    examples, samples = Examples(session), enrollments.samples
    drawn = biographics(samples), any_patches(samples)

    def machine():
        return Lives(enrollments, examples, *drawn)

    seeded = hypothesis.seed(derived_seed(session.seed, session.target.log.id))(machine)
    examples.run(lambda: run_state_machine_as_test(seeded, settings=settings(session, times=1 / SHARES)))
