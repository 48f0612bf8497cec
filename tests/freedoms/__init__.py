"""Servers that each take one freedom: the reference server with one small change that conforms."""
