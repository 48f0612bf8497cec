"""Names as JSON pointers write them (RFC 6901, 4)."""


def escaped(name: str) -> str:
    """Return a member's name as a part of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(part: str) -> str:
    """Return what a part of a JSON pointer names."""
    return part.replace("~1", "/").replace("~0", "~")
