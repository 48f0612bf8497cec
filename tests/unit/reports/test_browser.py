"""report.html in a real browser: it renders, filters, prints, loads nothing, runs nothing of the target's.

The browser is Debian's chromium, or the one at OSIA_CHROMIUM; `.ci/run` installs it where it is missing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from osia_conformance.reports import html
from tests.harness.browser import LONG_ENOUGH, opened, started
from tests.unit.reports import journals

DESKTOP = {"width": 1360, "height": 900}
PHONE = {"width": 390, "height": 844}


def caused() -> tuple[journals.Record, list[journals.Record]]:
    """The failing run with a cause and what to do."""
    built, records = journals.failing()
    built["causes"] = [{"id": "C1", "title": "an answer is 200", "requirements": ["ENR-PATCH-03", "ENR-AUTH-09"]}]
    for entry in built["requirements"]:
        if entry["id"] in ("ENR-PATCH-03", "ENR-AUTH-09", "ENR-FIND-01"):
            entry |= {"cause": "C1", "fix": "Answer `204` without a body."}
    return built, records


RUNS = {
    "conformant": journals.conformant,
    "failing": journals.waived,
    "caused": caused,
    "cut off": journals.cut_off,
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One report for each kind of run."""
    written = {}
    for name, scenario in {**RUNS, "hostile": None, "many": many}.items():
        directory = tmp_path_factory.mktemp(name.replace(" ", "-"))
        built = journals.hostile(directory) if scenario is None else scenario()
        written[name] = html.write(*built, directory)
    return written


def many() -> tuple[journals.Record, list[journals.Record]]:
    """The failing run, with each of its requirements twelve times: more than a page holds."""
    built, records = journals.waived()
    built["requirements"] = [
        {**one, "id": f"{one['id']}-X{number:02}"} for one in built["requirements"] for number in range(12)
    ]
    return built, records


def ids(page: Page) -> list[str]:
    """Return the requirements that can be seen, in their order."""
    shown = "items => items.filter(item => item.getClientRects().length).map(item => item.id)"
    return list(page.locator("tbody.item").evaluate_all(shown))


KINDS = pytest.mark.parametrize("kind", [*RUNS, "hostile"])


@KINDS
def test_it_opens_without_a_word_of_complaint_and_asks_for_nothing_else(
    browser: Browser, files: dict[str, Path], kind: str
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    context.set_default_timeout(LONG_ENOUGH)
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files[kind].as_uri())
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    assert page.locator("h1").is_visible()
    assert page.locator("#shown").inner_text().endswith("requirements shown")
    assert heard == []
    assert asked == [files[kind].as_uri()]
    context.close()


def test_markup_from_the_target_is_text(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["hostile"]) as page:
        assert page.locator("script").count() == 1
        assert page.locator("img, iframe, object, link").count() == 0
        assert page.locator("tbody.item b").count() == 0
        assert "<script>alert(1)</script>" in page.locator(".actual pre").first.inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_it_filters_by_outcome_level_and_operation_with_and_without_a_script(
    browser: Browser, files: dict[str, Path], script: bool
) -> None:
    with opened(browser, files["failing"], java_script_enabled=script) as page:
        rows = page.locator("tbody.item:visible")
        assert rows.count() == 6
        page.check("#f-passed")
        assert rows.count() == 7
        page.uncheck("#f-failed")
        page.uncheck("#f-untested")
        assert rows.count() == 2
        page.check("#f-failed")
        page.uncheck("#f-SHOULD")
        assert rows.count() == 3
        page.select_option("#f-operation", "createEnrollment")
        assert rows.count() == 3
        page.click("text=Reset")
        assert rows.count() == 6


def test_an_operation_shows_only_what_concerns_it(browser: Browser, tmp_path: Path) -> None:
    built, records = journals.failing()
    built["requirements"][0]["operations"] = ["findEnrollments", "readEnrollment"]
    built["requirements"][1]["operations"] = ["*"]
    with opened(browser, html.write(built, records, tmp_path), java_script_enabled=False) as page:
        page.select_option("#f-operation", "readEnrollment")
        assert page.locator("tbody.item:visible").count() == 2


def test_it_searches_sorts_and_counts(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["failing"]) as page:
        page.fill("#f-text", "patch title")
        assert ids(page) == ["ENR-PATCH-03"]
        expect(page.locator("#shown")).to_have_text("1 of 8 requirements shown")
        page.click("text=Show all")
        expect(page.locator("#shown")).to_have_text("8 of 8 requirements shown")
        assert ids(page)[:2] == ["ENR-PATCH-03", "ENR-AUTH-09"]
        page.get_by_role("button", name="Requirement").click()
        assert ids(page) == sorted(ids(page))
        page.get_by_role("button", name="Requirement").click()
        assert ids(page) == sorted(ids(page), reverse=True)
        assert page.locator('th[aria-sort="descending"]').inner_text().startswith("Requirement")
        page.get_by_role("button", name="Outcome").click()
        assert ids(page)[:2] == ["ENR-AUTH-09", "ENR-PATCH-03"]


def test_without_a_script_everything_can_be_read(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["failing"], java_script_enabled=False) as page:
        assert page.locator("#f-text").is_hidden()
        page.locator("#ENR-FIND-01 summary").first.click()
        text = page.locator("#ENR-FIND-01").inner_text()
        assert "the connection was reset" in text
        assert "One success" in text


