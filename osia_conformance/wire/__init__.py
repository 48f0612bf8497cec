"""The wire: an HTTP/1.1 client of our own on h11, which shows what a client library smooths over."""
