"""``orr catalogue``: every item with its metadata, for people and for machines."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orr.collect.registry import registry
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    import argparse

    from pytest_orr.model import ItemSpec


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--json", action="store_true", help="print JSON")
    declare_suite(parser)


def declare_suite(parser: argparse.ArgumentParser) -> None:
    """Declare the option by which a verb is told which suite it reads."""
    parser.add_argument(
        "--suite",
        metavar="DIR",
        type=Path,
        default=None,
        help="the suite (default: ./readiness, or else the one this product carries)",
    )


def suite_folder(named: Path | None) -> Path:
    """Return the named suite, ``./readiness``, or else the product's own."""
    here = Path("readiness")
    return (named or (here if (here / "suite.lock").is_file() else baseline())).resolve()


def profile_file(named: Path | None, suite: Path) -> Path:
    """Return the named profile, that of ``ORR_PROFILE``, or the suite's, as a person here says."""
    path = Path(named or os.environ.get("ORR_PROFILE") or suite / "readiness.toml")
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def suite_items(named: Path | None) -> tuple[ItemSpec, ...]:
    """Read the items of the named suite, of ``./readiness``, or of the product's own."""
    return read(suite_folder(named), fact_names=registry().keys()).items


def run(arguments: argparse.Namespace) -> int:
    """Print the catalogue."""
    items = suite_items(arguments.suite)
    if arguments.json:
        print(json.dumps({"items": [entry(item) for item in items]}, indent=2, ensure_ascii=False))
    else:
        for item in items:
            print(f"{item.id}  {item.severity}  {item.owner}  {item.class_as_built}  {item.title}")
    return 0


def entry(item: ItemSpec) -> dict[str, Any]:
    """Return an item as the catalogue shows it."""
    return {
        "id": item.id,
        "part": item.part,
        "section": item.section,
        "title": item.title,
        "stated": item.stated,
        "severity": item.severity,
        "phase": item.phase,
        "owner": item.owner,
        "why": item.why,
        "fix": item.fix,
        "question": item.question,
        "evidence": item.evidence_kind,
        "valid_for_days": item.valid_for,
        "class_as_built": item.class_as_built,
        "facts": list(item.facts),
    }
