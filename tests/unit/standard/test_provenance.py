"""What a run judged by: digests that anyone can repeat, and a register that survives the journal."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import shutil
from pathlib import Path

import pytest

from osia_conformance.standard import provenance
from osia_conformance.standard.register import load_register
from osia_conformance.support import paths
from osia_conformance.support.paths import bundled


@pytest.fixture
def fresh() -> None:
    provenance.suite_digest.cache_clear()


def test_the_digests_are_those_of_the_files() -> None:
    folder = bundled("specs") / "enrollment"
    digests = provenance.digests("1.0.0")
    for name, path in (("openapi.yaml", folder / "1.0.0" / "openapi.yaml"), ("rulings.toml", folder / "rulings.toml")):
        assert digests[name] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert set(digests) == {"openapi.yaml", "requirements.toml", "rulings.toml", "suite"}


def test_the_register_comes_back_from_the_journal_as_it_was() -> None:
    register = load_register("1.0.0")
    line = json.loads(json.dumps({"kind": "register", **provenance.as_line(register)}))
    back = provenance.recorded([{"kind": "header"}, line])
    assert back == register
    assert provenance.recorded([{"kind": "header"}]) is None


def test_the_environment_names_every_package_that_judges() -> None:
    packages = provenance.environment()["packages"]
    assert packages["h11"] == importlib.metadata.version("h11")
    assert {"httpx", "hypothesis", "joserfc", "jsonschema-rs", "markupsafe", "rfc8785", "schemathesis"} <= set(packages)
    assert not {"allure-pytest", "typst"} & set(packages), "what is extra does not judge"


def test_a_checkout_that_is_not_installed_has_an_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> list[str]:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", missing)
    provenance._installed.cache_clear()
    try:
        assert {"h11", "httpx", "pytest"} <= set(provenance.environment()["packages"])
    finally:
        provenance._installed.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_the_suites_digest_is_the_same_installed_and_another_after_any_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = provenance.suite_digest()
    installed = tmp_path / "osia_conformance"
    shutil.copytree(paths.PACKAGE, installed, ignore=shutil.ignore_patterns("suites", "specs"))
    for name in ("suites", "specs"):
        shutil.copytree(bundled(name), installed / name)
    monkeypatch.setattr(paths, "PACKAGE", installed)
    monkeypatch.setattr(provenance, "PACKAGE", installed)
    provenance.suite_digest.cache_clear()
    assert provenance.suite_digest() == here
    check = next((installed / "suites").rglob("test_*.py"))
    check.write_bytes(check.read_bytes() + b"\n")
    provenance.suite_digest.cache_clear()
    assert provenance.suite_digest() != here
    provenance.suite_digest.cache_clear()
