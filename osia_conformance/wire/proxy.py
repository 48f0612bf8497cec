"""Which HTTP proxy a request goes through, as the configuration or the environment says."""

from __future__ import annotations

import base64
import ipaddress
from dataclasses import dataclass, field
from urllib.request import getproxies_environment

import httpx

from osia_conformance.wire.network import Endpoint

_DEFAULT_PORT = 80


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is the value of Proxy-Authorization, or None."""

    endpoint: Endpoint
    authorization: str | None = field(default=None, repr=False)


def find_proxy(setting: str, scheme: str, target: Endpoint) -> Proxy | None:
    """Return the proxy that `setting` ("none", "env" or a URL) asks for on the way to `target`, or None.

    "env" reads HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, in upper or lower case. Raises ValueError
    with a sentence.
    """
    if setting == "none":
        return None
    if setting != "env":
        return _parse_proxy(setting)
    proxies = getproxies_environment()
    url = proxies.get(scheme) or proxies.get("all")
    if not url or _is_bypassed(target, proxies.get("no", "")):
        return None
    return _parse_proxy(url if "://" in url else f"http://{url}")


def _parse_proxy(url: str) -> Proxy:
    try:
        proxy = httpx.Proxy(url)
        port = proxy.url.port or _DEFAULT_PORT
    except httpx.InvalidURL:
        raise ValueError("proxy: the URL is malformed; write http://host:port") from None
    except ValueError:
        proxy = None
    if proxy is None or proxy.url.scheme != "http" or not proxy.url.raw_host:
        raise ValueError("proxy: only HTTP proxies are supported; write none, env or http://host:port")
    authorization = None
    if proxy.auth is not None:
        authorization = "Basic " + base64.b64encode(":".join(proxy.auth).encode()).decode()
    return Proxy(Endpoint(proxy.url.raw_host.decode("ascii"), port), authorization)


def _is_bypassed(target: Endpoint, no_proxy: str) -> bool:
    """Tell whether NO_PROXY lists the host, a domain above it, its address or network (CIDR), host and port, or "*"."""
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]
    return "*" in entries or any(_covers(entry, target) for entry in entries)


def _covers(entry: str, target: Endpoint) -> bool:
    host = target.host.lower()
    try:
        network = ipaddress.ip_network(entry.strip("[]"), strict=False)
        return ipaddress.ip_address(host) in network
    except ValueError:
        # One of them is a name.
        name = entry.removeprefix("*").removeprefix(".").removesuffix(".")
    return bool(name) and (name in (host, str(target)) or host.endswith(f".{name}"))
