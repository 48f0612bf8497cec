"""Tokens that nobody may accept, of each kind of key: none of them is one that its issuer signed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey

from osia_conformance.auth import UNSIGNED, WRONGLY_SIGNED, Fault, jwt_text
from osia_conformance.auth.signing import signed_with_its_own_key
from osia_conformance.cli.parser import main
from osia_conformance.config.settings import AuthSettings
from osia_conformance.support.secrets import SecretReference
from osia_reference.tokens import Algorithms
from tests.unit.auth.issued import NOW, READ, SECRET, jwt, made, refused, stated

FORGED = (Fault.ALG_NONE, *UNSIGNED, *WRONGLY_SIGNED)
HS = AuthSettings(method="jwt", algorithm="HS256", key=SecretReference("env:KEY"))
OCT = OctKey.import_key(SECRET)
EC, OKP = ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")
STATIC = AuthSettings(method="static", tokens={"enroll.read": SecretReference("env:READ")})


def pem(key: ECKey | OKPKey) -> str:
    return key.as_pem(private=True).decode()


@pytest.mark.parametrize(
    ("algorithm", "text", "key"),
    [("HS256", SECRET, OCT), ("ES256", pem(EC), EC), ("EdDSA", pem(OKP), OKP)],
    ids=["HS256", "ES256", "EdDSA"],
)
def test_no_forged_token_is_one_that_its_issuer_signed(algorithm: str, text: str, key: Key) -> None:
    source = made(replace(HS, algorithm=algorithm), {"KEY": text})
    real = source.valid(READ).value
    made_so = {fault: source.faulty(fault, READ) for fault in FORGED}
    assert len({real, *(token.value for token in made_so.values())}) == len(FORGED) + 1
    for token in made_so.values():
        assert token.value
        assert token.scopes == READ
        with pytest.raises(JoseError):
            jws.deserialize_compact(token.value, key, registry=Algorithms(algorithm))


def test_each_unsigned_token_has_claims_that_would_do() -> None:
    source = made(HS, {"KEY": SECRET})
    for fault in (Fault.ALG_NONE, *UNSIGNED):
        _, body, *_ = (source.faulty(fault, READ).value or "").split(".")
        unverified = jwt_text.parse(f"{jwt_text.unsigned({}, {}).split('.')[0]}.{body}.")
        assert unverified is not None
        assert unverified.scopes() == READ
        assert (unverified.moment("exp") or 0) > NOW


def test_algorithms_are_spelt_as_their_names_say() -> None:
    source = made(HS, {"KEY": SECRET})
    assert stated(source.faulty(Fault.ALG_NONE_CAPITALS, READ)).header["alg"] == "NONE"
    assert stated(source.faulty(Fault.ALG_NONE_MIXED_CASE, READ)).header["alg"] == "nOnE"
    assert jwt_text.parse(source.faulty(Fault.ALG_ABSENT, READ).value or "") is None
    assert (source.faulty(Fault.ALG_NONE_BARE, READ).value or "").count(".") == 1
    assert (source.faulty(Fault.EMPTY_SIGNATURE, READ).value or "").endswith(".")


def test_a_key_that_a_token_brings_along_verifies_it() -> None:
    for algorithm in ("HS256", "RS256", "PS512", "ES384", "EdDSA", "of-nobody"):
        token = signed_with_its_own_key({"alg": algorithm, "typ": "JWT"}, {"scope": "enroll.read"})
        header = jwt_text.parse(token)
        assert header is not None
        public = header.header["jwk"]
        assert "d" not in public
        assert ("k" in public) == (algorithm == "HS256")
        assert header.header["alg"] == (algorithm if algorithm != "of-nobody" else "ES256")


def test_tokens_of_others_are_forged_without_their_key() -> None:
    real = jwt({"scope": "enroll.read", "exp": NOW + 600})
    source = made(STATIC, {"READ": real})
    assert len({source.faulty(fault, READ).value for fault in FORGED}) == len(FORGED)
    opaque = made(STATIC, {"READ": "opaque-read-1"})
    assert all(refused(lambda fault=fault: opaque.faulty(fault, READ)).inapplicable for fault in FORGED)  # type: ignore[misc]


def test_each_fault_has_words_and_a_name_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert all(fault.words for fault in Fault)
    with pytest.raises(SystemExit):
        main(["token", "--help"])
    # The help breaks lines behind hyphens.
    shown = "".join(capsys.readouterr().out.split())
    assert all(fault.value in shown for fault in Fault if fault is not Fault.ABSENT)


def test_each_form_is_in_one_row() -> None:
    assert [fault.value for fault in UNSIGNED if fault.malformed] == ["alg-none-bare", "alg-absent"]
    assert {Fault(fault.value) for fault in Fault} == set(Fault)
    assert all(fault.form.forge is not None for fault in (*UNSIGNED, *WRONGLY_SIGNED))
