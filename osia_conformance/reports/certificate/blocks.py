"""What a certificate is made of: sections of blocks, plain data that the template only lays out.

Every text is final: words in their order, free of what the fonts cannot show. Nothing in it is markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["plain", "good", "bad", "open", "muted"]
"""How a word is coloured; the word says the same without its colour."""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `tone` "muted" is a note in smaller type, "bad" and "open" a warning."""

    text: str
    tone: Tone = "plain"
    kind: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences; `ordered` for steps."""

    items: tuple[str, ...]
    ordered: bool = False
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and its value; `mono` for what a machine wrote: ids, digests, URLs."""

    name: str
    value: str
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts below each other."""

    facts: tuple[Fact, ...]
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    tone: Tone = "plain"
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `widths` are typst's: "auto" or a share such as "2fr"; `right` are the columns of numbers."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[str, ...]
    right: tuple[int, ...] = ()
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the kind of run lets nobody, or somebody, claim: a short name and a sentence or two."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims, each printed across the page."""

    claims: tuple[Claim, ...]
    kind: Literal["claims"] = "claims"


@dataclass(frozen=True, slots=True)
class Finding:
    """A requirement that failed. `exchange` are the lines of the exchange that shows it; texts may be empty."""

    id: str
    level: str
    title: str
    clause: str
    expected: str
    actual: str
    fix: str
    cases: str
    waiver: str
    exchange: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    """Findings with one cause; `title` is empty where the run tells no cause.

    `fix` is the remedy that all of them have, `also` the ids of those that are named only; both may be empty.
    """

    title: str
    fix: str
    findings: tuple[Finding, ...]
    also: str


@dataclass(frozen=True, slots=True)
class Causes:
    """Findings by cause; `compact` sets them small and in two columns."""

    causes: tuple[Cause, ...]
    compact: bool
    kind: Literal["causes"] = "causes"


@dataclass(frozen=True, slots=True)
class Entry:
    """A heading, an id and a text, in narrow columns."""

    head: str
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Entries:
    """Entries in two columns."""

    entries: tuple[Entry, ...]
    kind: Literal["entries"] = "entries"


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement in the list of all: what came of it, id, level, clause."""

    outcome: str
    tone: Tone
    id: str
    clause: str


@dataclass(frozen=True, slots=True)
class Group:
    """The requirements of one service; `place` is its method and path."""

    name: str
    place: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """The list of all requirements, in two columns."""

    groups: tuple[Group, ...]
    kind: Literal["groups"] = "groups"


@dataclass(frozen=True, slots=True)
class Exchange:
    """An exchange in the annex, line by line."""

    title: str
    lines: tuple[str, ...]
    kind: Literal["exchange"] = "exchange"


Block = Text | Bullets | Facts | Table | Claims | Causes | Entries | Groups | Exchange


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its heading."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Cover:
    """The first page. `signatures` are the lines to be filled in by hand."""

    title: str
    subtitle: str
    verdict: str
    tone: Tone
    statement: str
    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...]
    parties: tuple[Fact, ...]
    signatures: tuple[str, ...]
    code: str
    code_words: str


@dataclass(frozen=True, slots=True)
class Footer:
    """What stands on every page."""

    run: str
    journal: str
    key: str
    notice: str


@dataclass(frozen=True, slots=True)
class Document:
    """The whole certificate. `mark` is printed behind the text of each page, empty for none."""

    title: str
    author: str
    header: str
    mark: str
    issued: tuple[int, int, int]
    cover: Cover
    footer: Footer
    sections: tuple[Section, ...] = field(default=())
    end: str = ""
