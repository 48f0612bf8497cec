"""What is done with runs that have ended: read back, reported again, compared, merged, replayed, cleaned up after."""
