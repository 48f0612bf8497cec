"""What follows from the refusal of encrypted parts (RUL-ENCRYPTION)."""

from typing import Any

import pytest

from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import Judged, judge, reference, settings

VERSION = NEWEST


def refusing(code: int, *names: str) -> type[Enrollments]:
    """Return a server that refuses biometric data of which one of these members is encrypted."""

    class Refuses(Enrollments):
        def validate(self, operation: str, body: Any) -> None:
            super().validate(operation, body)
            if not isinstance(body, dict):
                return
            owners = [
                *body.get("biometricData", []),
                *(part for each in body.get("documentData", []) for part in each["parts"]),
            ]
            if any(str(each.get("encryption", {}).get("scope")).removeprefix("$.") in names for each in owners):
                raise Refusal(code, "This is needed in clear.")

    return Refuses


def judged(enrollments: type[Enrollments]) -> Judged:
    app = create_app(reference(VERSION), enrollments=enrollments)
    return judge(app, run=settings(VERSION), arguments=("--osia-only=ENR-ENCRYPTION-03",))


@pytest.mark.parametrize(
    ("code", "names", "outcome"),
    [
        (400, ("image", "data"), "passed"),
        (403, ("image",), "passed"),
        (403, ("image", "template", "data"), "cantTell"),
        (400, ("image", "template", "data"), "failed"),
    ],
)
def test_one_buffer_that_is_taken_encrypted_is_enough(code: int, names: tuple[str, ...], outcome: str) -> None:
    run = judged(refusing(code, *names))
    assert {"ENR-ENCRYPTION-03-JWE", "ENR-ENCRYPTION-03-PKCS7"} <= run.outcomes(outcome)
    assert {"RUL-ENCRYPTION", "RUL-FORMS"} & run.observed()
