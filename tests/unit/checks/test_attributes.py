"""Names of attributes that a server refuses: the profile may state its own (RUL-ATTRIBUTES)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from osia_conformance.profile.statement import ProfileSettings
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from osia_reference.store import Record
from tests.harness.judging import Judged, judge, reference, settings

OIDS = {"biographicData": "1.2.840.1", "requestData": "1.2.840.2", "documentData": "1.2.840.3"}
GROUPS = {number: group for group, number in OIDS.items()}
ONLY = ("ENR-READ-02", "ENR-READ-03")


class ByOid(Enrollments):
    """Knows groups by their OIDs alone."""

    def limited(self, record: Record, attributes: Sequence[str]) -> Record:
        if not set(attributes) <= GROUPS.keys():
            raise Refusal(400, "This attribute is not known.")
        return super().limited(record, [GROUPS[name] for name in attributes])


def judged(attributes: dict[str, str]) -> Judged:
    run = replace(settings(), profile=ProfileSettings(attributes=attributes))
    return judge(create_app(reference(), enrollments=ByOid), run=run, only=ONLY)


def test_names_of_the_profile_are_sent() -> None:
    assert judged(OIDS).outcomes("passed") == set(ONLY)


def test_a_refusal_of_our_names_leaves_the_case_open_and_says_what_to_do() -> None:
    found = judged({})
    assert found.outcomes("cantTell") == set(ONLY)
    assert "[profile.attributes]" in found.requirement("ENR-READ-02")["reason"]
