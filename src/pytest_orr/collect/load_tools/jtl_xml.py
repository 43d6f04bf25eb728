"""Reads a JTL in XML without keeping it, for ``jmeter``; what XML can do besides is refused."""

from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

from .figures import Unreadable
from .files import MIB, ResultFile

CHUNK = 65536
ROOT = "testResults"
SAMPLE = "httpSample"
URL = "java.net.URL"
LONGEST_URL = 4096

Add = Callable[[str, str, str, str], None]


def read_samples(file: ResultFile, add: Add) -> None:
    """Hand each outermost HTTP sample on: time stamp, duration, success and URL, as written."""
    parser = expat.ParserCreate()
    reading = _Reading(add)
    parser.StartDoctypeDeclHandler = _refuse_types
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    fed = 0
    try:
        while chunk := file.read(CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003 expat takes no keywords
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MIB:
                raise Unreadable("has a tag that does not end")
        parser.Parse(b"", True)  # noqa: FBT003 expat takes no keywords
    except expat.ExpatError as error:
        raise Unreadable(f"is no whole XML file: line {error.lineno}") from error


def _refuse_types(*_: object) -> NoReturn:
    raise Unreadable("declares a document type, which no JTL does")


class _Reading:
    """Where in the file the parser is."""

    def __init__(self, add: Add) -> None:
        self._add = add
        self._depth = 0
        self._inside = 0
        """Samples around the place; the outermost counts."""
        self._sample: dict[str, str] = {}
        self._url: str | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0 and name != ROOT:
            raise Unreadable(f"begins with {name[:20]}, not with {ROOT}")
        self._depth += 1
        if name == SAMPLE:
            self._inside += 1
            if self._inside == 1:
                self._sample = {**attributes, "url": ""}
        elif name == URL and self._inside == 1:
            self._url = ""

    def text(self, piece: str) -> None:
        if self._url is not None:
            self._url += piece
            if len(self._url) > LONGEST_URL:
                raise Unreadable("has a URL that is too long")

    def end(self, name: str) -> None:
        self._depth -= 1
        if name == URL and self._url is not None:
            self._sample["url"], self._url = self._url.strip(), None
        elif name == SAMPLE:
            self._inside -= 1
            if self._inside == 0:
                self._finish()

    def _finish(self) -> None:
        sample = self._sample
        if lacking := [key for key in ("ts", "t", "s") if key not in sample]:
            raise Unreadable(f"has a sample without {lacking[0]}")
        self._add(sample["ts"], sample["t"], sample["s"], sample["url"])
