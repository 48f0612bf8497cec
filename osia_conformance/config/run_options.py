"""What can be set outside of conformance.toml: the one table behind options, pytest's options and the environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from osia_conformance.config import shard, values
from osia_conformance.config.settings import Effort
from osia_conformance.config.values import Place

Reader = Callable[[Any, Place], Any]

EFFORTS: tuple[str, ...] = get_args(Effort)
MOST_WORKERS = 256
"""Each is a process of its own: more than any target is judged by, and few enough for a machine to live through."""


@dataclass(frozen=True, slots=True)
class RunOption:
    """One setting that a variable, and mostly an option, can give.

    `name` is its key in [target], where `part` is "target", or that of the run itself; `read` makes the setting of
    what was given. `help` is None where there is no option of that name; `type` is what argparse reads it with.
    """

    name: str
    part: Literal["target", "run"]
    read: Reader
    help: str | None = None
    metavar: str | None = None
    type: Callable[[str], Any] = str
    choices: tuple[str, ...] | None = None
    is_switch: bool = False

    @property
    def member(self) -> str:
        """The member of the settings, and of parsed options, that holds it."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable that gives it."""
        return f"OSIA_{self.member.upper()}"


RUN_OPTIONS: tuple[RunOption, ...] = (
    RunOption("url", "target", values.url, "what stands before /v1/...", "URL"),
    RunOption("interface-version", "target", values.version, 'such as "1.0.0" or "osia-4.1"', "V"),
    RunOption("report-dir", "run", values.path, "where the report goes, a new directory (default: reports/...)", "DIR"),
    RunOption("seed", "run", values.integer(0), "the same seed sends the same requests (default: drawn)", "N", int),
    RunOption(
        "workers", "run", values.integer(1, MOST_WORKERS), "processes that judge side by side (default: 1)", "N", int
    ),
    RunOption("effort", "run", values.choice(*EFFORTS), "how much is generated (default: standard)", choices=EFFORTS),
    RunOption(
        "read-only",
        "target",
        values.boolean,
        "write nothing: judge what can be judged on the records of [read-only]; incomplete at best",
        is_switch=True,
    ),
    RunOption(
        "max-time", "target", values.number(0), "what is not judged by then stays untested (0: never)", "SECONDS"
    ),
    RunOption(
        "spec", "target", values.existing, "the server's own OpenAPI file: it gives more generated input", "FILE"
    ),
    RunOption("shard", "run", shard.read, "share I of N of the checks, for jobs on N machines; see merge", "I/N"),
    RunOption("big-buffer", "run", values.size, 'also send and read a buffer of this size, such as "1GiB"', "SIZE"),
    RunOption("max-disk", "run", values.size, "what answers may fill; then long ones go by SHA-256 (1GiB)", "SIZE"),
    RunOption("timeout", "target", values.number(0, exclusive=True)),
    RunOption("rate", "target", values.number(0)),
    RunOption("visible-within", "target", values.number(0)),
    RunOption("ca-file", "target", values.existing),
    RunOption("client-cert", "target", values.existing),
    RunOption("client-key", "target", values.existing),
    RunOption("client-key-password", "target", values.reference),
    RunOption("proxy", "target", values.proxy),
    RunOption("enrollment-id", "target", values.pattern),
    RunOption("transaction-id", "target", values.pattern),
)

BY_NAME = {option.name: option for option in RUN_OPTIONS}
ON_COMMAND_LINE = tuple(option for option in RUN_OPTIONS if option.help is not None)
