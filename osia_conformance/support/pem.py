"""Keys in PEM (RFC 7468) as CI systems keep them: on one line with "\\n" in it, or in base64 as a whole."""

from __future__ import annotations

import re

from osia_conformance.support.base64_text import decoded

_BEGIN = "-----BEGIN "
_SHORTEST_LINE = 16
_PRIVATE_BLOCK = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(.*?)(?:-----END|\Z)", re.DOTALL)


def pem_text(secret: str) -> str:
    """Return a secret as PEM with its lines, if it is PEM in one of these forms; any other secret as it is."""
    if _BEGIN in secret:
        return secret if "\n" in secret.strip() else secret.replace("\\r", "").replace("\\n", "\n")
    try:
        text = decoded(secret).decode("ascii")
    except ValueError:
        return secret
    return text if _BEGIN in text else secret


def key_texts(secret: str) -> list[str]:
    """Return what of a private key no report may hold: the secret as it is kept, as PEM, and each line of the key.

    Parameters of a curve and certificates, which may stand beside the key, are public; so are the fields before an
    encrypted one (RFC 1421, 4.6), which have a colon.
    """
    text = pem_text(secret)
    blocks = "\n".join(_PRIVATE_BLOCK.findall(text))
    return [secret, text, *(line for line in blocks.splitlines() if len(line) >= _SHORTEST_LINE and ":" not in line)]
