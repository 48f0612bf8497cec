"""Tokens that nobody may accept, of each kind of key: none of them is one that its issuer signed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OctKey, OKPKey

from osia_conformance.auth import NO_BEARER, PRINTABLE, UNSIGNED, WRONGLY_SIGNED, CannotIssue, Fault, jwt_text
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
    assert all(name in shown for name in PRINTABLE)


def test_each_form_is_in_one_row() -> None:
    assert [fault.value for fault in UNSIGNED if fault.malformed] == ["alg-none-bare", "alg-absent"]
    assert {Fault(fault.value) for fault in Fault} == set(Fault)
    assert all(fault.form.forge is not None for fault in (*UNSIGNED, *WRONGLY_SIGNED))


def test_headers_without_a_bearer_token() -> None:
    source = made(HS, {"KEY": SECRET})
    real = source.valid(READ).value
    headers = [source.faulty(fault, READ).authorization for fault in NO_BEARER]
    assert headers == ["", "Bearer", f"Basic {real}"]


def test_a_misdirected_token_is_signed_by_its_issuer() -> None:
    source = made(replace(HS, audience=("https://this-server.example",)), {"KEY": SECRET})
    critical = source.faulty(Fault.UNKNOWN_CRITICAL, READ).value or ""
    elsewhere = source.faulty(Fault.OTHER_AUDIENCE, READ)
    assert stated(elsewhere).claims["aud"] == "https://somebody-else.example"
    assert jws.deserialize_compact(elsewhere.value or "", OCT, registry=Algorithms("HS256"))
    assert jwt_text.parse(critical).header["crit"] == ["urn:example:unknown"]  # type: ignore[union-attr]
    with pytest.raises(JoseError):
        jws.deserialize_compact(critical, OCT, registry=Algorithms("HS256"))


def test_without_an_audience_no_token_names_another() -> None:
    with pytest.raises(CannotIssue) as error:
        made(HS, {"KEY": SECRET}).faulty(Fault.OTHER_AUDIENCE, READ)
    assert error.value.inapplicable
