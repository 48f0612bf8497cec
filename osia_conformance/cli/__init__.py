"""The command line: the parser, and a file for each command."""

from osia_conformance.cli.parser import main

__all__ = ["main"]
