"""Opens the zip archives in which GitHub keeps artifacts, as if a stranger had made them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipInfo

MOST_FILES = 20_000
LARGEST_FILE = 16 * 1024 * 1024
LARGEST_SUM = 64 * 1024 * 1024
CHUNK = 64 * 1024
REMEDY = "let the workflow keep fewer or smaller files in this artifact, as plain zip"
METHODS = frozenset({ZIP_STORED, ZIP_DEFLATED})
"""Other methods may ask for any amount of memory."""
IS_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An artifact's archive; ``name`` is for messages."""

    name: str
    content: bytes

    def files_ending(self, ending: str) -> Iterator[tuple[str, bytes]]:
        """Yield the files whose name has an ending, up to a sum of their sizes."""
        with self._opened() as opened:
            left = LARGEST_SUM
            for one in self._listed(opened):
                if one.filename.lower().endswith(ending):
                    content = self._read(opened, one, min(left, LARGEST_FILE))
                    left -= len(content)
                    yield one.filename, content

    def file(self, path: str) -> bytes | None:
        """Return a file by its path, of which GitHub keeps only the end that files differ in."""
        with self._opened() as opened:
            named = {one.filename: one for one in self._listed(opened)}
            fitting = [name for name in named if _is_end_of(name, path)]
            if not fitting:
                return None
            return self._read(opened, named[max(fitting, key=len)], LARGEST_FILE)

    def _opened(self) -> ZipFile:
        try:
            return ZipFile(BytesIO(self.content))
        except (BadZipFile, ValueError, NotImplementedError) as error:
            raise self._unusable(f"is no zip archive: {error}") from None

    def _listed(self, opened: ZipFile) -> list[ZipInfo]:
        listed = [one for one in opened.infolist() if not one.is_dir()]
        if len(listed) > MOST_FILES:
            raise self._unusable(f"holds {len(listed)} files, and {MOST_FILES} at most are read")
        return listed

    def _read(self, opened: ZipFile, one: ZipInfo, most: int) -> bytes:
        if one.flag_bits & IS_ENCRYPTED or one.compress_type not in METHODS:
            raise self._unusable("is encrypted, or packed in an unusual way")
        content = bytearray()
        try:
            with opened.open(one) as source:
                while chunk := source.read(CHUNK):
                    content += chunk
                    if len(content) > most:
                        raise self._unusable(f"unpacks to more than {most // 1024} KiB")
        except (BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise self._unusable(f"cannot be unpacked: {error}") from None
        return bytes(content)

    def _unusable(self, how: str) -> FactUnavailable:
        return FactUnavailable(f"artifact {self.name} {how}", REMEDY)


def _is_end_of(name: str, path: str) -> bool:
    return name == path or path.endswith(f"/{name}")
