"""One call to a token endpoint: OAuth 2.0 client credentials (RFC 6749, 4.4; RFC 7523; RFC 8705)."""

from __future__ import annotations

import base64
import math
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus, urlencode, urlsplit

import httpx

from osia_conformance.auth import jwt_text
from osia_conformance.auth.model import TokenError, named
from osia_conformance.auth.scope_names import ScopeNames
from osia_conformance.auth.signing import Signer
from osia_conformance.auth.token_response import (
    Grant,
    error_code,
    is_bearer,
    is_bearer_token,
    json_object,
    lifetime,
    real_scopes,
    seconds,
)
from osia_conformance.config.settings import ClientSettings, TargetSettings
from osia_conformance.support.polling import wait
from osia_conformance.support.secrets import (
    ConfigurationError,
    Redactor,
    SecretReference,
    add_proxies,
    resolve_all,
)
from osia_conformance.support.urls import host_of
from osia_conformance.wire.client import HttpClient, open_client
from osia_conformance.wire.errors import NoAnswer
from osia_conformance.wire.headers import header_fields
from osia_conformance.wire.limits import Deadline
from osia_conformance.wire.network import Endpoint
from osia_conformance.wire.retry_after import retry_after
from osia_conformance.wire.settings import DEFAULT_PORTS, HttpSettings
from osia_conformance.wire.status_codes import PUT_OFF

LONGEST_ANSWER = 1 << 20
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_ASSERTION_LIFETIME = 120
_GIVEN = (200, 201)
"""RFC 6749, 5.1 wants 200; some servers say that they created a token."""

_WAITS = 3
_VISIBLE_ASCII = "".join(map(chr, range(0x21, 0x7F)))

Form = dict[str, str | list[str]]


