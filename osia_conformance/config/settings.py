"""What a run is told: the product, its target, how tokens are had, and how much to do.

Each member's type says how it is read; the rest follows from that: the keys of conformance.toml and their JSON Schema,
the variables, the options, and the way to a worker process.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args

import msgspec
from msgspec import Meta

from osia_conformance.config import shard, tables, values
from osia_conformance.config.auth_settings import AuthSettings, ClientAuth, ClientSettings, Method
from osia_conformance.config.keys import Key, Option
from osia_conformance.config.shown import shown
from osia_conformance.config.target_settings import TargetSettings, Value
from osia_conformance.profile.statement import ProfileSettings
from osia_conformance.support.secrets import SecretReference

__all__ = [
    "AuthSettings",
    "ClientAuth",
    "ClientSettings",
    "Color",
    "Effort",
    "Method",
    "Product",
    "ReadOnlyBuffer",
    "ReadOnlyRecords",
    "ReportSettings",
    "Settings",
    "TargetSettings",
    "Value",
    "Waiver",
]

Effort = Literal["quick", "standard", "thorough"]

Color = Literal["auto", "always", "never"]
COLORS: tuple[str, ...] = get_args(Color)
EFFORTS: tuple[str, ...] = get_args(Effort)
AUTO: Literal["auto"] = "auto"
"""The number of workers that follows from how fast the target answers."""
MOST_WORKERS = 256
"""Each is a thread, or a process of pytest-xdist's: more than any target is judged by."""

_NOT_RECORDED = ("demonstration", "reruns", "color", "keep-going", "wait-for", "fail-fast", "signing-key")
"""Settings that say nothing of what is judged: reports of equal runs stay equal without them."""

_TEXT = Key(values.any_text)
_NAME = Key(values.text)


@dataclass(frozen=True)
class Product:
    """What is certified, in the vendor's words; printed in every report."""

    vendor: Annotated[str | None, _TEXT, Meta(description="who makes it")] = None
    name: Annotated[str | None, _TEXT, Meta(description="what it is called")] = None
    version: Annotated[str | None, _TEXT, Meta(description="the version that is certified")] = None
    build: Annotated[str | None, _TEXT, Meta(description="the build of that version")] = None
    environment: Annotated[str | None, _TEXT, Meta(description="where it runs")] = None


@dataclass(frozen=True)
class ReportSettings:
    """Who reports; printed on the certificate."""

    body: Annotated[str | None, _TEXT, Meta(description="the body that reports, such as a laboratory")] = None
    address: Annotated[str | None, _TEXT, Meta(description="its address")] = None
    authorised_by: Annotated[str | None, _TEXT, Meta(description="who signs for it: name and function")] = None
    customer: Annotated[str | None, _TEXT, Meta(description="for whom the report is made")] = None


@dataclass(frozen=True)
class Waiver:
    """A finding that its `owner` answers for until the end of the day `expires` (ISO 8601, UTC)."""

    requirement: Annotated[str, _NAME, Meta(description="the requirement's id, such as ENR-PATCH-03")]
    reason: Annotated[str, _NAME, Meta(description="why its finding is put up with")]
    owner: Annotated[str, _NAME, Meta(description="who answers for that")]
    expires: Annotated[
        str,
        Key(tables.day),
        Meta(description="the last day on which it holds", extra_json_schema={"format": "date"}),
    ]


@dataclass(frozen=True)
class ReadOnlyBuffer:
    """A buffer that is there on the target, under its enrollment's id and its own."""

    enrollment: Annotated[str, _NAME, Meta(description="the enrollment's id")]
    buffer: Annotated[str, _NAME, Meta(description="the buffer's id")]


@dataclass(frozen=True)
class ReadOnlyRecords:
    """The vendor's own test records, which a run that only reads may read.

    `attribute` is a biographic attribute by which a search finds them, `value` the value that they have there.
    """

    enrollments: tuple[str, ...] = ()
    buffers: tuple[ReadOnlyBuffer, ...] = ()
    attribute: str | None = None
    value: Any = None


