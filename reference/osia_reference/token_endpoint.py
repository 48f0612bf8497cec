"""The token endpoint: OAuth 2.0 client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

import base64
import hmac
import secrets
import time
from urllib.parse import parse_qsl, unquote_plus

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet

from osia_reference.replies import Refusal, Reply
from osia_reference.settings import OPAQUE, Client, ServerSettings
from osia_reference.tokens import Algorithms, OpaqueTokens

FORM = "application/x-www-form-urlencoded"
LARGEST_FORM = 16 * 1024
MOST_FIELDS = 32
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

Form = dict[str, str]


class TokenEndpoint:
    """Issues tokens to the configured clients, JWTs or opaque ones."""

    def __init__(self, settings: ServerSettings, key: Key | KeySet | None, opaque: OpaqueTokens) -> None:
        self.settings = settings
        self.key = key
        self.opaque = opaque
        self.clients = {client.client_id: client for client in settings.clients}

    def answer(self, authorization: str | None, media_type: str, body: bytes) -> Reply:
        """Answer a token request, or raise Refusal with an error of RFC 6749, 5.2."""
        form = self.parse_form(media_type, body)
        client = self.authenticate(authorization, form)
        if "grant_type" not in form:
            raise oauth_error("invalid_request", "grant_type is missing")
        if form["grant_type"] != "client_credentials":
            raise oauth_error("unsupported_grant_type", "only client_credentials is supported")
        scopes = self.narrowed(client, form.get("scope"))
        body_out = {
            "access_token": self.issue(client, scopes),
            "token_type": "Bearer",
            "expires_in": self.settings.token_lifetime,
            "scope": " ".join(sorted(scopes)),
        }
        return Reply(200, body_out, dict(NO_STORE))

    def parse_form(self, media_type: str, body: bytes) -> Form:
        """Return the parameters; empty ones count as omitted, repeated ones are refused (RFC 6749, 3.2)."""
        if media_type != FORM:
            raise oauth_error("invalid_request", f"the body must be {FORM}")
        try:
            pairs = parse_qsl(body.decode("utf-8"), errors="strict", max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise oauth_error("invalid_request", "the body is not a readable form") from error
        form = dict(pairs)
        if len(form) != len(pairs):
            raise oauth_error("invalid_request", "a parameter is repeated")
        return form

    def authenticate(self, authorization: str | None, form: Form) -> Client:
        """Return the client that client_secret_basic or client_secret_post proves (RFC 6749, 2.3.1)."""
        if authorization is not None and "client_secret" in form:
            raise oauth_error("invalid_request", "two ways of client authentication are used at once")
        if authorization is None:
            client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
        else:
            client_id, secret = self.basic(authorization)
        client = self.clients.get(client_id)
        expected = secrets.token_hex() if client is None else client.secret
        if not hmac.compare_digest(expected.encode(), secret.encode("utf-8", "replace")) or client is None:
            raise self.unknown_client()
        return client

    def basic(self, authorization: str) -> tuple[str, str]:
        """Return client id and secret of a Basic header (RFC 7617; form-encoded by RFC 6749, 2.3.1)."""
        scheme, _, credentials = authorization.partition(" ")
        try:
            text = base64.b64decode(credentials.strip(), validate=True).decode("utf-8")
        except ValueError as error:
            raise self.unknown_client() from error
        if scheme.lower() != "basic" or ":" not in text:
            raise self.unknown_client()
        client_id, _, secret = text.partition(":")
        return unquote_plus(client_id), unquote_plus(secret)

    def narrowed(self, client: Client, scope: str | None) -> frozenset[str]:
        """Return the scopes to grant: those asked for, and no scope by default (RFC 6749, 3.3)."""
        if scope is None:
            return frozenset()
        asked = frozenset(filter(None, scope.split(" ")))
        if not asked or not asked <= client.scopes:
            raise oauth_error("invalid_scope", "the client may not have this scope")
        return asked

    def issue(self, client: Client, scopes: frozenset[str]) -> str:
        """Return a new token."""
        expires = int(time.time()) + self.settings.token_lifetime
        if self.settings.token_format == OPAQUE:
            token = secrets.token_urlsafe(32)
            self.opaque.remember(token, scopes, expires)
            return token
        claims = {
            "sub": client.client_id,
            "client_id": client.client_id,
            "jti": secrets.token_hex(8),
            "iat": int(time.time()),
            "exp": expires,
            self.settings.scope_claim: " ".join(sorted(scopes)),
        }
        parties = {"iss": self.settings.issuer, "aud": self.settings.audience}
        claims.update({name: value for name, value in parties.items() if value is not None})
        return self.sign(claims)

    def sign(self, claims: dict[str, object]) -> str:
        """Return a JWT of these claims.

        Raises:
            ValueError: the configured key cannot sign.
        """
        algorithm = self.settings.jwt_algorithm
        if self.key is None:
            raise ValueError("jwt_key is missing; the token endpoint needs one to sign with.")
        try:
            return jwt.encode({"alg": algorithm}, claims, self.key, registry=Algorithms(algorithm))
        except JoseError as error:
            raise ValueError("jwt_key cannot sign; the token endpoint needs a private key.") from error

    def unknown_client(self) -> Refusal:
        """Return the refusal of a client that is not known or has another secret."""
        return oauth_error("invalid_client", "the client is unknown or its secret is wrong", status=401)


def oauth_error(error: str, description: str, status: int = 400) -> Refusal:
    """Return a refusal in the form of RFC 6749, 5.2."""
    headers = dict(NO_STORE)
    if status == 401:  # noqa: PLR2004 the challenge goes with this code alone (RFC 9110, 11.6.1)
        headers["WWW-Authenticate"] = 'Basic realm="OSIA"'
    return Refusal(status, description, headers, {"error": error, "error_description": description})
