"""[target]: how the target is reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from osia_conformance.config import tables, values
from osia_conformance.config.keys import Key, Option
from osia_conformance.support.secrets import SecretReference

Value = str | SecretReference
_FILE = Key(values.existing, has_variable=True)


@dataclass(frozen=True)
class TargetSettings:
    """How the target is reached.

    `url` stands before "/v1/..." and has no trailing slash.
    `timeout` (of one call), `max_time` (of a run; 0: no limit, None: by its planned calls) and `visible_within` are
    seconds, `rate` is requests per second over all workers (0: no limit).
    `proxy` is "none", "env", a URL, or a reference to a URL with credentials. The id patterns are "uuid" or
    a regular expression. `read_only` says that nothing may be written; None leaves it to whether records are
    named for reading. `restart_command` is a program and its arguments that restarts the server.
    """

    url: Annotated[
        str | None,
        Key(values.url, has_variable=True, option=Option("URL")),
        Meta(description="what stands before /v1/...; a path prefix is kept"),
    ] = None
    interface_version: Annotated[
        str | None,
        Key(values.version, has_variable=True, option=Option("V")),
        Meta(description='the vendor\'s claim, such as "1.0.0" or "osia-4.1"'),
    ] = None
    timeout: Annotated[
        float,
        Key(values.number(0, exclusive=True), has_variable=True),
        Meta(gt=0, description="seconds that one call may take in all"),
    ] = 10.0
    max_time: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Key(values.number(0), has_variable=True, option=Option("SECONDS")),
        Meta(description="what is not judged within so many seconds stays untested (0: no limit)"),
    ] = None
    rate: Annotated[
        float,
        Key(values.number(0), has_variable=True),
        Meta(ge=0, description="requests per second over all workers (0: no limit)"),
    ] = 0.0
    visible_within: Annotated[
        float,
        Key(values.number(0), has_variable=True),
        Meta(ge=0, description="seconds until a write must be found by search"),
    ] = 5.0
    ca_file: Annotated[Path | None, _FILE, Meta(description="the private CA that signed the target's certificate")] = (
        None
    )
    client_cert: Annotated[Path | None, _FILE, Meta(description="the client's certificate for mutual TLS")] = None
    client_key: Annotated[Path | None, _FILE, Meta(description="its key, if it is in a file of its own")] = None
    client_key_password: Annotated[
        SecretReference | None,
        Key(values.reference, has_variable=True),
        Meta(description="what opens the key"),
    ] = None
    proxy: Annotated[
        Value, Key(values.proxy, has_variable=True), Meta(description='"none", "env" or the URL of an HTTP proxy')
    ] = "none"
    enrollment_id: Annotated[
        str,
        Key(values.pattern, has_variable=True),
        Meta(description='"uuid", or a pattern such as "[0-9]{12}" of the ids that the suite gives'),
    ] = "uuid"
    transaction_id: Annotated[
        str, Key(values.pattern, has_variable=True), Meta(description="likewise, of transaction ids")
    ] = "uuid"
    read_only: Annotated[
        bool | None,
        Key(values.boolean, has_variable=True, option=Option(is_switch=True)),
        Meta(description="write nothing: judge what can be judged on the records of [read-only]; incomplete at best"),
    ] = None
    spec: Annotated[
        Path | None,
        Key(values.existing, has_variable=True, option=Option("FILE")),
        Meta(description="the server's own OpenAPI file: it gives more generated input"),
    ] = None
    restart_command: Annotated[
        tuple[str, ...],
        Key(values.command),
        Meta(description="a program and its arguments that restarts the server; no shell runs it"),
    ] = ()
    headers: Annotated[
        Mapping[str, Value],
        Key(tables.header_values),
        Meta(description="headers of every call: values, or env:NAME, or file:PATH"),
    ] = field(default_factory=dict)
    query: Annotated[
        Mapping[str, Value],
        Key(tables.query_values),
        Meta(description="query parameters of every call: values, or env:NAME, or file:PATH"),
    ] = field(default_factory=dict)
