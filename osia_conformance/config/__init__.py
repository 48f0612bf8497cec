"""`conformance.toml`, environment and options: which keys there are, and how settings are made of them."""
