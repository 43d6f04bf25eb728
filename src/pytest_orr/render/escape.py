r"""Text from the world, made harmless for the place it is printed in: the gate of every renderer.

Nothing here decides what is trusted: every text of a review is treated as hostile.
"""

from __future__ import annotations

import re

HIDDEN_RANGES = (
    (0x00, 0x1F),  # C0 controls
    (0x7F, 0x9F),  # DEL and C1 controls
    (0xAD, 0xAD),  # soft hyphen
    (0x34F, 0x34F),  # combining grapheme joiner
    (0x61C, 0x61C),  # Arabic letter mark
    (0x115F, 0x1160),  # Hangul fillers
    (0x17B4, 0x17B5),  # Khmer inherent vowels
    (0x180E, 0x180E),  # Mongolian vowel separator
    (0x200B, 0x200F),  # zero-width characters and direction marks
    (0x2028, 0x202E),  # line and paragraph separators, direction embeddings and overrides
    (0x2060, 0x206F),  # word joiner, invisible operators, direction isolates
    (0x3164, 0x3164),  # Hangul filler
    (0xD800, 0xDFFF),  # lone surrogates, which no encoding can write
    (0xFEFF, 0xFEFF),  # byte order mark
    (0xFFA0, 0xFFA0),  # half-width Hangul filler
    (0xFFF0, 0xFFFB),  # interlinear annotations
    (0xFFFE, 0xFFFF),  # no characters
    (0xE0000, 0xE0FFF),  # tags and further selectors
)
"""Code points that hide, reorder or command; listed, so that no Unicode version changes a page."""

HIDDEN = "".join(f"{chr(first)}-{chr(last)}" for first, last in HIDDEN_RANGES[1:])
CONTROLS = re.compile(f"[\x00-\x1f{HIDDEN}]")
CONTROLS_BUT_LAYOUT = re.compile(f"[\x00-\x08\x0b-\x1f{HIDDEN}]")
SURROGATES = re.compile("[\ud800-\udfff]")

MARKDOWN_SIGNS = re.compile(r"[\\`*_{}\[\]()<>|#~$^=]")
MARKDOWN_START = re.compile(r"^(\s*)([-+:]|\d+(?=[.)]))")
MENTION = re.compile(r"(?<![A-Za-z0-9])@(?=\w)")
REFERENCE = re.compile(r"(\\[#$~^]|!|%|&amp;)(?=[\w\"'])")
BARE_LINK = re.compile(r"(?i)(www\.|:(?=//)|mailto:|xmpp:)")
BREAK = "&#8203;"
"""A zero-width space, as an entity so that whoever reads the source sees it."""


def visible(text: str) -> str:
    r"""Return one line in which control and bidirectional characters show as ``\x1b`` and such."""
    return CONTROLS.sub(_shown, text)


def visible_lines(text: str) -> str:
    """Do the same but leave line ends and tabs alone, for texts that are printed as a block."""
    # Most of ten thousand texts are such: to look is cheaper than to search.
    if text.isascii() and text.isprintable():
        return text
    return CONTROLS_BUT_LAYOUT.sub(_shown, text)


def well_formed(text: str) -> str:
    """Show lone surrogates, which UTF-8 and canonical JSON have no bytes for."""
    return SURROGATES.sub(_shown, text)


def json_source(text: str) -> str:
    r"""Write hidden characters of a JSON text as ``\uXXXX``: it reads back as the same value.

    Outside strings JSON has no hidden characters but line ends, so the text may be escaped whole.
    """
    return CONTROLS_BUT_LAYOUT.sub(_json_shown, text)


def markdown(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no markup, link, mention, reference.

    Forges look for mentions and references after rendering, where a backslash is gone; only a
    break inside them helps.
    """
    line = " ".join(visible_lines(text).split())
    line = MARKDOWN_SIGNS.sub(r"\\\g<0>", line.replace("&", "&amp;"))
    line = MARKDOWN_START.sub(_start, line)
    line = MENTION.sub(f"@{BREAK}", line)
    line = REFERENCE.sub(rf"\g<1>{BREAK}", line)
    return BARE_LINK.sub(rf"\g<1>{BREAK}", line)


def markdown_code(text: str) -> str:
    """Return a code span, in which Markdown, mentions and references mean nothing.

    A pipe is escaped for tables, and a backtick becomes an apostrophe: a span cannot hold both.
    """
    line = " ".join(visible_lines(text).split()).replace("`", "'").replace("|", "\\|")
    return f"`{line}`" if line else ""


def _start(match: re.Match[str]) -> str:
    space, sign = match.groups()
    return f"{space}{BREAK}{sign}" if sign[0].isdigit() else f"{space}\\{sign}"


def _shown(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_shown(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    pairs = (units[i : i + 2] for i in range(0, len(units), 2))
    return "".join(f"\\u{pair.hex()}" for pair in pairs)
