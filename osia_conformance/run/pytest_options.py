"""How pytest was called: which settings its options make, whether it is to judge, and whether all of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from osia_conformance.config.loading import load_demonstration, load_target
from osia_conformance.config.run_options import ON_COMMAND_LINE
from osia_conformance.config.settings import Settings
from osia_conformance.reports import publish
from osia_conformance.run.run_request import RunRequest, prepared
from osia_conformance.run.selection import Selection, verify_waivers
from osia_conformance.run.terminal import on_terminal
from osia_conformance.support.paths import bundled


def add_options(group: pytest.OptionGroup) -> None:
    """Add the run's options: those of `osia-conformance run`, under names that pytest leaves free."""
    group.addoption("--osia-config", metavar="FILE", help="as `osia-conformance run --config`")
    group.addoption("--osia-demo", action="store_true", help="judge the suite's reference server, as `demo` does")
    for option in ON_COMMAND_LINE:
        group.addoption(f"--osia-{option.name}", metavar=option.name.upper(), help=option.key.description)


def settings(config: pytest.Config) -> Settings:
    """Return the settings as pytest's own options, the environment and conformance.toml give them."""
    option = vars(config.option)
    file = option["osia_config"]
    given = {known.name: option[f"osia_{known.member}"] for known in ON_COMMAND_LINE}
    if option["osia_demo"]:
        return load_demonstration(given)
    return load_target(given, file=Path(file) if file else None, demonstration="pytest suites --osia-demo")


def from_options(config: pytest.Config) -> RunRequest:
    """Return the run that they describe, on as many workers as pytest-xdist starts."""
    chosen = settings(config)
    verify_waivers(chosen)
    side_by_side = len(config.option.tx) if config.pluginmanager.has_plugin("dsession") else 1
    return prepared(replace(chosen, workers=side_by_side), progress=on_terminal(), write_reports=publish)


def judges(config: pytest.Config) -> bool:
    """Return whether the arguments name suites, and not only tests of another kind."""
    suites = bundled("suites").resolve()
    named = (Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args)
    return any(path == suites or suites in path.parents or path in suites.parents for path in named)


def is_selection(config: pytest.Config) -> bool:
    """Return whether only a part of the checks was asked for."""
    option = config.option
    names = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob")
    asked = bool(Selection.of(vars(option), "osia_"))
    narrowed = any(getattr(option, name, None) for name in names)
    return asked or narrowed or any("::" in argument or argument.endswith(".py") for argument in config.args)
