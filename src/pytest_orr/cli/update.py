"""``orr update``: a service's suite brought to the installed product's baseline."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_orr.collect.registry import registry
from pytest_orr.render.words import count
from pytest_orr.suite import baseline
from pytest_orr.updating.judged import Request
from pytest_orr.updating.placing import alone, finish, is_cut_short, put_in_place
from pytest_orr.updating.planned import plan_update
from pytest_orr.updating.told import stamped, told

from .asking import Asking, Declined, on_terminal, require
from .folders import declare_suite_folder

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from pytest_orr.updating.planned import Update

LEFT_TO_DO = 1
NOTHING_CHANGED = "Nothing was changed."


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_suite_folder(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="tell what would change, and change nothing"
    )
    parser.add_argument(
        "--yes", action="store_true", help="do not ask; needed where there is no terminal"
    )
    parser.add_argument(
        "--restore", action="store_true", help="bring modules back that were deleted from the suite"
    )


def run(arguments: argparse.Namespace, source: Path | None = None) -> int:
    """Tell what changes, ask, and change it; ``source`` is the baseline, by default the product's.

    Returns 1 if something is left to be done by hand.
    """
    folder = arguments.folder.resolve()
    if is_cut_short(folder):
        print(f"An update of {folder.name}/ was cut short.")
        if arguments.dry_run:
            return LEFT_TO_DO
        _finish(folder, arguments)
    request = Request(
        folder=folder,
        source=source or baseline(),
        fact_names=frozenset(registry()),
        as_of=datetime.now(UTC).date(),
        restore=arguments.restore,
    )
    return _updated(plan_update(request), arguments)


def _updated(update: Update, arguments: argparse.Namespace) -> int:
    for line in told(update):
        print(line)
    left = LEFT_TO_DO if update.awaits_a_person else 0
    if not update.contents:
        print(f"{update.folder.name}/ holds version {update.becomes} already. {NOTHING_CHANGED}")
        return left
    if arguments.dry_run:
        print(NOTHING_CHANGED)
    else:
        files = count(len(update.contents), "file")
        _ask(f"Write {files} to {update.folder.name}/?", arguments)
        _write(update)
    return left


def _write(update: Update) -> None:
    with alone(update.folder):
        put_in_place(update.folder, update.contents, update.replaced)
    written = f"{count(len(update.contents), 'file')} written."
    print("\n".join(filter(None, (written, stamped(update)))))


def _finish(folder: Path, arguments: argparse.Namespace) -> None:
    _ask("Finish it?", arguments)
    with alone(folder):
        print(f"Finished: {finish(folder)} files are in place.")


def _ask(question: str, arguments: argparse.Namespace) -> None:
    """Go on only with a yes; raises ``Declined`` or ``Left`` otherwise, ``WrongUse`` unasked."""
    asking = Asking(is_terminal=on_terminal())
    if not asking.is_terminal:
        require([("--yes", arguments.yes)], what="orr update")
    if not asking.agrees(f"{question} yes or no", flag="--yes", given=arguments.yes):
        raise Declined(NOTHING_CHANGED)
