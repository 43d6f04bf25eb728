"""``orr sign``: somebody reads what a report amounts to, and puts a key under it, or objects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_orr.clients.ssh_keygen import sign
from pytest_orr.sign.envelope import (
    NAMESPACE,
    PAYLOAD_TYPE,
    RESULTS_NAMESPACE,
    RESULTS_TYPE,
    Signature,
    pae,
)
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.signers import runner_by
from pytest_orr.sign.statement import read as read_statement
from pytest_orr.sign.statement import veto_of
from pytest_orr.sign.verify import check_payload, refuse_vetoed, verify, verify_results, verify_veto
from pytest_orr.signing_off.adding import add_signature, read_envelope
from pytest_orr.signing_off.holding import held
from pytest_orr.signing_off.page import write_page
from pytest_orr.signing_off.standing import standing
from pytest_orr.signing_off.vetoes import earlier_veto, veto_in

from .asking import Asking, Declined, WrongUse, interruptible, on_terminal, require, say
from .folders import declare_report_folder
from .signature_asked import asked_pen, person_of
from .signature_desk import RESULTS, SIGNOFF, VETO, caller_of, declare_desk
from .signature_shown import show_bound, show_review, show_standing, show_waiting

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from pytest_orr.sign.envelope import Envelope
    from pytest_orr.signing_off.holding import Held

    from .signature_asked import Pen

PATIENT, BRIEF = 300.0, 60.0
"""Seconds for ssh-keygen: with somebody who types a passphrase or touches a key, and without."""
OTHERWISE = "Without these flags they are asked on a terminal."


def declare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    declare_report_folder(parser)
    declare_desk(parser)
    parser.add_argument(
        "--no-go", metavar="REASON", help="object: sign that it must not be launched"
    )
    parser.add_argument(
        "--results", action="store_true", help="sign as a runner that these are its results"
    )
    asked = parser.add_argument_group("the signature", description=OTHERWISE)
    asked.add_argument(
        "--key", metavar="FILE", default="", help="the private key, or a .pub whose agent has it"
    )
    asked.add_argument("--as", metavar="EMAIL", dest="email", help="refuse a key of anybody else")
    asked.add_argument("--yes", action="store_true", help="sign without asking once more")


def run(arguments: argparse.Namespace) -> int:
    """Add one signature; return 0 when it was written."""
    objects = arguments.no_go is not None
    if arguments.results and (objects or arguments.email is not None):
        raise WrongUse("--results is for machines: it goes with neither --no-go nor --as")
    if objects and not arguments.no_go.strip():  # a variable that is empty must not approve
        raise WrongUse("--no-go needs the reason: what must be mended first?")
    asking = Asking(is_terminal=on_terminal())
    if not asking.is_terminal:
        require((("--key", arguments.key), ("--yes", arguments.yes)), what="orr sign")
    with interruptible():
        at = datetime.now(UTC)
        report = held(arguments.folder, caller_of(arguments, at=at), at=at)
        if arguments.results:
            return _sign_results(report, asking, arguments)
        if objects:
            return _object(report, asking, arguments)
        return _approve(report, asking, arguments)


def _approve(report: Held, asking: Asking, arguments: argparse.Namespace) -> int:
    stated = check_payload(report.payload, report.expected)
    veto = veto_in(report.folder, report.expected)
    if veto:
        refuse_vetoed(stated, veto)
    path = report.folder / SIGNOFF
    before = read_envelope(path, report.payload, PAYLOAD_TYPE)
    authors = {*stated.authors, *report.expected.authors}
    show_review(report)
    if earlier := earlier_veto(report.folder, report.expected):
        say(f"Mind: {earlier}", hanging=True)
    show_standing(standing(before, report.expected, authors), report.expected.rules)
    show_bound(report, stated, report.payload)
    pen = asked_pen(arguments, asking, report.expected.rules)
    person = person_of(pen, report.expected, arguments.email)
    _refuse_twice(before, pen, path)
    say(f"You sign as {person.email} ({', '.join(person.roles)}) with {pen.fingerprint}.")
    _agreed("Sign that {} may be launched in {}?", report, asking, given=arguments.yes)

    def check(raw: bytes) -> None:
        try:
            verify(raw, report.expected)
        except Refused as refused:
            if refused.code != "roles-unfilled":
                raise

    def tell(joined: Envelope) -> None:
        say(f"Signed: {path}")
        after = standing(joined, report.expected, authors)
        write_page(report, stated, after)
        show_waiting(after)
        if not (after.waiting or after.lacks_person):
            say("Everybody has signed who must: `orr verify` says so, and until when it holds.")

    signature = _signature(before, pen, NAMESPACE, asking)
    add_signature(path, signature, before, check=check, then=tell)
    return 0


def _object(report: Held, asking: Asking, arguments: argparse.Namespace) -> int:
    path = report.folder / VETO
    payload = veto_of(report.payload, arguments.no_go)
    before = read_envelope(path, payload, PAYLOAD_TYPE)
    show_review(report)
    show_bound(report, read_statement(payload), payload)
    say(f"You object: {arguments.no_go.strip()}")
    pen = asked_pen(arguments, asking, report.expected.rules)
    person = person_of(pen, report.expected, arguments.email)
    _refuse_twice(before, pen, path)
    say(f"You sign as {person.email} with {pen.fingerprint}.")
    _agreed("Sign that {} may not be launched in {}?", report, asking, given=arguments.yes)

    def check(raw: bytes) -> None:
        if verify_veto(raw, report.expected) is None:
            raise Refused("expired", "the run is too old to object to it")

    add_signature(path, _signature(before, pen, NAMESPACE, asking), before, check=check)
    say(f"Signed: {path}. As long as it lies there, `orr verify` refuses this release.")
    return 0


def _sign_results(report: Held, asking: Asking, arguments: argparse.Namespace) -> int:
    path = report.folder / RESULTS
    before = read_envelope(path, report.payload, RESULTS_TYPE)
    pen = asked_pen(arguments, asking, None)
    runner = runner_by(pen.public.blob, report.expected.rules, report.expected.at)
    _refuse_twice(before, pen, path)
    say(f"The runner {runner.name} signs with {pen.fingerprint}.")
    _agreed("Sign the results of {} in {}?", report, asking, given=arguments.yes)

    def check(raw: bytes) -> None:
        verify_results(raw, report.expected)

    add_signature(path, _signature(before, pen, RESULTS_NAMESPACE, asking), before, check=check)
    say(f"Signed: {path}")
    return 0


def _agreed(what: str, report: Held, asking: Asking, *, given: bool) -> None:
    label = what.format(report.signoff.review.service, report.signoff.review.environment)
    if not asking.agrees(label, flag="--yes", given=given):
        raise Declined("Nothing was signed.")


def _refuse_twice(before: Envelope, pen: Pen, path: Path) -> None:
    if any(one.keyid == pen.fingerprint for one in before.signatures):
        raise WrongUse(f"{pen.fingerprint} has signed {path} already. Nothing was written.")


def _signature(before: Envelope, pen: Pen, namespace: str, asking: Asking) -> Signature:
    message = pae(before.payload, before.payload_type)
    patience = PATIENT if asking.is_terminal else BRIEF
    blob = sign(message, pen.file, namespace, timeout=patience)
    return Signature(keyid=pen.fingerprint, blob=blob)
