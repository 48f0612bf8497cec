"""report.html as a test reads it: its elements in order, its text, its facts."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

from osia_conformance.reports import html
from tests.unit.reports import journals

VOID = {"meta", "br", "input", "wbr"}


class Page(HTMLParser):
    """Holds a page's elements in order and its text; fails where an element is not closed in turn."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.facts: dict[str, str] = {}
        self.name = ""
        self.in_facts = False
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs)
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.in_facts = self.in_facts or ("class", "facts") in attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.in_facts = self.in_facts and tag != "dl"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.in_facts and self.open[-1] == "dt":
            self.name = data
        elif self.in_facts and self.open[-1] in ("dd", "time", "code"):
            self.facts[self.name] = data

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def page(tmp_path: Path, scenario: tuple[journals.Record, list[journals.Record]]) -> Page:
    """Write a run's report.html and return it."""
    path = html.write(*scenario, tmp_path)
    assert path == tmp_path / "report.html"
    source = path.read_bytes().decode("utf-8")
    assert source.lstrip().startswith("<!doctype html>")
    return Page(source)


def words(page: Page) -> str:
    """Return the text of a page on one line."""
    return " ".join(page.text.split())
