"""Dates and times for people, in UTC; the exact instant stands beside them where a format has room."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(text: str) -> datetime:
    """Return an ISO 8601 time as an instant in UTC; ValueError for anything else."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(moment: datetime) -> str:
    """Return a date for people: 27 November 2026."""
    return f"{moment.day} {moment:%B %Y}"


def moment(moment: datetime) -> str:
    """Return date and time for people: 27 November 2026, 15:02:16 UTC."""
    return f"{day(moment)}, {moment:%H:%M:%S} UTC"


def minute(text: str) -> str:
    """Return an ISO 8601 time to the minute: 27 November 2026, 15:02 UTC; the text itself if it is no such time."""
    try:
        known = instant(text)
    except ValueError:
        return text
    return f"{day(known)}, {known:%H:%M} UTC"
