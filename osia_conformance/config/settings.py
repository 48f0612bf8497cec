"""What a run is told: the product, its target, how tokens are had, and how much to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, cast

from osia_conformance.profile.statement import BlockSettings, ImageSettings, ProfileSettings, SearchSettings
from osia_conformance.support.secrets import REDACTED, SecretReference, is_sensitive
from osia_conformance.support.urls import without_query_values

Value = str | SecretReference
Method = Literal["none", "static", "jwt", "client-credentials"]
ClientAuth = Literal["basic", "post", "private_key_jwt", "mtls"]
Effort = Literal["quick", "standard", "thorough"]


@dataclass(frozen=True)
class Product:
    """What is certified, in the vendor's words; printed in every report."""

    vendor: str | None = None
    name: str | None = None
    version: str | None = None
    build: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class TargetSettings:
    """How the target is reached.

    `url` stands before "/v1/..." and has no trailing slash; None means the embedded reference server.
    `timeout` (of one call), `max_time` (of a run; 0: no limit, None: by the calls it plans) and `visible_within` are
    seconds, `rate` is requests per second over all workers (0: no limit).
    `proxy` is "none", "env", a URL, or a reference to a URL with credentials. The id patterns are "uuid" or
    a regular expression. `read_only` says that nothing may be written; None leaves it to whether records are
    named for reading.
    """

    url: str | None = None
    interface_version: str | None = None
    timeout: float = 10.0
    max_time: float | None = None
    rate: float = 0.0
    visible_within: float = 5.0
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    client_key_password: SecretReference | None = None
    proxy: Value = "none"
    enrollment_id: str = "uuid"
    transaction_id: str = "uuid"
    read_only: bool | None = None
    spec: Path | None = None
    headers: Mapping[str, Value] = field(default_factory=dict)
    query: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class ClientSettings:
    """One OAuth 2.0 client of its own for a scope combination; what is None comes from [auth]."""

    client_id: str | None = None
    client_secret: SecretReference | None = None
    client_auth: ClientAuth | None = None
    key: SecretReference | None = None
    algorithm: str | None = None
    kid: str | None = None
    audience: tuple[str, ...] = ()
    resource: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuthSettings:
    """How bearer tokens are had; each method uses the members that its documentation names.

    `lifetime` is seconds. `tokens` and `clients` go by scope combination, its scopes sorted and joined by
    one space; "none", "expired" and "not-yet-valid" are names of their own.
    """

    method: Method = "none"
    algorithm: str | None = None
    key: SecretReference | None = None
    issuer: str | None = None
    audience: tuple[str, ...] = ()
    kid: str | None = None
    scope_claim: str = "scope"
    scope_format: Literal["string", "list"] = "string"
    lifetime: float = 300.0
    claims: Mapping[str, Any] = field(default_factory=dict)
    jwt_header: Mapping[str, Any] = field(default_factory=dict)
    tokens: Mapping[str, SecretReference] = field(default_factory=dict)
    token_url: str | None = None
    client_id: str | None = None
    client_secret: SecretReference | None = None
    client_auth: ClientAuth = "basic"
    resource: tuple[str, ...] = ()
    clients: Mapping[str, ClientSettings] = field(default_factory=dict)


@dataclass(frozen=True)
class Waiver:
    """A finding that its `owner` answers for until the end of the day `expires` (ISO 8601, UTC)."""

    requirement: str
    reason: str
    owner: str
    expires: str


