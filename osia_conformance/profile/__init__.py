"""What a server is said to accept: the vendor's [profile], and for what it does not state, the suite's default.

The default uses only names from the standard's own examples, and knows of no schema (RUL-EXTENSIBLE).
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from threading import Lock
from typing import Any

from osia_conformance.profile.blocks import Block, NothingDrawnError
from osia_conformance.profile.images import OURS, Image, chosen
from osia_conformance.profile.statement import BlockSettings, ProfileSettings, SearchSettings
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS
from osia_conformance.support.json_types import Json

BIOGRAPHIC = "biographicData"
MEBIBYTE = 1 << 20
A_MARKER = "osiaabcdefghabcdefghij"
"""What a run's marker looks like: lower-case letters only, for names seldom allow more."""

_PERSON = {"lastName": "muster", "dateOfBirth": "1985-11-30", "gender": "M", "nationality": "FRA"}
_DEFAULT_BLOCKS: Mapping[str, tuple[Json, ...]] = {
    BIOGRAPHIC: (
        {"firstName": "muster", **_PERSON},
        {"firstName": "muster", "lastName": "sample"},
        {"lastName": "mustang", "dateOfBirth": "1999-12-31", "gender": "F", "nationality": "DEU"},
        {"nationality": "SEN"},
        {"nationality": "BEL"},
    ),
    "contextualData": ({"enrollmentDate": "2019-01-11"}, {"enrollmentDate": "2020-03-17"}, {}),
    "requestData": (
        {"requestType": "IDCARD_ISSUANCE", "deliveryPlace": "paris", "other": "other"},
        {"requestType": "PASSPORT_ISSUANCE", "deliveryPlace": "lyon"},
    ),
    "enrollmentFlags": ({"timeout": 3600, "other": "other"}, {"timeout": 60, "other": "flag"}, {}),
}
_NESTED_BY_DEFAULT: Mapping[str, Json] = {
    "requestData": {"deliveryAddress": {"address1": "sample", "city": "lyon", "postalCode": "33500", "country": "FRA"}},
}
"""Objects within blocks of the default profile, by names of the standard's own examples: a server may not know them."""
_DEFAULT_SEARCH = {
    "firstName": SearchSettings("string"),
    "lastName": SearchSettings("string"),
    "dateOfBirth": SearchSettings("date"),
}
_TRIED = {"timeout": SearchSettings("number"), "other": SearchSettings("boolean")}
"""Attributes that a server without a profile may also search on; where it does not, that is observed."""
VALUES: Mapping[str, tuple[Any, ...]] = {
    "string": ("anna", "emma", "nina"),
    "date": ("1931-03-09", "1985-06-15", "2001-11-30"),
    "number": (9.5, 10.5, 100.25),
    "integer": (9, 10, 100),
    "boolean": (False, True),
}
"""Values for searches by type, ascending. Years, months and days of the dates rise together, and begin before 1970."""


