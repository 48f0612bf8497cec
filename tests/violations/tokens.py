"""Violations of tokens: what a server does not check, or checks the wrong way round."""

from __future__ import annotations

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Refusal, Reply
from osia_reference.tokens import Claims, TokenCheck
from tests.harness.variant import Violation

EVERYTHING = frozenset({"enroll.read", "enroll.write", "enroll.buf.read", "enroll.buf.write"})
FAULTS = ("01", "02", "03", "04", "05", "06")
EVERY_FAULT = (*FAULTS, "09", "10")
"""The rules of tokens that a server breaks which looks at none."""
Scopes = frozenset[str]


class PassesAbsent(TokenCheck):
    def authorize(self, authorization: str | None, required: Scopes) -> None:
        if authorization is not None:
            super().authorize(authorization, required)


class PassesUnreadable(TokenCheck):
    """What is no JWT is let through."""

    def authenticate(self, authorization: str | None) -> Scopes:
        try:
            self.parse(self.bearer(authorization))
        except Refusal as refusal:
            if "no bearer token" in refusal.message:
                raise
            return EVERYTHING
        return super().authenticate(authorization)


class FailsOnUnreadable(TokenCheck):
    def parse(self, token: str) -> tuple[Claims, Claims]:
        try:
            return super().parse(token)
        except Refusal as refusal:
            raise RuntimeError("no JWT") from refusal


class RefusesUnreadableAsNotFound(TokenCheck):
    def parse(self, token: str) -> tuple[Claims, Claims]:
        try:
            return super().parse(token)
        except Refusal as refusal:
            raise Refusal(404, refusal.message) from refusal


class IgnoresExpiry(TokenCheck):
    def check_expiry(self, exp: object, now: float) -> None:
        pass


class HasADaysLeeway(TokenCheck):
    def check_expiry(self, exp: object, now: float) -> None:
        super().check_expiry(exp, now - 24 * 3600)


class ReversesExpiry(TokenCheck):
    def check_expiry(self, exp: object, now: float) -> None:
        if isinstance(exp, int | float) and exp > now:
            raise self.bad_token("it has expired")


class CountsMilliseconds(TokenCheck):
    """The end is taken for milliseconds since 1970, now for seconds."""

    def check_expiry(self, exp: object, now: float) -> None:
        super().check_expiry(exp, now / 1000)


class IgnoresNotBefore(TokenCheck):
    def check_not_before(self, nbf: object, now: float) -> None:
        pass


class ReversesNotBefore(TokenCheck):
    def check_not_before(self, nbf: object, now: float) -> None:
        if isinstance(nbf, int | float) and nbf <= now:
            raise self.bad_token("it is not valid yet")


class IgnoresSignatures(TokenCheck):
    def check_signature(self, token: str) -> None:
        pass


class TakesUnsigned(TokenCheck):
    """alg none needs no signature."""

    def claims(self, token: str) -> Claims:
        header, claims = self.parse(token)
        if header.get("alg") != "none":
            return super().claims(token)
        self.check_times(claims)
        return claims


class TakesWhatTheTokenSays(TakesUnsigned):
    """Neither algorithm nor signature are checked."""

    def check_algorithm(self, header: Claims) -> None:
        pass

    def check_signature(self, token: str) -> None:
        pass


class ChallengesNobody(TokenCheck):
    """401 comes without WWW-Authenticate."""

    def authenticate(self, authorization: str | None) -> Scopes:
        try:
            return super().authenticate(authorization)
        except Refusal as refusal:
            raise Refusal(refusal.status, refusal.message) from refusal


def refused_with(status: int, headers: dict[str, str] | None = None) -> type[TokenCheck]:
    """A check that refuses bad tokens with `status`."""

    class Refuses(TokenCheck):
        def authenticate(self, authorization: str | None) -> Scopes:
            try:
                return super().authenticate(authorization)
            except Refusal as refusal:
                raise Refusal(status, refusal.message, headers) from refusal

    return Refuses


