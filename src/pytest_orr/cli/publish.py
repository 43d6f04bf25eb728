"""``orr publish``: tells a finished run's review on a forge; nothing else writes outside."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_orr.clients.publishing.interface import Target
from pytest_orr.controller import signoff_of
from pytest_orr.publish.access import KINDS, open_board
from pytest_orr.publish.doing import carry_out
from pytest_orr.publish.summaries import summarised
from pytest_orr.record.journal import JOURNAL
from pytest_orr.render import code_quality, forge_note, job_annotations, review_json, sarif
from pytest_orr.render.escape import visible, visible_lines
from pytest_orr.render.public import masked

from .folders import declare_report_folder
from .gate import NOT_WHOLE, trouble_of
from .published import Publication

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from pytest_orr.clients.publishing.interface import Write

TOKEN = "ORR_PUBLISH_TOKEN"  # noqa: S105 the name of a variable
WRONG_USAGE = 4


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("forge", choices=tuple(KINDS), help="whose forge it is")
    declare_report_folder(parser)
    what = parser.add_argument_group("what is published; nothing that is not named")
    what.add_argument(
        "--merge-request", metavar="N", type=int, help="GitLab: keep a note up to date there"
    )
    what.add_argument("--issues", action="store_true", help="keep an issue for each open item")
    what.add_argument(
        "--summary", metavar="FILE", type=Path, help="GitHub: the file of the job's summary"
    )
    what.add_argument(
        "--annotations", action="store_true", help="GitHub: mark blockers, on standard output"
    )
    what.add_argument(
        "--code-quality", metavar="FILE", type=Path, help="GitLab: findings that have a file"
    )
    what.add_argument(
        "--sarif", metavar="FILE", type=Path, help="the same, as SARIF 2.1.0, for whoever reads it"
    )
    what.add_argument("--public", action="store_true", help="mask accounts and addresses")
    what.add_argument("--dry-run", action="store_true", help="show what would be written")
    where = parser.add_argument_group("where")
    where.add_argument("--project", metavar="PATH", default="", help="as in group/project")
    where.add_argument(
        "--url", default="", help="of the forge's API, if it is not gitlab.com or api.github.com"
    )
    where.add_argument("--ca", metavar="FILE", default="", help="authorities to trust instead")
    where.add_argument(
        "--token",
        metavar="VARIABLE",
        default=TOKEN,
        help=f"the environment variable that holds a token that may write (default: {TOKEN})",
    )


def run(arguments: argparse.Namespace) -> int:
    """Publish what is asked for, of a review that is what the journal says; 0 if all is there."""
    if wrong := next(_wrong(arguments), ""):
        print(f"orr publish: {wrong}", file=sys.stderr)
        return WRONG_USAGE
    folder: Path = arguments.folder
    signoff, journal = signoff_of(folder / JOURNAL)
    if trouble := trouble_of(folder, signoff, journal):
        print(trouble, file=sys.stderr)
        return NOT_WHOLE
    review = (folder / review_json.FILE_NAME).read_bytes()
    publication = Publication(
        signoff=masked(signoff) if arguments.public else signoff,
        service=signoff.review.service,
        environment=signoff.review.environment,
        digest=hashlib.sha256(review).hexdigest(),
        folder=folder,
    )
    _write_formats(publication, arguments)
    if arguments.summary:
        _summarise(publication, arguments)
    if arguments.annotations:
        _annotate(publication, arguments)
    if arguments.issues or arguments.merge_request is not None:
        _tell_forge(publication, arguments)
    return 0


def _wrong(arguments: argparse.Namespace) -> Iterator[str]:
    of_forge = arguments.issues or arguments.merge_request is not None
    of_gitlab = arguments.merge_request is not None or arguments.code_quality
    of_github = arguments.summary or arguments.annotations
    if not (of_forge or of_gitlab or of_github or arguments.sarif):
        yield (
            "nothing is published that is not named: name --issues, --merge-request or"
            " --code-quality (GitLab), --summary or --annotations (GitHub), or --sarif"
        )
    if of_gitlab and arguments.forge != "gitlab":
        yield "--merge-request and --code-quality are GitLab's; GitHub has --summary and --sarif"
    if of_github and arguments.forge != "github":
        yield "--summary and --annotations are GitHub's; GitLab has --merge-request"
    if of_forge and not arguments.project:
        yield "name the project that is written to with --project group/project"


def _write_formats(publication: Publication, arguments: argparse.Namespace) -> None:
    formats = ((arguments.code_quality, code_quality.render), (arguments.sarif, sarif.render))
    for file, render in formats:
        if file:
            text = render(publication.signoff, publication.found)
            _write(file, text, dry=arguments.dry_run)


def _write(file: Path, text: str, *, dry: bool) -> None:
    if dry:
        _show(f"would write {file}", text)
    else:
        file.write_text(text, encoding="utf-8")
        print(visible(f"wrote {file}"))


def _summarise(publication: Publication, arguments: argparse.Namespace) -> None:
    file: Path = arguments.summary

    def compose(largest: int) -> str:
        before = publication.earlier
        return forge_note.summary(publication.signoff, before, largest=largest)

    _write(file, summarised(file, publication.scope, compose), dry=arguments.dry_run)


def _annotate(publication: Publication, arguments: argparse.Namespace) -> None:
    commands = job_annotations.render(publication.signoff, publication.found)
    if arguments.dry_run:
        _show("would print these commands", commands)
    else:
        print(commands, end="")


def _tell_forge(publication: Publication, arguments: argparse.Namespace) -> None:
    target = Target(
        url=arguments.url,
        project=arguments.project,
        token=arguments.token,
        ca=arguments.ca,
        merge_request=arguments.merge_request,
    )
    board = open_board(arguments.forge, target, lambda line: print(line, file=sys.stderr))

    def plan() -> tuple[Write, ...]:
        of_note = arguments.merge_request is not None
        return (
            *(publication.plan_note(board.notes()) if of_note else ()),
            *(publication.plan_issues(board.issues()) if arguments.issues else ()),
        )

    try:
        if arguments.dry_run:
            for write in plan():
                _show(f"would {write.told}", getattr(write, "body", ""))
            return
        count = carry_out(plan, board.write, lambda write: print(visible(f"done: {write.told}")))
    finally:
        board.close()
    print(f"{arguments.project}: {count} written" if count else f"{arguments.project}: as it was")


def _show(what: str, text: str) -> None:
    """Print what would be written; no line of it begins as a command to whoever reads the log."""
    print(visible(what))
    for line in text.splitlines():
        print(visible_lines(f"    | {line}"))
