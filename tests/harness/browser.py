"""A real browser for pages that are to open offline: Debian's chromium, or the one at OSIA_CHROMIUM."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LONG_ENOUGH = 300_000
"""Milliseconds in which a browser on a busy machine does what it is asked for."""


@contextmanager
def started() -> Iterator[Browser]:
    """Start the browser; skip the test where there is none, but in CI, where that must not look like a pass."""
    program = os.environ.get("OSIA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        words = "no browser: install chromium, or set OSIA_CHROMIUM"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)
    expect.set_options(timeout=LONG_ENOUGH)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(QUIET), timeout=LONG_ENOUGH)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, file: Path, **options: Any) -> Iterator[Page]:
    """Open a file as a page of its own."""
    context = browser.new_context(**{"viewport": {"width": 1360, "height": 900}, **options})
    context.set_default_timeout(LONG_ENOUGH)
    try:
        page = context.new_page()
        page.goto(file.as_uri())
        yield page
    finally:
        context.close()