class TokenEndpoint:
    """Asks `url` for tokens as one client. Raises ConfigurationError if a key or certificate is unusable.

    `parameters` are more members of the form, `scope_names` what is asked for instead of a scope.
    """

    def __init__(
        self,
        url: str,
        client: ClientSettings,
        target: TargetSettings,
        redactor: Redactor,
        *,
        scope_claim: str = "scope",
        parameters: Mapping[str, str | SecretReference] | None = None,
        scope_names: Mapping[str, str] | None = None,
        clock: Callable[[], float] = time.time,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._url = url
        self._client = client
        self._target = target
        self._redactor = redactor
        self._scope_claim = scope_claim
        self._parameters = parameters or {}
        self._names = ScopeNames(scope_names or {})
        self._clock = clock
        self._environ = environ
        self._signer = self._make_signer()
        self._path = _path_of(url)
        redactor.add_url(url)
        self._wire = self._open()

    def ask(self, scopes: Collection[str], within: float = math.inf) -> Grant:
        """Return a token for these scopes; raise TokenError with one sentence if the endpoint gives none.

        It takes the target's timeout in all, or `within` seconds where that is less.
        """
        deadline = Deadline(min(self._target.timeout, within))
        left = deadline.seconds
        for _ in range(_WAITS):
            answer = self._post(*self._request(scopes), left)
            pause = retry_after(header_fields(answer)) if answer.status_code in PUT_OFF else None
            if pause is None or pause >= (left := deadline.seconds - deadline.elapsed):
                break
            wait(pause)
            left = max(0.01, left - pause)
        if answer.status_code not in _GIVEN:
            raise self._error(
                f"refused a token for {named(scopes)} with {answer.status_code}{error_code(answer.content)}."
            )
        return self._grant(answer.content, scopes)

    def _request(self, scopes: Collection[str]) -> tuple[Form, dict[str, str]]:
        credentials, headers = self._credentials()
        # The suite's own parameters come last: no other one replaces them.
        form: Form = dict(resolve_all(self._parameters, self._redactor, self._environ))
        form["grant_type"] = "client_credentials"
        if asked := self._names.asked(scopes):
            form["scope"] = " ".join(sorted(asked))
        if self._client.audience:
            form["audience"] = list(self._client.audience)
        if self._client.resource:
            form["resource"] = list(self._client.resource)
        accepted = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        return {**form, **credentials}, {**accepted, **headers}

    def _credentials(self) -> tuple[Form, dict[str, str]]:
        """Return how the client says who it is: as parameters of the form, and as header fields."""
        client = self._client
        name = client.client_id or ""
        if client.client_auth == "basic":
            secret = self._secret(client.client_secret)
            self._redactor.add_basic(name, secret)
            pair = f"{quote_plus(name)}:{quote_plus(secret)}".encode()
            return {}, {"Authorization": "Basic " + base64.b64encode(pair).decode()}
        form: Form = {"client_id": name}
        if client.client_auth == "post":
            form["client_secret"] = self._secret(client.client_secret)
        if self._signer is not None:
            form["client_assertion_type"] = _ASSERTION
            form["client_assertion"] = self._assertion(self._signer)
        return form, {}

    def _assertion(self, signer: Signer) -> str:
        signer.refresh()
        now = int(self._clock())
        kid = self._client.kid or signer.key_id
        claims = {
            "iss": self._client.client_id,
            "sub": self._client.client_id,
            "aud": self._client.assertion_audience or self._url,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "exp": now + _ASSERTION_LIFETIME,
        }
        return signer.sign({"kid": kid} if kid else {}, claims)

    def _post(self, form: Form, headers: dict[str, str], within: float) -> httpx.Response:
        body = urlencode(form, doseq=True).encode("ascii")
        try:
            answer = self._wire.send("POST", self._path, headers=list(headers.items()), body=body, within=within)
        except NoAnswer as error:
            raise self._error(f"cannot be used: {error.reason.rstrip('.')}.", answered=False) from None
        if answer.extensions["truncated"]:
            raise self._error(f"answered with more than {LONGEST_ANSWER} bytes.", answered=False)
        return answer

    def _open(self) -> HttpClient:
        """Return the way to the endpoint, bounded as the one to the target is; no connection is kept."""
        target = self._target
        key_password = target.client_key_password
        proxy = self._secret(target.proxy) if isinstance(target.proxy, SecretReference) else target.proxy
        add_proxies(self._redactor, proxy)
        try:
            settings = HttpSettings(
                base_url=_origin(self._url),
                timeout=target.timeout,
                ca_file=_text(target.ca_file),
                client_cert=_text(target.client_cert),
                client_key=_text(target.client_key),
                client_key_password=self._secret(key_password) if key_password else None,
                proxy=proxy,
                headers={"Accept-Encoding": "identity", "Connection": "close"},
                largest_answer=LONGEST_ANSWER,
                without_secrets=self._redactor.text,
            )
            return open_client(settings)
        except ValueError as error:
            raise ConfigurationError(f"target.{self._redactor.text(str(error)).rstrip('.')}.") from None

    def _grant(self, body: bytes, scopes: Collection[str]) -> Grant:
        answer = json_object(body)
        value = answer.get("access_token")
        if not is_bearer_token(value):
            raise self._error("answered without an access_token (RFC 6749, 5.1).")
        self._redactor.add(value)
        if not is_bearer(answer.get("token_type", "Bearer")):
            raise self._error("gave a token of another type than Bearer.")
        stated = jwt_text.parse(value)
        claimed = stated.scopes(self._scope_claim) if stated else None
        held = real_scopes(answer, claimed, scopes, self._names)
        return Grant(value, held, seconds(answer.get("expires_in"), lifetime(stated, self._clock())))

    def _make_signer(self) -> Signer | None:
        client = self._client
        if client.client_auth != "private_key_jwt" or client.key is None or client.algorithm is None:
            return None
        return Signer(client.algorithm, client.key, self._redactor, "auth.key", self._environ)

    def _secret(self, reference: SecretReference | None) -> str:
        if reference is None:
            raise ConfigurationError("auth.client-secret: is missing; it must be env:NAME or file:PATH.")
        secret = reference.resolve(self._environ)
        self._redactor.add(secret)
        return secret

    def _error(self, what: str, *, answered: bool = True) -> TokenError:
        sentence = f"the token endpoint {self._url.partition('?')[0]} {what}"
        # The error code, too, is the server's to choose.
        return TokenError(self._redactor.shortened(sentence), answered=answered)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    endpoint = Endpoint(host_of(url), parts.port or DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{endpoint}"


def _path_of(url: str) -> str:
    """Return path and query as they go out: the query of the URL is part of it (RFC 6749, 3.2)."""
    parts = urlsplit(url)
    return quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_VISIBLE_ASCII)


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)
