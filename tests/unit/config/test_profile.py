"""[profile]: what is read, and the sentence for each thing that cannot be used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from osia_conformance.config.settings import Settings
from osia_conformance.profile import load_profile
from osia_conformance.profile.images import OURS, chosen, sample_image
from osia_conformance.profile.statement import ImageSettings, ProfileSettings, SearchSettings
from osia_conformance.support.paths import PACKAGE
from tests.unit.config.reading import loaded, refusal

PROPERTIES: dict[str, Any] = {
    "firstName": {"type": "string", "maxLength": 40},
    "lastName": {"type": "string", "pattern": "^[a-z]+$"},
    "dateOfBirth": {"type": "string", "format": "date"},
    "sex": {"$ref": "#/$defs/sex"},
}
PERSON = {
    "type": "object",
    "required": ["firstName", "lastName"],
    "additionalProperties": False,
    "properties": PROPERTIES,
    "$defs": {"sex": {"enum": ["M", "F"]}},
}
WHOLE = """
enrollment-types = ["citizen", "resident"]
marker = "firstName"
largest-buffer = 65536
required = ["documentData"]
images = ["png", {file = "finger.jpg", mimetype = "image/jpeg"}]
[biographicData]
schema = "person.json"
[requestData]
examples = [{requestType = "NEW"}, "request.json"]
[search]
firstName = "string"
lastName = {type = "string", values = ["anna", "emma"]}
dateOfBirth = "date"
"""


@pytest.fixture(autouse=True)
def files(empty_directory: Path) -> None:
    Path("person.json").write_text(json.dumps(PERSON), "utf-8")
    Path("request.json").write_text('{"requestType": "RENEWAL"}', "utf-8")
    shutil.copy(PACKAGE / "profile" / "patterns" / "pattern.jpg", "finger.jpg")


def inside(text: str) -> str:
    """Return the tables of a profile as they stand in conformance.toml."""
    return "[profile]\n" + text.replace("\n[", "\n[profile.")


def test_a_profile_is_read_from_the_file_or_from_one_of_its_own() -> None:
    Path("profile.toml").write_text(WHOLE, "utf-8")
    here, there = loaded(inside(WHOLE)).profile, loaded('[profile]\nfile = "profile.toml"').profile
    assert here == there
    assert here.enrollment_types == ("citizen", "resident")
    assert here.largest_buffer == 65536
    assert here.required == ("documentData",)
    assert here.images == ("png", ImageSettings(Path("finger.jpg").absolute(), "image/jpeg"))
    assert here.blocks["biographicData"].schema == PERSON
    assert here.blocks["requestData"].examples == ({"requestType": "NEW"}, {"requestType": "RENEWAL"})
    assert here.search["lastName"] == SearchSettings("string", ("anna", "emma"))


def test_workers_and_reports_get_the_whole_profile() -> None:
    settings = loaded(inside(WHOLE))
    assert Settings.restore(json.loads(json.dumps(settings.dump()))) == settings
    shown = settings.as_record()["profile"]
    assert shown["blocks"]["biographicData"]["schema"] == PERSON
    assert shown["images"] == ["png", {"file": "finger.jpg", "mimetype": "image/jpeg"}]


def test_what_a_schema_says_is_what_is_sent() -> None:
    profile = load_profile(loaded(inside(WHOLE)).profile)
    block = profile.biographics
    assert set(block.canonical) == {"firstName", "lastName", "dateOfBirth", "sex"}
    assert block.fits(block.canonical)
    assert block.optional == {"dateOfBirth", "sex"}
    assert block.alternatives["sex"] == ("M", "F")
    assert profile.closes("biographicData")
    assert not profile.closes("requestData")
    assert profile.searched("number", "integer", "boolean") is None
    assert profile.searched("date") == ("dateOfBirth", SearchSettings("date"))


def test_examples_come_before_the_schema() -> None:
    text = '[profile.biographicData]\nschema = "person.json"\nexamples = [{firstName = "f", lastName = "given"}]'
    assert load_profile(loaded(text).profile).biographics.canonical == {"firstName": "f", "lastName": "given"}


def test_a_pattern_that_no_plain_value_fits_is_drawn_from() -> None:
    schema = {
        **PERSON,
        "properties": {**PERSON["properties"], "plate": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{5}$"}},
    }
    Path("person.json").write_text(json.dumps(schema), "utf-8")
    text = '[profile.biographicData]\nschema = "person.json"'
    first = load_profile(loaded(text).profile).biographics
    assert first.fits(first.canonical)
    assert "plate" in first.canonical


def test_without_a_profile_the_standards_names_are_sent() -> None:
    profile = load_profile(ProfileSettings())
    assert not profile.stated
    assert profile.marker == "firstName"
    assert set(profile.biographics.canonical) == {"firstName", "lastName", "dateOfBirth", "gender", "nationality"}
    assert not any(profile.closes(name) for name in profile.blocks)


BLOCK = "[profile.biographicData]\n"
SENTENCES: dict[str, tuple[str, str]] = {
    "required": ('[profile]\nrequired = ["documents"]', 'has "documents"; the nearest it may have is "documentData"'),
    "unknown key": ("[profile]\nlargest-bufer = 1", 'the nearest valid one is "largest-buffer"'),
    "unknown block": ("[profile.biographicdata]\n", 'the nearest valid one is "biographicData"'),
    "unknown key of a block": (f"{BLOCK}shema = 1", "profile.biographicData.shema is not a key"),
    "file beside others": ('[profile]\nfile = "person.json"\nmarker = "a"', "profile.marker stands beside file"),
    "no file": ('[profile]\nfile = "."', 'names the file ".", which is no file but a directory or a device'),
    "no such file": ('[profile]\nfile = "p.toml"', 'names the file "p.toml", which does not exist'),
    "an empty block": (f"{BLOCK}", "profile.biographicData needs schema or examples"),
    "no JSON": (f'{BLOCK}schema = "finger.jpg"', "which is no JSON"),
    "a broken schema": (f"{BLOCK}schema = {{type = 'strin'}}", "is not a usable JSON Schema: $.type"),
    "a broken pattern": (f"{BLOCK}schema = {{properties = {{a = {{pattern = '('}}}}}}", "is not a usable JSON Schema"),
    "a foreign reference": (
        f"{BLOCK}schema = {{'$ref' = 'https://example.org/s'}}",
        "does not lead into the schema",
    ),
    "a reference to a file": (
        f"{BLOCK}schema = {{properties = {{a = {{'$ref' = 'file:///etc/passwd'}}}}}}",
        "does not lead into",
    ),
    "a reference under a name of its own": (
        f"{BLOCK}schema = {{'$id' = 'https://example.org/s', items = {{'$dynamicRef' = 'other#/a'}}}}",
        "does not lead into the schema",
    ),
    "an expensive pattern": (
        f"{BLOCK}schema = {{properties = {{a = {{pattern = '^([a-z]+)*$'}}}}}}",
        'the pattern "^([a-z]+)*$" may take for ever: a part that repeats can be taken apart in many ways',
    ),
    "an expensive name": (f"{BLOCK}schema = {{patternProperties = {{'^(x|x?y)+$' = {{}}}}}}", "may take for ever"),
    "a lost reference": (f"{BLOCK}schema = {{'$ref' = '#/$defs/a'}}", "leads to nothing"),
    "an unknown dialect": (f"{BLOCK}schema = {{'$schema' = 'urn:x'}}", 'the dialect "urn:x" is not known'),
    "a schema of nothing": (f"{BLOCK}schema = {{type = 'array'}}", "profile.biographicData.schema cannot be used"),
    "a wrong example": (
        f'{BLOCK}schema = "person.json"\nexamples = [{{firstName = "a"}}]',
        "wrong example, number 1:",
    ),
    "a date in an example": (f"{BLOCK}examples = [{{d = 2020-01-01}}]", "write dates as text in number 1"),
    "no object": (f"{BLOCK}examples = [1]", "number 1 is a number"),
    "no example": (f"{BLOCK}examples = []", "with at least one"),
    "an unknown type": ('[profile.search]\na = "text"', "must be one of string, date"),
    "no type": ("[profile.search.a]\nvalues = [1, 2]", "profile.search.a.type is missing"),
    "a wrong value": ('[profile.search.a]\ntype = "date"\nvalues = ["1", "2"]', "which is no date"),
    "values that fall": ('[profile.search.a]\ntype = "string"\nvalues = ["b", "a"]', "must be ascending"),
    "no text": ('[profile.search]\na = "date"', "needs an attribute of type string"),
    "an unsearchable marker": (
        '[profile]\nmarker = "firstNam"\n[profile.search]\nfirstName = "string"',
        'the nearest in search is "firstName"',
    ),
    "a marker that does not fit": (
        f'[profile.search]\nlastName = "string"\n{BLOCK}schema = {{properties = {{lastName = {{maxLength = 6}}}}}}',
        "profile.marker cannot be used",
    ),
    "values that do not fit": (
        '[profile.search]\nfirstName = "string"\nsex = "string"\n[profile.biographicData]\nschema = "person.json"',
        "profile.search.sex cannot be used: 'anna' as a value",
    ),
    "an unknown image": ('[profile]\nimages = ["jpg"]', 'the nearest is "jpeg"'),
    "no image": ("[profile]\nimages = []", "must be an array of png"),
    "an image without a type": ('[profile]\nimages = [{file = "finger.jpg"}]', "mimetype is missing"),
    "a small buffer": ("[profile]\nlargest-buffer = 10", "must be an integer from 1024"),
    "a large buffer": ("[profile]\nlargest-buffer = 1000000000", "must be at most 67108864 bytes"),
    "no type at all": ("[profile]\nenrollment-types = []", "must not be an empty array"),
}


@pytest.mark.parametrize("case", SENTENCES)
def test_what_cannot_be_used_is_said_in_a_sentence(case: str) -> None:
    text, words = SENTENCES[case]
    assert words in refusal(text)


def test_a_profile_of_its_own_is_named_in_the_sentence() -> None:
    Path("profile.toml").write_text("mark = 1", "utf-8")
    assert refusal('[profile]\nfile = "profile.toml"').startswith(
        f"{Path('profile.toml').absolute()}: mark is not a key"
    )


HEADS = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "jpeg2000": b"\0\0\0\x0cjP  "}


@pytest.mark.parametrize("name", OURS)
def test_our_images_are_what_they_say(name: str) -> None:
    image = sample_image(name)
    assert image.data.startswith(HEADS[name])
    assert image.mimetype.startswith("image/")


def test_a_vendors_image_is_read() -> None:
    image = chosen(ImageSettings(Path("finger.jpg"), "image/jpeg"))
    found: Any = (image.data, image.mimetype, image.compression)
    assert found == (sample_image("jpeg").data, "image/jpeg", None)
