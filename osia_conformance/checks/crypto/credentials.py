"""A verifiable credential as a supporting document (from 1.3.0): issued here, and verified in what a server answers."""

from __future__ import annotations

import base64
import json
from typing import Any

from osia_conformance.checks.crypto.keys import own_keys
from osia_conformance.support.base64_text import decoded
from osia_conformance.support.json_types import Json

CREDENTIAL_JWT_TYPE = "application/vc+jwt"
"""A credential secured as a JWT (W3C, Securing Verifiable Credentials using JOSE and COSE, 6.1)."""
CREDENTIAL_DOCUMENT_TYPE = "application/vc"
"""A credential as a JSON document; the type in the standard's own example (W3C VC Data Model 2.0, C.1)."""
CONTEXT = "https://www.w3.org/ns/credentials/v2"
_SIGNED_WITH = "RS256"


def credential() -> Json:
    """Return the claims of a synthetic credential (W3C Verifiable Credentials Data Model 2.0, 4)."""
    return {
        "@context": [CONTEXT],
        "type": ["VerifiableCredential"],
        "issuer": "urn:osia-conformance:issuer",
        "validFrom": "2020-07-01T00:00:00Z",
        "credentialSubject": {"id": "urn:osia-conformance:holder", "name": "muster"},
    }


def signed_credential() -> str:
    """Return the credential as a signed JWT, which is text and needs no further encoding."""
    from joserfc import jws  # noqa: PLC0415 - slow, and needed from version 1.3.0 on

    header = {"alg": _SIGNED_WITH, "typ": "vc+jwt", "cty": "vc"}
    return jws.serialize_compact(header, json.dumps(credential()), own_keys().jwk, [_SIGNED_WITH])


def enveloped_credential() -> bytes:
    """Return the signed credential as a JSON document that carries it (W3C VC Data Model 2.0, 4.13)."""
    return json.dumps(
        {
            "@context": [CONTEXT],
            "type": "EnvelopedVerifiableCredential",
            "id": f"data:{CREDENTIAL_JWT_TYPE},{signed_credential()}",
        }
    ).encode()


def base64_text(data: bytes) -> str:
    """Return octets as base64 text (RFC 4648, 4)."""
    return base64.b64encode(data).decode("ascii")


def credential_problem(media_type: str, data: Any) -> str | None:
    """Say in one phrase why `data`, a part's member of this media type, is not our credential; None if it is.

    The signed text is taken as it is or in base64, since the standard calls it an encoded buffer and says no more.
    """
    from joserfc import jws  # noqa: PLC0415 - as above
    from joserfc.errors import JoseError  # noqa: PLC0415

    if not isinstance(data, str):
        return "it is no string"
    text = data if data.count(".") > 1 else _decoded(data)
    if media_type == CREDENTIAL_DOCUMENT_TYPE:
        text = _carried(text)
    try:
        found = json.loads(jws.deserialize_compact(text.strip(), own_keys().jwk, [_SIGNED_WITH]).payload)
    except (JoseError, ValueError) as error:
        return f"its signature does not verify: {error}"
    return None if found == credential() else "it says something else"


def _decoded(text: str) -> str:
    try:
        return decoded(text).decode("utf-8")
    except ValueError:
        return ""


def _carried(text: str) -> str:
    try:
        return str(json.loads(text)["id"]).partition(",")[2]
    except (ValueError, LookupError, TypeError):
        return ""
