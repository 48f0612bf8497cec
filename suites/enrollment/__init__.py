"""The checks of the enrollment interface, one file a subject."""
