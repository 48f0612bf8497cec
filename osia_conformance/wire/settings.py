"""What a client is told of its server: where it is, how it is reached, what one request may cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx

from osia_conformance.wire.limits import LARGEST_ANSWER

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_TIMEOUT = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """A server as `[target]` of the configuration describes it, secrets resolved.

    `timeout` is the seconds one exchange may take in all; `largest_answer` the bytes of a body that are kept,
    before and after decompression; `proxy` is "none", "env" or a URL; `headers` and `query` go with every
    request. `without_secrets` takes secrets out of the reasons of failures, which quote what a server said.
    """

    base_url: str
    timeout: float = 10.0
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    client_key_password: str | None = field(default=None, repr=False)
    proxy: str = field(default="none", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    largest_answer: int = LARGEST_ANSWER
    without_secrets: Callable[[str], str] = field(default=str, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class BaseUrl:
    """A base URL, taken apart; `prefix` is its path as it was written, without the last slash."""

    origin: httpx.URL
    prefix: str

    @property
    def authority(self) -> str:
        """Host and port as in a Host header, without the port where it is the scheme's own (RFC 9110, 7.2)."""
        return self.origin.netloc.decode("ascii")

    def __str__(self) -> str:
        return f"{self.origin.scheme}://{self.authority}"


def parse_base_url(url: str) -> BaseUrl:
    """Return the base URL, taken apart; raise ValueError with a sentence for one that cannot be a target's."""
    try:
        whole, written = httpx.URL(url), urlsplit(url)
    except (httpx.InvalidURL, ValueError):
        raise ValueError("url: not a URL; write https://host[:port][/prefix]") from None
    if whole.scheme not in DEFAULT_PORTS or not whole.host:
        raise ValueError("url: not an http or https URL; write https://host[:port][/prefix]")
    if "@" in written.netloc:
        raise ValueError("url: must not hold a user name or password; use [target.headers] with a secret reference")
    if "?" in url or "#" in url:
        raise ValueError("url: must end with the path; use [target.query] for a query on every call")
    if not url.isascii() or any(letter <= " " for letter in written.path):
        raise ValueError("url: the path must be percent-encoded")
    return BaseUrl(whole.copy_with(path="/"), written.path.rstrip("/"))


def check_timeout(seconds: float) -> None:
    """Raise ValueError with a sentence for a timeout that cannot be waited for."""
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise ValueError(f"timeout: must be seconds, more than 0 and at most {LONGEST_TIMEOUT}, not {seconds}")