def test_the_address_keeps_the_filters(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["failing"]) as page:
        page.check("#f-passed")
        page.uncheck("#f-untested")
        page.select_option("#f-operation", "createEnrollment")
        page.fill("#f-text", "title")
        kept = ids(page)
        assert page.url.endswith("?show=passed&hide=untested&operation=createEnrollment&search=title")
        page.goto(page.url)
        assert ids(page) == kept
        page.click("text=Reset")
        page.wait_for_url(files["failing"].as_uri())


def test_a_finding_is_linked_and_copied(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["failing"]) as page:
        finding = page.locator("#finding-ENR-PATCH-03")
        finding.locator("summary").first.click()
        page.goto(files["failing"].as_uri() + "#finding-ENR-PATCH-03")
        expect(finding).to_have_attribute("open", "")
        finding.locator("summary", has_text="curl").click()
        finding.get_by_role("button", name="Copy").last.click()
        expect(finding.locator("text=Copied")).to_be_visible()


def test_a_link_to_a_filtered_row_shows_and_opens_it(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["failing"]) as page:
        page.uncheck("#f-cantTell")
        assert "ENR-FIND-01" not in ids(page)
        page.click('.unjudged a[href="#ENR-FIND-01"]')
        expect(page.locator("#ENR-FIND-01 details").first).to_have_attribute("open", "")
        assert "ENR-FIND-01" in ids(page)


def test_the_keyboard_reaches_rows_and_opens_them(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["conformant"]) as page:
        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_have_text("Skip to the requirements")
        page.check("#f-passed")
        summary = page.locator("#ENR-CREATE-01 summary").first
        summary.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#ENR-CREATE-01 .body")).to_be_visible()
        assert summary.inner_text().startswith("Details")


@pytest.mark.parametrize("kind", [*RUNS, "hostile", "many"])
def test_a_phone_needs_no_sideways_scrolling(browser: Browser, files: dict[str, Path], kind: str) -> None:
    with opened(browser, files[kind], viewport=PHONE, is_mobile=True, device_scale_factor=2) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_counts_are_whole_at_every_width(browser: Browser, files: dict[str, Path]) -> None:
    within = "all => all.every(one => one.scrollWidth <= one.clientWidth)"
    apart = """rows => rows.every(row => {
        const boxes = [...row.children].map(cell => cell.getBoundingClientRect());
        const lines = boxes.slice(0, 7);
        return lines.every((box, at) => at == 0 || box.left >= lines[at - 1].right - 1);
    })"""
    with opened(browser, files["failing"]) as page:
        for width in (360, 390, 640, 768, 800, 1000, 1072, 1080, 1360):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.locator(".scroll:has(.counts)").evaluate_all(within), width
            assert page.locator(".counts tr").evaluate_all(apart), width


def test_the_pdf_is_short_and_holds_what_is_filtered(browser: Browser, files: dict[str, Path]) -> None:
    with opened(browser, files["many"]) as page:
        page.uncheck("#f-failed")
        printed = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    pages = [" ".join(sheet.extract_text().split()) for sheet in printed.pages]
    whole = " ".join(pages)
    assert "Not conformant" in pages[0]
    assert len(pages) <= 8
    assert '"code": 1' in whole
    assert all(f"ENR-CREATE-01-X{number:02}" in whole for number in range(12))
    assert not any(word in whole for word in ("Show all", "Set-up", "Copy", "curl", "Contents"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@KINDS
def test_axe_finds_nothing(
    browser: Browser, files: dict[str, Path], kind: str, viewport: dict[str, int], scheme: str
) -> None:
    with opened(browser, files[kind], viewport=viewport, color_scheme=scheme, bypass_csp=True) as page:
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        found = Axe().run(page).response["violations"]
        told = [(one["id"], [node["html"][:150] for node in one["nodes"]][:3]) for one in found]
        assert told == []


def test_dark_mode_is_dark(browser: Browser, files: dict[str, Path]) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        with opened(browser, files["conformant"], color_scheme=scheme) as page:
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    light, dark = (sum(map(int, color[4:-1].split(","))) for color in grounds)
    assert light > 600
    assert dark < 120


def test_long_names_of_operations_stay_in_their_place(browser: Browser, files: dict[str, Path]) -> None:
    within = "all => all.every(one => one.scrollWidth <= one.clientWidth)"
    with opened(browser, files["failing"], viewport=PHONE) as page:
        for width in (360, 390):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.locator(".counts tbody th").evaluate_all(within), width


def test_a_long_body_in_one_line_is_shown_in_part(browser: Browser, tmp_path: Path) -> None:
    built, records = journals.failing()
    long = "[" + ", ".join(['{"biographicData": {"firstName": "a"}}'] * 400) + "]"
    for record in records:
        if record["kind"] == "exchange" and record["response"]:
            record["response"] |= {"body": long, "size": len(long)}
    with opened(browser, html.write(built, records, tmp_path)) as page:
        texts = page.locator("pre.lines:visible").all_inner_texts()
    assert any("biographicData" in text and "⋯" in text for text in texts)
    assert all(len(text.splitlines()) < 30 for text in texts)
