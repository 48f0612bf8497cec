"""Which member names a run sends: what else a record holds is the server's own (RUL-ECHO)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from osia_conformance.profile import Profile
from osia_conformance.profile.blocks import UNKNOWN
from osia_conformance.standard.enrollment import EXTENSIBLE_BLOCKS

EXTENSION = UNKNOWN
"""A biographic member that no server knows."""

_LISTS = frozenset({"biometricData", "documentData", "parts", "missing"})
_HOLDERS = _LISTS.union(EXTENSIBLE_BLOCKS)
"""Members whose own members are compared by name, too."""
_OF_ITEMS = frozenset(
    {
        *("biometricType", "biometricSubType", "instance", "image", "imageRef", "captureDate", "captureDevice"),
        *("impressionType", "width", "height", "bitdepth", "mimetype", "mimeType", "resolution", "compression"),
        *("presence", "metadata", "comment", "template", "templateRef", "templateFormat", "quality", "qualityFormat"),
        *("algorithm", "vendor", "documentType", "documentTypeOther", "pages", "data", "dataRef"),
        *("encryption", "integrity"),
    }
)
_ALWAYS = _HOLDERS | _OF_ITEMS | {"enrollmentId", "enrollmentType", "status", EXTENSION}
"""Every name that is sent, in any version and with any profile."""


@dataclass(frozen=True, slots=True)
class SentNames:
    """The member names that a run with one profile sends."""

    names: frozenset[str]

    @classmethod
    def of(cls, profile: Profile) -> SentNames:
        """Return the names that a run with this profile sends."""
        return cls(_ALWAYS.union(profile.searchable, *(block.members for block in profile.blocks.values())))

    def only(self, value: Any) -> Any:
        """Return an enrollment, or a part of one, without the members that are never sent.

        Those are the server's own, for its schemas are open: a version, a time of the last change (RUL-ECHO).
        """
        if isinstance(value, list):
            return [self.only(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            name: self.only(value[name]) if name in _HOLDERS else value[name] for name in value if name in self.names
        }
