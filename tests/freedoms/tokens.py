"""How bad tokens and missing scopes may be refused (rulings 23 and 24)."""

from typing import Any

from osia_reference.replies import Refusal
from osia_reference.tokens import Claims, TokenCheck
from tests.harness.variant import Freedom


class Forbids(TokenCheck):
    def authenticate(self, authorization: str | None) -> frozenset[str]:
        try:
            return super().authenticate(authorization)
        except Refusal as refusal:
            raise Refusal(403, refusal.message) from refusal


class MalformedIsBad(TokenCheck):
    def parse(self, token: str) -> tuple[Claims, Claims]:
        if token.count(".") == 1:
            raise Refusal(400, "The Authorization header is malformed.")
        return super().parse(token)


class MissingScope(TokenCheck):
    code = 401

    def check_scopes(self, granted: frozenset[str], required: frozenset[str]) -> None:
        if not required <= granted:
            raise Refusal(self.code, "The scope is missing.", {"WWW-Authenticate": "Bearer"})


class HidesScopes(MissingScope):
    code = 404


class ChallengesOtherwise(TokenCheck):
    """Offers several schemes in one challenge, and knows the scopes of the interface only."""

    scopes = frozenset({"enroll.read", "enroll.write", "enroll.buf.read", "enroll.buf.write"})

    def authenticate(self, authorization: str | None) -> frozenset[str]:
        try:
            granted = super().authenticate(authorization)
        except Refusal as refusal:
            raise Refusal(401, refusal.message, self.challenge("invalid_token")) from refusal
        if granted - self.scopes:
            raise Refusal(401, "There is no such scope.", self.challenge("invalid_scope"))
        return granted

    def challenge(self, error: str) -> dict[str, str]:
        return {"www-authenticate": f'Negotiate, bearer realm="x", error="{error}"'}


class Lenient(TokenCheck):
    """Lets clocks differ by not quite an hour."""

    most = 3500

    def check_expiry(self, exp: object, now: float) -> None:
        super().check_expiry(exp, now - self.most)

    def check_not_before(self, nbf: object, now: float) -> None:
        super().check_not_before(nbf, now + self.most)


def freedom(name: str, change: str, part: type[TokenCheck], **more: Any) -> Freedom:
    return Freedom(f"tokens-{name}", change, {"tokens": part}, **more)


class EmptyIsBad(TokenCheck):
    """A header that holds no bearer token is a bad request."""

    def bearer(self, authorization: str | None) -> str:
        try:
            return super().bearer(authorization)
        except Refusal as refusal:
            raise refusal if authorization is None else Refusal(400, "The header is malformed.") from refusal


FREEDOMS = [
    freedom("empty-is-bad", "A header without a bearer token is answered 400.", EmptyIsBad),
    Freedom(
        "tokens-for-one-audience",
        "Tokens name this server as their audience, and are refused where they do not.",
        options={"audience": "https://this-server.example"},
        auth={"audience": ("https://this-server.example",)},
    ),
    freedom("forbidden", "A bad token is answered 403.", Forbids, inapplicable=("ENR-TOKEN-08",)),
    freedom("malformed-is-bad", "A malformed token is answered 400.", MalformedIsBad),
    freedom("scope-401", "A missing scope is answered 401.", MissingScope, rulings=("RUL-SCOPE",)),
    freedom(
        "challenges-otherwise",
        "A challenge offers several schemes, and a token with unknown scopes is answered 401.",
        ChallengesOtherwise,
        rulings=("RUL-SCOPE",),
    ),
    freedom("lenient", "Tokens are taken for not quite an hour before their beginning and after their end.", Lenient),
    freedom("scope-404", "A missing scope is answered 404.", HidesScopes, rulings=("RUL-SCOPE",)),
]
