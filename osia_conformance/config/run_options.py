"""What can be set outside of conformance.toml: the one table behind options, pytest's options and the environment.

It follows from the types of the settings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from osia_conformance.config.keys import Key, Reader, keys_of
from osia_conformance.config.settings import Settings, TargetSettings

_FIRST = ("url", "interface-version", "report-dir", "seed", "workers", "effort")


@dataclass(frozen=True, slots=True)
class RunOption:
    """One setting that a variable, and mostly an option, can give.

    `name` is its key in [target], where `part` is "target", or that of the run itself.
    """

    name: str
    part: Literal["target", "run"]
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
