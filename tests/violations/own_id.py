"""Violations by bodies that name their own enrollment, by the id of the path."""

from typing import Any

from osia_conformance.standard.operations import by_code
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.variant import Violation

CODES = ("CREATE", "UPDATE", "PATCH")


def unable(code: str, *, crashes: bool) -> type[Enrollments]:
    """Return a server that cannot do with enrollmentId in the body of an operation: it refuses it, or crashes."""

    class Unable(Enrollments):
        def met(self, operation: str, body: Any) -> None:
            if operation == code and isinstance(body, dict) and "enrollmentId" in body:
                if crashes:
                    raise TypeError("got multiple values for argument 'enrollmentId'")
                raise Refusal(400, "enrollmentId is not expected.")

        def create(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
            self.met("CREATE", body)
            super().create(enrollment_id, body, finalize=finalize)

        def update(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
            self.met("UPDATE", body)
            super().update(enrollment_id, body, finalize=finalize)

        def patch(self, enrollment_id: str, body: Any, *, finalize: bool = False) -> None:
            self.met("PATCH", body)
            super().patch(enrollment_id, body, finalize=finalize)

    return Unable


VIOLATIONS = [
    *(
        Violation(
            f"own-id-refused-by-{code.lower()}",
            f"{by_code()[code].id} refuses a body that names its own enrollment.",
            {"enrollments": unable(code, crashes=False)},
            expected=(f"ENR-OWNID-01-{code}",),
        )
        for code in CODES
    ),
    *(
        Violation(
            f"own-id-crashes-{code.lower()}",
            f"{by_code()[code].id} fails where the body names its own enrollment.",
            {"enrollments": unable(code, crashes=True)},
            expected=(f"ENR-OWNID-01-{code}",),
            declared=(f"ENR-GENERATED-*-{code}",),
        )
        for code in CODES
    ),
    *(
        Violation(
            f"own-id-read-only-crashes-{code.lower()}",
            f"{by_code()[code].id} fails where the body names its own enrollment, which is readOnly.",
            {"enrollments": unable(code, crashes=True)},
            expected=(f"ENR-OWNID-02-{code}",),
            declared=(f"ENR-GENERATED-*-{code}",),
        )
        for code in CODES
    ),
]
