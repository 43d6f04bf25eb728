"""Where ``orr sign`` and ``orr verify`` find the suite and the files that people wrote."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.collect.registry import registry
from pytest_orr.errors import NeededFileMissing
from pytest_orr.locate import LOCK
from pytest_orr.signing_off.caller import read_caller
from pytest_orr.suite import read

from .folders import path_given

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from pytest_orr.signing_off.caller import Caller

SIGNOFF, VETO, RESULTS = "signoff.json", "veto.json", "results.json"


def declare_desk(parser: argparse.ArgumentParser) -> None:
    """Declare where the suite and the profile are."""
    parser.add_argument(
        "--suite", metavar="DIR", type=path_given, help="the suite (default: readiness)"
    )
    parser.add_argument(
        "--profile",
        metavar="FILE",
        type=path_given,
        default=os.environ.get("ORR_PROFILE") or None,
        help="the readiness.toml (default: the one in the suite; ORR_PROFILE)",
    )


def caller_of(arguments: argparse.Namespace, *, at: datetime, policy: Path | None = None) -> Caller:
    """Read suite and files; raises ``InvalidInput`` or ``NeededFileMissing`` as a run does."""
    folder: Path = arguments.suite or Path("readiness")
    if not (folder / LOCK).is_file():
        told = f"{folder} is no suite."
        raise NeededFileMissing(told, "Run this in the service's checkout, or give --suite.")
    suite = read(folder.resolve(), fact_names=registry().keys())
    profile: Path = arguments.profile or folder / "readiness.toml"
    return read_caller(suite, profile, at=at, policy=policy)
