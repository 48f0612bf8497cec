"""The hook by which a user of the plugin hands in an httpx transport (docs/transport.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx


class TransportHook:
    """What the plugin adds to pytest's hooks."""

    @pytest.hookspec(firstresult=True)
    def pytest_osia_transport(self, config: pytest.Config) -> httpx.BaseTransport | None:
        """Return the transport that carries every request to the target; None for the suite's own HTTP/1.1.

        It is asked for once in each process of a run, and closed by the suite.
        """


def find_transport(config: pytest.Config) -> httpx.BaseTransport | None:
    """Return the transport that was handed in, if any was; raise pytest.UsageError for what is none."""
    import httpx  # noqa: PLC0415 - slow, and not needed to find the options

    transport = config.hook.pytest_osia_transport(config=config)
    if transport is None or isinstance(transport, httpx.BaseTransport):
        return transport
    raise pytest.UsageError(
        f"pytest_osia_transport: {type(transport).__name__} is no httpx.BaseTransport; return one, or None."
    )
