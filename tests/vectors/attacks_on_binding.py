"""Attacks by showing a good sign-off for something else than it was given for."""

from __future__ import annotations

from tests.vectors.attack import attack
from tests.vectors.draft import Draft, Plain, canonical

OTHER = "e" * 64


@attack("other-service")
def other_service(draft: Draft) -> None:
    """The sign-off of one service is shown for another."""
    draft.expected["service"] = "wallet"


@attack("other-environment")
def other_environment(draft: Draft) -> None:
    """The sign-off of one environment is shown for another."""
    draft.expected["environment"] = "staging"


@attack("other-accounts")
def other_account(draft: Draft) -> None:
    """The sign-off of one account is shown for another."""
    draft.expected["accounts"] = ["444455556666"]


@attack("other-accounts")
def one_more_account(draft: Draft) -> None:
    """The service spreads over an account that nobody looked at."""
    draft.expected["accounts"] = ["111122223333", "444455556666"]


@attack("other-regions")
def other_region(draft: Draft) -> None:
    """The sign-off of one region is shown for another."""
    draft.expected["regions"] = ["us-east-1"]


@attack("other-commit")
def other_commit(draft: Draft) -> None:
    """The sign-off of one commit is shown for another."""
    draft.expected["commit"] = "d" * 40


@attack("other-commit")
def abbreviated_commit(draft: Draft) -> None:
    """A statement that names a commit by its first characters."""
    draft.said["subject"][0]["digest"] = {"gitCommit": draft.expected["commit"][:8]}


@attack("short-commit")
def abbreviated_commit_on_both_sides(draft: Draft) -> None:
    """A caller and a statement that both name a commit by its first characters."""
    draft.expected["commit"] = draft.expected["commit"][:12]
    draft.said["subject"][0]["digest"] = {"gitCommit": draft.expected["commit"]}


@attack("other-authors")
def author_left_out(draft: Draft) -> None:
    """A statement that leaves out who asked for the release."""
    draft.expected["authors"].append("ana@example.org")


@attack("other-images")
def other_image(draft: Draft) -> None:
    """The image that is launched is not the one that was reviewed."""
    draft.expected["images"] = [f"registry.example.org/explorer@sha256:{OTHER}"]


@attack("other-images")
def image_missing(draft: Draft) -> None:
    """Two images are launched, and one was reviewed."""
    more = f"registry.example.org/worker@sha256:{OTHER}"
    draft.expected["images"] = sorted([*draft.expected["images"], more])


@attack("statement-subjects")
def image_of_another_subject(draft: Draft) -> None:
    """A statement whose list of images names another digest than its subject."""
    image = draft.said["subject"][1]
    image["digest"] = {"sha256": OTHER}


@attack("other-results")
def other_results(draft: Draft) -> None:
    """The results at hand are not those that were approved."""
    draft.expected["results_sha256"] = OTHER


@attack("other-report")
def other_report(draft: Draft) -> None:
    """The report at hand is not the one that approvers read."""
    draft.expected["report_sha256"] = OTHER


@attack("other-journal")
def other_journal(draft: Draft) -> None:
    """The journal at hand is not the one that the results were computed from."""
    draft.expected["journal_sha256"] = OTHER


@attack("other-files")
def other_profile(draft: Draft) -> None:
    """The profile has changed since."""
    draft.expected["files"] = {"profile_sha256": OTHER}


@attack("other-facts")
def other_facts(draft: Draft) -> None:
    """The facts at hand are not those that were judged."""
    draft.expected["facts_sha256"] = OTHER


@attack("other-tool")
def other_tool(draft: Draft) -> None:
    """The program that judged is not the one that is installed here."""
    draft.expected["tool_sha256"] = OTHER


@attack("other-evidence")
def evidence_file_missing(draft: Draft) -> None:
    """A file on which a statement rests is not at hand."""
    draft.expected["evidence"] = {}


@attack("other-evidence")
def evidence_of_another_size(draft: Draft) -> None:
    """A statement that names another size of a file than it has."""
    draft.expected["evidence"] = {draft.predicate["evidence"][0]["sha256"]: 1}


