"""Vectors to ``docs/attacks.md``: every attack with its sentence and the code that refuses it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.vectors.attack import Attack

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

PAGE = Path(__file__).parents[2] / "docs" / "attacks.md"
HEAD = """\
# Attacks on a sign-off

Each of these is a stored file that the verifier behind `orr verify` refuses, by the code beside it,
or accepts where no code stands. They lie in [tests/vectors](../tests/vectors/README.md), where any
other verifier can be run over them; `python -m tests.vectors.make` makes them and this page anew.
`policy-refused` means that the policy itself is not read. In `make trials`, 10,000 more are made by
chance; and each guard of the verifier is taken out once to see that one of these gets through.
"""


def render(modules: Iterable[ModuleType]) -> str:
    """Return the page: a table for each module, in the order of its functions."""
    tables = []
    for module in modules:
        title = (module.__doc__ or "").strip().partition(":")[0].rstrip(".")
        rows = [_row(one) for one in vars(module).values() if isinstance(one, Attack)]
        head = ["| vector | what is tried | refused by |", "|---|---|---|"]
        tables.append("\n".join([f"## {title}", "", *head, *rows]))
    return "\n\n".join([HEAD.rstrip(), *tables]) + "\n"


def _row(one: Attack) -> str:
    code = f"`{one.reason}`" if one.reason else ""
    return f"| `{one.folder}` | {one.about} | {code} |"
