"""``orr check``: does a suite still say what it said when it was laid down?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_orr.collect.registry import registry
from pytest_orr.errors import OrrError
from pytest_orr.profile.answers import Policy
from pytest_orr.profile.documents import read_document
from pytest_orr.profile.signoff_rules import broken_signoff_rules, signoff_notices
from pytest_orr.profile.structure import validate
from pytest_orr.render.escape import visible
from pytest_orr.scaffold import drift
from pytest_orr.suite import baseline, read
from pytest_orr.updating.files import BESIDE
from pytest_orr.updating.judged import Request
from pytest_orr.updating.planned import plan_update
from pytest_orr.updating.sides import behind
from pytest_orr.updating.told import brought

from .folders import declare_suite_folder

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

DRIFTED = 1


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_suite_folder(parser)


def run(arguments: argparse.Namespace, source: Path | None = None) -> int:
    """Print what differs; 1 when a module of the baseline was modified or is gone.

    ``source`` is the baseline that an update would bring, by default the product's.
    """
    folder, source = arguments.folder.resolve(), source or baseline()
    for name in behind(folder):
        print(f"unmerged  {name}: bring {name}{BESIDE} into it by hand, then remove that file")
    suite = read(folder, fact_names=registry().keys(), published=source)
    differences = drift(folder)
    print(f"{len(suite.items)} items, laid down by version {suite.version}")
    for difference in differences:
        print(difference)
    for item in suite.lost:
        print(f"lost      {item}")
    if update := _update(folder, source):
        print(f"update    {update}")
    for notice in _notices(folder):
        print(f"notice    policy.toml: {visible(notice)}")
    changed = [one for one in differences if not one.startswith("local")]
    return DRIFTED if changed or suite.lost else 0


def _notices(folder: Path) -> tuple[str, ...]:
    """Return what should be better about who signs off; a policy that is wrong is told by a run."""
    document = read_document(folder / "policy.toml")
    policy, _ = validate(document, Policy)
    if policy is None or policy.signoff is None or any(broken_signoff_rules(document)):
        return ()
    return signoff_notices(policy.signoff)


def _update(folder: Path, source: Path) -> str:
    """Return what an update would bring, or why there can be none; nothing if it is up to date."""
    request = Request(
        folder=folder,
        source=source,
        fact_names=frozenset(registry()),
        as_of=datetime.now(UTC).date(),
    )
    if folder == source.resolve():
        return ""
    try:
        return brought(plan_update(request))
    except OrrError as error:
        return " ".join(error.diagnostics().split())
