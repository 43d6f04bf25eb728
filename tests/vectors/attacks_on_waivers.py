"""Attacks on what people said: waivers, statements, conditions that are not what they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.vectors.approvals import note
from tests.vectors.attack import attack
from tests.vectors.world import DATABASE, LOADED

if TYPE_CHECKING:
    from tests.vectors.draft import Draft, Plain

OTHER = "e" * 64


@attack("nothing-checked")
def everything_not_applicable(draft: Draft) -> None:
    """Nothing was checked, since nothing is said to apply."""
    said = draft.predicate["not_applicable"][0]
    for result in draft.predicate["results"]:
        result["status"] = "not_applicable"
        result.pop("waived", None)
    draft.predicate.update(waivers=[], attestations=[], evidence=[])
    draft.predicate["verdict"] = "ready"
    draft.predicate["not_applicable"] = [
        {**said, "item": one["id"]} for one in draft.predicate["results"]
    ]


@attack("exemption-missing")
def not_applicable_by_nobody(draft: Draft) -> None:
    """An item does not apply, and nobody has said so."""
    draft.predicate["not_applicable"] = []


@attack("exemption-by-author")
def not_applicable_by_the_author(draft: Draft) -> None:
    """An item does not apply, as whoever made the release says."""
    _max_may_approve(draft)
    draft.predicate["not_applicable"][0]["approver"] = "max@example.org"


@attack("exemption-unapproved")
def not_applicable_by_an_outsider(draft: Draft) -> None:
    """An item does not apply, as somebody says who may not approve."""
    draft.predicate["not_applicable"][0]["approver"] = "mallory@example.org"


@attack("statement-missing")
def attested_by_nobody(draft: Draft) -> None:
    """An item is attested, and nobody has attested it."""
    draft.predicate.update(attestations=[], evidence=[])


@attack("statement-expired")
def attestation_expired(draft: Draft) -> None:
    """A person's statement was past its last day when the service was judged."""
    draft.predicate["attestations"][0]["until"] = "2026-11-01"


@attack("waiver-missing")
def waiver_missing(draft: Draft) -> None:
    """An item is waived, and no waiver says so."""
    draft.predicate["waivers"] = []


@attack("waiver-expired")
def waiver_expired(draft: Draft) -> None:
    """A waiver past its last day."""
    draft.predicate["waivers"][0]["expires"] = "2026-11-22"


@attack("waiver-early")
def waiver_of_tomorrow(draft: Draft) -> None:
    """A waiver that was granted after the results were approved."""
    draft.predicate["waivers"][0]["granted"] = "2026-11-24"


@attack("waiver-by-author")
def waiver_by_the_author(draft: Draft) -> None:
    """A waiver that whoever made the release has approved."""
    _max_may_approve(draft)
    draft.predicate["waivers"][0]["approver"] = "max@example.org"


@attack("waiver-by-author")
def waiver_by_the_author_in_capitals(draft: Draft) -> None:
    """A waiver that whoever made the release has approved, by a name in other letters."""
    _max_may_approve(draft)
    draft.predicate["waivers"][0]["approver"] = "MAX@example.org"


@attack("waiver-by-author")
def waiver_by_who_asked_for_the_release(draft: Draft) -> None:
    """A waiver of whoever asked for the release, whom only the verifier knows."""
    draft.expected["authors"] = ["eve@example.org"]
    draft.predicate["author"] = ["eve@example.org"]


@attack("waiver-by-requester")
def waiver_by_two_of_whom_one_asked(draft: Draft) -> None:
    """Several waivers of one item, of which its requester has approved one."""
    waiver = draft.predicate["waivers"][0]
    waiver.update(requester="ana@example.org; ben@example.org")
    waiver.update(approver="ben@example.org; eve@example.org")


@attack("waiver-overdue")
def waiver_overdue(draft: Draft) -> None:
    """A waiver on a condition whose last day has passed."""
    due = {"what": "Test the load.", "owner": "ana@example.org", "due": "2026-11-22"}
    draft.predicate["waivers"][0]["conditions"] = [due]


@attack("waiver-by-requester")
def waiver_by_the_requester(draft: Draft) -> None:
    """A waiver that its requester has approved."""
    draft.predicate["waivers"][0]["requester"] = draft.predicate["waivers"][0]["approver"]


@attack("waiver-by-requester")
def waiver_by_the_requester_in_capitals(draft: Draft) -> None:
    """A waiver that its requester has approved, by a name in other letters."""
    approver = draft.predicate["waivers"][0]["approver"]
    draft.predicate["waivers"][0]["requester"] = approver.upper()


@attack("waiver-unapproved")
def waiver_by_an_outsider(draft: Draft) -> None:
    """A waiver of somebody who may not approve."""
    draft.predicate["waivers"][0]["approver"] = "mallory@example.org"


@attack("waiver-of-another")
def waiver_for_another_result(draft: Draft) -> None:
    """A waiver that was given for another result of the same item."""
    draft.predicate["waivers"][0]["result_sha256"] = OTHER


