"""Writes the ids of the example's commits wherever they are written, and signs its tags and v1.3.0.

Run by ``python -m examples.explorer.bind`` after each change in ``service/``: what names a
commit by its id, or by the first characters of it, is rewritten, and then the SHA-256 of
each evidence file that changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from examples.explorer import earlier_signoff
from examples.explorer.history import PEOPLE, TAGS, Tag
from examples.explorer.repository import FACTS, HERE, SIGNED, build, described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = HERE.parents[1]
SIGNER = "finn@example.org"
DIGESTING = ("attestations.toml", "readiness.toml")
"""Files that hold the SHA-256 of evidence."""
NAMES_NO_COMMIT = ("service", "earlier", "signed", "__pycache__")
"""Folders of the example in which nothing is rewritten."""


def main() -> None:
    """Bind, and say what the release is now."""
    told = json.loads(FACTS.read_text(encoding="utf-8"))["named"]
    with tempfile.TemporaryDirectory() as folder:
        built = _built(Path(folder))
    news = {told[name]: commit for name, commit in built["named"].items() if name in told}
    changed = dict(_rewritten(news))
    for file in (HERE / state / name for state in ("faulty", "repaired") for name in DIGESTING):
        _replace(file, changed)
    FACTS.write_text(json.dumps(built, indent=2) + "\n", encoding="utf-8")
    earlier_signoff.main()
    print(f"the release is {built['named']['release']}")


def _built(folder: Path) -> dict[str, dict[str, str]]:
    """Build unsigned to learn the ids, which no signature changes, sign, and build anew."""
    build(folder / "unsigned", unsigned=[tag.name for tag in TAGS])
    commits = described(folder / "unsigned")["named"]
    _sign(folder, commits)
    build(folder / "signed")
    return described(folder / "signed")


def _sign(folder: Path, commits: Mapping[str, str]) -> None:
    """Sign each tag with a key that nobody keeps."""
    SIGNED.mkdir(exist_ok=True)
    key = folder / "key"
    _ssh_keygen("-q", "-t", "ed25519", "-N", "", "-C", SIGNER, "-f", str(key))
    public = " ".join(key.with_suffix(".pub").read_text(encoding="utf-8").split()[:2])
    signers = f'{SIGNER} namespaces="git" {public}\n'
    (SIGNED / "signers").write_text(signers, encoding="utf-8")
    for tag in TAGS:
        signed = _ssh_keygen(
            "-Y", "sign", "-q", "-n", "git", "-f", str(key), said=_payload(tag, commits[tag.of])
        )
        (SIGNED / f"{tag.name}.sig").write_bytes(signed)


def _payload(tag: Tag, commit: str) -> bytes:
    when = int(datetime.fromisoformat(tag.on).timestamp())
    return (
        f"object {commit}\ntype commit\ntag {tag.name}\n"
        f"tagger {PEOPLE[tag.by]} {when} +0000\n\n{tag.message}"
    ).encode()


def _ssh_keygen(*arguments: str, said: bytes = b"") -> bytes:
    return subprocess.run(  # noqa: S603 arguments of our own
        ["ssh-keygen", *arguments],  # noqa: S607 as a person would
        input=said,
        capture_output=True,
        check=True,
    ).stdout


def _rewritten(news: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Rewrite every place; yield the digests, old and new, of files that changed."""
    for file in _places():
        before = hashlib.sha256(file.read_bytes()).hexdigest()
        for old, new in news.items():
            _rewrite(file, old, new)
        after = hashlib.sha256(file.read_bytes()).hexdigest()
        if before != after:
            yield before, after


def _places() -> Iterator[Path]:
    yield ROOT / "README.md"
    for folder in (HERE, ROOT / "tests"):
        for file in sorted(folder.rglob("*")):
            apart = set(file.relative_to(folder).parts) & set(NAMES_NO_COMMIT)
            if file.is_file() and file != FACTS and not apart and file.suffix != ".png":
                yield file


def _rewrite(file: Path, old: str, new: str) -> None:
    text = file.read_bytes()
    written = rb"(?<![0-9a-f])%b[0-9a-f]{0,33}(?![0-9a-f])" % old[:7].encode()

    def anew(found: re.Match[bytes]) -> bytes:
        said = found[0].decode()
        return (new[: len(said)] if old.startswith(said) else said).encode()

    if (rewritten := re.sub(written, anew, text)) != text:
        file.write_bytes(rewritten)


def _replace(file: Path, changed: Mapping[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changed.items():
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
