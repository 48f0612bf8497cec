"""Evidence that can be trusted: reports are signed, and verified offline (docs/evidence.md)."""
