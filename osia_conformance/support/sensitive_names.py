"""Names of headers, query parameters and claims that usually hold a secret."""

from __future__ import annotations

import re

SENSITIVE_WORDS = (
    *("authorization", "api-key", "apikey", "access-key", "accesskey", "subscription-key", "subscriptionkey"),
    *("token", "cookie", "secret", "password", "passphrase", "credential", "signature", "session"),
)
"""What the name of a header or a query parameter that holds a secret contains."""
SENSITIVE_NAMES = frozenset({"auth", "key", "sig", "code", "sid", "pwd", "pin", "otp", "jwt", "sas"})
"""What such a name is as a whole, an `x-` before it aside."""
_WORD = re.compile(r"[A-Za-z][a-z_.-]*[0-9]{0,2}")
_LONGEST_WORD = 15
_LONGEST_NUMBER = 7
_AUTH = re.compile(r"(^|-)(auth|sig|jwt|pwd)$")


def is_sensitive(name: str) -> bool:
    """Tell whether a header, query parameter or claim of this name usually holds a secret."""
    plain = name.lower().replace("_", "-")
    if any(word in plain for word in SENSITIVE_WORDS) or _AUTH.search(plain):
        return True
    return plain.removeprefix("x-") in SENSITIVE_NAMES


def is_unlike_a_word(text: str) -> bool:
    """Tell whether a text that has no name may be a secret: it is too long for a word, or long and unlike one.

    A word such as "json" would blot out plain text wherever it stands.
    """
    return len(text) > _LONGEST_WORD or (len(text) > _LONGEST_NUMBER and not _WORD.fullmatch(text))
