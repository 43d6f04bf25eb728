"""The ``orr`` command: each verb is a module of its own, imported when it is called."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, NoReturn

from pytest_orr.errors import OrrError

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = {
    "init": "lay the suite and its files down in a service's repository; propose what AWS shows",
    "update": "bring a suite to the installed product's baseline; what you changed is kept",
    "check": "compare a suite with the lock it was laid down with",
    "catalogue": "list every item with its metadata",
    "explain": "tell what one item asks, why, and how it is answered",
    "attest": "answer for an item, confirm an answer, or go through all that wait for you",
    "waive": "permit to launch in spite of a finding, for a time; list the waivers there are",
    "plan": "tell what a run would ask, of whom and how, before it asks; print the hosts' script",
    "iam-policy": "print the least that AWS must allow, for the facts of all or of some items",
    "gate": "judge the journal of a run again: what a pipeline calls",
    "sign": "read what a report amounts to, and put a key under it, or object",
    "verify": "tell whether a sign-off holds here and now, who gave it, and until when",
    "render": "write a run's documents again from its journal",
    "publish": "tell a run's review where forges show it: only what is named, only if asked",
    "diff": "tell what changed between two reviews; with --fail-on, let nothing get worse",
    "board": "show many reviews on one page: services, sections, ages, what ends, who acts next",
}


FIRST = """\
first steps, in a service's repository:
  orr init                 lay readiness/ down
  pytest readiness/        judge the service; write readiness-report/
  orr attest --next        answer what only people know
  orr explain ID           what one item asks, and how it becomes good

exit codes: 0 yes, 1 no, 20 unverified, 21 partial; 4 a file is missing or wrong
usage, 22 what the team wrote is wrong
"""
CUT = 141
"""What a shell says of a command whose reader went away."""


class _Parser(argparse.ArgumentParser):
    """Ends with the code that wrong usage has everywhere in this product."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        super().exit(4 if status == 2 else status, message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit code: 0, 1, 20, 21 by verdict, 4 and 22 for wrong input."""
    parser = _Parser(
        prog="orr",
        description="Launch readiness as tests. `orr VERB --help` tells a verb's options.",
        epilog=FIRST,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"pytest-orr {version('pytest-orr')}"
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, text in VERBS.items():
        verbs.add_parser(verb, help=text, description=text.capitalize() + ".", add_help=False)
    known, rest = parser.parse_known_args(arguments)
    module = import_module(f"{__name__}.{known.verb.replace('-', '_')}")
    own = _Parser(prog=f"orr {known.verb}", description=VERBS[known.verb])
    module.declare(own)
    try:
        status = int(module.run(own.parse_args(rest)))
        sys.stdout.flush()
    except OrrError as error:
        print(error.diagnostics(), file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Python writes what is left when it ends, and would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT
    except OSError as error:
        print(f"{error.filename or 'the disk'}: {error.strerror}", file=sys.stderr)
        return 4
    return status
