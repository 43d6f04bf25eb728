"""An ssh_config file as it stands: what it says about a name, Include followed, nothing executed.

Only the file that the profile names is read, and what it includes. What would start a program, or
would silently mean something else here, makes the hosts it concerns unknown.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.mistakes import escape

from .ssh_patterns import fits

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST = 1024 * 1024
DEEPEST = 16
"""Files that include one another, as in OpenSSH."""

LINE = re.compile(r"\s*([A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(.*)")
WORD = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"(?!\S)|(?P<comment>#.*)|(?P<bare>[^\s"]\S*))')

LISTS = frozenset({"identityfile", "certificatefile"})
"""Every line of these counts; of all other keywords the first."""
REFUSED = {
    "proxycommand": "ProxyCommand",
    "knownhostscommand": "KnownHostsCommand",
    "revokedhostkeys": "RevokedHostKeys",
    "canonicalizehostname": "CanonicalizeHostname",
}
INSTEAD = {
    "proxycommand": "no program is started: name the jump hosts with ProxyJump",
    "knownhostscommand": "no program is started: name a file with UserKnownHostsFile",
    "revokedhostkeys": "mark the keys with @revoked in the file of known host keys",
    "canonicalizehostname": "write the whole name with HostName",
}
HARMLESS = frozenset({"none", "no", "false"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigLine:
    """One line: its keyword in lower case, its words, and where it stands."""

    keyword: str
    words: tuple[str, ...]
    file: Path
    number: int

    @property
    def where(self) -> str:
        """File and line."""
        return f"{self.file}:{self.number}"

    def refused(self, why: str, remedy: str) -> FactUnavailable:
        """Return the failure of a host that this line concerns."""
        return FactUnavailable(f"{self.where}: {why}", remedy)


@dataclass(slots=True, kw_only=True)
class Said:
    """What a file says about a name, gathered from top to bottom."""

    name: str
    local_user: str
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def all(self, keyword: str) -> tuple[str, ...]:
        """Return the values of a keyword."""
        return self.values.get(keyword, ())

    def one(self, keyword: str, default: str = "") -> str:
        """Return the value of a keyword that has one."""
        return next(iter(self.all(keyword)), default)

    def take(self, line: ConfigLine) -> None:
        """Add a line that concerns the name."""
        keyword, words = line.keyword, line.words
        if keyword == "proxycommand" and "proxyjump" in self.values:
            return  # as in OpenSSH, whichever of the two comes first decides
        if keyword in REFUSED and words and words[0].lower() not in HARMLESS:
            raise line.refused(f"{REFUSED[keyword]} is not followed", INSTEAD[keyword])
        if keyword == "proxycommand":
            keyword, words = "proxyjump", ("none",)
        if keyword in LISTS:
            self.values[keyword] = (*self.all(keyword), *words)
        else:
            self.values.setdefault(keyword, words)


@dataclass(frozen=True, slots=True, kw_only=True)
class SshConfig:
    """The file that the profile names; None says nothing about any host."""

    file: Path | None
    """Absolute."""
    home: Path
    local_user: str
    _lines: dict[Path, tuple[ConfigLine, ...]] = field(default_factory=dict)
    """Of each file that was read, once for all hosts."""

    def about(self, name: str) -> Said:
        """Return what the file says about a host; refuses what cannot be followed."""
        said = Said(name=name, local_user=self.local_user)
        if self.file is not None:
            self._read(self.file, (), said)
        return said

    def _read(self, file: Path, above: tuple[Path, ...], said: Said) -> None:
        concerned = True
        for line in self._lines_of(file):
            match line.keyword:
                case "host":
                    concerned = fits(line.words, said.name)
                case "match":
                    concerned = _is_met(line, said)
                case "include" if concerned:
                    self._include(line, (*above, file), said)
                case _ if concerned:
                    said.take(line)

    def _include(self, line: ConfigLine, above: tuple[Path, ...], said: Said) -> None:
        for word in line.words:
            for file in self._named(word, line.file.parent):
                if file in above or len(above) >= DEEPEST:
                    raise line.refused(
                        f"Include of {file} "
                        + ("goes in a circle" if file in above else "is nested too deeply"),
                        "take the Include out",
                    )
                self._read(file, above, said)

    def _named(self, word: str, beside: Path) -> Iterator[Path]:
        pattern = beside / re.sub(r"^~(?=/)", lambda _: str(self.home), word)
        root = Path(pattern.anchor)
        yield from sorted(root.glob(str(pattern.relative_to(root))))

    def _lines_of(self, file: Path) -> tuple[ConfigLine, ...]:
        if file not in self._lines:
            self._lines[file] = tuple(_parsed(file, _text_of(file)))
        return self._lines[file]


def _is_met(line: ConfigLine, said: Said) -> bool:
    """Tell whether a Match concerns the name; its words are judged from left to right."""
    words = list(line.words)
    while words:
        criterion = words.pop(0)
        kind = criterion.removeprefix("!").lower()
        if kind == "all":
            continue
        wanted = words.pop(0).split(",") if words else []
        if fits(wanted, _subject(kind, line, said)) is criterion.startswith("!"):
            return False
    return bool(line.words)


def _subject(kind: str, line: ConfigLine, said: Said) -> str:
    match kind:
        case "host":
            return said.one("hostname", said.name).replace("%h", said.name)
        case "originalhost":
            return said.name
        case "user":
            return said.one("user", said.local_user)
        case "localuser":
            return said.local_user
        case _:
            raise line.refused(
                f"Match {escape(kind)} is not followed",
                "write the hosts it is meant for into a Host line",
            )


def _text_of(file: Path) -> str:
    try:
        # Looked at before it is opened: a named pipe must be refused, not waited for.
        if not stat.S_ISREG(file.stat().st_mode):
            raise _unreadable(file, "it is not a regular file")
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise _unreadable(file, f"it is larger than {LARGEST // 1024} KiB")
        return content.decode("utf-8")
    except OSError as error:
        raise _unreadable(file, error.strerror or str(error)) from None
    except UnicodeDecodeError:
        raise _unreadable(file, "it is not UTF-8") from None


def _unreadable(file: Path, why: str) -> FactUnavailable:
    return FactUnavailable(
        f"{file} cannot be read: {why}", "correct config of [ssh] in readiness.toml, or the file"
    )


def _parsed(file: Path, text: str) -> Iterator[ConfigLine]:
    for number, written in enumerate(text.splitlines(), start=1):
        if not written.strip() or written.lstrip().startswith("#"):
            continue
        found = LINE.fullmatch(written)
        words = _words(found[2]) if found else None
        if found is None or words is None:
            raise FactUnavailable(
                f"{file}:{number} cannot be read as a line of ssh_config",
                "correct the line",
            )
        yield ConfigLine(keyword=found[1].lower(), words=words, file=file, number=number)


def _words(text: str) -> tuple[str, ...] | None:
    """Return the words of a line, of which quoted ones may hold spaces; None of open quotes."""
    words: list[str] = []
    rest = text.strip()
    while rest:
        found = WORD.match(rest)
        if not found:
            return None
        if found["comment"] is not None:
            break
        words.append(found["bare"] if found["quoted"] is None else found["quoted"])
        rest = rest[found.end() :].strip()
    return tuple(words)
