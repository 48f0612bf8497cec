"""Integrity blocks (from 1.3.0): made, signed, and verified on what a server answers.

The hash is that of the nodes in scope as canonical JSON (RFC 8785), in lower-case hex as the standard's worked
examples have it. What the standard leaves open is ruled in RUL-INTEGRITY and RUL-SIGNATURE.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from typing import Any

import rfc8785

from osia_conformance.checks.crypto.keys import own_keys
from osia_conformance.checks.crypto.scope import limited, places
from osia_conformance.support.bounded_json import BeyondLimits
from osia_conformance.support.json_types import Json
from osia_conformance.support.json_words import show

ALGORITHMS = {"SHA256": hashlib.sha256, "SHA384": hashlib.sha384, "SHA512": hashlib.sha512}
"""The hash functions by the names that the standard gives as examples."""
SIGNED_WITH = "RS256"
MOST_BLOCKS = 100
"""Each one may hash all of the object."""


def canonical_text(owner: Any, scope: str) -> bytes:
    """Return the octets that are hashed for `scope`, whose paths start at the object that holds the block.

    Raises ValueError where a path is not understood or the nodes cannot be made canonical.
    """
    return rfc8785.dumps(limited(owner, places(owner, scope)))


def hash_of(owner: Any, scope: str, alg: str) -> str:
    """Return the hash of the nodes in scope, in lower-case hex. Raises ValueError as `canonical_text` does."""
    if alg not in ALGORITHMS:
        raise ValueError(f"{alg!r} is none of {', '.join(ALGORITHMS)}")
    return ALGORITHMS[alg](canonical_text(owner, scope)).hexdigest()


def integrity_block(owner: Json, *paths: str, name: str = "1", alg: str = "SHA256", **members: Any) -> Json:
    """Return an unsigned integrity block over some paths of `owner`; `members` adds to it."""
    scope = " ".join(paths)
    return {"id": name, "type": "NONE", "scope": scope, "alg": alg, "hash": hash_of(owner, scope, alg), **members}


def signed_as_jws(plain: Json) -> Json:
    """Return the block with its hash signed: a compact JWS without its payload, the hash (RFC 7515, appendix F)."""
    from joserfc import jws  # noqa: PLC0415 - slow, and needed from version 1.3.0 on

    text = jws.serialize_compact({"alg": SIGNED_WITH}, plain["hash"], own_keys().jwk, [SIGNED_WITH])
    head, _, signature = text.split(".")
    return {**plain, "type": "JWS", "signature": f"{head}..{signature}"}


def signed_as_pkcs7(plain: Json) -> Json:
    """Return the block with its hash signed: a detached SignedData in PEM (RFC 5652, 5)."""
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import pkcs7  # noqa: PLC0415

    keys, text = own_keys(), plain["hash"].encode("ascii")
    builder = pkcs7.PKCS7SignatureBuilder(text, [(keys.certificate, keys.private, hashes.SHA256(), None)])
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    pem = builder.sign(serialization.Encoding.PEM, options).decode("ascii")
    return {**plain, "type": "PKCS7", "signature": pem}


SIGNERS = {"JWS": signed_as_jws, "PKCS7": signed_as_pkcs7}


def with_integrity(owner: Json, *blocks: Json) -> Json:
    """Return the object with these integrity blocks in it, and no others."""
    return {**owner, "integrity": list(blocks)}


def integrity_blocks(owner: Any) -> list[Json]:
    """Return the integrity blocks of an object as it was answered; none where there are none to be seen.

    Raises BeyondLimits for more of them than are verified.
    """
    found = owner.get("integrity") if isinstance(owner, dict) else None
    if not isinstance(found, list):
        return []
    if len(found) > MOST_BLOCKS:
        raise BeyondLimits(f"an object was answered with more than {MOST_BLOCKS} integrity blocks")
    return [each for each in found if isinstance(each, dict)]


def broken_hashes(owner: Any, blocks: Iterable[Json]) -> list[str]:
    """Return, as phrases, which of the blocks' hashes are not those of the object that holds them."""
    return [difference for each in blocks if (difference := _difference(owner, each))]


def signature_verifies(answered: Json, signature: str) -> bool:
    """Return whether a compact JWS, with its payload or without, is ours and signs the hash of the block."""
    from joserfc import jws  # noqa: PLC0415 - as above
    from joserfc.errors import JoseError  # noqa: PLC0415

    text = str(answered.get("hash")).encode("utf-8", "surrogatepass")
    head, detached, tail = signature.partition("..")
    payload = base64.urlsafe_b64encode(text).rstrip(b"=").decode("ascii")
    whole = f"{head}.{payload}.{tail}" if detached else signature
    try:
        return bool(jws.deserialize_compact(whole, own_keys().jwk, [SIGNED_WITH]).payload == text)
    except (JoseError, ValueError):
        return False


def _difference(owner: Any, block: Json) -> str | None:
    try:
        found = hash_of(owner, block["scope"], block["alg"])
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return f"the hash over {show(block.get('scope'))} cannot be taken: {error}"
    if found == block.get("hash"):
        return None
    return f"{block['alg']} over {show(block['scope'])} is {found[:16]}…, the block says {show(block.get('hash'))}"