@attack("waiver-missing")
def waiver_for_another_item(draft: Draft) -> None:
    """A waiver of one item is used for another."""
    draft.predicate["waivers"][0]["item"] = DATABASE


@attack("waiver-missing")
def waiver_twice(draft: Draft) -> None:
    """Two waivers of one item, of which readers see the first or the last."""
    draft.predicate["waivers"] *= 2


@attack("waiver-forbidden")
def waiver_of_an_unwaivable_item(draft: Draft) -> None:
    """A waiver of an item that no waiver may cover."""
    draft.expected["unwaivable"] = [LOADED]


@attack("waiver-too-long")
def waiver_too_long(draft: Draft) -> None:
    """A waiver that lasts longer than the policy lets it."""
    draft.predicate["waivers"][0]["expires"] = "2027-11-18"


@attack("statement-form")
def waiver_without_a_reason(draft: Draft) -> None:
    """A waiver that gives no reason."""
    draft.predicate["waivers"][0]["reason"] = ""


@attack("waiver-impossible")
def waived_missing(draft: Draft) -> None:
    """A waiver of an item that gave no result."""
    _true_result(draft, "missing")


@attack("waiver-impossible")
def waived_pass(draft: Draft) -> None:
    """A waiver of an item that passed."""
    _true_result(draft, "pass")


@attack("waiver-impossible")
def waived_twice_over(draft: Draft) -> None:
    """A waiver of a waived item."""
    _true_result(draft, "waived")


@attack("statement-form")
def waived_without_true_result(draft: Draft) -> None:
    """A waived item that does not say what it is without its waiver."""
    del draft.result(LOADED)["waived"]


@attack("statement-form")
def true_result_of_a_pass(draft: Draft) -> None:
    """An item that passed, and failed beneath."""
    draft.result(DATABASE)["waived"] = {"true_status": "fail"}


@attack("waiver-of-another")
def true_results_differ(draft: Draft) -> None:
    """A waiver of a failure, under an item that says it was unanswered."""
    draft.result(LOADED)["waived"] = {"true_status": "pending"}


@attack("condition-open")
def condition_open(draft: Draft) -> None:
    """A reviewer's condition is not settled."""
    draft.predicate["notes"] = [note()]


@attack("condition-open")
def condition_answered_by_an_outsider(draft: Draft) -> None:
    """A reviewer's condition is not settled, since nobody has answered it who may."""
    answered = _settled(accepted_by="ben@example.org")
    draft.predicate["notes"] = [{**answered, "settled": False, "reason": "no owner answered"}]


@attack("condition-unaccepted")
def condition_accepted_by_nobody(draft: Draft) -> None:
    """A reviewer's condition is called settled, and nobody has accepted the answer."""
    draft.predicate["notes"] = [note(settled=True, waits_for="", reason="")]


@attack("condition-unaccepted")
def condition_accepted_by_who_answered(draft: Draft) -> None:
    """A reviewer's condition, whose answer was accepted by whoever gave it."""
    draft.predicate["notes"] = [_settled(accepted_by="ana@example.org")]


@attack("condition-unaccepted")
def condition_accepted_by_an_outsider(draft: Draft) -> None:
    """A reviewer's condition, whose answer was accepted by somebody who may not."""
    draft.predicate["notes"] = [_settled(accepted_by="mallory@example.org")]


@attack("weakening-expired")
def weakening_expired(draft: Draft) -> None:
    """A setting is weaker than the organisation's, and the permission for it has ended."""
    draft.predicate["weakenings"] = [
        {
            "key": "monitoring.freshest_minutes",
            "organisation": "Example",
            "organisation_value": "10",
            "beneath": "organisation.toml:14",
            "value": "20",
            "where": "readiness.toml:31",
            "reason": "The old scraper is replaced in January.",
            "approver": "eve@example.org",
            "on": "2026-11-18",
            "until": "2026-11-22",
        }
    ]


@attack("statement-evidence")
def evidence_left_out(draft: Draft) -> None:
    """A file on which a person's statement rests does not stand among the evidence."""
    draft.predicate["evidence"] = []


@attack("statement-evidence")
def evidence_twice(draft: Draft) -> None:
    """One file of evidence, named twice with two sizes."""
    seen = draft.predicate["evidence"][0]
    draft.predicate["evidence"].append({**seen, "size": seen["size"] + 1})


def _max_may_approve(draft: Draft) -> None:
    draft.expected["may_approve"].append("max@example.org")


def _settled(**changed: str) -> Plain:
    return note(
        answer="It was tried.",
        answered_by="ana@example.org",
        answered_on="2026-11-21",
        settled=True,
        waits_for="",
        reason="",
        **changed,
    )


def _true_result(draft: Draft, status: str) -> None:
    draft.result(LOADED)["waived"] = {"true_status": status}
    draft.predicate["waivers"][0]["true_outcome"] = status