@attack("other-policy")
def other_policy(draft: Draft) -> None:
    """The policy has changed since: a service's approver may approve for security, too."""
    draft.kept["policy"] = draft.policy_sha256()
    draft.person("ana")["roles"].append("security")


@attack("other-policy")
def policy_with_a_comment(draft: Draft) -> None:
    """The policy was signed as it was before somebody changed a space in it."""
    draft.kept["policy"] = draft.policy_sha256()
    draft.policy["gate"]["longest_waiver"]["minor"] = 181


@attack("other-checklist")
def older_checklist(draft: Draft) -> None:
    """An older version of the checklist, which asked for less."""
    draft.predicate["checklist"]["version"] = "0.9.0"


@attack("other-checklist")
def newer_checklist(draft: Draft) -> None:
    """The checklist has a newer version since."""
    draft.expected["checklist_version"] = "1.1.0"


@attack("other-checklist")
def changed_checklist(draft: Draft) -> None:
    """The same version of the checklist, with a module changed."""
    draft.expected["checklist_sha256"] = OTHER


@attack("statement-form")
def other_checklist(draft: Draft) -> None:
    """A checklist of another name."""
    draft.predicate["checklist"]["id"] = "my-own-checklist"


@attack("other-phase")
def plan_shown_for_launch(draft: Draft) -> None:
    """The approval of a plan is shown for a launch."""
    draft.predicate["phase"] = "plan"


@attack("unknown-statement")
def other_statement_type(draft: Draft) -> None:
    """A statement of another version of in-toto."""
    draft.said["_type"] = "https://in-toto.io/Statement/v0.1"


@attack("unknown-statement")
def other_predicate_type(draft: Draft) -> None:
    """A statement about something else: the results of tests."""
    draft.said["predicateType"] = "https://in-toto.io/attestation/test-result/v0.1"


@attack("unknown-statement")
def later_predicate_version(draft: Draft) -> None:
    """A version of the statement that this verifier does not know."""
    draft.said["predicateType"] = "tag:pytest-orr,2026:signoff/v2"


@attack("statement-form")
def unknown_member_of_statement(draft: Draft) -> None:
    """A member of the statement that no reader understands."""
    draft.said["note"] = "approved by telephone"


@attack("statement-form")
def unknown_member_of_predicate(draft: Draft) -> None:
    """A member of the predicate that no reader understands."""
    draft.predicate["note"] = "approved by telephone"


@attack("statement-form")
def unknown_member_of_result(draft: Draft) -> None:
    """A member of a result that no reader understands."""
    draft.predicate["results"][0]["note"] = "it is fine"


@attack("statement-form")
def member_of_predicate_missing(draft: Draft) -> None:
    """A statement that does not say until when it holds."""
    del draft.predicate["not_after"]


@attack("statement-subjects")
def subject_twice(draft: Draft) -> None:
    """A statement about two commits, of which readers see the first or the last."""
    draft.said["subject"].append({"name": "commit", "digest": {"gitCommit": "d" * 40}})


@attack("statement-subjects")
def subject_missing(draft: Draft) -> None:
    """A statement about no commit."""
    del draft.said["subject"][0]


@attack("statement-subjects")
def subject_unknown(draft: Draft) -> None:
    """A statement that is about something more, which nobody looked at."""
    draft.said["subject"].append({"name": "firmware", "digest": {"sha256": OTHER}})


@attack("statement-form")
def digest_of_another_kind(draft: Draft) -> None:
    """A subject by MD5."""
    draft.said["subject"][-1]["digest"] = {"md5": "0" * 32}


@attack("statement-form")
def digest_in_capitals(draft: Draft) -> None:
    """A commit id in capitals: another text for the same commit."""
    draft.said["subject"][0]["digest"]["gitCommit"] = draft.expected["commit"].upper()


@attack("statement-form")
def service_no_text(draft: Draft) -> None:
    """A service that is a list."""
    draft.predicate["service"] = ["explorer", "wallet"]


@attack("statement-form")
def predicate_no_object(draft: Draft) -> Plain:
    """A predicate that is a text."""
    return draft.envelope(canonical({**draft.said, "predicate": "approved"}))
