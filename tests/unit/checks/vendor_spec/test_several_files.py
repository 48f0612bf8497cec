"""A vendor's OpenAPI document in several files: files beside it are read, no others, and nothing is fetched."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.checks.vendor_spec.files import bytes_of
from osia_conformance.checks.vendor_spec.spec import VendorSpec, load
from osia_conformance.checks.vendor_spec.trial import undrawable
from osia_conformance.support.secrets import ConfigurationError
from tests.unit.checks.vendor_spec.documents import PATH, VERSION, document, spec_of


def written(folder: Path, **files: Any) -> Path:
    """Write files, `__` in a name for the folder's slash; return the first one's path."""
    for name, content in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), "utf-8")
    return folder / f"{next(iter(files))}.json"


def in_parts() -> dict[str, Any]:
    """Return the standard's own document with its schemas and one path in files of their own."""
    api = document()
    schemas = api["components"]["schemas"]
    moved = json.loads(json.dumps(schemas).replace('"#/components/schemas/', '"#/'))
    api["components"]["schemas"] = {name: {"$ref": f"parts/schemas.json#/{name}"} for name in schemas}
    path = json.loads(json.dumps(api["paths"][PATH]).replace('"#/components/', '"../api.json#/components/'))
    api["paths"][PATH] = {"$ref": "parts/path.json"}
    return {"api": api, "parts__schemas": moved, "parts__path": path}


def observed(spec: VendorSpec) -> set[str]:
    return {text for _, text in spec.observed}


def test_parts_beside_it_are_read_as_if_they_stood_in_one(tmp_path: Path) -> None:
    spec = load(written(tmp_path, **in_parts()), VERSION)
    assert observed(spec) == set()
    assert spec.document == spec_of(document()).document
    assert undrawable(spec.document, VERSION) is None


def test_what_the_report_keeps_is_the_whole(tmp_path: Path) -> None:
    spec = load(written(tmp_path, **in_parts()), VERSION)
    (tmp_path / "elsewhere").mkdir()
    kept = tmp_path / "elsewhere" / "kept.json"
    kept.write_bytes(spec.data)
    assert load(kept, VERSION).document == spec.document
    assert load(kept, VERSION).sha256 == spec.sha256


def test_a_schema_that_holds_itself_stays_a_reference(tmp_path: Path) -> None:
    api = document()
    block = api["components"]["schemas"]["Enrollment"]["properties"]
    block["contextualData"] = {"$ref": "tree.json"}
    tree = {"type": "object", "properties": {"child": {"$ref": "#"}}}
    spec = load(written(tmp_path, api=api, tree=tree), VERSION)
    assert spec.document["components"]["schemas"]["tree"]["properties"]["child"] == {
        "$ref": "#/components/schemas/tree"
    }


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("https://example.org/a.json", "nothing is fetched"),
        ("file:///etc/hostname", "nothing is fetched"),
        ("//example.org/a.json", "nothing is fetched"),
        ("../outside.json", "outside of its folder"),
        ("%2e%2e/outside.json", "outside of its folder"),
        ("/etc/hostname", "outside of its folder"),
        ("link.json", "outside of its folder"),
        ("missing.json", "cannot be read"),
        ("\0.json", "names no file"),
        (".", "cannot be read"),
        ("pipe.json", "no regular file"),
        ("loop.json", "names no file|cannot be read"),
        ("broken.json", "neither YAML nor JSON"),
        ("part.json#/nowhere", "leads nowhere"),
        ("part.json#anchor", "no JSON pointer"),
        ("list.json#/1", "leads nowhere"),
        ("list.json#/00", "leads nowhere"),
        ("list.json#/-1", "leads nowhere"),
        ("list.json#/0/more", "leads nowhere"),
    ],
)
def test_what_does_not_lie_beside_it_is_refused(reference: str, words: str, tmp_path: Path) -> None:
    api = document()
    api["components"]["schemas"]["Enrollment"]["properties"]["more"] = {"$ref": reference}
    (tmp_path / "outside.json").write_text("{}", "utf-8")
    first = written(tmp_path / "spec", api=api, part={}, list=[1])
    os.mkfifo(tmp_path / "spec" / "pipe.json")
    os.symlink("loop.json", tmp_path / "spec" / "loop.json")
    (tmp_path / "spec" / "broken.json").write_text("{", "utf-8")
    os.symlink(tmp_path / "outside.json", tmp_path / "spec" / "link.json")
    with pytest.raises(ConfigurationError, match=f"^--spec: api.json cannot be used: .*{words}") as told:
        load(first, VERSION)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("components", [None, {"schemas": None}, [], {"schemas": []}])
def test_a_document_without_schemas_of_its_own_gets_those_of_others(components: Any, tmp_path: Path) -> None:
    api = {"components": components, "paths": {PATH: {"get": {"schema": {"$ref": "part.json#/Name"}}}}}
    whole = json.loads(bytes_of(written(tmp_path, api=api, part={"Name": {"type": "string"}})))
    assert whole["components"] == {"schemas": {"Name": {"type": "string"}}}


def test_a_reference_leads_into_a_list(tmp_path: Path) -> None:
    api = {"paths": {PATH: {"get": {"schema": {"$ref": "part.json#/oneOf/1"}}}}}
    whole = json.loads(bytes_of(written(tmp_path, api=api, part={"oneOf": [{}, {"type": "string"}]})))
    assert list(whole["components"]["schemas"].values()) == [{"type": "string"}]


def test_files_that_lead_on_without_end_are_refused(tmp_path: Path) -> None:
    api = document()
    api["components"]["schemas"]["Enrollment"]["properties"]["more"] = {"$ref": "p0.json"}
    parts = {f"p{n}": {"$ref": f"p{n + 1}.json"} for n in range(120)}
    with pytest.raises(ConfigurationError, match="more than 100 files"):
        load(written(tmp_path, api=api, **parts), VERSION)


def test_openapi_3_2_is_taken(tmp_path: Path) -> None:
    api = {**document(), "openapi": "3.2.0", "$self": "https://example.org/api"}
    api["paths"]["/v1/status"] = {"query": {"responses": {"200": {"description": "Fine."}}}}
    spec = load(written(tmp_path, api=api), VERSION)
    assert undrawable(spec.document, VERSION) is None
    (line,) = observed(spec)
    assert line == "api.json differs in 3 places that the standard leaves free, such as /$self"


def test_what_is_permitted_is_one_line_and_what_matters_is_listed() -> None:
    theirs = document()
    schema = theirs["components"]["schemas"]["Enrollment"]
    schema["properties"] |= {"ours": {"type": "string"}, "more": {"type": "string"}}
    operation = theirs["paths"][PATH]["get"]
    operation.setdefault("parameters", []).append({"name": "trace", "in": "query", "schema": {"type": "string"}})
    operation["responses"]["429"] = {"description": "Later."}
    assert observed(spec_of(theirs)) == {
        "theirs.json differs in 4 places that the standard leaves free, such as "
        "/components/schemas/Enrollment/properties/more"
    }
    schema["required"] = [*schema.get("required", []), "ours"]
    operation["parameters"][-1]["required"] = True
    listed = observed(spec_of(theirs))
    assert len(listed) == 3
    assert any("/components/schemas/Enrollment/required" in text for text in listed)
    assert any("/parameters/query/trace" in text for text in listed)
