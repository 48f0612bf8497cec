"""Strict HTTP/1.1 as an httpx transport, which shows what others smooth over, and the client that calls it."""