@dataclass(frozen=True)
class ReadOnlyBuffer:
    """A buffer that is there on the target, under its enrollment's id and its own."""

    enrollment: str
    buffer: str


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

    `read_only` names the records for a run that only reads; whether it does is `target.read_only`.
    """

    product: Product = field(default_factory=Product)
    target: TargetSettings = field(default_factory=TargetSettings)
    auth: AuthSettings = field(default_factory=AuthSettings)
    profile: ProfileSettings = field(default_factory=ProfileSettings)
    waivers: tuple[Waiver, ...] = ()
    read_only: ReadOnlyRecords | None = None
    report_dir: Path | None = None
    seed: int | None = None
    workers: int = 1
    effort: Effort = "standard"
    shard: str | None = None
    big_buffer: int | None = None
    max_disk: int = 1 << 30

    def dump(self) -> dict[str, Any]:
        """Return everything as JSON values, for a worker process only: literal header values are in it."""
        return cast("dict[str, Any]", _pack(self))

    @classmethod
    def restore(cls, dumped: Mapping[str, Any]) -> Settings:
        """Return the settings that `dump` was called on."""
        parts = _unpack_members(dumped)
        auth = dict(parts["auth"])
        auth["clients"] = {name: ClientSettings(**client) for name, client in auth["clients"].items()}
        parts["product"] = Product(**parts["product"])
        parts["target"] = TargetSettings(**parts["target"])
        parts["auth"] = AuthSettings(**auth)
        parts["profile"] = _restored_profile(parts["profile"])
        if named := parts["read_only"]:
            buffers = tuple(ReadOnlyBuffer(**buffer) for buffer in named["buffers"])
            parts["read_only"] = ReadOnlyRecords(**{**named, "buffers": buffers})
        parts["waivers"] = tuple(Waiver(**waiver) for waiver in parts["waivers"])
        return cls(**parts)

    def as_record(self) -> dict[str, Any]:
        """Return the settings as JSON values fit for a report: what is not set is left out.

        References stay "env:NAME" or "file:PATH", paths are shown by their last part, and plain values
        under names that usually hold secrets are "[redacted]".
        """
        return cast("dict[str, Any]", _shown(self))


def _restored_profile(members: Mapping[str, Any]) -> ProfileSettings:
    parts = dict(members)
    parts["blocks"] = {
        name: BlockSettings(block["schema"], tuple(block["examples"])) for name, block in parts["blocks"].items()
    }
    parts["search"] = {name: SearchSettings(one["type"], tuple(one["values"])) for name, one in parts["search"].items()}
    parts["images"] = tuple(ImageSettings(**one) if isinstance(one, Mapping) else one for one in parts["images"])
    return ProfileSettings(**parts)


def _members(part: Any) -> dict[str, Any]:
    return {member.name: getattr(part, member.name) for member in fields(part)}


_OF_PROFILE = (BlockSettings, SearchSettings, ImageSettings, ProfileSettings)
_NAMED = (ReadOnlyBuffer, ReadOnlyRecords)
_PARTS = (Product, TargetSettings, ClientSettings, AuthSettings, Waiver, Settings, *_OF_PROFILE, *_NAMED)
_FREE = ("claims", "jwt_header", "schema", "examples", "values")


def _pack(value: Any) -> Any:
    if isinstance(value, SecretReference):
        return {"reference": value.text, "base": value.base}
    if isinstance(value, Path):
        return {"path": str(value)}
    if isinstance(value, tuple):
        return {"several": [_pack(item) for item in value]}
    if isinstance(value, _PARTS):
        return {key: item if key in _FREE else _pack(item) for key, item in _members(value).items()}
    if isinstance(value, Mapping):
        return {"named": {key: _pack(item) for key, item in value.items()}}
    return value


def _unpack(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    if "reference" in value:
        return SecretReference(value["reference"], value["base"])
    if "path" in value:
        return Path(value["path"])
    if "several" in value:
        return tuple(_unpack(item) for item in value["several"])
    if "named" in value:
        return {key: _unpack(item) for key, item in value["named"].items()}
    return _unpack_members(value)


def _unpack_members(packed: Mapping[str, Any]) -> dict[str, Any]:
    return {key: item if key in _FREE else _unpack(item) for key, item in packed.items()}


def _shown(value: Any) -> Any:
    if isinstance(value, SecretReference):
        return str(value)
    if isinstance(value, Path):
        return value.name
    if isinstance(value, tuple | list):
        return [_shown(item) for item in value]
    if isinstance(value, _PARTS):
        members = {key: item for key, item in _members(value).items() if item not in (None, (), {})}
        return {key.replace("_", "-"): _shown_member(key, item) for key, item in members.items()}
    if isinstance(value, Mapping):
        return {key: _shown_named(key, item) for key, item in value.items()}
    return value


def _shown_member(name: str, value: Any) -> Any:
    # What it asks a token endpoint with may be its key.
    return without_query_values(value) if name == "token_url" else _shown(value)


def _shown_named(name: str, value: Any) -> Any:
    """Show one member of a table whose names the vendor chose."""
    return REDACTED if isinstance(value, str) and is_sensitive(name) else _shown(value)
