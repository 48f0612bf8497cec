"""verify.html in a real browser: it tells signed reports from changed ones, and says what it leaves out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from osia_conformance.evidence import verifier
from osia_conformance.evidence.files import ATTESTATION
from osia_conformance.evidence.keys import public_key
from osia_conformance.support.secrets import ConfigurationError
from tests.harness.browser import opened, started
from tests.unit.evidence import making
from tests.unit.evidence.cases import Case, prepared

ALGORITHMS = ("ed25519", "ecdsa-p256")
HOSTILE = '<img src=x onerror="alert(1)"><b>bold</b>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as running:
        yield running


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "verify.html"
    verifier.write(path)
    return path


@pytest.fixture(scope="module", params=ALGORITHMS)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return prepared(tmp_path_factory.mktemp(request.param), request.param)


def chosen(page: Page, report: Path, key: Path) -> str:
    """Choose directory and key, and return what the page says at last."""
    page.set_input_files("#report", str(report))
    page.set_input_files("#key", str(key))
    expect(page.locator("#outcome .verdict").first).to_be_visible()
    return page.locator("#outcome").inner_text()


def test_a_signed_report_holds(browser: Browser, page_file: Path, case: Case) -> None:
    with opened(browser, page_file) as page:
        said = chosen(page, case.report, case.public)
    assert said.startswith("Verified: the signature holds, and each file is as it was signed.")
    assert "Verdict that was signed: nonconformant" in said
    assert public_key(str(case.public), "--key").keyid in said
    assert "Example Gateway 4.2" in said
    assert "0b8e1f0e-0000-4000-8000-000000000001" in said


def test_the_directory_above_the_report_will_do(browser: Browser, page_file: Path, case: Case, tmp_path: Path) -> None:
    shutil.copytree(case.report, tmp_path / "above" / "inner" / "report")
    with opened(browser, page_file) as page:
        assert chosen(page, tmp_path / "above", case.public).startswith("Verified")


def test_dropping_does_the_same(browser: Browser, page_file: Path, case: Case) -> None:
    with opened(browser, page_file) as page:
        dropped(page, case.report, case.public)
        expect(page.locator("#outcome .verdict").first).to_have_text(
            "Verified: the signature holds, and each file is as it was signed."
        )


def dropped(page: Page, *paths: Path) -> None:
    """Drop files and directories on the page, as a desktop does."""
    tools = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        tools.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 200, "data": data})


def change_a_file(report: Path) -> None:
    with (report / "report.html").open("ab") as file:
        file.write(b" ")


def change_the_results(report: Path) -> None:
    text = (report / "results.json").read_text("utf-8").replace('"verdict": "nonconformant"', '"verdict": "conformant"')
    (report / "results.json").write_text(text, "utf-8")


def remove_the_journal(report: Path) -> None:
    (report / "journal.jsonl").unlink()


def add_a_file(report: Path) -> None:
    (report / "notes.txt").write_text("later", "utf-8")


def change_the_signature(report: Path) -> None:
    line = (report / ATTESTATION).read_bytes()
    spot = line.index(b'"sig":"') + 20
    swapped = b"A" if line[spot : spot + 1] != b"A" else b"B"
    (report / ATTESTATION).write_bytes(line[:spot] + swapped + line[spot + 1 :])


def change_the_payload(report: Path) -> None:
    path = report / ATTESTATION
    lines = path.read_text("ascii").splitlines()
    envelope = json.loads(lines[1])
    spot = len(envelope["payload"]) // 2
    letter = "A" if envelope["payload"][spot] != "A" else "B"
    envelope["payload"] = f"{envelope['payload'][:spot]}{letter}{envelope['payload'][spot + 1 :]}"
    path.write_text("\n".join([lines[0], json.dumps(envelope, separators=(",", ":")), ""]), "ascii")


def swap_the_statements(report: Path) -> None:
    lines = (report / ATTESTATION).read_text("ascii").splitlines()
    (report / ATTESTATION).write_text("\n".join([*reversed(lines), ""]), "ascii")


def cut_a_statement(report: Path) -> None:
    lines = (report / ATTESTATION).read_text("ascii").splitlines()
    (report / ATTESTATION).write_text(f"{lines[1]}\n", "ascii")


def hide_a_member(report: Path) -> None:
    text = (report / ATTESTATION).read_text("ascii").replace('{"payload"', '{"note":"hidden","payload"', 1)
    (report / ATTESTATION).write_text(text, "ascii")


def remove_the_signature(report: Path) -> None:
    (report / ATTESTATION).unlink()


TAMPERINGS: dict[Callable[[Path], None], str] = {
    change_a_file: "report.html: it is not the file that was signed",
    change_the_results: "results.json: it is not the file that was signed",
    remove_the_journal: "journal.jsonl: it was signed and is missing",
    add_a_file: "notes.txt: it was not signed, so it was added later",
    change_the_signature: "its signature does not hold for what it says",
    change_the_payload: "line 2: its signature does not hold for what it says",
    swap_the_statements: "it does not state a test result, then a verdict",
    cut_a_statement: "it must hold two whole lines",
    hide_a_member: "line 1 is not an envelope as the suite writes it",
    remove_the_signature: "it is missing, so this is no report, or one that is not signed",
}


@pytest.mark.parametrize("tamper", TAMPERINGS)
def test_a_changed_report_does_not_hold(
    browser: Browser, page_file: Path, case: Case, tmp_path: Path, tamper: Callable[[Path], None]
) -> None:
    report = Path(shutil.copytree(case.report, tmp_path / "report"))
    tamper(report)
    with opened(browser, page_file) as page:
        said = chosen(page, report, case.public)
    assert said.startswith("Not verified")
    assert TAMPERINGS[tamper] in said
    assert "Verdict that was signed" not in said


def test_another_key_does_not_hold(browser: Browser, page_file: Path, case: Case) -> None:
    with opened(browser, page_file) as page:
        said = chosen(page, case.report, case.stranger.with_suffix(".pub"))
    assert "was not signed with this key" in said


def test_what_is_no_usable_key_is_named(browser: Browser, page_file: Path, case: Case, tmp_path: Path) -> None:
    (tmp_path / "no.pub").write_text("no key", "utf-8")
    with opened(browser, page_file) as page:
        assert "give the public one" in chosen(page, case.report, case.key)
        assert "The key is no public key in PEM" in chosen(page, case.report, tmp_path / "no.pub")


def test_what_was_added_later_is_said(browser: Browser, page_file: Path, case: Case, tmp_path: Path) -> None:
    report = Path(shutil.copytree(case.report, tmp_path / "report"))
    (report / "added").mkdir()
    (report / "added" / "notes.txt").write_text("later", "utf-8")
    with opened(browser, page_file) as page:
        said = chosen(page, report, case.public)
    assert said.startswith("Verified")
    assert "Outside the signed set, under added/: 1 file." in said


def test_a_demonstration_over_plain_http_says_so(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    key, public = making.key_pair(tmp_path, "key")
    target = {"url": "http://127.0.0.1:1", "embedded": True}
    report = making.written(tmp_path / "report", target=target, effort="quick", selection=True)
    making.sign_without_asking(report, key)
    with opened(browser, page_file) as page:
        said = chosen(page, report, public)
    for words in ("demonstration", "Only a selection", "quick", "plain http"):
        assert words in said


def test_markup_from_a_report_is_text(browser: Browser, page_file: Path, tmp_path: Path) -> None:
    key, public = making.key_pair(tmp_path, "key")
    report = making.written(tmp_path / "report", product={"name": HOSTILE})
    making.sign_without_asking(report, key)
    with opened(browser, page_file) as page:
        said = chosen(page, report, public)
        assert page.locator("#outcome img, #outcome b").count() == 0
    assert HOSTILE in said


def test_it_asks_for_nothing_and_says_what_it_leaves_out(browser: Browser, page_file: Path, case: Case) -> None:
    with opened(browser, page_file) as page:
        heard: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        chosen(page, case.report, case.public)
        assert "What this page does not check" in page.inner_text("main")
        assert heard == []
        assert [url for url in asked if not url.startswith("blob:")] == [page_file.as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, page_file: Path, case: Case, scheme: str) -> None:
    with opened(browser, page_file, color_scheme=scheme, bypass_csp=True) as page:
        chosen(page, case.report, case.public)
        found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_a_phone_needs_no_sideways_scrolling(browser: Browser, page_file: Path, case: Case) -> None:
    phone = {"width": 390, "height": 844}
    with opened(browser, page_file, viewport=phone, is_mobile=True, device_scale_factor=2) as page:
        chosen(page, case.report, case.public)
        assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]


def test_the_page_is_always_the_same_and_overwrites_nothing(tmp_path: Path) -> None:
    digest = verifier.write(tmp_path / "one.html")
    assert verifier.write(tmp_path / "two.html") == digest
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()
    with pytest.raises(ConfigurationError, match="is there already"):
        verifier.write(tmp_path / "one.html")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        verifier.write(tmp_path / "missing" / "page.html")


def test_the_page_loads_nothing_by_its_own_policy() -> None:
    text = verifier.page()
    assert "default-src 'none'" in text
    assert "unsafe-inline" not in text
    assert "http://" not in text
    assert text.count("https://") == text.count("https://in-toto.io/")
