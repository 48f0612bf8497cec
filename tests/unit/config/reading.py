"""Configurations for tests: read from a text, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.config.loading import load
from osia_conformance.config.settings import Settings
from osia_conformance.support.secrets import ConfigurationError

SECRETS = {name: f"value-of-{name}" for name in ("KEY", "A", "B", "PW")}
JWT = '[auth]\nmethod = "jwt"\nalgorithm = "HS256"\nkey = "env:KEY"\n'
CLIENT = '[auth]\nmethod = "client-credentials"\ntoken-url = "http://as.example/token"\n'
OWN = '[auth.clients."enroll.read"]\n'


def loaded(text: str, options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    Path("conformance.toml").write_text(text, encoding="utf-8")
    return load(options, {**SECRETS, **(environ or {})})


def refusal(text: str, options: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        loaded(text, options, environ)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence
