"""Names of shared schemas: a document may call a schema otherwise than the standard does and describe the same.

No message shows such a name. A document in several files, for instance, may name its schemas by their files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osia_conformance.checks.vendor_spec.normal_form import SCHEMAS, Tree, canonical


def named_alike(theirs: Tree, ours: Tree) -> Tree:
    """Return the normal form `theirs` with each schema that only it names called as the same schema is in `ours`.

    A schema that leads to others by their names is the same once those have been named alike. What is left has the name
    of ours that differs in case alone, so that what differs in it is named, and not each reference to it.
    """
    while names := _same(_schemas(theirs), _schemas(ours)) or _alike(_schemas(theirs), _schemas(ours)):
        theirs = _renamed(theirs, {f"{SCHEMAS}{name}": f"{SCHEMAS}{ours_name}" for name, ours_name in names.items()})
        shared = {names.get(name, name): schema for name, schema in _schemas(theirs).items()}
        theirs = {**theirs, "components": {**theirs["components"], "schemas": shared}}
    return theirs


def _alike(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, str]:
    """Return their name -> our name where the two differ in case alone."""
    missing = {name.casefold(): name for name in ours if name not in theirs}
    other = [name for name in theirs if name not in ours and name.casefold() in missing]
    # Each name of ours goes to one of theirs.
    return {name: missing.pop(name.casefold()) for name in other if name.casefold() in missing}


def _same(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, str]:
    """Return their name -> our name of the schemas that are the same, each name once."""
    missing = {name: canonical(schema) for name, schema in ours.items() if name not in theirs}
    found: dict[str, str] = {}
    for name in [name for name in theirs if name not in ours] if missing else []:
        text = canonical(theirs[name])
        # A recursive schema leads to itself by its name.
        same = (each for each in missing if text.replace(_reference(name), _reference(each)) == missing[each])
        match = next(same, None)
        if match is not None:
            found[name] = match
            del missing[match]
    return found


def _reference(name: str) -> str:
    return canonical(f"{SCHEMAS}{name}")


def _schemas(tree: Tree) -> Mapping[str, Any]:
    components = tree.get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else None
    return schemas if isinstance(schemas, Mapping) else {}


def _renamed(node: Any, references: Mapping[str, str]) -> Any:
    if isinstance(node, Mapping):
        return {key: _renamed(value, references) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(each, references) for each in node]
    return references.get(node, node) if isinstance(node, str) else node
