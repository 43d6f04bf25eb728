"""What the profile's parts about accounts and credentials must agree on, for ``rules``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .mistakes import Mistake, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document
    from .toml_lines import KeyPath

KINDS = ("secret", "role", "access_key")


def broken_credential_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about credentials and accounts that one key alone cannot show."""
    yield from _judged_twice(readiness)
    for path, entry in readiness.tables("credentials"):
        yield from _not_one_kind(readiness, path, entry)
        yield from _nobodys_key(readiness, path, entry)


def _judged_twice(readiness: Document) -> Iterator[Mistake]:
    judged = [value for _, value in readiness.occurrences("service.environment")]
    for path, value in readiness.occurrences("aws.accounts.environment"):
        if value in judged:
            told = "the environment that is judged: leave the key out"
            yield readiness.mistake(path, f"{show_key(path)} is {show(value)}, {told}")


def _not_one_kind(
    readiness: Document, path: KeyPath, entry: dict[str, object]
) -> Iterator[Mistake]:
    said = [kind for kind in KINDS if kind in entry]
    if len(said) != 1:
        written = " and ".join(f"`{kind}`" for kind in said) or "none"
        told = f"needs exactly one of `secret`, `role` and `access_key`, and has {written}"
        yield readiness.mistake(path, f"{show_key(path)} {told}")


def _nobodys_key(readiness: Document, path: KeyPath, entry: dict[str, object]) -> Iterator[Mistake]:
    if ("access_key" in entry) is not ("user" in entry):
        lacks, has = ("user", "access_key") if "access_key" in entry else ("access_key", "user")
        where = (*path, has)
        yield readiness.mistake(where, f"{show_key(where)} needs `{lacks}` beside it")
