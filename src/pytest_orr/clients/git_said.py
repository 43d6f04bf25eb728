"""What git tells of a repository, in frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003 whoever makes facts of these reads the types
from typing import Literal

Kind = Literal["file", "program", "link", "submodule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A path of a commit's tree."""

    path: str
    """From the top on; bytes that are no UTF-8 and control characters are escaped."""
    kind: Kind
    id: str
    """Of its content; of a submodule the commit."""
    size: int | None = None
    """Bytes of a file; none if its content is not here."""

    @property
    def is_file(self) -> bool:
        """Whether it has a text: no symbolic link, no submodule."""
        return self.kind in {"file", "program"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """One commit."""

    id: str
    parents: tuple[str, ...]
    author: str
    """E-mail address."""
    committed: datetime
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a declared list of signers makes of a tag's signature."""

    is_good: bool | None
    """None if it cannot be told here; ``why`` and ``remedy`` say the reason."""
    signer: str = ""
    """Whom the list names for the key."""
    key: str = ""
    """The key's fingerprint."""
    why: str = ""
    """Why it is not good."""
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringer:
    """The commit that brought a line into a file."""

    commit: str
    author: str
    """E-mail address as the commit has it; empty if it cannot be told."""
    signed: bool = False
    """Whether it carries a signature, whatever that is worth."""
    signer: str = ""
    """Whom the declared list of signers names for a good signature's key."""
    spoilt: bool = False
    """Whether its signature is not the one of what it signs, or of no key that could be read."""
    why: str = ""
    """Why author or signer cannot be told, or why the signature is not good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRef:
    """A tag, as the checkout has it."""

    name: str
    id: str
    """Of the tag itself; of a lightweight tag the commit."""
    commit: str
    """What it leads to."""
    is_annotated: bool
    is_signed: bool = False
    tagged: datetime | None = None
    """By whoever made an annotated tag, who may write what they like."""
    tagger: str = ""
    """E-mail address, of which the same holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesChanged:
    """What differs between two commits below some paths."""

    files: tuple[str, ...]
    lines: int
    """Added and removed."""
    not_text: tuple[str, ...]
    """Files that have no lines."""
