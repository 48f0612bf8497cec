"""Violations of tokens: forgeries that a server takes in one form alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry
from joserfc.util import urlsafe_b64decode

from osia_reference.app import Server
from osia_reference.calls import Call
from osia_reference.replies import Reply
from osia_reference.settings import ServerSettings
from osia_reference.tokens import Algorithms, Claims, TokenCheck
from tests.harness.variant import Violation

Scopes = frozenset[str]
Taken = Callable[[Claims, list[str]], bool]


def content(segment: str) -> Any:
    return json.loads(urlsafe_b64decode(segment.encode("ascii")))


def taking(taken: Taken) -> type[TokenCheck]:
    """A check that looks at nothing but the times of a token if `taken` says so of (header, segments)."""

    class Takes(TokenCheck):
        def authenticate(self, authorization: str | None) -> Scopes:
            segments = self.bearer(authorization).split(".")
            try:
                header, claims = (content(each) for each in segments[:2])
                known = taken(header, segments)
            except (ValueError, TypeError, AttributeError):
                known = False
            if not known:
                return super().authenticate(authorization)
            self.check_times(claims)
            return self.granted(claims)

    return Takes


class TakesKeysFromTokens(TokenCheck):
    """A key in the header is taken for the issuer's."""

    def check_signature(self, token: str) -> None:
        header = content(token.partition(".")[0])
        if "jwk" not in header:
            super().check_signature(token)
            return
        try:
            jws.deserialize_compact(token, JWKRegistry.import_key(header["jwk"]), registry=self.registry)
        except (JoseError, ValueError, TypeError) as error:
            raise self.bad_token("its signature is not valid") from error


class KnowsSignatures(TokenCheck):
    """What was found good is remembered by its signature, whatever stands before it."""

    def check_signature(self, token: str) -> None:
        signature = token.rpartition(".")[2]
        if signature not in self._signed:
            super().check_signature(token)
            self._signed.add(signature)


class ComparesTheBeginning(TokenCheck):
    """A signature is compared as far as it goes."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.known: dict[str, str] = {}

    def check_signature(self, token: str) -> None:
        signed, _, signature = token.rpartition(".")
        if signature and self.known.get(signed, "").startswith(signature):
            return
        super().check_signature(token)
        self.known[signed] = signature


def leeway(seconds: int) -> type[TokenCheck]:
    class Lenient(TokenCheck):
        def check_expiry(self, exp: object, now: float) -> None:
            super().check_expiry(exp, now - seconds)

        def check_not_before(self, nbf: object, now: float) -> None:
            super().check_not_before(nbf, now + seconds)

    return Lenient


class CachesBeforeItChecks(Server):
    """A cache in front keeps what was read by path and answers it to anybody for a while."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.kept: dict[str, tuple[Reply, list[bytes] | None]] = {}

    async def perform(self, call: Call) -> Reply:
        path = call.request.url.path
        if call.request.method != "GET":
            self.kept.pop(path.removesuffix("/finalize"), None)
            return await super().perform(call)
        plain = set(call.request.query_params) <= {"transactionId"}
        if not plain or path not in self.kept:
            reply = await super().perform(call)
            pieces = None if reply.stream is None else list(reply.stream)
            if not plain:
                reply.stream = pieces
                return reply
            self.kept[path] = reply, pieces
        reply, pieces = self.kept[path]
        return Reply(reply.status, reply.body, dict(reply.headers), pieces)


class TakesAnyScheme(TokenCheck):
    def bearer(self, authorization: str | None) -> str:
        scheme, _, token = (authorization or "").strip().partition(" ")
        return super().bearer(f"Bearer {token}" if scheme and token else authorization)


def nobody_may(header: str) -> type[TokenCheck]:
    """Return a check that lets a call with this Authorization header do anything."""

    class NobodyMay(TokenCheck):
        def authorize(self, authorization: str | None, required: Scopes) -> None:
            if authorization is None or authorization.strip() != header:
                super().authorize(authorization, required)

    return NobodyMay


