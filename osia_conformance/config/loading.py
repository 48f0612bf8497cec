"""`conformance.toml`, the environment and the options, made into settings."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from osia_conformance.config import schema
from osia_conformance.config.extending import EXTENDS, read_document
from osia_conformance.config.keys import table_of, unknown
from osia_conformance.config.places import Place
from osia_conformance.config.profile import read_profile
from osia_conformance.config.read_only import read_named_records
from osia_conformance.config.run_options import BY_NAME, RUN_OPTIONS
from osia_conformance.config.secret_values import references
from osia_conformance.config.settings import Product, ReportSettings, Settings, TargetSettings
from osia_conformance.config.values import table
from osia_conformance.config.waivers import read_waivers
from osia_conformance.support.quoting import quoted
from osia_conformance.support.secrets import ConfigurationError

DEFAULT_FILE = "conformance.toml"
LONGEST_FILE = 1 << 20
DEMONSTRATED = Product(name="reference server (demonstration)")

_SENT = ("target.headers.", "target.query.", "auth.tokens.")


def load(
    options: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
    apart_from: Path | None = None,
) -> Settings:
    """Return a run's settings: an option wins over the environment, that over the file, that over defaults.

    `options` goes by the names of the command line without dashes in front ("url", "report-dir"; "_" serves
    as well); None means not given. `environ` defaults to the process's. `file` is --config; without it
    OSIA_CONFIG, else `conformance.toml` in the current directory if there is one, and that is not in the
    directory `apart_from`, a report's, which others may have written.
    Raises ConfigurationError with one sentence that names the file, variable or option and the key.
    """
    environ = os.environ if environ is None else environ
    found = _find(environ, file, apart_from)
    settings = _from_file(found) if found else Settings()
    settings = _overlaid(settings, _from_environment(environ, given=_given(options or {})))
    settings = _named(_overlaid(settings, _from_options(options or {})))
    place = Place(str(found) if found else "the configuration")
    _check_together(settings, place)
    check_secrets(settings, environ, place)
    return settings


def _from_file(file: Path) -> Settings:
    document = read_document(file, _parse)
    return read_tables(document.tables, Place(str(file), base=file.parent, origins=document.origins))


def check_file(file: Path) -> Settings:
    """Return what a configuration file alone says, as far as it can be told without its secrets.

    Raises ConfigurationError as `load` does.
    """
    if not _is_file(file):
        raise ConfigurationError(f"{file}: there is no such file; check the path.")
    settings = _from_file(file)
    _check_together(settings, Place(str(file)))
    return settings


def load_target(
    options: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    file: Path | None = None,
    *,
    demonstration: str = "osia-conformance demo",
) -> Settings:
    """Return a run's settings as `load` does; raise ConfigurationError, too, if nothing names a target.

    `demonstration` is what the sentence says to call instead.
    """
    environ = os.environ if environ is None else environ
    if environ.get("OSIA_URL") == "" and "url" not in _given(options or {}):
        raise ConfigurationError(
            "OSIA_URL: it is empty, as where a CI job lacks a secret, and so it names no target; give it a value, "
            f"unset it, or let `{demonstration}` judge the suite's reference server."
        )
    settings = load(options, environ, file)
    if settings.target.url is not None:
        return settings
    if found := _find(environ, file):
        missing = f"{found}: target.url is missing, and nothing else names a target"
    else:
        missing = "--url: no target is named"
    ways = "give --url, OSIA_URL or url in [target] of conformance.toml"
    raise ConfigurationError(f"{missing}; {ways}, or let `{demonstration}` judge the suite's reference server.")


def load_demonstration(options: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a demonstration: no file is read, and no variable that tells of a target.

    Raises ConfigurationError as `load` does.
    """
    environ = os.environ if environ is None else environ
    of_the_run = {"target": {}, "run": _from_environment(environ, "run", given=_given(options))["run"]}
    settings = _overlaid(
        _overlaid(Settings(demonstration=True, product=DEMONSTRATED), of_the_run), _from_options(options)
    )
    if settings.target.url is not None:
        raise ConfigurationError("--url: a demonstration has no target of its own; `osia-conformance run` judges one.")
    return settings


def _named(settings: Settings) -> Settings:
    """Let a run only read where records are named for that, unless it is told otherwise: writing is the risk."""
    if settings.read_only is None or settings.target.read_only is not None:
        return settings
    return replace(settings, target=replace(settings.target, read_only=True))


def read_tables(document: Mapping[str, Any], place: Place) -> Settings:
    """Return the settings that a configuration file's tables make; what secrets hold is not looked at."""
    for key, value in document.items():
        if key not in (*schema.TABLES, schema.WAIVERS):
            raise unknown(key, place, (*schema.TABLES, schema.WAIVERS, EXTENDS))
        if key in schema.TABLES:
            table(value, place.under(key))
    parts = {key: (document.get(key, {}), place.under(key)) for key in schema.TABLES}
    return Settings(
        product=table_of(Product)(*parts["product"]),
        target=table_of(TargetSettings)(*parts["target"]),
        auth=schema.read_auth(*parts["auth"]),
        profile=read_profile(*parts["profile"], _parse),
        report=table_of(ReportSettings)(*parts["report"]),
        waivers=read_waivers(document.get(schema.WAIVERS, []), place),
        read_only=read_named_records(*parts["read-only"]),
    )


