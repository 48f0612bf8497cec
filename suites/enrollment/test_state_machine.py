"""Random sequences of operations on several enrollments, against a simple model of what they must leave."""

import itertools
import sys

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from osia_conformance.checks import (
    REFUSED,
    SUCCESS,
    Examples,
    cannot_tell,
    derived_seed,
    expect,
    expect_object,
    expect_status,
    hypothesis_settings,
    long,
    min_effort,
    object_at,
    one_of,
    requirement,
    status_phrase,
)
from osia_conformance.checks.enrollment import (
    A_MARKER,
    GONE,
    REFUSALS,
    ExpectedEnrollment,
    biographic_patches,
    processes_finalized,
)

SHARES = {"quick": 3, "standard": 15, "thorough": 60}
"""Checks among which the sequences are dealt out, by effort, so that all are short and can be judged side by side."""
READ_ALL_EVERY = {"quick": 5, "standard": 5, "thorough": 10}
"""Steps after which all enrollments are read, by effort; after each step only what it changed is."""
FLAG = st.sampled_from([None, False, None, False, True])
PLACES = st.integers(0, 2)
FINALIZED, MISSING = 3, 4
CHOSEN = st.integers(0, MISSING)
"""What a step is about: mostly an open enrollment, else one that is finalized, or one that is not there."""
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
    """Three enrollments, each with a model. A refusal after finalizing is the server's business.

    An idle one sends nothing: Hypothesis begins with the simplest sequence there is, which tells nothing.
    """

    def __init__(self, enrollments, examples, biographics, patches, *, is_idle=False):
        super().__init__()
        self.is_idle = is_idle
        self.read_all_every = READ_ALL_EVERY[enrollments.session.effort]
        self.enrollments, self.examples = enrollments, examples
        self.biographics, self.patches = biographics, patches
        self.defaults = None
        self.steps, self.touched, self.is_changed, self.sent_buffers = 0, None, False, ()
        tracked = tuple(enrollments.payloads.alternatives)
        self.expected, self.known = [ExpectedEnrollment(tracked) for _ in range(3)], {}
        if not is_idle:
            self.examples.begin()

    def teardown(self):
        if self.is_idle:
            return
        try:
            if sys.exception() is None:
                self.expect_all_as_left()
                self.examples.passed()
        finally:
            self.end()

    def end(self):
        """Tell how the sequence ended, and delete what it made."""
        try:
            error = sys.exception()
            if isinstance(error, Exception):
                self.examples.failed(error)
        finally:
            self.examples.tidy()

    def touch(self, place):
        """Return the enrollment of a step, which has an id from now on, and its model."""
        if place not in self.known:
            self.known[place] = self.enrollments.new()
        self.steps, self.touched, self.is_changed, self.sent_buffers = self.steps + 1, place, False, ()
        return self.known[place], self.expected[place]

    def chosen(self, choice):
        """Return the place of an enrollment of the kind that was drawn; of another one where there is none.

        What is drawn never depends on what the server answered, so that each sequence can be drawn again.
        """
        if not any(expected.exists for expected in self.expected):
            fresh = [place for place, expected in enumerate(self.expected) if not expected.deleted]
            if fresh:
                self.create_at(fresh[choice % len(fresh)], {}, None)
        missing = [place for place, expected in enumerate(self.expected) if not expected.exists]
        finalized = [place for place, one in enumerate(self.expected) if one.exists and one.finalized]
        unfinalized = [place for place, one in enumerate(self.expected) if one.exists and not one.finalized]
        wanted = {FINALIZED: finalized, MISSING: missing}.get(choice) or unfinalized or finalized or missing
        return wanted[choice % len(wanted)]

    def is_gone(self, enrollment):
        """Return whether reading answers 404, at the latest after `visible-within` (RUL-VISIBILITY)."""
        return self.enrollments.eventually("deletion", lambda: enrollment.read().status == 404) is not None

    def is_processed(self, expected):
        """Return whether a finalized enrollment need not be as it was: the server goes on with it by itself."""
        if expected.exists and expected.finalized and not expected.processed:
            expected.processed = processes_finalized(self.enrollments)
        return expected.processed

    def expect_as_left(self, expected, response):
        """Judge what reading an enrollment answered."""
        gone = response.status in GONE
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
        expect_status(response, one_of(SUCCESS, REFUSED) if expected.exists else REFUSED)
        self.is_changed = response.status in SUCCESS
        return self.is_changed

    @rule(place=PLACES, biographic=BIOGRAPHIC, finalize=FLAG)
    def create(self, place, biographic, finalize):
        if not self.is_idle:
            self.create_at(place, biographic, finalize)

    def create_at(self, place, biographic, finalize):
        """Create an enrollment at one of the three places, and judge the answer."""
        enrollment, expected = self.touch(place)
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
            self.is_changed = True
            expected.create(body["biographicData"], finalize=bool(finalize))

    @rule(choice=CHOSEN, biographic=BIOGRAPHIC, finalize=FLAG)
    def update(self, choice, biographic, finalize):
        if self.is_idle:
            return
        enrollment, expected = self.touch(self.chosen(choice))
        body = self.body(biographic, finalize or expected.finalized)
        if self.accepted(enrollment.update(body, finalize=finalize), expected):
            expected.update(body["biographicData"], finalize=bool(finalize))

    @rule(choice=CHOSEN, patch=ANY_PATCH, finalize=FLAG)
    def patch(self, choice, patch, finalize):
        if self.is_idle:
            return
        enrollment, expected = self.touch(self.chosen(choice))
        if self.accepted(enrollment.patch({"biographicData": patch}, finalize=finalize), expected):
            expected.patch(patch, finalize=bool(finalize))

    @rule(choice=CHOSEN)
    def finalize(self, choice):
        if self.is_idle:
            return
        enrollment, expected = self.touch(self.chosen(choice))
        if self.accepted(enrollment.finalize(), expected):
            expected.finalize()

    @rule(choice=CHOSEN)
    def delete(self, choice):
        if self.is_idle:
            return
        enrollment, expected = self.touch(self.chosen(choice))
        response = expect_status(enrollment.delete(), SUCCESS, REFUSED)
        if expected.exists and not expected.finalized:
            expect_status(response, SUCCESS)
        if response.status in SUCCESS:
            self.is_changed = True
            expected.delete()

    @rule(choice=CHOSEN, data=st.binary(min_size=1, max_size=40))
    def send_buffer(self, choice, data):
        if self.is_idle:
            return
        enrollment, expected = self.touch(self.chosen(choice))
        if expected.exists and not expected.finalized:
            buffer = enrollment.keep_buffer(data)
            expected.buffers[buffer], self.sent_buffers, self.is_changed = data, (buffer,), True

    @invariant()
    def what_was_touched_is_as_its_operations_left_it(self):
        if self.steps and self.steps % self.read_all_every == 0:
            self.expect_all_as_left()
        elif self.touched is not None and self.is_changed:
            self.expect_one_as_left(self.touched)
            self.expect_buffers_as_sent(self.touched, self.sent_buffers)

    def expect_all_as_left(self):
        """Judge all enrollments, and their buffers: a step may change another one than its own."""
        for place in self.known:
            self.expect_one_as_left(place)
            expected = self.expected[place]
            self.expect_buffers_as_sent(place, expected.buffers if expected.exists else ())

    def expect_one_as_left(self, place):
        """Judge what reading an enrollment answers now."""
        enrollment, expected = self.known[place], self.expected[place]
        response = enrollment.read()
        if expected.exists:
            self.expect_as_left(expected, response)
        elif response.status != 404 and not self.is_gone(enrollment):
            expect_status(response, 404)

    def expect_buffers_as_sent(self, place, buffers):
        """Judge what reading some buffers of an enrollment answers now."""
        enrollment, expected = self.known[place], self.expected[place]
        for buffer in buffers:
            data, response = expected.buffers[buffer], enrollment.read_buffer(buffer)
            # Finalizing may have used it up (RUL-AFTER-FINALIZED).
            expect_status(response, one_of(SUCCESS, 404) if expected.finalized else SUCCESS)
            kept = response.status == 404 or response.body == data
            expect(kept, f"{len(data)} bytes as sent", f"{len(response.body)} other bytes", response)


def shares():
    """Return the shares, each from the effort on that has it."""
    numbers = range(1, max(SHARES.values()) + 1)
    efforts = (next(effort for effort, most in SHARES.items() if number <= most) for number in numbers)
    return [pytest.param(number, marks=min_effort(effort)) for number, effort in zip(numbers, efforts, strict=True)]


@requirement("ENR-LIFE-03")
@long(1)
@pytest.mark.parametrize("share", shares())
def test_any_sequence_of_operations_leaves_what_it_says(session, enrollments, payloads, share):
    enrollments.created()
    examples = Examples(session)
    drawn = biographics(payloads), any_patches(payloads)

    def search(choices):
        chosen = hypothesis_settings(session, times=1 / SHARES[session.effort], choices=choices)
        idle = itertools.chain([choices.begins_simple], itertools.repeat(False))

        def machine():
            return Lives(enrollments, examples, *drawn, is_idle=next(idle))

        seeded = hypothesis.seed(derived_seed(session.seed, session.evidence.id))(machine)
        run_state_machine_as_test(seeded, settings=hypothesis.settings(chosen, max_examples=chosen.max_examples + 1))

    examples.run(search)
