"""The search for canaries finds what is hidden."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.harness.canaries import (
    WORD,
    leaks,
)

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzY29wZSI6ImEifQ.Jm0LOt8-_2ylWb0nQ1ZJd0kXsI9Yq0mX"


def test_the_search_itself_finds_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text(f"a {WORD} b", "utf-8")
    for shift in range(3):
        (tmp_path / str(shift)).write_bytes(base64.b64encode(b"x" * shift + WORD.encode() + b"yz"))
    done = type("Done", (), {"stdout": "", "stderr": f"{WORD}!"})
    assert len(leaks(tmp_path, done)) == 5


@pytest.mark.parametrize(
    "hidden",
    [
        f"Bearer {TOKEN}",
        f"x-{TOKEN.swapcase()}: 2",
        f'"{TOKEN.encode().hex()}"',
        f"a{TOKEN.encode().hex().upper()}",
        "".join(f"%{ord(one):02x}" for one in TOKEN),
        base64.b64encode(f"xy{TOKEN}".encode()).decode(),
    ],
)
def test_the_search_finds_a_token_that_is_hidden(hidden: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text(f"before {hidden} after", "utf-8")
    done = type("Done", (), {"stdout": "", "stderr": ""})
    assert leaks(tmp_path, done, TOKEN)
    assert leaks(tmp_path, done, TOKEN[:-1] + "z") == []
