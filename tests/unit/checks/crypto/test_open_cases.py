"""What a server may refuse of protected data leaves its cases open (RUL-SIGNATURE, RUL-ENCRYPTION, RUL-CREDENTIAL)."""

from __future__ import annotations

from typing import Any

from osia_conformance.checks.crypto.bodies import node_of_schema
from osia_conformance.checks.crypto.integrity import integrity_blocks
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS
from osia_reference.app import create_app
from osia_reference.enrollments import Enrollments
from osia_reference.replies import Refusal
from tests.harness.interface_versions import NEWEST
from tests.harness.judging import judge, reference

VERSION = NEWEST
CHOSEN = ("ENR-INTEGRITY-06", "ENR-ENCRYPTION", "ENR-CREDENTIAL")


class TrustsNobody(Enrollments):
    """Takes nothing encrypted (403), no signature of an unknown key (400) and no credential (403)."""

    def validate(self, operation: str, body: Any) -> None:
        super().validate(operation, body)
        if not isinstance(body, dict):
            return
        if any(block.get("signature") for block in integrity_blocks(body)):
            raise Refusal(400, "Nobody knows this key.")
        if any(isinstance(body.get(name), str) for name in EXTENSIBLE_BLOCKS) or "encryption" in str(body):
            raise Refusal(403, "This must be in clear.")
        if str(node_of_schema(body, "DOCUMENTPART").get("mimeType")).startswith("application/vc"):
            raise Refusal(403, "Nobody knows this issuer.")


def test_a_server_that_trusts_nobody_fails_nothing() -> None:
    arguments = tuple(f"--osia-only={name}" for name in CHOSEN)
    judged = judge(create_app(reference(VERSION), enrollments=TrustsNobody), version=VERSION, arguments=arguments)
    assert {name: judged.requirement(name)["reason"] for name in judged.outcomes("failed")} == {}
    assert judged.results["verdict"] == "incomplete"
    wanted = {f"ENR-INTEGRITY-06-{form}" for form in ("JWS", "PKCS7")}
    wanted |= {f"ENR-ENCRYPTION-01-{kind}" for kind in ("JWE", "PKCS7")}
    wanted |= {f"ENR-CREDENTIAL-01-{code}" for code in ("CREATE", "PATCH")}
    assert wanted <= judged.outcomes("cantTell")
    assert {"RUL-RANDOM-DATA", "RUL-ENCRYPTION"} <= judged.observed()
