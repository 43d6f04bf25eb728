"""One item's marker and docstring, read from its syntax tree."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from .model import EVIDENCE_KINDS, OWNERS, PHASES, SEVERITIES, VOIDED_BY, ItemSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

REQUIRED = ("severity", "phase", "owner", "question", "evidence", "valid_for")
CHOICES = {
    "severity": SEVERITIES,
    "phase": PHASES,
    "owner": OWNERS,
    "evidence": tuple(EVIDENCE_KINDS),
    "void": tuple(VOIDED_BY),
}
TYPES: dict[str, type | tuple[type, ...]] = {
    "stated": str,
    "question": str,
    "valid_for": int,
    "aliases": (list, tuple),
}
FORM = 'give it @pytest.mark.orr("area.group.name", severity=…, phase=…, owner=…, …)'


def read_marker(
    function: ast.FunctionDef, *, fact_names: frozenset[str]
) -> tuple[ItemSpec | None, list[str]]:
    """Return the item that ``function`` states, or what is wrong with the statement of it.

    The part, section, stamp and file of the item are filled in by whoever knows the module.
    """
    call = next((mark for mark in map(_orr, function.decorator_list) if mark), None)
    if call is None:
        return None, [f"{function.name} is no item; {FORM}"]
    try:
        args = [ast.literal_eval(arg) for arg in call.args]
        values = {str(key.arg): ast.literal_eval(key.value) for key in call.keywords}
    except (ValueError, TypeError):
        return None, [f"orr(…) of {function.name} takes literals only, so that it can be read"]
    wrong = list(_wrong(function, args, values))
    return (None, wrong) if wrong else (_spec(function, args[0], values, fact_names), [])


def _orr(decorator: ast.expr) -> ast.Call | None:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.orr":
        return decorator
    return None


def _wrong(function: ast.FunctionDef, args: list[Any], values: dict[str, Any]) -> Iterator[str]:
    name = function.name
    if len(args) != 1 or not isinstance(args[0], str):
        yield f"orr(…) of {name} takes the item's id, and everything else by keyword"
    known = {*REQUIRED, "stated", "aliases", "void"}
    yield from (f"orr(…) of {name} knows no {key!r}" for key in sorted(values.keys() - known))
    yield from (f"orr(…) of {name} lacks {key}" for key in REQUIRED if key not in values)
    for key, allowed in CHOICES.items():
        if key in values and values[key] not in allowed:
            yield f"orr(…) of {name}: {key} is one of {', '.join(allowed)}, not {values[key]!r}"
    for key, kind in TYPES.items():
        if key in values and not _fits(values[key], kind):
            yield f"orr(…) of {name}: {key} cannot be {values[key]!r}"
    title, why, fix = _prose(function)
    if not (title and why and fix):
        yield f"the docstring of {name} needs a first line, a Why: and a Fix: paragraph"


def _fits(value: object, kind: type | tuple[type, ...]) -> bool:
    match value:
        case bool():
            return False
        case int():
            return kind is int and value > 0
        case list() | tuple():
            return isinstance(value, kind) and all(isinstance(part, str) for part in value)
        case _:
            return isinstance(value, kind)


def _spec(
    function: ast.FunctionDef, item_id: str, values: dict[str, Any], fact_names: frozenset[str]
) -> ItemSpec:
    title, why, fix = _prose(function)
    asked = {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}
    facts = tuple(sorted(asked & fact_names))
    manual = any(ast.unparse(mark) == "pytest.mark.manual" for mark in function.decorator_list)
    return ItemSpec(
        id=item_id,
        position=function.lineno,
        part="",
        section="",
        section_title="",
        title=title,
        stated=values.get("stated", ""),
        severity=values["severity"],
        phase=values["phase"],
        owner=values["owner"],
        why=why,
        fix=fix,
        question=values["question"],
        evidence_kind=values["evidence"],
        valid_for=values["valid_for"],
        void=values.get("void", ""),
        aliases=tuple(values.get("aliases", ())),
        facts=facts,
        manual=manual,
        class_as_built=_class(has_facts=bool(facts), manual=manual),
        stamp="",
        file="",
        function=function.name,
    )


def _class(*, has_facts: bool, manual: bool) -> str:
    if not has_facts:
        return "person"
    return "partly" if manual else "automatic"


def _prose(function: ast.FunctionDef) -> tuple[str, str, str]:
    text = ast.get_docstring(function) or ""
    title = text.partition("\n")[0].strip()
    return title, _paragraph(text, "Why"), _paragraph(text, "Fix")


def _paragraph(text: str, label: str) -> str:
    found = re.search(
        rf"^\s*{label}:\s*(.+?)(?=\n\s*\n|\n\s*(?:Why|Fix):|\Z)", text, re.MULTILINE | re.DOTALL
    )
    return " ".join(found.group(1).split()) if found else ""
