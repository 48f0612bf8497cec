"""The tokens that a target must refuse: one table with a row for each form (RUL-BAD-TOKEN).

A new form is a row of `Fault`. Sources of tokens, checks and `token --fault` read it from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from osia_conformance.auth import jwt_text

Group = Literal["unsigned", "wrongly-signed", "no-bearer", "misdirected"]


@dataclass(frozen=True, slots=True)
class Original:
    """A real JWT that a forged one is made from: its text, header and claims."""

    token: str
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    def with_header(self, **members: Any) -> str:
        """Return the JWT with header members set and its signature kept."""
        return jwt_text.with_content(self.token, {**self.header, **members}, self.claims)

    def with_claims(self, **members: Any) -> str:
        """Return the JWT with claims set and its signature kept."""
        return jwt_text.with_content(self.token, self.header, {**self.claims, **members})

    def unsigned(self, alg: str | None) -> str:
        """Return the JWT without a signature (RFC 7519, 6); `alg` None leaves the member out."""
        return jwt_text.unsigned(self.header, self.claims, alg)


def _with_embedded_key(jwt: Original) -> str:
    from osia_conformance.auth.signing import signed_with_its_own_key  # noqa: PLC0415 - slow, and few need it

    return signed_with_its_own_key(jwt.header, jwt.claims)


@dataclass(frozen=True, slots=True)
class Form:
    """One row: what `token --fault` and the journal call the form, and what is sent, as a phrase that follows "to".

    `forge` makes it of a real JWT; without it each source has a way of its own. `group` names the check that tries
    it together with its like. `opaque`: an opaque token can have the fault, too. `malformed`: it also breaks the
    grammar, so that a 400 refuses it (RFC 6750, 2.1; RFC 7515, 4.1.1 and 7.1).
    """

    name: str
    words: str
    forge: Callable[[Original], str] | None = None
    group: Group | None = None
    opaque: bool = False
    malformed: bool = False


class Fault(Enum):
    """What is wrong with a token that the target must refuse (RFC 7519, 7.2; RFC 8725, 2)."""

    _value_: str
    form: Form

    def __new__(cls, form: Form) -> Fault:
        """Make a member of a row; its value is the form's name."""
        member = object.__new__(cls)
        member._value_ = form.name
        member.form = form
        return member

    ABSENT = Form("absent", "a call without a token", opaque=True)
    MALFORMED = Form("malformed", "a malformed token", opaque=True, malformed=True)
    UNKNOWN = Form("unknown", "a token that nobody issued", opaque=True)
    EMPTY_HEADER = Form("empty-header", "an empty Authorization header", None, "no-bearer", opaque=True, malformed=True)
    EMPTY_BEARER = Form("empty-bearer", "Bearer without a token", None, "no-bearer", opaque=True, malformed=True)
    OTHER_SCHEME = Form(
        "other-scheme", "a good token under the scheme Basic", None, "no-bearer", opaque=True, malformed=True
    )
    EXPIRED = Form("expired", "a token that expired more than an hour ago")
    NOT_YET_VALID = Form("not-yet-valid", "a token that is not valid for more than an hour yet")
    WRONG_SIGNATURE = Form("wrong-signature", "a token with another signature than its issuer's", opaque=True)
    EMPTY_SIGNATURE = Form(
        "empty-signature",
        "a token whose signature is empty",
        lambda jwt: jwt.token.rpartition(".")[0] + ".",
        "wrongly-signed",
    )
    CUT_SIGNATURE = Form(
        "cut-signature",
        "a token with the first half of its signature",
        lambda jwt: jwt_text.with_half_a_signature(jwt.token),
        "wrongly-signed",
    )
    ALTERED_CLAIMS = Form(
        "altered-claims",
        "a token whose claims were altered after it was signed",
        lambda jwt: jwt.with_claims(sub="somebody else"),
        "wrongly-signed",
    )
    UNKNOWN_KEY_ID = Form(
        "unknown-key-id",
        "a token that names an unknown key (kid), not signed by its issuer",
        lambda jwt: jwt.with_header(kid="of-no-key"),
        "wrongly-signed",
    )
    EMBEDDED_KEY = Form(
        "embedded-key",
        "a token signed with a stranger's key that it brings along (jwk)",
        _with_embedded_key,
        "wrongly-signed",
    )
    KEY_CONFUSION = Form("key-confusion", "a token signed by HS256 with the issuer's public key as the secret")
    ALG_NONE = Form("alg-none", "an unsigned token (alg none)", lambda jwt: jwt.unsigned("none"))
    ALG_NONE_CAPITALS = Form(
        "alg-none-capitals", "an unsigned token (alg NONE)", lambda jwt: jwt.unsigned("NONE"), "unsigned"
    )
    ALG_NONE_MIXED_CASE = Form(
        "alg-none-mixed-case", "an unsigned token (alg nOnE)", lambda jwt: jwt.unsigned("nOnE"), "unsigned"
    )
    ALG_NONE_SIGNED = Form(
        "alg-none-signed",
        "a token with alg none and the signature of another one",
        lambda jwt: jwt.with_header(alg="none"),
        "unsigned",
    )
    ALG_NONE_BARE = Form(
        "alg-none-bare",
        "an unsigned token (alg none) without the dot that it ends with",
        lambda jwt: jwt.unsigned("none").rstrip("."),
        "unsigned",
        malformed=True,
    )
    ALG_ABSENT = Form(
        "alg-absent", "an unsigned token without alg", lambda jwt: jwt.unsigned(None), "unsigned", malformed=True
    )

    OTHER_AUDIENCE = Form("other-audience", "a token whose audience is somebody else's (aud)", None, "misdirected")
    UNKNOWN_CRITICAL = Form(
        "unknown-critical", "a token with a critical header that nobody knows (crit)", None, "misdirected"
    )

    @property
    def words(self) -> str:
        """What is sent, as a phrase that follows "to"."""
        return self.form.words

    @property
    def malformed(self) -> bool:
        """Whether the token also breaks the grammar of tokens."""
        return self.form.malformed


def faults_of(group: Group) -> tuple[Fault, ...]:
    """Return the forms that one check tries together, in the table's order."""
    return tuple(fault for fault in Fault if fault.form.group == group)


UNSIGNED = faults_of("unsigned")
"""Further forms of a token that nobody signed."""

WRONGLY_SIGNED = faults_of("wrongly-signed")
"""Further forms of a token whose signature is not the one of its issuer over its content."""

NO_BEARER = faults_of("no-bearer")
"""Authorization headers that hold no bearer token (RFC 6750, 2.1)."""

MISDIRECTED = faults_of("misdirected")
"""Forms of a token that its issuer signed, and that a server must not take all the same (RFC 7519, 4.1.3;
RFC 7515, 4.1.11)."""

_NOTHING_TO_PRINT = (Fault.ABSENT, Fault.EMPTY_HEADER, Fault.EMPTY_BEARER, Fault.OTHER_SCHEME)
PRINTABLE = tuple(fault.value for fault in Fault if fault not in _NOTHING_TO_PRINT)
"""The names that `token --fault` takes: every form that there is something to print of."""


def forged(fault: Fault, token: str) -> str | None:
    """Return a JWT like `token` with this fault.

    None if `token` is no JWT, or the fault needs a key or a time of the issuer's.
    """
    stated, forge = jwt_text.parse(token), fault.form.forge
    return forge(Original(token, stated.header, stated.claims)) if stated and forge else None
