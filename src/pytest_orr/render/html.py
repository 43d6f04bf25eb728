"""SignOff to ``readiness.html``: the one self-contained page from which a reviewer decides."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orr import phases
from pytest_orr.model import Outcome

from . import coming, notes, outline, weakenings, words
from .escape import visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import BytecodeCache, Environment

    from pytest_orr.model import Finding, SignOff

FILE_NAME = "readiness.html"
TEMPLATE = "readiness.html.j2"
STYLE = "readiness.css"
MET = frozenset({Outcome.PASS, Outcome.ATTESTED, Outcome.NOT_APPLICABLE})
"""Findings that nobody must read; the others are shown first."""
WORST_FIRST = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PENDING, Outcome.MISSING, Outcome.WAIVED)
FIRST_ACTIONS = 6
"""Actions that a reader sees without opening anything."""
FACE_COLUMNS = 20
"""Items in one row of a section's picture."""


def render(signoff: SignOff) -> str:
    """Return the page: no script, nothing loaded, every text escaped by the template engine."""
    environment = _environment()
    style = environment.get_template(STYLE).render()
    return environment.get_template(TEMPLATE).render(
        signoff=signoff,
        review=signoff.review,
        verdict=signoff.verdict,
        tally=outline.tally(signoff),
        parts=outline.parts(signoff.review),
        style_hash=b64encode(sha256(style.encode()).digest()).decode(),
    )


def prepare() -> None:
    """Compile the page's templates, which the engine then keeps."""
    for name in (STYLE, TEMPLATE):
        _environment().get_template(name)


def open_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what a reader must see, worst first; within an outcome as the item reported it."""
    unmet = [finding for finding in findings if finding.outcome not in MET]
    return tuple(sorted(unmet, key=lambda finding: WORST_FIRST.index(finding.outcome)))


def met_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what held, in the item's order: thousands of lines that nobody must read."""
    return tuple(finding for finding in findings if finding.outcome in MET)


@cache
def _environment() -> Environment:
    import jinja2  # noqa: PLC0415 only a run that writes the page needs it

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pytest_orr.render"),
        bytecode_cache=_kept_bytecode(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(
        words=words,
        coming=coming,
        phases=phases,
        notes=notes,
        weakenings=weakenings,
        count=words.count,
        first_actions=FIRST_ACTIONS,
        face_columns=FACE_COLUMNS,
    )
    environment.filters.update(
        open_findings=open_findings,
        met_findings=met_findings,
        sentence=words.sentence,
        instant=words.instant,
    )
    return environment


def _kept_bytecode() -> BytecodeCache | None:
    """Keep what templates are compiled to where Python keeps this module's bytecode, if it may.

    It holds for this text of this module and of the template, and for this Python.
    """
    from jinja2 import FileSystemBytecodeCache  # noqa: PLC0415 as above

    folder = Path(cache_from_source(__file__)).parent
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return None
    made_by = sha256(Path(__file__).read_bytes()).hexdigest()[:16]
    return FileSystemBytecodeCache(str(folder), f"readiness.%s.{made_by}.jinja")


def _shown(value: Any) -> Any:
    """Make hidden characters visible in every text that a template prints.

    What a macro returns has been through here already, and is left as it is.
    """
    return visible_lines(value) if type(value) is str else value
