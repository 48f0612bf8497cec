"""Types of what JSON holds, as it is passed on."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
"""An object that is being made, such as a body."""

Record = Mapping[str, Any]
"""An object that is only read, such as a line of the journal or a part of the results."""