class SaysSoInTheBody(Server):
    """A bad token is answered 200, with an error in the body."""

    async def perform(self, call: Call) -> Reply:
        try:
            return await super().perform(call)
        except Refusal as refusal:
            if refusal.status == 401:
                return Reply(200, {"error": refusal.message})
            raise


def fault(
    number: str, name: str, change: str, tokens: type[TokenCheck], *more: str, declared: tuple[str, ...] = ()
) -> Violation:
    expected = (f"ENR-TOKEN-{number}-*", *more)
    return Violation(f"tokens-{name}", change, {"tokens": tokens}, expected=expected, declared=declared)


ALL = tuple(f"ENR-TOKEN-{number}-*" for number in FAULTS)

VIOLATIONS = [
    fault("01", "may-be-absent", "A call without a token is let through.", PassesAbsent),
    *(
        # An unsigned token without its last dot is no JWT either.
        fault("02", name, change, part, declared=("ENR-TOKEN-06-*",))
        for name, change, part in (
            ("may-be-unreadable", "A token that is no JWT is let through.", PassesUnreadable),
            ("crash-when-unreadable", "A token that is no JWT ends in an error.", FailsOnUnreadable),
            ("are-not-found-when-unreadable", "No JWT: 404.", RefusesUnreadableAsNotFound),
        )
    ),
    fault("03", "never-expire", "The end of a token is not looked at.", IgnoresExpiry),
    fault("03", "live-a-day-longer", "Tokens are taken for a day after their end.", HasADaysLeeway),
    fault("03", "expire-in-milliseconds", "The end is compared in another unit.", CountsMilliseconds),
    Violation(
        "tokens-expire-the-wrong-way-round",
        "Tokens are refused before their end and taken after it.",
        {"tokens": ReversesExpiry},
        keep_going=True,
        expected=("ENR-TOKEN-03-CREATE",),
    ),
    fault("04", "begin-at-once", "The beginning of a token is not looked at.", IgnoresNotBefore),
    Violation(
        "tokens-begin-the-wrong-way-round",
        "Tokens are taken before their beginning and refused after it.",
        {"tokens": ReversesNotBefore},
        keep_going=True,
        expected=("ENR-TOKEN-04-CREATE",),
    ),
    fault("05", "have-unchecked-signatures", "Signatures are not checked.", IgnoresSignatures),
    fault("06", "may-be-unsigned", "A token with alg none needs no signature.", TakesUnsigned),
    fault("05", "are-believed", "Algorithm and signature are not checked.", TakesWhatTheTokenSays, "ENR-TOKEN-06-*"),
    Violation(
        "tokens-are-not-challenged",
        "A 401 does not say how to authenticate.",
        {"tokens": ChallengesNobody},
        expected=("ENR-TOKEN-08",),
    ),
    Violation(
        "tokens-are-bad-requests",
        "A bad token, or none, is answered 400.",
        {"tokens": refused_with(400)},
        expected=ALL,
        declared=("ENR-TOKEN-09-*", "ENR-TOKEN-10-*"),
    ),
    Violation(
        "tokens-are-server-errors",
        "A bad token, or none, is answered 500.",
        {"tokens": refused_with(500)},
        expected=ALL,
        declared=("ENR-TOKEN-09-*", "ENR-TOKEN-10-*"),
    ),
    Violation(
        "tokens-are-redirected",
        "A bad token, or none, is sent to a login page.",
        {"tokens": refused_with(302, {"Location": "/login"})},
        expected=ALL,
        declared=("ENR-TOKEN-09-*", "ENR-TOKEN-10-*"),
    ),
    Violation(
        "tokens-are-refused-in-the-body",
        "A bad token, or none, is answered 200 with an error in the body.",
        {"server": SaysSoInTheBody},
        expected=ALL,
        declared=("ENR-TOKEN-09-*", "ENR-TOKEN-10-*"),
    ),
]
