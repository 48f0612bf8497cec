"""Servers that each break one rule: the reference server with one small change."""
