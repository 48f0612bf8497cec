"""A finished run as its report directory holds it: the journal, and the results that follow from it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from osia_conformance.standard import provenance
from osia_conformance.standard.register import load_register
from osia_conformance.standard.versions import UnknownVersion, resolve
from osia_conformance.support import files
from osia_conformance.support.secrets import ConfigurationError
from osia_conformance.support.text import one_line
from osia_conformance.verdict import journal
from osia_conformance.verdict.checked_journal import JournalError, read_journal
from osia_conformance.verdict.derivation import derive
from osia_conformance.verdict.report_files import RESULTS

if TYPE_CHECKING:
    from osia_conformance.config.settings import Settings

LARGEST_RESULTS = 1 << 28
_NAME, _WORD = re.compile("[A-Za-z0-9][A-Za-z0-9._:+-]{0,199}"), re.compile("[A-Za-z]{1,40}")
NOT_OURS = (AttributeError, LookupError, TypeError, ValueError)
"""What comes of reading a journal whose lines are JSON, and not as ours are."""


def records_of(directory: Path) -> list[dict[str, Any]]:
    """Return the lines of a report directory's journal, each as the journal's schema has it, the header first.

    So no name in them leads out of the report. Raises ConfigurationError, a sentence, if there is no journal, it
    cannot be read, or is not one of this suite.
    """
    try:
        return read_journal(directory)
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigurationError(
            f"{directory}: there is no {journal.FILE}; name the report directory of a run."
        ) from None
    except JournalError as error:
        raise ConfigurationError(f"{directory}: the journal is not one of this suite: {error}.") from None
    except OSError as error:
        raise ConfigurationError(f"{directory}: the journal cannot be read: {error.strerror}.") from None


def header_of(records: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the journal's header line (docs/journal.md); there is one in what `records_of` returns."""
    return next(line for line in records if line["kind"] == "header")


def expect_target(directory: Path, header: Mapping[str, Any], settings: Settings, *, on_purpose: bool) -> str | None:
    """Refuse to call a target that a journal names: calls, and the secrets in them, go to the configured one alone.

    Return a note where another target than the recorded one is configured `on_purpose`, by --url or --config; None
    where it is the same, or the run judged the embedded server. Raises ConfigurationError, a sentence, otherwise.
    """
    judged, configured = one_line(header["target"]["url"]), settings.target.url
    if header["target"]["embedded"] or configured == header["target"]["url"]:
        return None
    if configured is None:
        raise ConfigurationError(
            f"{directory}: its journal says that the run judged {judged}, and no target is configured; name it with "
            "--url or --config, since no secret goes to where a journal says."
        )
    if not on_purpose:
        raise ConfigurationError(
            f"{directory}: its journal says that the run judged {judged}, and the configuration names {configured}; "
            f"say --url {configured} if that is to be called all the same."
        )
    return f"the run judged {judged}; as you said, {configured} is called"


def derived(records: list[dict[str, Any]], directory: Path) -> dict[str, Any]:
    """Return results.json's content from a journal; raise ConfigurationError if it is not one of this suite."""
    try:
        # The register that the run judged by: a later suite's may say something else.
        register = provenance.recorded(records)
        version = header_of(records)["interfaceVersion"]
        return derive(records, register or load_register(resolve(version)))
    except UnknownVersion as error:
        raise ConfigurationError(f"{directory}: {error}") from None
    except NOT_OURS as error:
        words = f"{type(error).__name__}: {error}"
        raise ConfigurationError(f"{directory}: the journal is not one of this suite ({words}).") from None


def results_of(path: Path) -> dict[str, Any]:
    """Return the results of a report directory, or of a results.json; a killed run's come from its journal.

    Raises ConfigurationError, a sentence, if there are none.
    """
    file = path / RESULTS if path.is_dir() else path
    if path.is_dir() and not os.path.lexists(file):
        return derived(records_of(path), path)
    # A file that a person names may be a link of their own; what lies in a report may not.
    file = file if path.is_dir() else files.named(file)
    try:
        results = json.loads(files.read(file.parent, file.name, LARGEST_RESULTS))
    except OSError as error:
        raise ConfigurationError(
            f"{path}: there is no report ({error.strerror}); name the report directory of a run."
        ) from None
    except (ValueError, RecursionError):
        results = None
    if not _fits(results):
        raise ConfigurationError(f"{file}: this is no results.json of schema version 1; name a run's report.")
    return dict(results)


def _fits(results: Any) -> bool:
    """Tell whether these are results of any schema 1.x: one of a newer suite may say more than ours."""
    if not isinstance(results, dict) or not str(results.get("schemaVersion")).startswith("1."):
        return False
    texts = ("runId", "verdict", "interfaceVersion", "started", "ending")
    entries = results.get("requirements")
    return (
        all(isinstance(results.get(name), str) for name in texts)
        and _are_texts(results.get("product", {}))
        and _are_waivers(results.get("waivers", []))
        and isinstance(entries, list)
        and all(isinstance(entry, dict) and _is_entry(entry) for entry in entries)
    )


def _is_entry(entry: dict[str, Any]) -> bool:
    """Tell whether this is a requirement; what of it is printed as it stands is a word."""
    words = {"id": _NAME, "level": _WORD, "outcome": _WORD}
    return (
        isinstance(entry.get("checks"), list)
        and isinstance(entry.get("title"), str)
        and isinstance(entry.get("reason"), str | None)
        and all(isinstance(entry.get(name), str) and word.fullmatch(entry[name]) for name, word in words.items())
    )


def _are_texts(product: Any) -> bool:
    return isinstance(product, dict) and all(isinstance(text, str) for text in product.values())


def _are_waivers(waivers: Any) -> bool:
    return isinstance(waivers, list) and all(
        isinstance(one, dict) and isinstance(one.get("requirement"), str) and isinstance(one.get("state"), str)
        for one in waivers
    )
