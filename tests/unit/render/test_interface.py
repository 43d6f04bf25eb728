from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_orr.render import html, markdown, review_json
from pytest_orr.render.interface import Renderer

if TYPE_CHECKING:
    from types import ModuleType

    from pytest_orr.model import SignOff

HEAVY = ("jinja2", "jsonschema", "rfc8785", "pydantic", "boto3")


@pytest.mark.parametrize("module", [review_json, html, markdown], ids=lambda m: m.FILE_NAME)
def test_a_document_module_is_a_renderer(module: ModuleType, every_outcome: SignOff) -> None:
    assert isinstance(module, Renderer)
    assert module.render(every_outcome).endswith("\n")


def test_importing_every_renderer_loads_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from pytest_orr.render import html, markdown, review_json, statement, terminal\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
