"""A reference server of the OSIA Enrollment interface: complete, plain, open to small deliberate changes."""

from osia_reference.app import Server, create_app
from osia_reference.settings import Client, ServerSettings

__all__ = ["Client", "Server", "ServerSettings", "create_app"]
