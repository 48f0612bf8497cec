pytest_plugins = ["osia_conformance.plugin"]
