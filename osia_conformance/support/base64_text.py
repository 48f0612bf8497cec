"""Base64 (RFC 4648, 4) as people and servers write it, in lines."""

import base64


def decoded(text: str) -> bytes:
    """Return the octets of base64 text, whatever white space is in it; ValueError if it is none."""
    return base64.b64decode("".join(text.split()), validate=True)
