"""No core dumps: what a process that crashes leaves behind would hold its secrets."""

from __future__ import annotations

import resource
from contextlib import suppress


def forbid_core_dumps() -> None:
    """Set the limit of core files to nothing for this process and those that it starts, where the system has one."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
