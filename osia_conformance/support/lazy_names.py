"""Names that a package offers from modules below it, each loaded when it is first asked for (PEP 562)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(package: str, names: Mapping[str, str]) -> tuple[list[str], Callable[[str], Any]]:
    """Return a package's `__all__` and `__getattr__`.

    `names` holds, by module, the names that the package offers from it, with spaces between them. A module whose name
    begins with a dot is below `package`. The second function raises AttributeError for any other name.
    """
    home = {name: module for module, several in names.items() for name in several.split()}

    def load(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(home[name], package), name)

    return sorted(home), load
