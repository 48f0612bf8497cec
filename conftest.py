"""Loads the plugin, for `pytest suites`."""

pytest_plugins = ["osia_conformance.run.plugin"]
