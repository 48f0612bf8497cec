"""Tokens that nobody may accept, made of a real JWT without its issuer's key (RFC 7519, 7.2; RFC 8725, 2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from osia_conformance.auth import jwt_text, signing
from osia_conformance.auth.model import CannotIssue, Fault

Members = Mapping[str, Any]
_Forge = Callable[[str, Members, Members], str]

_FORGED: Mapping[Fault, _Forge] = {
    Fault.ALG_NONE: lambda token, header, claims: jwt_text.unsigned(header, claims),
    Fault.ALG_NONE_CAPITALS: lambda token, header, claims: jwt_text.unsigned(header, claims, "NONE"),
    Fault.ALG_NONE_MIXED_CASE: lambda token, header, claims: jwt_text.unsigned(header, claims, "nOnE"),
    Fault.ALG_NONE_SIGNED: lambda token, header, claims: jwt_text.with_content(
        token, {**header, "alg": "none"}, claims
    ),
    Fault.ALG_NONE_BARE: lambda token, header, claims: jwt_text.unsigned(header, claims).rstrip("."),
    Fault.ALG_ABSENT: lambda token, header, claims: jwt_text.unsigned(header, claims, None),
    Fault.EMPTY_SIGNATURE: lambda token, header, claims: token.rpartition(".")[0] + ".",
    Fault.CUT_SIGNATURE: lambda token, header, claims: jwt_text.with_half_a_signature(token),
    Fault.ALTERED_CLAIMS: lambda token, header, claims: jwt_text.with_content(
        token, header, {**claims, "sub": "somebody else"}
    ),
    Fault.UNKNOWN_KEY_ID: lambda token, header, claims: jwt_text.with_content(
        token, {**header, "kid": "of-no-key"}, claims
    ),
    Fault.EMBEDDED_KEY: lambda token, header, claims: signing.signed_with_its_own_key(header, claims),
}


def forged(fault: Fault, token: str) -> str | None:
    """Return a JWT like `token` with this fault; None if the fault needs a key, or a time, of the issuer's.

    Raises CannotIssue for what can only be made of the issuer's public key.
    """
    if fault is Fault.KEY_CONFUSION:
        raise CannotIssue("the issuer's public key is not known.", inapplicable=True)
    stated, forge = jwt_text.parse(token), _FORGED.get(fault)
    return forge(token, stated.header, stated.claims) if stated and forge else None
