"""``orr attest``: somebody answers, confirms an answer, or goes through all that wait."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pytest_orr.model import PHASES

from .answering import answer, confirm
from .asking import Asking, WrongUse, interruptible, on_terminal
from .case import case_of, declare_case
from .open_questions import go_through, show_queue
from .signing import proposed, sign
from .statement_asked import given_by

if TYPE_CHECKING:
    import argparse

    from pytest_orr.model import ItemSpec

    from .case import Case
    from .statement_asked import Given

AT_FIRST = "Without these flags they are asked on a terminal."


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("id", metavar="ID", nargs="?", default="", help="id of the item")
    parser.add_argument(
        "--next", action="store_true", help="go through the open questions, most urgent first"
    )
    parser.add_argument("--list", action="store_true", help="with --next: print them instead")
    parser.add_argument(
        "--phase",
        choices=PHASES,
        default=os.environ.get("ORR_PHASE") or "launch",
        help="with --next: the phase whose items are asked for (default: launch; ORR_PHASE)",
    )
    declare_case(parser)
    _declare_statement(parser.add_argument_group("the statement", description=AT_FIRST))


STATEMENT = (
    ("--by", "EMAIL", "who answers (default on a terminal: git's user.email)"),
    ("--statement", "TEXT", "the answer"),
    ("--on", "DATE", "when it is said (default: today)"),
    ("--until", "DATE", "until when it holds (default: as long as the item allows)"),
    ("--release", "COMMIT", "the commit it is bound to"),
    ("--machines", "TYPE,…", "instance types that a stress test loaded"),
)
EVIDENCE = "what it rests on, and the date of the fact; may be given several times"
COVERS = '"unknown" lets it stand for what the machine could not see, too'
CONFIRM = "a second person confirms it, now or later, or agrees that an item does not apply"


def _declare_statement(asked: argparse._ActionsContainer) -> None:
    for flag, metavar, text in STATEMENT:
        asked.add_argument(flag, metavar=metavar, default="", help=text)
    asked.add_argument(
        "--evidence", metavar="KIND=REF@DATE", action="append", default=[], help=EVIDENCE
    )
    asked.add_argument("--covers", choices=("question", "unknown"), default="", help=COVERS)
    asked.add_argument("--confirm", metavar="EMAIL", nargs="?", const="", help=CONFIRM)
    asked.add_argument("--again", action="store_true", help="put it in the place of another")
    asked.add_argument("--yes", action="store_true", help="write it without asking once more")


def run(arguments: argparse.Namespace) -> int:
    """Answer one item, or go through the queue; return 0 when something was written or listed."""
    if bool(arguments.id) == arguments.next:
        raise WrongUse("name one item, or give --next; `orr attest --next --list` shows what waits")
    given = given_by(arguments)
    _refuse_what_means_nothing(arguments, given)
    with interruptible():
        return _run(arguments, given)


def _run(arguments: argparse.Namespace, given: Given) -> int:
    case = case_of(arguments)
    if arguments.list:
        return show_queue(case, given.by, arguments.phase)
    if arguments.next:
        return go_through(case, given, arguments.phase)
    asking = Asking(is_terminal=on_terminal())
    _one(case.item(arguments.id), case, asking, given)
    return 0


def _refuse_what_means_nothing(arguments: argparse.Namespace, given: Given) -> None:
    if arguments.list and not arguments.next:
        raise WrongUse("--list goes with --next")
    if arguments.next and (given.says_something or given.confirm is not None or given.yes):
        raise WrongUse("--next asks one question after the other; name one item to answer by flags")
    if arguments.phase not in PHASES:
        raise WrongUse(f"ORR_PHASE is one of {', '.join(PHASES)}, not {arguments.phase!r}")


def _one(spec: ItemSpec, case: Case, asking: Asking, given: Given) -> None:
    anew = given.confirm is None or given.says_something or given.again
    if not anew and proposed(spec, case):
        sign(spec, case, asking, given)
    elif anew or case.written.statement_on(spec.id) is None:
        answer(spec, case, asking, given)
    else:
        confirm(spec, case, asking, given)
