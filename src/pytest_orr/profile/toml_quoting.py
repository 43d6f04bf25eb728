"""Writes foreign text as TOML that means exactly this text, for proposals and scaffolds."""

from __future__ import annotations


def quoted(text: str) -> str:
    """Write a text as a basic string on one line, with whatever does not print escaped."""
    return f'"{"".join(_written(char) for char in text)}"'


def _written(char: str) -> str:
    code = ord(char)
    if char in '"\\':
        return f"\\{char}"
    if 0xD800 <= code <= 0xDFFF:
        return "\\uFFFD"  # half of a character, which TOML cannot say
    if char.isprintable():
        return char
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
