"""Status codes as the wire knows them (RFC 9110, 15)."""

SUCCESSES = range(200, 300)
"""Codes of success (RFC 9110, 15.3)."""

PUT_OFF = frozenset({429, 503})
"""Codes by which a server asks to be called later (RFC 6585, 4; RFC 9110, 15.6.4)."""
