"""Keys in PEM (RFC 7468) as CI systems keep them: on one line with "\\n" in it, or in base64 as a whole."""

from __future__ import annotations

import base64
import binascii

_BEGIN = "-----BEGIN "


def pem_text(secret: str) -> str:
    """Return a secret as PEM with its lines, if it is PEM in one of these forms; any other secret as it is."""
    if _BEGIN in secret:
        return secret if "\n" in secret.strip() else secret.replace("\\r", "").replace("\\n", "\n")
    try:
        text = base64.b64decode("".join(secret.split()), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return secret
    return text if _BEGIN in text else secret
