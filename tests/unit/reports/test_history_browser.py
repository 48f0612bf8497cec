"""The trend of runs in a real browser: it is accessible, and a phone shows it whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from osia_conformance.reports import history
from tests.harness.browser import opened, started
from tests.unit.reports import journals

SIZES = {"desktop": {"width": 1360, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def trend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of three runs, one of them conformant, one cut off."""
    scenarios: tuple[Any, ...] = (journals.conformant, journals.waived, journals.cut_off)
    file = tmp_path_factory.mktemp("trend") / "trend.html"
    file.write_text(history.as_html(history.history([scenario()[0] for scenario in scenarios])), "utf-8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_and_nothing_is_cut(browser: Browser, trend: Path, size: str, scheme: str) -> None:
    with opened(browser, trend, viewport=SIZES[size], color_scheme=scheme, bypass_csp=True) as page:
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:150] for node in one["nodes"]][:3]) for one in found] == []
        within = "all => all.every(one => one.scrollWidth <= one.clientWidth)"
        assert page.locator(".scroll").evaluate_all(within)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]


def test_a_sign_is_read_as_its_word(browser: Browser, trend: Path) -> None:
    with opened(browser, trend) as page:
        assert page.get_by_role("cell", name="failed").count() >= 1
