"""Attacks on what was found: results that are missing, renamed or called something else."""

from __future__ import annotations

from tests.vectors.attack import attack
from tests.vectors.draft import Draft, digest
from tests.vectors.world import DATABASE, LOADED

OTHER = "e" * 64


@attack("results-incomplete")
def result_dropped(draft: Draft) -> None:
    """The result that failed was left out."""
    draft.predicate["results"] = [one for one in draft.predicate["results"] if one["id"] != LOADED]


@attack("results-disordered")
def result_duplicated(draft: Draft) -> None:
    """An item twice, of which readers see the first or the last."""
    draft.predicate["results"].insert(1, dict(draft.predicate["results"][0]))


@attack("results-incomplete")
def result_renamed(draft: Draft) -> None:
    """A result under the name of another item."""
    draft.result(LOADED)["id"] = "scalability.load.untested"


@attack("statement-form")
def result_added(draft: Draft) -> None:
    """A result of an item that the checklist does not have."""
    draft.predicate["results"].append({"id": "zz.extra", "status": "pass", "sha256": OTHER})


@attack("results-disordered")
def results_out_of_order(draft: Draft) -> None:
    """The same results in another order."""
    draft.predicate["results"].reverse()


@attack("results-incomplete")
def no_results(draft: Draft) -> None:
    """A statement without any result."""
    draft.predicate["results"] = []


@attack("results-incomplete")
def item_added_since(draft: Draft) -> None:
    """The checklist has an item that was not checked."""
    draft.expected["items"]["network.new.item"] = "launch"


@attack("not-met")
def fail_under_go(draft: Draft) -> None:
    """An item failed, and the statement says that the service is ready."""
    draft.result(DATABASE)["status"] = "fail"


@attack("not-met")
def unknown_under_go(draft: Draft) -> None:
    """An item could not be checked, and the statement says that the service is ready."""
    draft.result(DATABASE)["status"] = "unknown"


@attack("not-met")
def pending_under_go(draft: Draft) -> None:
    """An item waits for a person, and the statement says that the service is ready."""
    draft.result(DATABASE)["status"] = "pending"


@attack("not-met")
def missing_under_go(draft: Draft) -> None:
    """An item gave no result, and the statement says that the service is ready."""
    draft.result(DATABASE)["status"] = "missing"


@attack("other-results")
def fail_made_pass(draft: Draft) -> None:
    """A failure was called a pass, the digest over the results made anew, and the rest kept."""
    draft.expected["results_sha256"] = digest(draft.predicate["results"])
    draft.result(DATABASE)["status"] = "pass"


@attack("results-digest")
def fail_made_pass_after_signing(draft: Draft) -> None:
    """A failure was called a pass after the digest over the results was made."""
    draft.kept["results"] = digest(draft.predicate["results"])
    draft.result(DATABASE)["status"] = "pass"


@attack("statement-form")
def unknown_status(draft: Draft) -> None:
    """A status that the product does not have."""
    draft.result(DATABASE)["status"] = "ok"


@attack("statement-form")
def status_in_capitals(draft: Draft) -> None:
    """A status in other letters."""
    draft.result(DATABASE)["status"] = "PASS"


@attack("no-go")
def no_go(draft: Draft) -> None:
    """A statement that the service must not launch."""
    draft.predicate["decision"] = "NO_GO"


@attack("no-go")
def no_go_with_a_reason(draft: Draft) -> None:
    """A veto, shown as an approval."""
    draft.predicate["decision"] = "NO_GO"
    draft.predicate["reason"] = "The restore has not been tried."


@attack("statement-form")
def go_with_a_reason(draft: Draft) -> None:
    """An approval with a reservation, which nobody judges."""
    draft.predicate["reason"] = "Only if it does not rain."


@attack("statement-form")
def unknown_decision(draft: Draft) -> None:
    """A decision that the product does not have."""
    draft.predicate["decision"] = "MAYBE"


@attack("verdict-differs")
def verdict_not_ready(draft: Draft) -> None:
    """The statement says GO and not ready."""
    draft.predicate["verdict"] = "not_ready"


@attack("verdict-differs")
def verdict_better_than_results(draft: Draft) -> None:
    """The statement says ready, and something was waived."""
    draft.predicate["verdict"] = "ready"


@attack("selection")
def part_of_the_suite(draft: Draft) -> None:
    """Only a part of the suite was run."""
    draft.predicate["selection"] = "-k code"
