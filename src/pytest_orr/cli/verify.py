"""``orr verify``: whether a sign-off holds here and now, who gave it, and until when."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_orr.clients.git_here import git_here
from pytest_orr.model import PHASES
from pytest_orr.plan import parse_instant
from pytest_orr.profile.fields import FULL_COMMIT
from pytest_orr.render.escape import visible
from pytest_orr.render.words import VERDICT_WORDS, instant
from pytest_orr.sign.refusal import Refused
from pytest_orr.signing_off.caller import POLICY
from pytest_orr.signing_off.caveats import caveats
from pytest_orr.signing_off.live import check_live, usual_items
from pytest_orr.signing_off.newest import Known, known_of
from pytest_orr.signing_off.replay import replay
from pytest_orr.signing_off.verification import verification

from .asking import WrongUse, say
from .folders import path_given, report_folder
from .selection import selected
from .signature_desk import SIGNOFF, caller_of, declare_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.signing_off.caller import Caller
    from pytest_orr.signing_off.live import Live
    from pytest_orr.signing_off.verification import Verification

NO_DRIFT = "not checked for drift: what runs now may be another thing than what was judged"
NOT_REPLAYED = "not judged again: --replay does that, without any network"
NO_ITEM = "none"
NO_ORDER = "not compared with earlier sign-offs and vetoes: --after does that"
TRUSTED = "whoever may change that file decides; --policy names one that you trust"
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A sign-off that holds, and what a reader must know all the same."""

    of: Verification
    again: tuple[str, ...]
    """Ids of items that were judged again."""
    notices: tuple[str, ...]


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "path",
        metavar="DIR|FILE",
        nargs="?",
        type=Path,
        default=report_folder(),
        help="the report's folder, or a signoff.json (default: ORR_REPORT, or readiness-report)",
    )
    declare_desk(parser)
    parser.add_argument(
        "--policy",
        metavar="FILE",
        type=path_given,
        help="the policy.toml (default: beside the profile)",
    )
    parser.add_argument(
        "--phase",
        choices=PHASES,
        default=os.environ.get("ORR_PHASE") or "launch",
        help="the phase that must be signed off (default: launch; ORR_PHASE)",
    )
    parser.add_argument(
        "--commit",
        metavar="ID",
        type=_commit,
        help="the whole commit id (default: [release] commit)",
    )
    parser.add_argument(
        "--at", metavar="INSTANT", type=_instant, help="verify as of this instant instead of now"
    )
    _declare_looks(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")


def _declare_looks(parser: argparse.ArgumentParser) -> None:
    """Declare what else is looked at than the file, what lies beside it, and the checkout."""
    newest = parser.add_mutually_exclusive_group()
    newest.add_argument(
        "--after",
        metavar="FILE|DIR",
        type=path_given,
        help="a sign-off than which this must be newer, or a folder of sign-offs and vetoes",
    )
    newest.add_argument(
        "--last-seq", metavar="N", type=int, default=-1, help="the same, by its number"
    )
    parser.add_argument(
        "--replay", action="store_true", help="judge the recorded facts again, and compare"
    )
    parser.add_argument(
        "--live", action="store_true", help="read again what it binds, and refuse what has drifted"
    )
    parser.add_argument(
        "--item",
        metavar="ID",
        action="append",
        default=[],
        help="judged again by --live; repeatable, or none (default: automatic blockers)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Verify; return 0 if the sign-off holds, 1 if it is refused."""
    if arguments.phase not in PHASES:
        raise WrongUse(f"ORR_PHASE is one of {', '.join(PHASES)}, not {arguments.phase!r}")
    if arguments.item and not arguments.live:
        raise WrongUse("--item chooses what --live judges again; add --live")
    try:
        found = _verified(arguments)
    except Refused as refused:
        if not arguments.json:
            raise
        print(json.dumps({"valid": False, "refused": refused.code, "reason": str(refused)}))
        return refused.exit_code
    if arguments.json:
        print(json.dumps(_plain(found, arguments), indent=2))
    else:
        _show(found)
    return 0


def _verified(arguments: argparse.Namespace) -> _Found:
    path: Path = arguments.path / SIGNOFF if arguments.path.is_dir() else arguments.path
    at = arguments.at or datetime.now(UTC)
    caller = caller_of(arguments, at=at, policy=arguments.policy)
    known = known_of(arguments.after, path, caller) if arguments.after else Known()
    expected = caller.expected(
        at=at,
        phase=arguments.phase,
        commit=arguments.commit or "",
        last_seq=max(known.last_seq, arguments.last_seq),
    )
    found = verification(path, expected)
    known.refuse_vetoed(found.verified.statement, expected)
    if arguments.replay:
        replay(path.parent, found.payload, found.verified.statement, found.beside, caller)
    now = _now(path, found, caller, arguments, at=at) if arguments.live else None
    return _Found(
        of=found,
        again=now.items if now else (),
        notices=(
            *(() if now else _of_git(caller, expected.commit)),
            *found.notices,
            *caveats(found, caller),
            *_of_caller(arguments, caller),
            *(now.notices if now else (NO_DRIFT,)),
            *(() if arguments.replay else (NOT_REPLAYED,)),
        ),
    )


def _now(
    path: Path,
    found: Verification,
    caller: Caller,
    arguments: argparse.Namespace,
    *,
    at: datetime,
) -> Live:
    """Hold it against what runs now; what is being read is told beside the result."""
    items = usual_items(caller)
    if arguments.item:
        chosen = arguments.item != [NO_ITEM]
        items = selected(caller.suite.items, arguments.item) if chosen else ()
    stated = found.verified.statement
    return check_live(path, stated, caller, items, at=at, progress=_tell)


def _tell(text: str) -> None:
    print(visible(text), file=sys.stderr, flush=True)


def _of_caller(arguments: argparse.Namespace, caller: Caller) -> Iterator[str]:
    """Tell what was left to this checkout, or not looked at, as no flag says otherwise."""
    if arguments.policy is None:
        yield f"who may sign is said by {caller.profile.with_name(POLICY)}: {TRUSTED}"
    if arguments.after is None and arguments.last_seq < 0:
        yield NO_ORDER
    if arguments.at:
        yield f"verified as of {instant(_utc(arguments.at))}, which is not now"


def _of_git(caller: Caller, commit: str) -> tuple[str, ...]:
    here = git_here(caller.suite.folder).commit
    if not here or here == commit:
        return ()
    return (f"the checkout is at {here}, the sign-off for {commit}",)


def _show(found: _Found) -> None:
    verified, stated = found.of.verified, found.of.verified.statement
    word = next(text for one, text in VERDICT_WORDS.items() if one.value == stated.verdict)
    whose = f"{stated.service}, {stated.environment}, release {stated.commit}"
    say(f"{whose}, phase {stated.phase}", hanging=True)
    say(f"The sign-off holds until {instant(_utc(stated.not_after))}: {word}")
    for one in verified.roles:
        say(f"{one.role}: {one.email}, {one.fingerprint}", indent="  ")
    for name, fingerprint in found.of.runners:
        say(f"results: runner {name}, {fingerprint}", indent="  ")
    say(f"Statement: SHA-256 {verified.payload_sha256}, number {stated.seq}")
    if found.again:
        say(f"Judged again, with the same outcomes: {', '.join(found.again)}")
    for notice in found.notices:
        say(f"Note: {notice}", hanging=True)


def _plain(found: _Found, arguments: argparse.Namespace) -> Plain:
    verified, stated = found.of.verified, found.of.verified.statement
    return {
        "valid": True,
        "service": stated.service,
        "environment": stated.environment,
        "commit": stated.commit,
        "phase": stated.phase,
        "verdict": stated.verdict,
        "holds_from": _utc(stated.not_before),
        "holds_until": _utc(stated.not_after),
        "seq": stated.seq,
        "payload_sha256": verified.payload_sha256,
        "roles": [one._asdict() for one in verified.roles],
        "runners": [{"name": name, "fingerprint": key} for name, key in found.of.runners],
        "replayed": arguments.replay,
        "live": arguments.live,
        "judged_again": list(found.again),
        "notices": list(found.notices),
    }


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _commit(text: str) -> str:
    if not re.fullmatch(FULL_COMMIT, text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole commit id: 40 or 64 of 0-9 and a-f")
    return text


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except (ValueError, OverflowError) as error:
        told = f"{text!r} is no day or instant; write 2026-11-20 or 2026-11-20T12:00Z"
        raise argparse.ArgumentTypeError(told) from error
