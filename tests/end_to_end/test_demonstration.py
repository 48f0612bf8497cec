"""No verdict by accident: a run needs a target, and a demonstration says everywhere that it is one."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from osia_conformance.evidence.statement import test_result as predicate_of
from osia_conformance.standard.versions import newest
from osia_conformance.verdict.demonstration import NOTE
from tests.harness.running import Report, osia, osia_here
from tests.unit.evidence import making

FEW = ("--effort", "quick", "--only", "ENR-READ-01")
PRODUCT = '[product]\nvendor = "Example Ltd"\nname = "Example Enrollment"\n'


@pytest.mark.parametrize(
    ("text", "env", "words"),
    [
        (None, {}, "--url: no target is named"),
        (None, {"OSIA_URL": ""}, "OSIA_URL: it is empty"),
        (PRODUCT, {}, "conformance.toml: target.url is missing"),
    ],
    ids=["nothing", "an empty variable", "a file without url"],
)
@pytest.mark.parametrize("command", [("run",), ("profile", "--check")])
def test_without_a_target_nothing_is_judged(
    command: tuple[str, ...], text: str | None, env: dict[str, str], words: str, tmp_path: Path
) -> None:
    if text is not None:
        (tmp_path / "conformance.toml").write_text(text, "utf-8")
    done = osia_here(*command, cwd=tmp_path, env=env)
    assert done.returncode == 64
    assert done.stderr.startswith(f"osia-conformance: {words}")
    assert "`osia-conformance demo`" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "reports").exists()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, str, str]:
    """A signed demonstration where a configuration and variables speak of another target; its words, and those of
    `verify`."""
    place = tmp_path_factory.mktemp("demonstration")
    (place / "conformance.toml").write_text(f"{PRODUCT}[target]\nurl = 'http://127.0.0.1:1'\n", "utf-8")
    key, public = making.key_pair(place, "key")
    env = {"OSIA_URL": "http://127.0.0.1:1", "OSIA_INTERFACE_VERSION": "1.0.0", "OSIA_CONFIG": "gone.toml"}
    done = osia("demo", *FEW, "--report-dir", "r", "--sign", f"file:{key}", cwd=place, env=env)
    assert (done.returncode, done.stderr) == (2, "")
    verified = osia_here("verify", "r", "--key", public, cwd=place)
    assert verified.returncode == 0, verified.stderr
    return Report(place / "r"), done.stdout, verified.stdout


class TestADemonstration:
    def test_it_judges_the_reference_server_whatever_is_configured(self, made: tuple[Report, str, str]) -> None:
        results = made[0].results
        assert results["demonstration"] is made[0].header()["demonstration"] is True
        assert results["product"] == {"name": "reference server (demonstration)"}
        assert results["interfaceVersion"] == newest()
        assert results["seed"] == 1

    def test_terminal_and_verification_say_so(self, made: tuple[Report, str, str]) -> None:
        assert all(NOTE in words for words in made[1:])

    def test_each_format_says_so(self, made: tuple[Report, str, str]) -> None:
        directory = made[0].directory
        assert NOTE in (directory / "summary.md").read_text("utf-8")
        page = (directory / "report.html").read_text("utf-8")
        assert page.index(NOTE) < page.index("</header>")
        assert "<title>Demonstration, " in page
        properties = ElementTree.parse(directory / "junit.xml").iter("property")
        assert {one.get("value") for one in properties if one.get("name") == "demonstration"} == {"true"}

    def test_a_policy_does_not_take_it_for_a_pass(self, made: tuple[Report, str, str]) -> None:
        report = made[0]
        conformant = {**report.results, "verdict": "conformant"}
        assert predicate_of(conformant, report.header())["result"] == "WARNED"
        of_a_product = json.loads(json.dumps(conformant).replace('"demonstration": true', '"demonstration": false'))
        of_a_product["target"]["embedded"] = False
        assert predicate_of(of_a_product, report.header())["result"] == "PASSED"


def test_a_demonstration_takes_no_target() -> None:
    done = osia_here("demo", "--url", "http://127.0.0.1:1")
    assert (done.returncode, "--url" in done.stderr) == (64, True)
