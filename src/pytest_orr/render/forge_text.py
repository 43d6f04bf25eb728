"""Text from the world, made harmless for notes and issues of forges, which do more than Markdown.

A forge acts on what it reads: it notifies whom a text mentions, links what it seems to refer to,
tells the other side of it, and obeys commands at the beginning of a line. Every foreign text here
is therefore on one line, behind words of ours, with each such sign broken.
"""

from __future__ import annotations

import re

from .escape import BREAK, markdown, visible

TICKET = re.compile(r"\b(GH|[A-Z](?:[A-Z0-9]|\\_)+)-(?=\d)", re.ASCII)
"""Issues of GitHub, and of trackers that a forge is connected with: GH-7, OPS-12."""
NAMED = re.compile(r"(\\\[(?=[a-z\\_]+:)|\\\*(?=iteration:))")
"""As in [vulnerability:7]; the sign is escaped already."""
COMMIT = re.compile(r"(?<![\w&#;])(?![0-9]+\b)[0-9a-f]{7,40}\b", re.ASCII)
"""What may be a commit's id; a number alone, such as an AWS account, is none."""
SHORTEST_COMMIT = 7
IN_A_TITLE = re.compile(r"[@#!$%&~^*\[](?=\w)|\b(?:GH|[A-Z][A-Z0-9_]+)-(?=\d)", re.ASCII)
LONGEST_TITLE = 200
GAP = "\u200b"
"""A title is no Markdown: what breaks a sign there is the character itself."""


def inert(text: str) -> str:
    """Return text that a forge shows as it is and does nothing about, on one line."""
    line = markdown(text)
    line = TICKET.sub(rf"\g<1>-{BREAK}", line)
    line = NAMED.sub(rf"\g<1>{BREAK}", line)
    return COMMIT.sub(_broken, line)


def title(text: str) -> str:
    """Return the same for a title: signs are broken by a character of no width."""
    line = visible(" ".join(text.split()))
    line = IN_A_TITLE.sub(rf"\g<0>{GAP}", line)
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"


def cut(text: str, longest: int, told: str) -> str:
    """Return whole lines of a text, of at most so many bytes of UTF-8, and say what is left out.

    ``told`` is where the rest is to be found, in words.
    """
    if len(text.encode()) <= longest:
        return text
    tail = f"\n\n_Cut here: the whole is in {told}._\n"
    room = text.encode()[: longest - len(tail.encode())].decode(errors="ignore")
    return f"{room.rpartition(chr(10))[0]}{tail}"


def _broken(found: re.Match[str]) -> str:
    step = SHORTEST_COMMIT - 1
    return BREAK.join(found[0][at : at + step] for at in range(0, len(found[0]), step))
