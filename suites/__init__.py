"""The checks, a folder for each interface: `pytest --pyargs osia_conformance.suites` where the wheel is installed."""
