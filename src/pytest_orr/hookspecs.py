"""What others may add: collectors for facts of their own, renderers for documents of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .collect.interface import Collector
    from .render.interface import Renderer


@pytest.hookspec
def pytest_orr_collectors() -> Iterable[Collector[Any]]:  # type: ignore[empty-body]  # a declaration
    """Return collectors whose facts items may ask for by name.

    Each fact becomes a session fixture of the collector's name. A name that is already taken is
    refused when the run starts.
    """


@pytest.hookspec
def pytest_orr_renderers() -> Iterable[Renderer]:  # type: ignore[empty-body]  # a declaration
    """Return renderers of further documents; each is written beside the product's own."""
