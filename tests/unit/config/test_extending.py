"""`extends`: a file says only what is different from another one; what cannot be used is named where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from osia_conformance.config.loading import check_file
from osia_conformance.support.secrets import ConfigurationError
from tests.unit.config.reading import loaded, refusal

BASE = (
    '[product]\nname = "gateway"\nvendor = "V"\n[target]\nurl = "http://base"\ntimeout = 7\n[target.headers]\na = "1"\n'
)


@pytest.fixture
def shared() -> Path:
    place = Path("shared")
    place.mkdir()
    (place / "base.toml").write_text(BASE, "utf-8")
    return place


def test_what_a_file_says_wins_key_by_key(shared: Path) -> None:
    found = loaded('extends = "shared/base.toml"\n[target]\nurl = "http://own"\n[target.headers]\nb = "2"\n')
    assert (found.target.url, found.target.timeout, found.product.name) == ("http://own", 7, "gateway")
    assert found.target.headers == {"a": "1", "b": "2"}


def test_paths_start_where_they_are_written(shared: Path) -> None:
    (shared / "ca.pem").write_text("", "utf-8")
    with (shared / "base.toml").open("a", encoding="utf-8") as file:
        file.write('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "file:key"\n')
    (shared / "key").write_text("a-secret-key", "utf-8")
    found = loaded('extends = "shared/base.toml"\n[target]\nproxy = "env"\n')
    assert found.auth.key is not None
    assert found.auth.key.resolve() == "a-secret-key"


def test_a_chain_is_followed(shared: Path) -> None:
    (shared / "middle.toml").write_text('extends = "base.toml"\n[target]\nrate = 3\n', "utf-8")
    found = loaded('extends = "shared/middle.toml"\n')
    assert (found.target.rate, found.target.timeout) == (3, 7)


def test_a_mistake_is_named_in_the_file_that_holds_it(shared: Path) -> None:
    (shared / "base.toml").write_text("[target]\ntimeout = -1\n", "utf-8")
    assert refusal('extends = "shared/base.toml"\n').startswith("shared/base.toml: target.timeout ")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('extends = "gone.toml"\n', 'conformance.toml: extends names the file "gone.toml", which does not exist'),
        ("extends = 5\n", "conformance.toml: extends must be a string"),
        ('extends = "conformance.toml"\n', "which comes back to this file"),
    ],
)
def test_a_base_that_cannot_be_used_is_a_sentence(text: str, words: str) -> None:
    assert words in refusal(text)


def test_a_file_can_be_checked_without_its_secrets() -> None:
    file = Path("conformance.toml")
    file.write_text('[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:NOT_SET"\n', "utf-8")
    assert check_file(file).auth.algorithm == "HS256"
    file.write_text('[target]\nclient-key = "conformance.toml"\n', "utf-8")
    with pytest.raises(ConfigurationError, match="needs client-cert"):
        check_file(file)
