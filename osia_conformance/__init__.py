"""Conformance test suite for the OSIA Enrollment interface (Secure Identity Alliance; ITU-T X.1281)."""

__version__ = "0.1.0"
