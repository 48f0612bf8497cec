"""A vendor whose profile closes blocks to strings is not asked to take them encrypted (RUL-ENCRYPTION)."""

from dataclasses import replace
from typing import Any

import pytest

from osia_conformance.profile.statement import BlockSettings, ProfileSettings
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import Judged, judge, reference, settings

VERSION = NEWEST
BLOCKS = ("biographicData", "contextualData", "requestData", "enrollmentFlags")
OBJECT = {"type": "object", "properties": {"firstName": {"type": "string"}, "lastName": {"enum": ["muster", "sample"]}}}


class ObjectsOnly(Enrollments):
    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if isinstance(body, dict) and any(isinstance(body.get(name), str) for name in BLOCKS):
            raise Refusal(400, "A block is an object.")


def judged(*closed: str) -> Judged:
    profile = ProfileSettings(blocks={name: BlockSettings(OBJECT) for name in closed})
    run = replace(settings(VERSION), profile=profile)
    only = tuple(f"--osia-only=ENR-ENCRYPTION-{number}" for number in ("01", "02", "07"))
    return judge(create_app(reference(VERSION), enrollments=ObjectsOnly), run=run, arguments=only)


def test_a_profile_that_closes_every_block_makes_encrypted_blocks_inapplicable() -> None:
    run = judged(*BLOCKS)
    assert not run.outcomes("failed")
    away = {"ENR-ENCRYPTION-01-JWE", "ENR-ENCRYPTION-01-PKCS7", "ENR-ENCRYPTION-02", "ENR-ENCRYPTION-07"}
    assert away <= run.outcomes("inapplicable")


@pytest.mark.parametrize("closed", [(), BLOCKS[:1]], ids=["no profile", "one block closed"])
def test_otherwise_a_refusal_of_all_fails(closed: tuple[str, ...]) -> None:
    assert {"ENR-ENCRYPTION-01-JWE", "ENR-ENCRYPTION-01-PKCS7"} <= judged(*closed).outcomes("failed")
