"""The target as a check sees it: client, recorder, availability, privacy, sessions, clean-up."""
