"""What an approver reads before signing: everything that the signature would stand for."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from pytest_orr.profile.signoff_rules import signoff_notices
from pytest_orr.render import html, statement, weakenings
from pytest_orr.render.words import OUTCOME_WORDS, VERDICT_WORDS, instant

from .asking import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_orr.model import SignOff
    from pytest_orr.profile.signoff import SignoffRules
    from pytest_orr.sign.statement import Statement
    from pytest_orr.signing_off.holding import Held
    from pytest_orr.signing_off.standing import Standing

DEEPER = "  "


def show_review(report: Held) -> None:
    """Print the verdict and all on which it depends: nothing is cut short here."""
    signoff = report.signoff
    review, verdict = signoff.review, signoff.verdict
    whose = f"{review.service}, {review.environment}, release {review.release.commit}"
    say(whose, hanging=True)
    for image in review.release.images:
        say(image, indent=DEEPER)
    run = f"Phase {review.phase}, run {review.run.id} as of {instant(review.run.as_of)}"
    say(f"{run}, by {review.run.tool}")
    say()
    say(f"{VERDICT_WORDS[verdict.word]}: {verdict.reason}", hanging=True)
    raw, adjusted = verdict.raw, verdict.adjusted
    say(f"Raw score {raw.met} of {raw.of}, adjusted score {adjusted.met} of {adjusted.of}")
    _show("Waived", _waivers(signoff))
    _show("Not applicable", _exempted(signoff))
    _show("Checks that differ from the published ones", _modified(signoff))
    if report.lacking:
        say(f"Mind: {report.lacking}")
    _show(weakenings.TITLE, map(weakenings.line, review.weakenings))
    _show("Open actions", (f"{one.what} ({one.owner})" for one in verdict.actions))
    _show("Notices", (one.text for one in review.notices))


def show_standing(so_far: Standing, rules: SignoffRules) -> None:
    """Print what the policy should do better, who has signed, and who still must."""
    if notices := signoff_notices(rules):
        _show("In policy.toml", notices)
    say()
    for one in so_far.signed:
        say(f"Signed: {one.email} ({one.role or 'fills no role more'}), {one.fingerprint}")
    if not so_far.signed:
        say("Signed: nobody yet")
    show_waiting(so_far)


def show_waiting(so_far: Standing) -> None:
    """Print who still must sign."""
    for one in so_far.waiting:
        count = f"{one.count} people" if one.count > 1 else "somebody"
        who = " or ".join(one.able) or "of whom policy.toml lists none"
        told = who if one.able and one.count == 1 else f"{count}, {who}"
        say(f"Still to sign as {one.role}: {told}")
    if so_far.lacks_person:
        say("Still to sign: a second person, whatever their role")


def show_bound(held: Held, stated: Statement, payload: bytes) -> None:
    """Print which bytes are signed, until when that holds, and which page they bind."""
    say()
    if stated.authors:
        made = f"Made or asked for by {', '.join(stated.authors)}: as service alone they may sign"
        say(made, hanging=True)
    say(f"It would hold until {instant(_plain(stated.not_after))}.")
    say(f"Read {held.folder / html.FILE_NAME} before you sign: it is bound by its digest")
    say(f"SHA-256 {held.beside.report_sha256}", indent=DEEPER)
    say(f"What you sign, {statement.FILE_NAME}:")
    say(f"SHA-256 {hashlib.sha256(payload).hexdigest()}", indent=DEEPER)


def _show(title: str, lines: Iterable[str]) -> None:
    told = tuple(lines)
    say(f"{title}: {len(told) or 'none'}")
    for line in told:
        say(line, indent=DEEPER)


def _waivers(signoff: SignOff) -> Iterable[str]:
    for item in signoff.review.items:
        if used := item.waiver:
            what = f"{OUTCOME_WORDS[used.true_outcome]}: {used.true_reason}"
            who = f"{used.requester} asked, {used.approver} approved it until {used.expires}"
            action = f"; to do: {used.action}" if used.action else ""
            yield f"{item.spec.id}: {what}; waived: {used.reason} ({who}){action}"


def _exempted(signoff: SignOff) -> Iterable[str]:
    for item in signoff.review.items:
        if agreed := item.not_applicable:
            who = f"{agreed.approver}, {agreed.on}"
            yield f"{item.spec.id}: {agreed.reason}: {agreed.text} ({who})"


def _modified(signoff: SignOff) -> Iterable[str]:
    return (one.spec.id for one in signoff.review.items if one.spec.stamp == "modified")


def _plain(moment: object) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
