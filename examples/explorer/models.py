"""Spares the account's process most of its start: models are read once, garbage is sought seldom.

Whoever asks AWS and moto, which answers, read the same descriptions of services, each a large file;
and what such a process has read, it keeps.
"""

from __future__ import annotations

import gc
from typing import Any

from botocore.session import Session

from pytest_orr.clients.aws_models import Models

OBJECTS, YOUNGER, MIDDLE = 50_000, 20, 50
"""After how many new objects garbage is sought, and how seldom among the older ones."""


def collect_seldom() -> None:
    """Seek garbage seldom from now on, among what has been read as well."""
    gc.set_threshold(OBJECTS, YOUNGER, MIDDLE)


def share_models() -> None:
    """Let all sessions of botocore in this process, and moto, read each model once."""
    models = Models(as_found_by=Session().get_component("data_loader"))

    def share(session: Any) -> None:
        session._components.register_component("data_loader", models)  # noqa: SLF001 no other way in

    setattr(Session, "_register_data_loader", share)  # noqa: B010 not for mypy to know

    from moto.core import loaders, utils  # noqa: PLC0415 it opens sessions when it is imported

    for_moto = Models(as_found_by=loaders.create_loader())
    setattr(utils, "create_loader", lambda: for_moto)  # noqa: B010 not for mypy to know
