"""Input that schemathesis and Hypothesis draw: what it is, how it is sent, how a check runs on many examples."""
