"""A reference server in a process of its own that ends at a body with a line break in a member's name.

Run as a file: `python -P ending_server.py PORT`, with the key in OSIA_JWT_KEY.
"""

import os
import sys
from typing import Any

import uvicorn

from osia_conformance.support.paths import bundled
from osia_reference.app import Server, create_app
from osia_reference.settings import ServerSettings

VERSION = "1.0.0"


def names_in(value: Any) -> set[str]:
    """Return the names of all members in a JSON value."""
    if isinstance(value, dict):
        return set(value).union(*map(names_in, value.values()))
    return set().union(*map(names_in, value)) if isinstance(value, list) else set()


class Ending(Server):
    """Ends its process without a word."""

    def parse_json(self, data: bytes) -> Any:
        value = super().parse_json(data)
        if any("\n" in name for name in names_in(value)):
            os._exit(1)
        return value


def main(port: int) -> None:
    """Serve on 127.0.0.1 until a signal, or a call, ends it."""
    file = bundled("specs") / "enrollment" / VERSION / "openapi.yaml"
    settings = ServerSettings(specification=file, interface_version=VERSION, jwt_key=os.environ["OSIA_JWT_KEY"])
    app = create_app(settings, server=Ending)
    uvicorn.run(app, host="127.0.0.1", port=port, lifespan="off", ws="none", access_log=False, log_level="critical")


if __name__ == "__main__":
    main(int(sys.argv[1]))
