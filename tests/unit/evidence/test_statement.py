"""What is signed, read by others: in-toto's models, securesystemslib, and the bare signature standards."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2 as result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement
from jsonschema import Draft202012Validator
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from osia_conformance.evidence import files, statement
from osia_conformance.evidence.derivation import derived_anew
from osia_conformance.evidence.files import ATTESTATION
from osia_conformance.standard import provenance
from tests.unit.evidence import cases, making
from tests.unit.evidence.cases import Case

ALGORITHMS = ("ed25519", "ecdsa-p256")


@pytest.fixture(params=ALGORITHMS)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    return cases.prepared(tmp_path, request.param)


def envelopes(case: Case) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in (case.report / ATTESTATION).read_bytes().splitlines()]
    assert len(found) == 2
    return found


def statements(case: Case) -> list[dict[str, Any]]:
    return [json.loads(base64.b64decode(envelope["payload"])) for envelope in envelopes(case)]


def key_of(path: Path) -> SSlibKey:
    return SSlibKey.from_crypto(load_pem_public_key(path.read_bytes()))


def test_securesystemslib_accepts_each_envelope_and_no_changed_one(case: Case) -> None:
    key = key_of(case.public)
    for line in envelopes(case):
        assert list(Envelope.from_dict(line).verify([key], 1)) == [key.keyid]
    for line in envelopes(case):
        line["payload"] = base64.b64encode(base64.b64decode(line["payload"]) + b" ").decode()
        with pytest.raises(VerificationError):
            Envelope.from_dict(line).verify([key], 1)


def test_the_signature_is_that_of_dsse_bare(case: Case) -> None:
    key = load_pem_public_key(case.public.read_bytes())
    for line in envelopes(case):
        payload, kind = base64.b64decode(line["payload"]), line["payloadType"]
        signed = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
        for data, holds in ((signed, True), (signed + b" ", False)):
            try:
                signature = base64.b64decode(line["signatures"][0]["sig"])
                if isinstance(key, ed25519.Ed25519PublicKey):
                    key.verify(signature, data)
                else:
                    assert isinstance(key, ec.EllipticCurvePublicKey)
                    key.verify(signature, data, ec.ECDSA(SHA256()))
                assert holds
            except InvalidSignature:
                assert not holds


def test_in_totos_own_models_read_the_statements(case: Case) -> None:
    for envelope, content in zip(envelopes(case), statements(case), strict=True):
        assert envelope["payloadType"] == "application/vnd.in-toto+json"
        message = json_format.Parse(json.dumps(content), statement_pb2.Statement())
        Statement.copy_from_pb(message).validate()
        assert message.predicate_type == content["predicateType"]
        assert {one.name: one.digest["sha256"] for one in message.subject} == {
            one["name"]: one["digest"]["sha256"] for one in content["subject"]
        }
    result = json_format.Parse(json.dumps(statements(case)[0]["predicate"]), result_pb2.TestResult())
    assert result.result == "FAILED"
    assert {one.name for one in result.configuration} == {
        "openapi.yaml",
        "requirements.toml",
        "rulings.toml",
        "suite",
        "configuration",
    }


def test_every_file_is_a_subject_of_both_statements(case: Case) -> None:
    for content in statements(case):
        named = {one["name"]: one["digest"]["sha256"] for one in content["subject"]}
        present = {path.relative_to(case.report).as_posix(): path for path in case.paths()}
        assert set(named) == set(present) - {ATTESTATION}
        assert "journal.jsonl" in named
        assert any(name.startswith("bodies/") for name in named)
        assert any(name.startswith("allure-results/") for name in named)
        for name, digest in named.items():
            assert digest == hashlib.sha256(present[name].read_bytes()).hexdigest()


def test_the_test_result_says_what_passed_and_what_did_not(case: Case) -> None:
    predicate = statements(case)[0]["predicate"]
    assert predicate["passedTests"] == ["ENR-READ-01"]
    assert predicate["warnedTests"] == ["ENR-READ-04"]
    assert predicate["failedTests"] == ["ENR-DONE-01-READ", "ENR-READ-02", "ENR-READ-03", "ENR-READ-05"]


@pytest.mark.parametrize(
    ("verdict", "result"),
    [("conformant", "PASSED"), ("nonconformant", "FAILED"), ("incomplete", "FAILED")],
)
def test_only_a_conformant_run_passed(case: Case, verdict: str, result: str) -> None:
    with files.snapshot(case.report) as taken:
        derived = derived_anew(taken)
    stated = statement.test_result({**derived.results, "verdict": verdict}, derived.header)
    assert stated["result"] == result


def test_the_full_verdict_fits_its_schema_and_says_what_the_run_was(case: Case) -> None:
    predicate = statements(case)[1]["predicate"]
    Draft202012Validator.check_schema(statement.schema())
    Draft202012Validator(statement.schema()).validate(predicate)
    results = json.loads((case.report / "results.json").read_text("utf-8"))
    for name in ("runId", "product", "seed", "started", "finished", "totals", "verdict", "configuration"):
        assert predicate[name] == results[name]
    suite = {"sha256": provenance.suite_digest()}
    assert predicate["suite"] == {**results["tool"], "digest": suite}
    assert predicate["interface"]["version"] == "1.0.0"
    digests = [*predicate["interface"]["specification"], *predicate["interface"]["register"]]
    named = {one["name"]: one["digest"]["sha256"] for one in digests}
    assert {**named, "suite": suite["sha256"]} == making.header()["sources"]
    outcomes = {one["id"]: one["outcome"] for one in predicate["requirements"]}
    assert outcomes == {one["id"]: one["outcome"] for one in results["requirements"]}


def test_the_schema_refuses_what_is_no_verdict(case: Case) -> None:
    predicate = statements(case)[1]["predicate"]
    validator = Draft202012Validator(statement.schema())
    for name in predicate:
        assert not validator.is_valid({key: value for key, value in predicate.items() if key != name}), name
    assert not validator.is_valid({**predicate, "verdict": "passed"})


def test_no_key_stands_in_what_is_signed(case: Case) -> None:
    secret = case.key.read_text("ascii").splitlines()[1]
    for path in case.paths():
        assert secret.encode() not in path.read_bytes()
    assert secret not in json.dumps(statements(case))
