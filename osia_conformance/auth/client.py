"""Tokens from a token endpoint, one client for all scopes or one for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from osia_conformance.auth.endpoint import TokenEndpoint
from osia_conformance.auth.issued import IssuedTokens
from osia_conformance.auth.static import ConfiguredTokens
from osia_conformance.config.schema import client_for
from osia_conformance.config.settings import Settings
from osia_conformance.support.secrets import ConfigurationError, Redactor


def client_tokens(
    settings: Settings,
    redactor: Redactor,
    clock: Callable[[], float],
    environ: Mapping[str, str] | None,
    left: Callable[[], float],
) -> IssuedTokens:
    """Return the source of the method "client-credentials"; the arguments are those of `token_source`.

    Raises ConfigurationError if a key or a certificate is unusable.
    """
    auth = settings.auth
    if auth.token_url is None:
        raise ConfigurationError('auth: the method "client-credentials" needs token-url.')
    names = [*auth.clients, *([None] if auth.client_id else [])]
    endpoints = {
        name: TokenEndpoint(
            auth.token_url,
            client_for(auth, name),
            settings.target,
            redactor,
            scope_claim=auth.scope_claim,
            parameters=auth.parameters,
            scope_names=auth.scope_names,
            clock=clock,
            environ=environ,
        )
        for name in names
    }
    return IssuedTokens(endpoints, ConfiguredTokens(auth, redactor, clock, environ), redactor, clock, left)
