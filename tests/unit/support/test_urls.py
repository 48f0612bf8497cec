"""The host of a URL is what httpx would ask for, though httpx is loaded only where it must be."""

from __future__ import annotations

import httpx
import pytest

from osia_conformance.support.urls import host_of

URLS = (
    "http://127.0.0.1:8080",
    "https://Gateway.Example.org/identity",
    "https://a-b.example.org:8443/x/y%20z?q=1",
    "https://xn--bcher-kva.example",
    "https://bücher.example",
    "http://[::1]:80/x",
    "http://localhost",
)


@pytest.mark.parametrize("url", URLS)
def test_it_is_the_host_that_httpx_reads(url: str) -> None:
    assert host_of(url) == httpx.URL(url).raw_host.decode("ascii")


@pytest.mark.parametrize("url", ["http://999.1.1.1", "http://[::1", "http://a:99999", "http://a:port", "http://x\x00y"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        host_of(url)
