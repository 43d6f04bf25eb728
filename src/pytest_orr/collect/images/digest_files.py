"""Reads which digest a build wrote down: docker buildx' metadata, or the digest alone; pure."""

from __future__ import annotations

import re

from pytest_orr.clients.hostile_json import Unreadable, read_json
from pytest_orr.errors import FactUnavailable

LARGEST = 1024 * 1024
DIGEST = re.compile(r"(?:\S+@)?(sha256:[0-9a-f]{64})")
BUILDX = "containerimage.digest"
"""The key of ``docker buildx build --metadata-file``; bake writes it below each target."""


def built_digest(raw: bytes, file: str) -> str:
    """Return the one digest that a file holds; raises ``FactUnavailable`` otherwise."""
    if len(raw) > LARGEST:
        raise _no_digest(file, "it is larger than a build writes")
    text = raw.decode("utf-8", "replace").strip()
    found = _of_metadata(raw) if text.startswith("{") else _of_text(text)
    if len(found) != 1:
        raise _no_digest(file, f"it names {len(found)} digests")
    return found.pop()


def _of_text(text: str) -> set[str]:
    return {found[1] for line in text.splitlines() if (found := DIGEST.fullmatch(line.strip()))}


def _of_metadata(raw: bytes) -> set[str]:
    try:
        said = read_json(raw)
        here = (said, *(target for _, target in said.items() if target.is_object()))
        texts = {one[BUILDX].text() for one in here}
    except Unreadable:
        return set()
    return {text for text in texts if DIGEST.fullmatch(text)}


def _no_digest(file: str, why: str) -> FactUnavailable:
    return FactUnavailable(
        f"{file} does not tell which digest was built: {why}",
        "let the job keep docker buildx' --metadata-file, or the digest alone, for one image",
    )
