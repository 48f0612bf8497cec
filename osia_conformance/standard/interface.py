"""What the interface that the suite judges is called."""

NAME = "Enrollment"
TITLE = f"OSIA {NAME}"
RECOMMENDATION = "ITU-T X.1281"
"""The recommendation that has the interface, too."""
