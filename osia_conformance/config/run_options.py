"""What can be set outside of conformance.toml: the one table behind options, pytest's options and the environment.

What sets something follows from the types of the settings; what narrows a run, or says how much is shown, is for one
run alone, and stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from osia_conformance.config import values
from osia_conformance.config.keys import Key, Option, Reader, keys_of
from osia_conformance.config.settings import Settings, TargetSettings

_FIRST = ("url", "interface-version", "report-dir", "seed", "workers", "effort")


@dataclass(frozen=True, slots=True)
class RunOption:
    """One thing that an option, and mostly a variable, can give.

    `name` is its key in [target], where `part` is "target", or that of the run itself; options of the other parts are
    no settings and have no variable.
    """

    name: str
    part: Literal["target", "run", "selection", "terminal"]
    key: Key

    @property
    def read(self) -> Reader:
        """What makes the setting of what was given."""
        return self.key.read

    @property
    def member(self) -> str:
        """The member of the settings, and of parsed options, that holds it."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable that gives it."""
        return f"OSIA_{self.member.upper()}"


def _order(option: RunOption) -> int:
    return _FIRST.index(option.name) if option.name in _FIRST else len(_FIRST)


RUN_OPTIONS: tuple[RunOption, ...] = tuple(
    sorted(
        (
            *(RunOption(name, "target", key) for name, key in keys_of(TargetSettings).items() if key.has_variable),
            *(RunOption(name, "run", key) for name, key in keys_of(Settings).items() if key.has_variable),
        ),
        key=_order,
    )
)
BY_NAME = {option.name: option for option in RUN_OPTIONS}
ON_COMMAND_LINE = tuple(option for option in RUN_OPTIONS if option.key.option is not None)


def _option(name: str, part: Literal["selection", "terminal"], option: Option, description: str) -> RunOption:
    return RunOption(name, part, Key(values.texts, option=option, description=description))


_SEVERAL_IDS = Option("ID", has_several=True)
SELECTION = (
    _option("only", "selection", _SEVERAL_IDS, "these requirements, by id or its first parts"),
    _option("exclude", "selection", _SEVERAL_IDS, "all but these requirements"),
    _option("operation", "selection", Option("OPERATION", has_several=True), "such as createEnrollment"),
    _option("rerun-failed", "selection", Option("DIR"), "the checks that failed in the run reported there"),
)
"""What narrows a run to a part of it."""
VERBOSITY = (
    _option("verbose", "terminal", Option(is_switch=True, short="-v"), "also observations, curl lines and a table"),
    _option("quiet", "terminal", Option(is_switch=True, short="-q"), "the verdict alone, on one line"),
)
"""How much of a run the terminal shows, where not the usual; pytest has options of its own for that."""
