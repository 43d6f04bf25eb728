"""The binary form of SSH (RFC 4251): read strictly, to the last byte."""

from __future__ import annotations

LARGEST = 64 * 1024
"""Bytes of one string: far more than a key, a certificate or a signature has."""


class Wire:
    """Reads one value after the other; what is not there or malformed is a ``ValueError``."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.place = 0

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        if size > len(self._content) - self.place:
            raise ValueError("it is cut short")
        self.place += size
        return self._content[self.place - size : self.place]

    def byte(self) -> int:
        """Return the next byte as a number."""
        return self.take(1)[0]

    def uint32(self) -> int:
        """Return the next four bytes as a number."""
        return int.from_bytes(self.take(4), "big")

    def uint64(self) -> int:
        """Return the next eight bytes as a number."""
        return int.from_bytes(self.take(8), "big")

    def string(self) -> bytes:
        """Return the next string: its length, then its bytes."""
        size = self.uint32()
        if size > LARGEST:
            raise ValueError(f"it has a part of more than {LARGEST} bytes")
        return self.take(size)

    def word(self) -> str:
        """Return the next string as a name, which is of plain ASCII characters."""
        found = self.string()
        if not all(0x21 <= one <= 0x7E for one in found):
            raise ValueError("it has a name with other than plain characters")
        return found.decode("ascii")

    def mpint(self) -> int:
        """Return the next whole number, which is not negative and as short as it can be."""
        found = self.string()
        if found[:1] > b"\x7f":
            raise ValueError("it has a negative number")
        if found[:1] == b"\0" and found[1:2] < b"\x80":
            raise ValueError("it has a number with needless zeros")
        return int.from_bytes(found, "big")

    def strings(self) -> tuple[bytes, ...]:
        """Return the strings inside the next string."""
        inner, found = Wire(self.string()), []
        while not inner.is_at_end:
            found.append(inner.string())
        return tuple(found)

    @property
    def is_at_end(self) -> bool:
        """Whether everything has been read."""
        return self.place == len(self._content)

    def end(self) -> None:
        """Refuse what follows."""
        if not self.is_at_end:
            raise ValueError("it has bytes behind its end")


def string_of(content: bytes) -> bytes:
    """Return a string as it is written."""
    return len(content).to_bytes(4, "big") + content
