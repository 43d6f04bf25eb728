"""Vetoes, and results that a machine has signed: the other two envelopes."""

from __future__ import annotations

from copy import deepcopy
from hashlib import sha256

from tests.vectors.attack import attack, good
from tests.vectors.draft import RESULTS_NAMESPACE, RESULTS_TYPE, Draft, Plain

OF_RESULTS: Plain = {"payload_type": RESULTS_TYPE, "namespace": RESULTS_NAMESPACE}


@good
def veto(draft: Draft) -> None:
    """One person who may approve says that the service must not launch."""
    _refused(draft)


@attack("key-unlisted")
def veto_by_an_outsider(draft: Draft) -> None:
    """Somebody whom nobody has listed says that the service must not launch."""
    _refused(draft)
    draft.by = ["mallory"]


@attack("no-veto")
def approval_as_a_veto(draft: Draft) -> None:
    """An approval in the place of a veto."""
    draft.kind = "veto"


@attack("vetoed")
def vetoed(draft: Draft) -> None:
    """A good sign-off with a veto beside it."""
    draft.veto = _veto_of(draft)


@attack("vetoed")
def vetoed_after_a_later_run(draft: Draft) -> None:
    """A sign-off of yesterday's run, with a veto of today's beside it."""
    later = deepcopy(draft)
    later.predicate.update(finished="2026-11-22T09:31:00Z", not_before="2026-11-22T09:31:00Z")
    later.predicate["seq"] += 60
    draft.veto = _veto_of(later)


@attack("signature-count")
def veto_that_is_none(draft: Draft) -> None:
    """A good sign-off, and beside it a veto that nobody can believe."""
    draft.veto = {**_veto_of(draft), "signatures": []}


@good
def veto_of_an_earlier_run(draft: Draft) -> None:
    """A sign-off of a run that came after the veto."""
    earlier = deepcopy(draft)
    earlier.predicate.update(finished="2026-11-22T09:29:00Z", not_before="2026-11-22T09:29:00Z")
    earlier.predicate["seq"] -= 60
    draft.veto = _veto_of(earlier)


@good
def veto_of_another_release(draft: Draft) -> None:
    """A good sign-off, and beside it the veto of another commit."""
    other = deepcopy(draft)
    other.said["subject"][0]["digest"]["gitCommit"] = "d" * 40
    draft.veto = _veto_of(other)


@good
def results_of_a_runner(draft: Draft) -> Plain:
    """The machine that made the results has signed them."""
    return _results(draft, ["ci"])


@attack("key-unlisted")
def results_by_an_approver(draft: Draft) -> Plain:
    """Somebody who may approve signs results, which are a machine's to sign."""
    return _results(draft, ["ana"])


@attack("other-statement")
def results_beside_another_approval(draft: Draft) -> Plain:
    """Results that a machine signed, beside an approval of another statement."""
    draft.beside = "e" * 64
    return _results(draft, ["ci"])


@good
def results_beside_their_approval(draft: Draft) -> Plain:
    """Results that a machine signed, beside the approval of the same statement."""
    draft.beside = sha256(draft.payload()).hexdigest()
    return _results(draft, ["ci"])


@attack("other-commit")
def results_of_another_commit(draft: Draft) -> Plain:
    """Results that a machine signed for another commit."""
    draft.expected["commit"] = "d" * 40
    return _results(draft, ["ci"])


@attack("envelope-type")
def results_as_an_approval(draft: Draft) -> Plain:
    """Results that a machine signed, in the place of an approval."""
    made = _results(draft, ["ci"])
    draft.kind = "approval"
    return made


@attack("envelope-type")
def approval_as_results(draft: Draft) -> Plain:
    """An approval in the place of a machine's results."""
    draft.kind = "results"
    return draft.envelope()


def _refused(draft: Draft) -> None:
    draft.kind = "veto"
    draft.by = ["cara"]
    draft.predicate.update(decision="NO_GO", reason="The restore has not been tried.")


def _veto_of(draft: Draft) -> Plain:
    other = deepcopy(draft)
    _refused(other)
    return other.envelope()


def _results(draft: Draft, by: list[str]) -> Plain:
    draft.kind, draft.by = "results", by
    return draft.envelope(**OF_RESULTS)
