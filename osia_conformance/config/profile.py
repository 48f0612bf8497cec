"""How [profile] is read: what a vendor says their server accepts, in `conformance.toml` or a file that it names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from osia_conformance.config import values
from osia_conformance.config.keys import Reader, read_keys
from osia_conformance.config.places import Place, kind_of
from osia_conformance.config.profile_presets import with_presets
from osia_conformance.config.tables import is_json
from osia_conformance.profile import ProfileError, load_profile
from osia_conformance.profile.images import OURS
from osia_conformance.profile.json_schema import misfit, problem
from osia_conformance.profile.statement import BlockSettings, ImageSettings, ProfileSettings, SearchSettings
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS
from osia_conformance.support.bounded_yaml import UnreadableError, parsed
from osia_conformance.support.quoting import nearest, quoted

GROUPS = (*EXTENSIBLE_BLOCKS, "enrollmentType", "biometricData", "documentData")
TYPES = ("string", "date", "number", "integer", "boolean")
LEAST_BUFFER, LARGEST_BUFFER = 1024, 1 << 26
_YAML = (".yaml", ".yml")
_LONGEST_FILE = 1 << 18
_LONGEST_IMAGE = 1 << 20
_DEEPEST = 32
_TWO = 2


def read_profile(value: Any, place: Place, parse: Callable[[Path], dict[str, Any]]) -> ProfileSettings:
    """Read [profile]. `parse` reads the tables of a TOML file, for a profile that has a file of its own.

    Raises ConfigurationError for whatever cannot be used, broken JSON Schemas and examples that do not fit
    their schema included.
    """
    given = values.table(value, place)
    if "file" in given:
        for key in given:
            if key != "file":
                raise place.under(key).error("stands beside file, which holds the whole profile; move it there.")
        file = values.existing(given["file"], place.under("file"))
        given, place = parse(file), Place(str(file), base=file.parent)
    read = read_keys(with_presets(given, place), place, _PROFILE)
    blocks = {name: read.pop(name) for name in EXTENSIBLE_BLOCKS if name in read}
    profile = ProfileSettings(blocks=blocks, **read)
    check_marker(profile, place)
    try:
        load_profile(profile)
    except ProfileError as error:
        for part in error.key.split(".", 1):
            place = place.under(part)
        raise place.error(str(error)) from None
    return profile


def check_marker(profile: ProfileSettings, place: Place) -> None:
    """Raise ConfigurationError if the marker's attribute is none of those that can be searched, as text."""
    texts = [name for name, attribute in profile.search.items() if attribute.type == "string"]
    if profile.search and not texts:
        raise place.under("search").error("needs an attribute of type string, which carries the run's marker.")
    if profile.marker is not None and profile.search and profile.marker not in texts:
        raise place.under("marker").error(
            f"must be a searchable string attribute; the nearest in search is {nearest(profile.marker, texts)}."
        )


def _block(value: Any, place: Place) -> BlockSettings:
    block = BlockSettings(**read_keys(values.table(value, place), place, {"schema": _schema, "examples": _examples}))
    if block.schema is None and not block.examples:
        raise place.error("needs schema or examples.")
    for number, example in enumerate(block.examples, start=1):
        found = None if block.schema is None else misfit(block.schema, example)
        if found is not None:
            raise place.under("examples").error(f"has a wrong example, number {number}: {found}.")
    return block


def _schema(value: Any, place: Place) -> Any:
    schema = _loaded(value, place) if isinstance(value, str) else values.table(value, place)
    if not isinstance(schema, Mapping):
        raise place.error(f"must be a JSON Schema, which is an object, not {kind_of(schema)}.")
    if not is_json(schema, _DEEPEST):
        raise place.error("must hold JSON values only; write dates as text.")
    found = problem(schema)
    if found is not None:
        raise place.error(f"is not a usable JSON Schema: {found}.")
    return schema


def _examples(value: Any, place: Place) -> tuple[Any, ...]:
    if not isinstance(value, list) or not value:
        raise place.error("must be an array of tables, or of names of JSON files, with at least one.")
    return tuple(_example(item, place, number) for number, item in enumerate(value, start=1))


def _example(value: Any, place: Place, number: int) -> Any:
    example = _loaded(value, place) if isinstance(value, str) else value
    if not isinstance(example, Mapping):
        raise place.error(f"must hold objects only; number {number} is {kind_of(example)}.")
    if not is_json(example, _DEEPEST):
        raise place.error(f"must hold JSON values only; write dates as text in number {number}.")
    return dict(example)