def check_secrets(settings: Settings, environ: Mapping[str, str], place: Place) -> None:
    """Raise ConfigurationError for the first secret reference that leads to nothing."""
    for name, part in (("target", settings.target), ("auth", settings.auth)):
        for reference, where in references(part, place.under(name)):
            try:
                secret = reference.resolve(environ)
            except ConfigurationError as error:
                raise where.error(f"cannot be used: {error}") from None
            if where.key.startswith(_SENT) and not (secret.isascii() and secret.isprintable()):
                raise where.error(f"cannot be used: what {reference} holds is not printable ASCII.")


def _find(environ: Mapping[str, str], file: Path | None, apart_from: Path | None = None) -> Path | None:
    named = [(file, "--config"), (environ.get("OSIA_CONFIG"), "OSIA_CONFIG")]
    if environ.get("OSIA_CONFIG") == "" and file is None:
        raise _empty("OSIA_CONFIG")
    for name, source in named:
        if not name:
            continue
        if not _is_file(Path(name)):
            found = quoted(str(name))
            if os.path.isdir(name):
                raise ConfigurationError(f"{source}: {found} is a directory; name the configuration file in it.")
            raise ConfigurationError(f"{source}: there is no configuration file {found}; check the path.")
        return Path(name)
    if apart_from is not None and Path.cwd().resolve().is_relative_to(apart_from.resolve()):
        return None
    return Path(DEFAULT_FILE) if _is_file(Path(DEFAULT_FILE)) else None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _parse(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            content = stream.read(LONGEST_FILE + 1)
        if len(content) > LONGEST_FILE:
            raise ConfigurationError(f"{file}: the file is larger than {LONGEST_FILE} bytes.")
        return parse_text(content.decode("utf-8-sig"), str(file))
    except UnicodeDecodeError:
        raise ConfigurationError(f"{file}: the file is not UTF-8 text, as TOML must be.") from None
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise ConfigurationError(f"{file}: the file cannot be read: {reason}.") from None


def parse_text(text: str, source: str) -> dict[str, Any]:
    """Return TOML text as tables; raise ConfigurationError that names the line if it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{source}: the file is not valid TOML: {error}.") from None
    except (ValueError, OverflowError, RecursionError):
        raise ConfigurationError(
            f"{source}: the file is not usable TOML: a number or date is out of range, or it nests too deep."
        ) from None


_Overlay = dict[str, dict[str, Any]]


def _given(options: Mapping[str, Any]) -> set[str]:
    """Return the names of the options that were given, as the table has them."""
    return {name.replace("_", "-") for name, value in options.items() if value is not None}


def _from_environment(environ: Mapping[str, str], *parts: str, given: Collection[str]) -> _Overlay:
    """Read the OSIA_ variables, what an option gives aside; one that is empty is refused: who set it meant a value."""
    found: _Overlay = {"target": {}, "run": {}}
    for option in RUN_OPTIONS:
        value = environ.get(option.variable)
        if value is not None and option.part in (parts or found) and option.name not in given:
            if not value:
                raise _empty(option.variable)
            place = Place(f"environment variable {option.variable}", option.name, textual=True)
            found[option.part][option.member] = option.read(value, place)
    return found


def _empty(variable: str) -> ConfigurationError:
    return ConfigurationError(
        f"{variable}: it is empty, as where a CI job lacks a secret; give it a value, or unset it."
    )


def _from_options(options: Mapping[str, Any]) -> _Overlay:
    found: _Overlay = {"target": {}, "run": {}}
    for name, value in options.items():
        key = name.replace("_", "-")
        if key not in BY_NAME:
            raise unknown(key, Place("the options"), BY_NAME)
        option = BY_NAME[key]
        if value is not None:
            plain = str(value) if isinstance(value, Path) else value
            found[option.part][option.member] = option.read(plain, Place(f"option --{key}", key, textual=True))
    return found


def _overlaid(settings: Settings, overlay: _Overlay) -> Settings:
    return replace(settings, target=replace(settings.target, **overlay["target"]), **overlay["run"])


def _check_together(settings: Settings, place: Place) -> None:
    schema.check_target(settings.target, place.under("target"))
    _check_mutual_tls(settings, place)
    _check_authorization(settings, place)


def _check_mutual_tls(settings: Settings, place: Place) -> None:
    auth = settings.auth
    clients = [auth.client_auth, *(client.client_auth for client in auth.clients.values())]
    if "mtls" in clients and settings.target.client_cert is None:
        raise place.under("target").under("client-cert").error('is missing; client-auth "mtls" needs it.')


def _check_authorization(settings: Settings, place: Place) -> None:
    names = {name.lower() for name in settings.target.headers}
    if "authorization" in names and settings.auth.method != "none":
        raise (
            place.under("target")
            .under("headers")
            .under("Authorization")
            .error("is set by the method of [auth]; remove one of the two.")
        )
