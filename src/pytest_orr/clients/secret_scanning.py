"""Runs detect-secrets on one file after the other, in a process of its own that asks nobody.

Started by ``clients.secret_worker`` by its path, without anything of pytest-orr. Each question is
a line of JSON and the bytes that it announces; each answer is a line of JSON.
"""

from __future__ import annotations

import json
import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import IO, Any

PRAGMA = "pragma:"
"""What a comment begins with that lets detect-secrets look away."""


def main(questions: IO[bytes], answers: IO[bytes], folder: Path) -> None:
    """Answer until there are no more questions; files are written into ``folder`` meanwhile."""
    from detect_secrets.settings import default_settings  # noqa: PLC0415 an optional library

    with default_settings():
        while line := questions.readline():
            asked = json.loads(line)
            content = questions.read(asked["size"])
            said = answer(asked["path"], content, folder)
            answers.write(json.dumps(said).encode() + b"\n")
            answers.flush()


def answer(path: str, content: bytes, folder: Path) -> dict[str, Any]:
    """Return what stands in a file: kind, hash, line and whether a comment allows it.

    ``left_out`` says why it was not looked at: ``binary``, or ``name`` for what detect-secrets
    passes over by its name.
    """
    from detect_secrets.filters import heuristic  # noqa: PLC0415 an optional library

    by_name = (heuristic.is_non_text_file, heuristic.is_lock_file, heuristic.is_swagger_file)
    if any(passes_over(path) for passes_over in by_name):
        return {"left_out": "name", "hits": []}
    text = _text(content)
    if text is None:
        return {"left_out": "binary", "hits": []}
    file = folder / Path(path).name
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError:
        file = folder / f"file{Path(path).suffix[:20]}"
        file.write_text(text, encoding="utf-8", newline="")
    try:
        return {"left_out": "", "hits": sorted(_hits(file, text))}
    finally:
        file.unlink()


def _hits(file: Path, text: str) -> set[tuple[str, str, int, bool]]:
    from detect_secrets.core.scan import (  # noqa: PLC0415 an optional library
        scan_file,
        scan_for_allowlisted_secrets_in_file,
    )
    from detect_secrets.settings import default_settings  # noqa: PLC0415 the same

    found = {(s.type, s.secret_hash, s.line_number, False) for s in scan_file(str(file))}
    if PRAGMA in text:
        with default_settings():  # which that function changes for good
            allowed = scan_for_allowlisted_secrets_in_file(str(file))
            found |= {(s.type, s.secret_hash, s.line_number, True) for s in allowed}
    return found


def _text(content: bytes) -> str | None:
    """Return the text of a file in whatever encoding it is; none of a binary file."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) and not len(content) % 2:
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None if b"\0" in content else content.decode("latin-1")


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, Path(sys.argv[1]))
