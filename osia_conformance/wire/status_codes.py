"""Status codes as the wire knows them (RFC 9110, 15)."""

SUCCESSES = range(200, 300)
"""Codes of success (RFC 9110, 15.3)."""

WITHOUT_CONTENT = frozenset({204, 304})
"""Final codes whose responses end with their head, whatever length they state (RFC 9112, 6.3)."""

PUT_OFF = frozenset({429, 503})
"""Codes by which a server asks to be called later (RFC 6585, 4; RFC 9110, 15.6.4)."""

OF_A_GATEWAY = frozenset({502, 503, 504})
"""Codes that a gateway answers in place of a server that is not there (RFC 9110, 15.6.3 to 15.6.5)."""

INCONCLUSIVE = OF_A_GATEWAY | {429, 501}
"""Codes that leave a case open: the server says that it cannot answer now, or not at all (RUL-CODES)."""