def _loaded(name: str, place: Place) -> Any:
    """Return what a JSON file holds, or a YAML file by its name's end."""
    file = values.existing(name, place)
    if file.stat().st_size > _LONGEST_FILE:
        raise place.error(f"names {quoted(name)}, which is larger than {_LONGEST_FILE} bytes.")
    try:
        return parsed(file.read_bytes()) if file.suffix in _YAML else json.loads(file.read_text("utf-8-sig"))
    except OSError as error:
        raise place.error(f"names {quoted(name)}, which cannot be read: {error.strerror}.") from None
    except UnreadableError as error:
        raise place.error(f"names {quoted(name)}, which cannot be used: {error}.") from None
    except (ValueError, RecursionError) as error:
        raise place.error(f"names {quoted(name)}, which is no JSON: {str(error).splitlines()[0]}.") from None


def _types(value: Any, place: Place) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values.texts(value, place)))


def _search(value: Any, place: Place) -> dict[str, SearchSettings]:
    given = values.table(value, place)
    if not given:
        raise place.error("names no attribute; leave it out for those of the standard's examples.")
    return {name: _attribute(item, place.under(name)) for name, item in given.items()}


def _attribute(value: Any, place: Place) -> SearchSettings:
    if not isinstance(value, Mapping):
        return SearchSettings(cast("Any", values.choice(*TYPES)(value, place)))
    read = read_keys(value, place, {"type": values.choice(*TYPES), "values": _ascending})
    if "type" not in read:
        raise place.under("type").error(f"is missing; it must be one of {', '.join(TYPES)}.")
    attribute = SearchSettings(**read)
    wrong = [one for one in attribute.values if not _is_of(attribute.type, one)]
    if wrong:
        raise place.under("values").error(f"has {quoted(str(wrong[0]))}, which is no {attribute.type}.")
    if attribute.type != "boolean" and sorted(set(attribute.values)) != list(attribute.values):
        raise place.under("values").error("must be ascending, each value once.")
    return attribute


def _ascending(value: Any, place: Place) -> tuple[Any, ...]:
    if not isinstance(value, list) or len(value) < _TWO:
        raise place.error("must be an array of at least two values, ascending.")
    if not is_json(value, 1):
        raise place.error("must hold texts, numbers or booleans; write dates as text.")
    return tuple(value)


def _is_of(kind: str, value: Any) -> bool:
    if kind == "boolean":
        return isinstance(value, bool)
    if kind in {"number", "integer"}:
        return not isinstance(value, bool) and isinstance(value, int if kind == "integer" else int | float)
    return isinstance(value, str) and (kind == "string" or misfit({"format": "date"}, value) is None)


def _images(value: Any, place: Place) -> tuple[str | ImageSettings, ...]:
    if not isinstance(value, list) or not value:
        raise place.error(f"must be an array of {', '.join(OURS)}, or of tables with file and mimetype.")
    return tuple(_image(item, place) for item in value)


def _image(value: Any, place: Place) -> str | ImageSettings:
    if not isinstance(value, Mapping):
        return values.choice(*OURS)(value, place)
    read = read_keys(value, place, {"file": values.existing, "mimetype": values.text})
    for key in ("file", "mimetype"):
        if key not in read:
            raise place.under(key).error("is missing; an image of your own has file and mimetype.")
    if not 0 < read["file"].stat().st_size <= _LONGEST_IMAGE:
        raise place.under("file").error(f"must name a file of 1 to {_LONGEST_IMAGE} bytes.")
    return ImageSettings(**read)


def _largest_buffer(value: Any, place: Place) -> int:
    size = values.integer(LEAST_BUFFER)(value, place)
    if size > LARGEST_BUFFER:
        raise place.error(f"must be at most {LARGEST_BUFFER} bytes; larger buffers are not tried.")
    return size


def _required(value: Any, place: Place) -> tuple[str, ...]:
    names = _types(value, place)
    _known_groups(names, place)
    return names


def _known_groups(names: Iterable[str], place: Place) -> None:
    for name in names:
        if name not in GROUPS:
            raise place.error(f"has {quoted(name)}; the nearest it may have is {nearest(name, GROUPS)}.")


def _attributes(value: Any, place: Place) -> dict[str, str]:
    given = values.table(value, place)
    _known_groups(given, place)
    return {name: values.text(own, place.under(name)) for name, own in given.items()}


_PROFILE: Mapping[str, Reader] = {
    **dict.fromkeys(EXTENSIBLE_BLOCKS, _block),
    "enrollment-types": _types,
    "search": _search,
    "marker": values.text,
    "images": _images,
    "largest-buffer": _largest_buffer,
    "required": _required,
    "attributes": _attributes,
}