class SplitsTheHeader(TokenCheck):
    """Takes it for granted that the header has two words."""

    def bearer(self, authorization: str | None) -> str:
        if authorization is not None:
            _, _ = authorization.split(" ", 1)
        return super().bearer(authorization)


class AnyHeader(Algorithms):
    def check_header(self, header: Claims) -> None:
        pass


class TakesAnyCritical(TokenCheck):
    def __init__(self, settings: ServerSettings, *parts: Any) -> None:
        super().__init__(settings, *parts)
        self.registry = AnyHeader(settings.jwt_algorithm)

    def check_algorithm(self, header: Claims) -> None:
        super().check_algorithm({name: value for name, value in header.items() if name != "crit"})


def forged(number: str, name: str, change: str, tokens: type[TokenCheck]) -> Violation:
    return Violation(f"tokens-{name}", change, {"tokens": tokens}, expected=(f"ENR-TOKEN-{number}-*",))


def unsigned(name: str, change: str, taken: Taken) -> Violation:
    return forged("06", f"may-be-unsigned-{name}", change, taking(taken))


def is_none(header: Claims) -> bool:
    return header.get("alg") == "none"


VIOLATIONS = [
    unsigned("in-capitals", "alg NONE needs no signature.", lambda header, _: header.get("alg") == "NONE"),
    unsigned(
        "in-any-case-but-its-own",
        "alg none is refused, and nOnE needs no signature.",
        lambda header, _: header.get("alg") not in ("none", "NONE") and str(header.get("alg")).lower() == "none",
    ),
    unsigned(
        "with-two-segments",
        "alg none needs no signature, nor the dot before it.",
        lambda header, segments: is_none(header) and len(segments) == 2,
    ),
    unsigned(
        "with-any-signature",
        "With alg none any signature is good, but there must be one.",
        lambda header, segments: is_none(header) and len(segments) == 3 and segments[2] != "",
    ),
    unsigned(
        "without-alg", "A token that names no algorithm needs no signature.", lambda header, _: "alg" not in header
    ),
    forged(
        "05",
        "have-empty-signatures",
        "An empty signature is not checked.",
        taking(lambda header, segments: header.get("alg") == "HS256" and segments[2:] == [""]),
    ),
    forged(
        "05",
        "of-unknown-keys-are-not-checked",
        "The signature by a key that nobody knows is not checked.",
        taking(lambda header, _: "kid" in header),
    ),
    forged("05", "bring-their-key", "The key in a token's header is good for its signature.", TakesKeysFromTokens),
    forged("05", "are-known-by-signature", "What was good once is known by its signature.", KnowsSignatures),
    forged("05", "have-short-signatures", "The beginning of a signature is enough.", ComparesTheBeginning),
    forged("09", "come-under-any-scheme", "The scheme of a token is not looked at.", TakesAnyScheme),
    forged("09", "may-be-missing-behind-bearer", "Bearer alone opens everything.", nobody_may("Bearer")),
    forged("09", "may-be-an-empty-header", "An empty Authorization header opens everything.", nobody_may("")),
    forged("09", "crash-without-a-space", "A header of one word is a server error.", SplitsTheHeader),
    forged("10", "have-any-critical-header", "crit is not looked at.", TakesAnyCritical),
    Violation(
        "tokens-have-any-audience",
        "aud is not looked at.",
        auth={"audience": ("https://this-server.example",)},
        expected=("ENR-TOKEN-10-*",),
    ),
    Violation(
        "tokens-live-ninety-minutes-longer",
        "Clocks may differ by 90 minutes.",
        {"tokens": leeway(5400)},
        expected=("ENR-TOKEN-03-*", "ENR-TOKEN-04-*"),
    ),
    Violation(
        "tokens-are-checked-behind-a-cache",
        "What was read once is answered to anybody.",
        {"server": CachesBeforeItChecks},
        expected=tuple(f"ENR-{one}-READ" for one in ("TOKEN-01", "TOKEN-02", "TOKEN-05", "SCOPE-02", "TXN-01")),
        declared=("ENR-TOKEN-*", "ENR-SCOPE-*", "ENR-TXN-01-BUFREAD", "ENR-ERROR-02-*"),
    ),
]
