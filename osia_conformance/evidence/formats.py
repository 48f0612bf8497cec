"""Whether the formats of a report are what its journal gives: they are made anew and compared."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from osia_conformance import reports
from osia_conformance.evidence.files import ATTESTATION, EvidenceError, Snapshot, digests
from osia_conformance.reports import ADDITIONAL_FILES
from osia_conformance.reports import results as results_json
from osia_conformance.standard import provenance
from osia_conformance.support.forks import made_meanwhile
from osia_conformance.support.json_types import Record
from osia_conformance.support.text import one_line
from osia_conformance.verdict import journal
from osia_conformance.verdict.report_files import ALLURE, RESULTS

_CERTIFICATES = {name: ADDITIONAL_FILES[name] for name in ("pdf", "annex")}
_ADDITIONAL = {name: file for name, file in ADDITIONAL_FILES.items() if name not in _CERTIFICATES}
"""Formats that only some reports have, with their files; the certificates need a library of their own."""
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, OSError, RecursionError)
_OF_JOURNAL = (RESULTS, journal.FILE)


@dataclass(slots=True)
class Compared:
    """What comparing the formats gave, in sentences: what to know, and what could not be looked at."""

    notes: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def check(taken: Snapshot, results: Record, records: Sequence[Record], *, is_suite: bool) -> Compared:
    """Compare every format that the report has with what `results` and `records` give.

    Where the suite, Python or a package is not the one of the run, the same facts may be written otherwise: then what
    a file says is compared, not its bytes, and one that says it in other words is named as unchecked. Raises
    EvidenceError for the first file that differs otherwise, or cannot be made.
    """
    compared = Compared()
    as_then = is_suite and _as_then(records[0]["environment"])
    present = taken.digests
    wanted = [*reports.FORMATS, *(name for name, file in _ADDITIONAL.items() if file in present)]
    wanted += [name for name, file in _CERTIFICATES.items() if _is_comparable(file, taken)]
    with tempfile.TemporaryDirectory() as place:
        made_in = Path(place) / "report"
        many = _made(taken.directory, results, records, made_in, wanted)
        made = {**digests(made_in), **{name: hashlib.sha256(data).hexdigest() for name, data in many.items()}}
        differing = [name for name, digest in sorted(made.items()) if present.get(name, digest) != digest]
        if as_then and differing:
            raise EvidenceError(
                f"{differing[0]}: it is not what the journal gives; `osia-conformance report DIR` makes it"
            )
        open_ones = [
            name
            for name in differing
            if name not in _OF_JOURNAL and not _says_the_same(name, taken, many.get(name), made_in)
        ]
    if not as_then:
        compared.notes.append("Python, packages or the suite are not those of the run: formats compared by content")
    if open_ones:
        compared.unchecked.append(f"{', '.join(map(one_line, open_ones))}: in other words than this suite writes")
    compared.unchecked += list(_not_compared(present, made))
    return compared


def _is_comparable(name: str, taken: Snapshot) -> bool:
    """Return whether the report has the certificate of this name, by the library that is installed here."""
    if name not in taken.digests:
        return False
    from osia_conformance.reports import certificate  # noqa: PLC0415 - slow, and few reports have one

    return certificate.is_made_by_this_library(taken.directory / name)


def _not_compared(present: Mapping[str, str], made: Mapping[str, str]) -> Iterator[str]:
    for name in present:
        if name in _CERTIFICATES.values() and name not in made:
            yield f"{name}: signed, and not compared: the PDF library that made it is not the one installed here"
        elif name not in made and name not in _OF_JOURNAL:
            yield f"{one_line(name)}: signed, and not made from the journal"


def _made(
    directory: Path, results: Record, records: Sequence[Record], place: Path, formats: Sequence[str]
) -> Mapping[str, bytes]:
    """Write the formats into `place`, and return those files by name that are too many for that."""
    place.mkdir()
    _linked(directory / journal.FILE, place / journal.FILE)
    if (directory / ATTESTATION).exists():
        # The certificate names the key of the signature.
        shutil.copy(directory / ATTESTATION, place)
    if (directory / journal.BODIES).is_dir():
        shutil.copytree(directory / journal.BODIES, place / journal.BODIES, copy_function=_linked)
    try:
        with made_meanwhile(partial(_allure, results, records, place), worth_it=reports.are_many(records)) as many:
            reports.write_all(results, records, place, [name for name in formats if name != "allure"])
            return many()
    except (reports.ReportError, *_BROKEN) as error:
        raise EvidenceError(f"{journal.FILE}: no whole report can be made from it: {one_line(str(error))}") from None


def _allure(results: Record, records: Sequence[Record], place: Path) -> dict[str, bytes]:
    from osia_conformance.reports import allure  # noqa: PLC0415 - mostly another process makes these

    arranged = results_json.arrange(results)
    return {f"{ALLURE}/{name}": data for name, data in allure.contents(arranged, records, place)}


def _linked(source: str | Path, target: str | Path) -> None:
    """Give a file of our own a second name; copy it where the file system has none."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _as_then(environment: Record) -> bool:
    now = provenance.environment()
    return all(environment.get(name) == now[name] for name in ("python", "packages"))


def _says_the_same(name: str, taken: Snapshot, made: bytes | None, made_in: Path) -> bool:
    """Return whether two files of a name hold the same facts, however they are laid out."""
    read = _CONTENT.get(name.rpartition(".")[2])
    if read is None:
        return False
    try:
        return bool(read(taken.content(name)) == read((made_in / name).read_bytes() if made is None else made))
    except (ValueError, ElementTree.ParseError, RecursionError):
        return False


def _of_xml(data: bytes) -> Any:
    # An entity could mean anything; none of ours has a document type.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError
    return _element(ElementTree.fromstring(data))  # noqa: S314 - without a document type there is nothing to expand


def _element(one: ElementTree.Element) -> Any:
    texts = [(text or "").strip() for text in (one.text, one.tail)]
    return one.tag, one.attrib, texts, [_element(inner) for inner in one]


class _Page(HTMLParser):
    """Collects what a page consists of: tags with their attributes, and texts without the space around them."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.parts.append((tag, sorted(attrs, key=str)))

    def handle_endtag(self, tag: str) -> None:
        """Keep an end."""
        self.parts.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if text := " ".join(data.split()):
            self.parts.append((text,))

    def handle_comment(self, data: str) -> None:
        """Keep a comment."""
        self.parts.append(("!", data))

    def handle_decl(self, decl: str) -> None:
        """Keep a declaration."""
        self.parts.append(("!", decl))


def _of_page(data: bytes) -> Any:
    page = _Page()
    page.feed(data.decode("utf-8"))
    page.close()
    return page.parts


_CONTENT: Mapping[str, Callable[[bytes], Any]] = {
    "json": json.loads,
    "har": json.loads,
    "jsonld": json.loads,
    "xml": _of_xml,
    "html": _of_page,
}
