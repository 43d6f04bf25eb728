"""The template engine of every page: whatever a template prints is escaped, and visible."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import words
from .escape import visible_lines

if TYPE_CHECKING:
    from jinja2 import BytecodeCache, Environment


@cache
def environment() -> Environment:
    """Return the engine with what every page needs; a page adds its own by ``render``."""
    import jinja2  # noqa: PLC0415 only a run that writes a page needs it

    engine = jinja2.Environment(
        loader=jinja2.PackageLoader("pytest_orr.render"),
        bytecode_cache=_kept_bytecode(),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    engine.globals.update(words=words, count=words.count, policy_digest=_policy_digest)
    engine.filters.update(sentence=words.sentence, instant=words.instant)
    return engine


def prepare(*names: str) -> None:
    """Compile templates, which the engine then keeps."""
    for name in names:
        environment().get_template(name)


def _policy_digest(name: str) -> str:
    """Return how a page's policy names the style or script that this file holds."""
    text = environment().get_template(name).render()
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


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
