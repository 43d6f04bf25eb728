"""Sign-offs that hold."""

from __future__ import annotations

from tests.vectors.attack import good
from tests.vectors.attacks_on_certificates import by_certificate
from tests.vectors.draft import Draft, digest
from tests.vectors.keys import Ecdsa, Rsa, Token
from tests.vectors.world import DATABASE, LOADED


@good
def three_people(draft: Draft) -> None:
    """Three people approve a service of which one item is waived."""


@good
def without_waivers(draft: Draft) -> None:
    """Three people approve a service of which everything is met."""
    result = draft.result(LOADED)
    result["status"] = "pass"
    del result["waived"]
    draft.predicate["waivers"] = []
    draft.predicate["verdict"] = "ready"


@good
def three_kinds_of_keys(draft: Draft) -> None:
    """An Ed25519 key, one on a curve of NIST's, and an RSA key of 3072 bits."""
    draft.give("ben", Ecdsa())
    draft.give("cara", Rsa.of(3072))


@good
def hashed_by_sha256(draft: Draft) -> dict[str, object]:
    """Signatures that hash the statement by SHA-256."""
    return draft.envelope(digest="sha256")


@good
def token_that_was_touched(draft: Draft) -> None:
    """Security keys of both kinds, which somebody touched."""
    draft.give("ben", Token(Ecdsa()))
    draft.give("cara", Token())


@good
def token_that_needs_no_touch(draft: Draft) -> None:
    """A security key that nobody touched, and of which the policy does not ask it."""
    draft.give("cara", Token(flags=0), touch=False)


@good
def certificate_of_a_listed_authority(draft: Draft) -> None:
    """A certificate by a listed authority, for the listed name."""
    by_certificate(draft, principals=("cara", "somebody-else"))


@good
def person_of_two_roles_fills_the_free_one(draft: Draft) -> None:
    """Somebody with two roles fills the one for which nobody else signed."""
    draft.by = ["ben", "cara", "dan"]
    draft.roles = _roles(ben="principal-engineer", cara="security", dan="service")


@good
def more_people_than_needed(draft: Draft) -> None:
    """Four people sign where three are needed."""
    draft.by = ["ana", "ben", "cara", "dan"]


@good
def author_for_the_service(draft: Draft) -> None:
    """Whoever made the release speaks for the service, which is all that they may."""
    draft.by = ["ben", "cara", "max"]
    draft.roles = _roles(ben="principal-engineer", cara="security", max="service")


@good
def two_people_of_one_role(draft: Draft) -> None:
    """The policy needs two people for security."""
    draft.policy["signoff"]["need"]["security"] = 2
    draft.by = ["ana", "ben", "cara", "dan"]
    draft.roles = _roles(ana="service", ben="principal-engineer", cara="security", dan="security")


@good
def one_person_alone(draft: Draft) -> None:
    """The policy says that one person may launch alone."""
    draft.policy["signoff"].update(need={"service": 1}, solo=True)
    draft.by = ["ana"]
    draft.roles = _roles(ana="service")


@good
def pending_waived(draft: Draft) -> None:
    """A waiver of an item that waits for a person."""
    draft.result(LOADED)["waived"] = {"true_status": "pending"}
    draft.predicate["waivers"][0]["true_outcome"] = "pending"


@good
def doubt_waived(draft: Draft) -> None:
    """A waiver of an item of which nobody knows whether its statement still holds."""
    draft.result(LOADED)["waived"] = {"true_status": "unknown"}
    draft.predicate["waivers"][0]["true_outcome"] = "unknown"


@good
def two_waivers_of_one_item(draft: Draft) -> None:
    """Two waivers cover the findings of one item, as the product tells them: in one."""
    waiver = draft.predicate["waivers"][0]
    waiver.update(requester="ana@example.org; cara@example.org")
    waiver.update(approver="ben@example.org; eve@example.org")


@good
def plan_phase(draft: Draft) -> None:
    """A plan is approved: what the launch will need is still open."""
    for one in draft.predicate["results"][1:]:
        one["status"] = "unknown"
        one.pop("waived", None)
    for name in ("waivers", "attestations", "not_applicable", "evidence"):
        draft.predicate[name] = []
    draft.predicate.update(phase="plan", verdict="ready")
    draft.expected["phase"] = "plan"


@good
def last_second(draft: Draft) -> None:
    """A second before the sign-off ends."""
    draft.expected["at"] = "2026-12-06T09:29:59Z"


@good
def key_on_its_last_day(draft: Draft) -> None:
    """A key signs and is verified on the last day on which it counts."""
    draft.person("cara")["keys"][0]["until"] = draft.person("old")["keys"][0].pop("until")
    draft.expected["at"] = "2026-11-22T23:59:59Z"


@good
def after_an_earlier_one(draft: Draft) -> None:
    """A sign-off that names the one before."""
    draft.predicate["supersedes"] = "9" * 64


@good
def everything_compared(draft: Draft) -> None:
    """The caller has every file that the statement binds."""
    said = draft.predicate
    draft.expected.update(
        results_sha256=digest(said["results"]),
        report_sha256=draft.said["subject"][3]["digest"]["sha256"],
        journal_sha256=draft.said["subject"][4]["digest"]["sha256"],
        facts_sha256=said["facts_sha256"],
        tool_sha256=said["tool"]["sha256"],
        files={name: said[name] for name in ("profile_sha256", "waivers_sha256")},
        evidence={said["evidence"][0]["sha256"]: said["evidence"][0]["size"]},
    )


@good
def condition_settled(draft: Draft) -> None:
    """A reviewer's condition that was answered by one person and accepted by another."""
    draft.predicate["notes"] = [
        note(
            answer="It was tried.",
            answered_by="ana@example.org",
            answered_on="2026-11-21",
            accepted_by="ben@example.org",
            settled=True,
            waits_for="",
            reason="",
        )
    ]


@good
def question_open(draft: Draft) -> None:
    """A reviewer's question that nobody has answered keeps nothing back."""
    draft.predicate["notes"] = [note(kind="question")]


def note(**changed: object) -> dict[str, object]:
    """Return a note of a reviewer that nobody has answered."""
    return {
        "item": DATABASE,
        "kind": "condition",
        "text": "Try the restore.",
        "by": "ben@example.org",
        "on": "2026-11-20",
        "answer": "",
        "answered_by": "",
        "answered_on": "",
        "accepted_by": "",
        "settled": False,
        "waits_for": "service",
        "reason": "nobody has answered",
        **changed,
    }


def _roles(**people: str) -> dict[str, str]:
    return {f"{name}@example.org": role for name, role in people.items()}
