"""Every refusal of what people write: it names file, line, rule and remedy, and has a row.

Whatever tells a mistake is found in the source, and each place is heard by what its row provokes:
a new one without a row fails here.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr import profile
from pytest_orr.profile import documents, mistakes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Place = tuple[str, int]
"""Module and function, and which of its refusals."""
SOURCE = Path(profile.__file__).parent
ROWS = tomllib.loads(Path(__file__).with_name("refusals.toml").read_text("utf-8"))["row"]
TELLS_NOTHING = frozenset(
    {("documents.mistake", 0), ("layers.mistake", 0), ("applicability._places", 0)}
)
"""What makes mistakes for others to tell, and what asks one for its line alone."""
FORM = re.compile(r"(?P<file>[\w./-]+\.(toml|md)):(?P<line>[1-9]\d*): (?P<rule>.+)", re.DOTALL)
WHAT_TO_DO = re.compile(
    r"\b(add|correct|declare|did you mean|give|have it|keep|leave|let|must|name|needs?|read|remove"
    r"|required|save|set|write)\b|is for|such as|: an? |which .* (does not|names)|is no \w+"
)
"""What to do, or what would have to be there instead."""


def is_refusal(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    return (isinstance(called, ast.Attribute) and called.attr == "mistake") or (
        isinstance(called, ast.Name) and called.id == "Mistake"
    )


def refusals() -> Iterator[tuple[Place, range]]:
    """Find each call that makes a mistake, with the lines on which it stands."""
    for path in sorted(SOURCE.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                calls = [one for one in ast.walk(function) if is_refusal(one)]
                ordered = sorted(calls, key=lambda call: (call.lineno, call.col_offset))  # type: ignore[attr-defined] # calls alone
                for number, call in enumerate(ordered):
                    lines = range(call.lineno, (call.end_lineno or 0) + 1)  # type: ignore[attr-defined] # as above
                    yield (f"{path.stem}.{function.name}", number), lines


PLACES = dict(refusals())


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Place, str]]:
    """What is told, with the place in the source that tells it."""
    told: list[tuple[Place, str]] = []

    def hear(mistake: Any, depth: int) -> Any:
        frame = sys._getframe(depth)
        by = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
        told.extend(
            (place, str(mistake))
            for place, lines in PLACES.items()
            if place[0] == by and frame.f_lineno in lines
        )
        return mistake

    made, make = documents.Document.mistake, mistakes.Mistake
    monkeypatch.setattr(documents.Document, "mistake", lambda *of: hear(made(*of), 2))
    monkeypatch.setattr(documents, "Mistake", lambda **of: hear(make(**of), 2))
    return told


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['by']}-{row['place']}")
def test_a_refusal_names_file_line_rule_and_what_to_do(
    row: dict[str, Any],
    heard: list[tuple[Place, str]],
    mistakes_in: Callable[..., tuple[str, ...]],
    profile_text: str,
    tmp_path: Path,
) -> None:
    for name, text in row.get("files", {}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    told = mistakes_in(readiness=row.get("profile", profile_text + row.get("adds", "")))

    assert row["told"] in told
    assert ((row["by"], row["place"]), row["told"]) in heard
    form = FORM.fullmatch(row["told"])
    assert form
    assert WHAT_TO_DO.search(form["rule"]), form["rule"]


def test_every_place_that_refuses_has_a_row() -> None:
    rows = {(row["by"], row["place"]) for row in ROWS}

    assert rows == PLACES.keys() - TELLS_NOTHING
