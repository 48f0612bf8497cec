"""Retry-After: how long a server asks to wait (RFC 9110, 10.2.3)."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from osia_conformance.wire.headers import Headers, header


def retry_after(headers: Headers, now: datetime | None = None) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110, 10.2.3: seconds or a date); None if it says nothing."""
    value = (header(headers, "retry-after") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value) if len(value) < 10 else math.inf  # noqa: PLR2004 - more than anybody waits
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
    except OverflowError:
        return None
