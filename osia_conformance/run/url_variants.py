"""Other URLs under which the interface may be: the likeliest mistakes undone, each tried before it is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from osia_conformance.auth import Token
from osia_conformance.checks.enrollment.first_calls import search_status
from osia_conformance.config.settings import AuthSettings, Settings
from osia_conformance.standard.operations import by_code
from osia_conformance.target.recorder import CheckEvidence
from osia_conformance.target.request import Request
from osia_conformance.target.session import Session
from osia_conformance.target.statuses import UNKNOWN_PATH
from osia_conformance.wire.errors import NoAnswer

if TYPE_CHECKING:
    import httpx

    from osia_conformance.target.response import Response

NOT_THERE = UNKNOWN_PATH | {301, 302, 303, 307, 308}
"""What is answered where the interface is not: no such path, or somewhere else."""

_MOST = 8
_OTHER = {"http": "https", "https": "http"}
_PREFIXES = ("/identity", "/enrollment", "/osia", "/api")
_SECONDS = 5.0
_SPEAKS_TLS = "certificate"
"""A word of every reason by which a handshake failed that showed the server's certificate."""


def variants(url: str) -> list[str]:
    """Return other URLs on the same host and port, the likeliest first: without what was put behind by mistake,
    without parts of the path, with the other scheme, with a prefix."""
    scheme, host, path, _, _ = urlsplit(url)
    other = _OTHER[scheme]
    paths = [re.sub(r"/v\d+(/.*)?$", "", path)]
    parts = path.split("/")
    paths += ["/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
    found = [(scheme, one) for one in paths] + [(other, one) for one in dict.fromkeys([path, paths[0]])]
    found += [(scheme, path + prefix) for prefix in _PREFIXES]
    urls = dict.fromkeys(urlunsplit((each, host, one, "", "")) for each, one in found)
    return [one for one in urls if one != url][:_MOST]


def other_scheme(url: str) -> str:
    """Return the URL with http for https, or https for http."""
    scheme, _, rest = url.partition(":")
    return f"{_OTHER[scheme]}:{rest}"


def find_url(session: Session, transport: httpx.BaseTransport | None = None) -> str | None:
    """Return a variant of the session's URL under which the interface answers; None if none does."""
    tried = enumerate(variants(session.run.url))
    return next((url for number, url in tried if _is_there(session, url, f"url-{number}", transport)), None)


def interface_answers(session: Session) -> bool:
    """Return whether a read without a token and a transactionId is answered as the interface does: not as a path that
    is not there."""
    try:
        return _plain_read(session).status not in NOT_THERE
    except NoAnswer:
        return False


def speaks_other_scheme(session: Session, transport: httpx.BaseTransport | None = None) -> str | None:
    """Return the URL with the other scheme if the server speaks that; nothing secret is sent there."""
    url = other_scheme(session.run.url)
    for there in _opened(session, url, "scheme", transport):
        try:
            _plain_read(there)
        except NoAnswer as error:
            return url if url.startswith("https") and _SPEAKS_TLS in error.reason else None
        return url
    return None


def _is_there(session: Session, url: str, name: str, transport: httpx.BaseTransport | None) -> bool:
    same_scheme = urlsplit(url).scheme == urlsplit(session.run.url).scheme
    for there in _opened(session, url, name, transport):
        if interface_answers(there):
            return True
        return same_scheme and search_status(there) not in {None, *NOT_THERE}
    return False


def _plain_read(session: Session) -> Response:
    request = Request(
        by_code(session.run.version)["READ"],
        enrollment=session.fresh_id(),
        token=Token(None, frozenset()),
        transaction=False,
    )
    return session.target.send_plain(request, _SECONDS)


def _opened(session: Session, url: str, name: str, transport: httpx.BaseTransport | None) -> Iterator[Session]:
    """Yield a session on another URL of the same server; none if it cannot be opened."""
    settings = session.settings
    if urlsplit(url).scheme != urlsplit(session.run.url).scheme:
        settings = _without_secrets(settings)
    try:
        there = Session(replace(session.run, url=url, settings=settings), name, transport)
    except ValueError:
        return
    there.recorder.evidence = CheckEvidence("preflight", "readEnrollment")
    try:
        yield there
    finally:
        # A transport that was handed in is still needed.
        there.journal.close() if transport else there.close()


def _without_secrets(settings: Settings) -> Settings:
    """Return the settings without what must not be sent in the clear."""
    return replace(settings, auth=AuthSettings(), target=replace(settings.target, headers={}, query={}))