class ProfileError(ValueError):
    """A profile contradicts itself; `key` says where in [profile], the text what and what to do."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


class Profile:
    """A server's profile. Raises ProfileError if its parts do not go together."""

    def __init__(self, settings: ProfileSettings) -> None:
        self.settings = settings
        self.stated = settings != ProfileSettings()
        self.enrollment_types = settings.enrollment_types or ("citizen", "resident")
        self.largest_buffer = settings.largest_buffer or MEBIBYTE
        self._search = dict(settings.search) or {**_DEFAULT_SEARCH, **_TRIED}
        self.blocks = {name: self._block(name) for name in EXTENSIBLE_BLOCKS}
        if not settings.search:
            self._search = {name: one for name, one in self._search.items() if self.holder(name) is not None}
        self.marker = self._marker()
        self._check_marker()
        if settings.search:
            self._check_search()

    @property
    def biographics(self) -> Block:
        """The block that says who somebody is."""
        return self.blocks[BIOGRAPHIC]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the profile says."""
        return digest_of(self.settings)

    def closes(self, block: str) -> bool:
        """Return whether unknown members do not belong into a block."""
        return not self.blocks[block].is_open

    def with_objects(self, name: str) -> Block:
        """Return a block with objects within its canonical value: the vendor's own, or the standard's example of one.

        The example's members may each be absent, for nothing says that they must be there.
        """
        nested = {} if name in self.settings.blocks else _NESTED_BY_DEFAULT.get(name, {})
        if not nested:
            return self.blocks[name]
        whole = {**self.blocks[name].canonical, **copy.deepcopy(nested)}
        less: Json = {member: {} for member in nested}
        return Block(BlockSettings(examples=(whole, {**whole, **less}, self.blocks[name].canonical)))

    def holder(self, attribute: str) -> str | None:
        """Return the block that an attribute is a member of; None if no block knows it."""
        return next((name for name, block in self.blocks.items() if block.knows(attribute)), None)

    def searched(self, *types: str) -> tuple[str, SearchSettings] | None:
        """Return the first attribute of one of these types that can be searched, the marker's apart."""
        for kind in types:
            for name, one in self._search.items():
                if one.type == kind and name != self.marker:
                    return name, one
        return None

    def is_certain(self, attribute: str) -> bool:
        """Return whether the vendor, or the standard's own search example, says that it can be searched."""
        return attribute in self.settings.search or attribute in {"firstName", "dateOfBirth"}

    @property
    def searchable(self) -> Mapping[str, SearchSettings]:
        """The attributes that searches may name, by name."""
        return self._search

    def images(self) -> Iterator[Image]:
        """Yield the images that the server is said to take. Raises OSError if a vendor's file is gone."""
        yield from (chosen(one) for one in self.settings.images or OURS)

    def _block(self, name: str) -> Block:
        settings = self.settings.blocks.get(name, BlockSettings(examples=_DEFAULT_BLOCKS[name]))
        values = {attribute: one.values or VALUES[one.type] for attribute, one in self._search.items()}
        try:
            return Block(settings, values)
        except NothingDrawnError as error:
            raise ProfileError(f"{name}.schema", f"cannot be used: {error}.") from None

    def _marker(self) -> str:
        texts = [name for name, one in self._search.items() if one.type == "string"]
        return self.settings.marker or next(iter(texts), "firstName")

    def _check_marker(self) -> None:
        block = self.biographics
        if not block.knows(self.marker) and not block.is_open:
            raise ProfileError("marker", f"must name a searchable text of biographicData, not {self.marker}.")
        found = block.misfit({**block.canonical, self.marker: A_MARKER})
        if found is not None:
            words = f'a text such as "{A_MARKER}" does not fit {self.marker} in biographicData ({found})'
            raise ProfileError("marker", f"cannot be used: {words}; name another searchable string attribute.")

    def _check_search(self) -> None:
        for name, one in self._search.items():
            holder = self.holder(name) or BIOGRAPHIC
            block = self.blocks[holder]
            for value in one.values or VALUES[one.type] if name != self.marker else ():
                found = block.misfit({**block.canonical, name: value})
                if found is not None:
                    words = f"{value!r} as a value does not fit {holder} ({found})"
                    raise ProfileError(f"search.{name}", f"cannot be used: {words}; give type and values.")


_PROFILES: dict[str, Profile] = {}
_PROFILES_LOCK = Lock()


def load_profile(settings: ProfileSettings) -> Profile:
    """Return the profile of these settings, once for all that ask in this process. Raises ProfileError."""
    key = digest_of(settings)
    with _PROFILES_LOCK:
        if key not in _PROFILES:
            _PROFILES[key] = Profile(settings)
        return _PROFILES[key]


def digest_of(settings: ProfileSettings) -> str:
    """Return SHA-256 (hex) of what a profile says."""
    return hashlib.sha256(json.dumps(asdict(settings), sort_keys=True, default=str).encode()).hexdigest()
