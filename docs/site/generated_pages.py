"""Pages that are made for the site: the README, a page for each requirement, the rulings, the schemas of outputs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "reference")]

from osia_conformance.run.check_places import check_places  # noqa: E402 - found by the line above
from osia_conformance.standard.register import Register, Requirement, whole_register  # noqa: E402
from osia_conformance.standard.versions import judged  # noqa: E402

SCHEMAS = {
    "results.json": "osia_conformance/verdict/results.schema.json",
    "journal.jsonl": "osia_conformance/verdict/journal.schema.json",
    "the verdict in a signed statement": "osia_conformance/evidence/verdict.schema.json",
}
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+)([^)#]*)[^)]*\)")
_OF_README = re.compile(r"\]\(docs/([^)]*)\)")
_BESIDE_README = re.compile(r"\[([^\]]+)\]\((?!https?:|#|[a-z-]+\.md)([^)]*)\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    for path, text in _pages():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Return a page with its links to files of the repository as plain words: the site holds the docs alone."""
    depth = page.file.src_uri.count("/")

    def words(link: re.Match[str]) -> str:
        return f"{link[1]} (`{link[3]}`)" if link[2].count("../") > depth else link[0]

    return _OUTSIDE.sub(words, markdown)


def _pages() -> Iterator[tuple[str, str]]:
    register = whole_register()
    readme = _OF_README.sub(r"](\1)", (ROOT / "README.md").read_text("utf-8"))
    yield "index.md", _BESIDE_README.sub(r"\1 (`\2`)", readme)
    yield "rulings.md", _rulings(register)
    yield "schemas.md", _schemas()
    yield "requirements/index.md", _requirements(register)
    servers = _violating_servers()
    for entry in register.requirements.values():
        yield f"requirements/{entry.id}.md", _requirement(entry, register, servers.get(entry.id, {}))


def _requirements(register: Register) -> str:
    lines = ["# Requirements", "", "| requirement | level | what it says | versions |", "| --- | --- | --- | --- |"]
    for entry in register.requirements.values():
        level = entry.level if entry.status == "active" else f"{entry.level}, {entry.status}"
        lines.append(f"| [{entry.id}]({entry.id}.md) | {level} | {_text(entry.title)} | {_versions(entry)} |")
    return "\n".join(lines) + "\n"


def _requirement(entry: Requirement, register: Register, servers: Mapping[str, str]) -> str:
    level = entry.level if entry.status == "active" else f"{entry.level}, {entry.status}: {entry.reason or ''}"
    rows = {
        "Level": level,
        "Clause": f"`{entry.clause}`",
        "Derived": _text(entry.derived or ""),
        "Versions": _versions(entry),
        "Operations": ", ".join(entry.operations),
        "Needs": ", ".join(f"[{name}]({name}.md)" for name in entry.needs if name in register.requirements),
        "What to do": _text(entry.fix),
    }
    first, *others = [f"| {name} | {value} |" for name, value in rows.items() if value]
    lines = [f"# {entry.id}", "", _text(entry.title), "", first, "| --- | --- |", *others]
    places = check_places().get(entry.id, ())
    if places:
        lines += ["", "## How it is checked", "", *(f"- `{place}`: {_text(place.sentence)}" for place in places)]
    if entry.rulings:
        lines += ["", "## Rulings", ""]
        lines += [f"- [{name}](../rulings.md#{name.lower()}): {register.rulings[name].title}" for name in entry.rulings]
    if servers:
        lines += ["", "## Servers that break it and are caught", ""]
        lines += [f"- `{name}`: {_text(change)}" for name, change in servers.items()]
    return "\n".join(lines) + "\n"


def _rulings(register: Register) -> str:
    lines = ["# Rulings", "", "How the suite judges where the standard is silent, ambiguous or wrong.", ""]
    for ruling in register.rulings.values():
        lines += [f"## {ruling.id} {{: #{ruling.id.lower()} }}", "", f"**{_text(ruling.title)}**", "", ruling.text, ""]
    return "\n".join(lines)


def _schemas() -> str:
    lines = ["# Schemas of what is written", ""]
    for name, path in SCHEMAS.items():
        lines += [f"## {name}", "", f"`{path}`", "", "```json", (ROOT / path).read_text("utf-8").rstrip(), "```", ""]
    return "\n".join(lines)


def _violating_servers() -> dict[str, dict[str, str]]:
    """Return by requirement the servers that were caught for breaking it, each with what it does."""
    matrix: dict[str, Any] = json.loads((ROOT / "docs" / "matrix.json").read_text("utf-8"))
    changes = {server["name"]: server["change"] for server in matrix["servers"]}
    return {
        row["id"]: {name: changes[name] for cell in row["versions"].values() for name in cell["caught"]}
        for row in matrix["requirements"]
    }


def _versions(entry: Requirement) -> str:
    held = [version for version in judged() if version in entry.versions]
    return "all" if len(held) == len(judged()) else ", ".join(held)


def _text(text: str) -> str:
    """Return words as Markdown in which nothing is markup."""
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", text)
