"""``orr init``: the suite laid down in a service's repository, with what AWS shows proposed."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_orr.discovery.discover import Request, discover
from pytest_orr.errors import InvalidInput
from pytest_orr.locate import suite_of
from pytest_orr.profile.fields import ACCOUNT, REGION
from pytest_orr.render.words import count
from pytest_orr.scaffold import SCHEMAS, is_whole, lacks_profile, lay_down
from pytest_orr.scaffold.answers import Answers

from . import first_flags
from .asking import Asking, WrongUse, on_terminal
from .first_answers import first_answers
from .first_flags import given_by
from .folders import declare_suite_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .first_flags import Given

PROFILE, DISCOVERED = "readiness.toml", "readiness.discovered.toml"
ASKED = "Whatever is not said waits for later: it stays UNKNOWN, and nothing is green for it."


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_suite_folder(parser, told="folder for the suite (default: readiness)")
    parser.add_argument(
        "--discover",
        action="store_true",
        help="look at an AWS account, read-only, and propose a profile for you to accept",
    )
    first_flags.declare(
        parser.add_argument_group("what would be asked on a terminal", description=ASKED)
    )
    _declare_whose(parser.add_argument_group("what --discover looks at"))
    _declare_who(parser.add_argument_group("who --discover asks as"))


def _declare_whose(asked: argparse._ActionsContainer) -> None:
    asked.add_argument(
        "--tag",
        metavar="KEY=VALUE",
        dest="tags",
        type=_tag,
        action="append",
        default=[],
        help="a tag of the service's resources; given several times, all of them",
    )
    asked.add_argument(
        "--region",
        metavar="REGION",
        dest="regions",
        type=_formed(REGION, "an AWS region, such as eu-central-1"),
        action="append",
        default=[],
        help="a region, once for each (default: the one that your credentials name)",
    )


def _declare_who(asked: argparse._ActionsContainer) -> None:
    asked.add_argument(
        "--aws-profile",
        metavar="NAME",
        default=None,
        help="named profile of your AWS credentials (default: the usual chain decides)",
    )
    asked.add_argument(
        "--account",
        metavar="ID",
        type=_formed(ACCOUNT, "an AWS account id: twelve digits"),
        default=None,
        help="refuse credentials of any other account",
    )


def run(arguments: argparse.Namespace) -> int:
    """Lay the suite down and say what comes next; nothing that people wrote is overwritten."""
    folder: Path = arguments.folder
    if around := suite_of(str(folder.resolve().parent)):
        raise WrongUse(f"{folder} would lie in the suite {around}: call this above it")
    given = _given(arguments)
    proposal = _discovered(arguments)
    answers = _answers(folder, given) if lacks_profile(folder) else Answers()
    made = () if proposal and is_whole(folder) else lay_down(folder, answers)
    if made:
        _tell(folder, made)
    if proposal:
        print(_written(folder, proposal, fresh=folder / PROFILE in made))
    return 0


def _given(arguments: argparse.Namespace) -> Given:
    """Return what flags say; raises ``WrongUse`` where nothing would come of it."""
    given = given_by(arguments)
    profile = arguments.folder / PROFILE
    if given and not lacks_profile(arguments.folder):
        raise WrongUse(f"{profile} is there already, and is never changed; edit it")
    if not arguments.discover:
        return given
    if "aws" in given.components:
        raise WrongUse("--discover proposes what AWS shows; leave aws out of --with and --without")
    return replace(given, components={**given.components, "aws": "later"})


def _answers(folder: Path, given: Given) -> Answers:
    return first_answers(folder, given, Asking(is_terminal=on_terminal()))


def _tell(folder: Path, made: tuple[Path, ...]) -> None:
    """Say what was made and what comes next."""
    if all(path.parent.name == SCHEMAS for path in made):
        what = (
            "1 schema for editors is" if len(made) == 1 else f"{len(made)} schemas for editors are"
        )
        print(f"{what} up to date now, in {folder / SCHEMAS}/")
        return
    print(f"{count(len(made), 'file')} in {folder}/. Next:")
    print(f"  1. fill in {folder / PROFILE}: its first sections are those that help most")
    print(f"  2. run `pytest {folder}/`: it says what is missing, and who must act")
    print("  3. keep readiness-report/ out of git: what it holds describes your infrastructure")


def _discovered(arguments: argparse.Namespace) -> str:
    """Return the proposal, empty if none was wanted; nothing is written if it cannot be had."""
    chosen = (arguments.tags, arguments.regions, arguments.aws_profile, arguments.account)
    if not arguments.discover:
        if any(chosen):
            raise WrongUse("--tag, --region, --aws-profile and --account need --discover")
        return ""
    if not arguments.tags:
        raise WrongUse("--discover needs --tag KEY=VALUE: what the service's resources carry")
    beside = arguments.folder / DISCOVERED
    if beside.exists() or beside.is_symlink():
        raise InvalidInput((f"{beside} is in the way; move it away",))
    request = Request(
        tags=dict(arguments.tags),
        regions=tuple(dict.fromkeys(arguments.regions)),
        profile=arguments.aws_profile,
        account=arguments.account,
    )
    return discover(request, print)


def _written(folder: Path, proposal: str, *, fresh: bool) -> str:
    """Write the proposal under the scaffold of this moment, or else beside what people wrote."""
    if fresh:
        with (folder / PROFILE).open("a", encoding="utf-8") as opened:
            opened.write(f"\n{proposal}")
        return f"What AWS shows is proposed at the end of {folder / PROFILE}, as comments."
    with (folder / DISCOVERED).open("x", encoding="utf-8") as opened:
        opened.write(proposal)
    return f"What AWS shows is proposed in {folder / DISCOVERED}; {PROFILE} was not touched."


def _tag(text: str) -> tuple[str, str]:
    key, separator, value = text.partition("=")
    if not (key and separator):
        raise argparse.ArgumentTypeError(f"{text!r} is no tag, such as service=explorer")
    return key, value


def _formed(pattern: str, meant: str) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"{text!r} is not {meant}")
        return text

    return checked
