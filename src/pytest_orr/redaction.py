"""The second net under secrets: known values and known shapes are taken out of every text.

The first net is that collectors never ask for a secret. This one holds for exact values, their
usual encodings, and the shapes of well-known tokens; a secret that is split or transformed in
another way is not recognised.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REDACTED = "[redacted]"
SHORTEST = 8
"""A shorter value is no secret: taking it out would destroy words and ids."""

SECRET_NAME = re.compile(
    r"(?:PASSWORD|PASSWD|PASSPHRASE|PASSCODE"
    r"|(?:^|_)(?:SECRET|TOKEN|PASS|PAT|CREDENTIALS?|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY))$",
    re.IGNORECASE,
)
"""A name ends with what it holds: ``GITLAB_TOKEN`` is one, ``GITLAB_TOKEN_FILE`` is a path."""
SHORTENED = re.compile(r"([^\s'\"=(]{4,})\.\.\.([^\s'\",)]{4,})")
"""How pytest shortens a long value: both ends, with dots between."""
HEADER = (
    r"(?i:\b(?:authorization|x-amz-security-token|private-token)\b[\"']?\s*[:=]\s*"
    r"[\"']?(?:bearer |basic )?[^\s'\",}]+)"
)
SHAPES = (
    HEADER,
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    r"\bgh[pousr]_[A-Za-z0-9]{36,}",
    r"\bglpat-[\w-]{20,}",
    r"\bxox[abprs]-[\w-]{10,}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)",
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*",
)
MARKS = (
    *("authorization", "x-amz-security-token", "private-token"),
    *("akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-", "xox"),
    *("-----begin ", "://", "eyj"),
)
"""Whatever has one of the shapes holds one of these, in small letters: to look for them is quicker
by far than to try the shapes at every letter of thousands of texts."""


class Redactor:
    """Takes secrets out of text: values it was told, in their usual encodings, and known shapes."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        secrets = {part for value in values for part in (value, *value.splitlines())}
        self._secrets = tuple(sorted(one for one in secrets if len(one) >= SHORTEST))
        known = {form for value in self._secrets for form in _forms(value)}
        longest_first = sorted(known, key=lambda form: (-len(form), form))
        # Values before shapes: a shape that ends inside a value would leave the rest of it behind.
        self._values = re.compile("|".join(map(re.escape, longest_first))) if known else None
        self._shapes = re.compile("|".join(SHAPES), re.DOTALL)

    def __call__(self, text: str) -> str:
        """Return ``text`` with every recognised secret replaced."""
        if self._values is not None:
            text = self._values.sub(REDACTED, text)
        if _may_have_a_shape(text):
            text = self._shapes.sub(REDACTED, text)
        return SHORTENED.sub(self._shortened, text) if "..." in text else text

    def _shortened(self, found: re.Match[str]) -> str:
        head, tail = found[1], found[2]
        hit = any(head in secret or tail in secret for secret in self._secrets)
        return REDACTED if hit else found[0]

    def deep(self, value: Any) -> Any:
        """Return a JSON value with every string in it redacted; keys are names, not content."""
        match value:
            case str():
                return self(value)
            case list():
                return [self.deep(part) for part in value]
            case dict():
                return {key: self.deep(part) for key, part in value.items()}
            case _:
                return value


def secret_values(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the values of environment variables whose names say that they are secret."""
    return tuple(sorted({value for name, value in environment.items() if SECRET_NAME.search(name)}))


def _may_have_a_shape(text: str) -> bool:
    """Tell texts that have none of the shapes; letters beyond ASCII may be small ones of others."""
    if not text.isascii():
        return True
    small = text.lower()
    return any(mark in small for mark in MARKS)


def _forms(value: str) -> Iterator[str]:
    # Variables may hold bytes that are no UTF-8; Python keeps them as lone surrogates.
    raw = value.encode(errors="surrogateescape")
    yield value
    yield from (quote(raw), quote(raw, safe=""), quote_plus(raw))
    yield from (json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
    yield repr(value)[1:-1]
    yield from (raw.hex(), raw.hex().upper())
    for pad in range(3):
        yield from _aligned(raw, pad)


def _aligned(raw: bytes, pad: int) -> Iterator[str]:
    """Yield what of a value's base64 is the same whatever stands before and after it."""
    encoded = base64.b64encode(b"\0" * pad + raw).decode().rstrip("=")
    core = encoded[(0, 2, 3)[pad] :]
    core = core[:-1] if (len(raw) + pad) % 3 else core
    yield core
    yield core.replace("+", "-").replace("/", "_")
