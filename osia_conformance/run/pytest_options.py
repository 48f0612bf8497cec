"""How pytest was called: which settings its options make, whether it is to judge, and whether all of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.config.loading import load, load_demonstration, load_target
from osia_conformance.config.run_options import ON_COMMAND_LINE
from osia_conformance.config.settings import AUTO, Settings
from osia_conformance.reports import FORMATS, publish
from osia_conformance.run.run_request import RunRequest, prepared
from osia_conformance.run.selection import Selection, verify_waivers
from osia_conformance.run.terminal import Verbosity, on_terminal
from osia_conformance.run.transport_hook import find_transport
from osia_conformance.standard.versions import newest, resolve
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.target.session import Run

SUITES = "suites"
SUITES_PACKAGE = "osia_conformance.suites"
"""What the suites are called where the wheel is installed."""
_ALLURE = "allure_listener"
"""The name by which that part of allure-pytest is known that writes results."""
_LISTING = ("collectonly", "showfixtures", "show_fixtures_per_test")
"""The options of pytest with which it only lists."""
_USES_CHECKS = "from osia_conformance.checks import"


def add_options(group: pytest.OptionGroup) -> None:
    """Add the run's options: those of `osia-conformance run`, under names that pytest leaves free."""
    group.addoption("--osia-config", metavar="FILE", help="as `osia-conformance run --config`")
    group.addoption("--osia-demo", action="store_true", help="judge the suite's reference server, as `demo` does")
    for option in ON_COMMAND_LINE:
        group.addoption(f"--osia-{option.name}", metavar=option.name.upper(), help=option.key.description)


def settings(config: pytest.Config) -> Settings:
    """Return the settings as pytest's own options, the environment and conformance.toml give them.

    Raises ConfigurationError, also if nothing names a target and no demonstration is asked for.
    """
    if config.option.osia_demo:
        return load_demonstration(given(config))
    return load_target(given(config), file=_file(config), demonstration="pytest suites --osia-demo")


def given(config: pytest.Config) -> dict[str, Any]:
    """Return the run's options that pytest was given, by their names."""
    return {option.name: getattr(config.option, f"osia_{option.member}") for option in ON_COMMAND_LINE}


def _file(config: pytest.Config) -> Path | None:
    return Path(config.option.osia_config) if config.option.osia_config else None


def from_options(config: pytest.Config) -> RunRequest:
    """Return the run that they describe, in as many processes as pytest-xdist starts, one check at a time in each."""
    chosen = settings(config)
    verify_waivers(chosen)
    _check_allure(config, chosen.report_dir)
    over_processes = config.pluginmanager.has_plugin("dsession")
    processes = len(config.option.tx) if over_processes else 1
    # allure-pytest must see each test run.
    alone = over_processes or writes_allure(config)
    return prepared(
        replace(chosen, workers=processes) if alone else chosen,
        processes=processes,
        transport=find_transport(config),
        progress=on_terminal(_verbosity(config), chosen.color),
        write_reports=partial(publish, formats=_formats(config)),
    )


def writes_allure(config: pytest.Config) -> bool:
    """Return whether allure-pytest is there and was told where to write."""
    return config.pluginmanager.has_plugin(_ALLURE)


def _formats(config: pytest.Config) -> tuple[str, ...]:
    """Return what the run writes: no Allure results of its own beside those of allure-pytest, which has every check."""
    return tuple(name for name in FORMATS if name != "allure" or not writes_allure(config))


def _check_allure(config: pytest.Config, report_dir: Path | None) -> None:
    if writes_allure(config) and report_dir is not None:
        place = Path(config.option.allure_report_dir).resolve()
        if report_dir.resolve() in (place, *place.parents):
            raise ConfigurationError(
                f"--alluredir: {place} lies in the report directory, which is to be new; name another directory."
            )


def _verbosity(config: pytest.Config) -> Verbosity:
    """Return what pytest's own -v and -q ask for."""
    asked = config.option.verbose
    return "verbose" if asked > 0 else "quiet" if asked < 0 else "normal"


def only_lists(config: pytest.Config) -> bool:
    """Return whether pytest lists tests or fixtures and runs nothing, which needs no target."""
    return any(getattr(config.option, name, False) for name in _LISTING)


def judges(config: pytest.Config) -> bool:
    """Return whether the arguments name suites, wherever they lie, and not only tests of another kind."""
    if any(_suites_module(config, argument) is not None for argument in config.args):
        return True
    named = (Path(config.invocation_params.dir, argument.partition("::")[0]).resolve() for argument in config.args)
    return any(_are_suites(place) for path in named for place in (path, *path.parents, path / SUITES))


def _suites_module(config: pytest.Config, argument: str) -> str | None:
    """Return what an argument of `--pyargs` names below the installed suites, "" for all of them; None: elsewhere."""
    name = argument.partition("::")[0]
    if not config.option.pyargs or not f"{name}.".startswith(f"{SUITES_PACKAGE}."):
        return None
    return name.removeprefix(SUITES_PACKAGE).removeprefix(".")


def _are_suites(place: Path) -> bool:
    if place.name != SUITES or not place.is_dir():
        return False
    # Not by where they lie: a checkout's suites are run by an installed suite as well.
    return any(_USES_CHECKS in file.read_text("utf-8", "replace") for file in place.glob("*/test_*.py"))


def collection_alone(config: pytest.Config) -> Run:
    """Return the run that `--collect-only` shows: nothing is started, sent or written for it.

    Raises ConfigurationError for settings that cannot be used.
    """
    chosen = load_demonstration(given(config)) if config.option.osia_demo else load(given(config), file=_file(config))
    claim = chosen.target.interface_version
    version = resolve(claim) if claim else newest()
    return Run("", "", "", version, chosen.seed or 0, chosen.effort, 1, embedded=False, settings=chosen)


def check_workers(config: pytest.Config) -> None:
    """Raise ConfigurationError if pytest-xdist is to start processes and --osia-workers asks for threads."""
    asked, started = config.option.osia_workers, getattr(config.option, "numprocesses", None)
    if asked not in (None, AUTO) and started is not None and str(asked) != str(started):
        raise ConfigurationError(f"--osia-workers: {asked} workers, and pytest-xdist is told -n {started}; give one.")


def is_selection(config: pytest.Config) -> bool:
    """Return whether only a part of the checks was asked for."""
    option = config.option
    names = ("keyword", "markexpr", "deselect", "ignore", "ignore_glob")
    asked = bool(Selection.of(vars(option), "osia_"))
    narrowed = any(getattr(option, name, None) for name in names)
    modules = any((_suites_module(config, argument) or "").count(".") for argument in config.args)
    return asked or narrowed or modules or any("::" in arg or arg.endswith(".py") for arg in config.args)
