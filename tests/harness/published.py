"""The standard's own OpenAPI files, which are no part of the project: where they are at hand, ours are compared."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_SIBLING = Path(__file__).parents[3] / "shared" / "osia"
_FOLDER = Path(os.environ["OSIA_STANDARD_DIR"]) if "OSIA_STANDARD_DIR" in os.environ else _SIBLING

IS_AT_HAND = "OSIA_STANDARD_DIR" in os.environ or _FOLDER.is_dir()
"""False where neither OSIA_STANDARD_DIR nor a folder beside the checkout has them."""


@cache
def published(version: str) -> dict[str, Any]:
    """Return the file of an interface version as the Secure Identity Alliance published it."""
    return loaded(_FOLDER / f"enrollment-{version}.yaml")


def loaded(file: Path) -> dict[str, Any]:
    """Return the OpenAPI document in a YAML file."""
    document = yaml.safe_load(file.read_text("utf-8"))
    assert isinstance(document, dict)
    return document
