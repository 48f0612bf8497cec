"""What pytest loads wherever this package is installed: it loads the run's plugin where pytest is told of the suites.

Any other session of pytest is left as it is: it gets no fixture, mark or option, and imports no more than this module.
pytest reads no `conftest.py` of what `--pyargs` names before it has read its options, so the suites cannot do this.
"""

from __future__ import annotations

import pytest

_SUITES = "osia_conformance.suites"
"""What the suites are called where the wheel is installed."""


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Load the run's plugin, so that its options are known, if `--pyargs` takes arguments or `testpaths` for suites."""
    known = early_config.known_args_namespace
    # Of unknown options pytest takes the values for arguments; `testpaths` may be in force whatever is among these.
    named = [*known.file_or_dir, *early_config.getini("testpaths")]
    if known.pyargs and any(f"{name}.".startswith((f"{_SUITES}.", f"{_SUITES}::")) for name in map(str, named)):
        early_config.pluginmanager.import_plugin("osia_conformance.run.plugin")