@dataclass(frozen=True)
class Settings:
    """Everything a run is told. `report_dir` None: a fresh one; `seed` None: the run draws one;
    `shard` is the share "I/N" of the checks that is judged, None: all;
    `big_buffer` is the size in bytes of a buffer that is sent and read, None: none; `max_disk` how many bytes of
    answers are kept in all, beyond which of a long body only size and SHA-256 are.

    `reruns` is the report directory of the run whose failures are judged again: the examples that failed in it come
    first, and none is made smaller.
    `signing_key` is what the report is signed with at the end; the run itself only keeps it out of what it writes.
    `demonstration` says that the reference server that comes with the suite is judged, and no target.
    `read_only` names the records for a run that only reads; whether it does is `target.read_only`.
    """

    product: Product = field(default_factory=Product)
    target: TargetSettings = field(default_factory=TargetSettings)
    auth: AuthSettings = field(default_factory=AuthSettings)
    profile: ProfileSettings = field(default_factory=ProfileSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    waivers: tuple[Waiver, ...] = ()
    read_only: ReadOnlyRecords | None = None
    report_dir: Annotated[
        Path | None,
        Key(values.path, has_variable=True, option=Option("DIR")),
        Meta(description="where the report goes, a new directory (default: reports/...)"),
    ] = None
    seed: Annotated[
        int | None,
        Key(values.integer(0), has_variable=True, option=Option("N", int)),
        Meta(description="the same seed sends the same requests (default: drawn)"),
    ] = None
    workers: Annotated[
        int | Literal["auto"],
        Key(values.integer_or(AUTO, 1, MOST_WORKERS), has_variable=True, option=Option("N|auto")),
        Meta(description="checks that are judged side by side, in threads, or auto: 1 to 16 by the target's latency"),
    ] = AUTO
    effort: Annotated[
        Effort,
        Key(values.choice(*EFFORTS), has_variable=True, option=Option(choices=EFFORTS)),
        Meta(description="how much is generated (default: standard)"),
    ] = "standard"
    shard: Annotated[
        str | None,
        Key(shard.read, has_variable=True, option=Option("I/N")),
        Meta(description="share I of N of the checks, for jobs on N machines; see merge"),
    ] = None
    big_buffer: Annotated[
        int | None,
        Key(values.size, has_variable=True, option=Option("SIZE")),
        Meta(description='also send and read a buffer of this size, such as "1GiB"'),
    ] = None
    keep_going: Annotated[
        bool,
        Key(values.boolean, has_variable=True, option=Option(is_switch=True)),
        Meta(description="judge all the same where the first calls say that nothing can be judged"),
    ] = False
    wait_for: Annotated[
        float,
        Key(values.number(0), has_variable=True, option=Option("SECONDS")),
        Meta(ge=0, description="wait up to so many seconds for a server that is just starting (default: 0)"),
    ] = 0.0
    fail_fast: Annotated[
        int | None,
        Key(values.integer(1), has_variable=True, option=Option("N", int)),
        Meta(description="stop once N requirements have failed; the run is incomplete at best"),
    ] = None
    color: Annotated[
        Color,
        Key(values.choice(*COLORS), has_variable=True, option=Option(choices=COLORS)),
        Meta(description="colours on the terminal (default: auto, which follows NO_COLOR)"),
    ] = "auto"
    max_disk: Annotated[
        int,
        Key(values.size, has_variable=True, option=Option("SIZE")),
        Meta(description="what answers may fill; beyond it, long ones are kept as size and SHA-256 (default: 1GiB)"),
    ] = 1 << 30
    demonstration: bool = False
    reruns: Path | None = None
    signing_key: SecretReference | None = None

    @property
    def shrinks(self) -> bool:
        """Whether generated input that fails is made smaller before it is shown."""
        return self.reruns is None

    def dump(self) -> dict[str, Any]:
        """Return everything as JSON values, for another process only: literal header values are in it."""
        return cast("dict[str, Any]", msgspec.to_builtins(self, enc_hook=_dumped))

    @classmethod
    def restore(cls, dumped: Mapping[str, Any]) -> Settings:
        """Return the settings that `dump` was called on."""
        return msgspec.convert(dumped, cls, dec_hook=_restored)

    def as_record(self) -> dict[str, Any]:
        """Return the settings as JSON values fit for a report: what is not set is left out.

        References stay "env:NAME" or "file:PATH", paths are shown by their last part, and plain values
        under names that usually hold secrets are "[redacted]".
        """
        members = cast("dict[str, Any]", shown(self))
        for name in _NOT_RECORDED:
            members.pop(name, None)
        return members


def _dumped(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} is no setting")


def _restored(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value)
    raise NotImplementedError(f"{kind.__name__} is no setting")
