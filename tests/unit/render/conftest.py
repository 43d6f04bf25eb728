"""Reviews built by hand, small enough to read and rich enough to hold every outcome."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from pytest_orr import judge
from pytest_orr.model import (
    AwsCaller,
    Condition,
    Evidence,
    FactSeen,
    Finding,
    ItemResult,
    ItemSpec,
    Need,
    NotApplicable,
    Notice,
    Outcome,
    Person,
    Provenance,
    Release,
    Review,
    ReviewNote,
    RunBlock,
    Signing,
    SignOff,
    StatementUsed,
    WaiverUsed,
    Weakening,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CLOSED_SETS = frozenset(
    {"part", "severity", "phase", "owner", "class_as_built", "role", "stamp", "width", "waits_for"}
) | {"started", "as_of", "finished"}
"""Fields whose values no file and no answer of the world can choose freely."""


class AnItem(Protocol):
    def __call__(self, *, outcome: Outcome = ..., **changes: Any) -> ItemResult: ...


class AReview(Protocol):
    def __call__(self, *items: ItemResult, **changes: Any) -> Review: ...


def digest(of: str) -> str:
    return of * 64


SPEC: dict[str, Any] = {
    "id": "network.load-balancer.elb",
    "position": 9,
    "part": "launch-checklist",
    "section": "network",
    "section_title": "Network security",
    "title": "Every backend stands behind a balancer that survives the loss of a zone.",
    "stated": "load balancer ELB setup on the backend",
    "severity": "blocker",
    "phase": "build",
    "owner": "platform",
    "why": "A single zone is lost about once a year; users should not notice.",
    "fix": "Attach subnets of a second zone and register healthy targets there.",
    "question": "Which balancer fronts the backend and what happens if one zone is lost?",
    "evidence_kind": "capture",
    "valid_for": 180,
    "aliases": (),
    "facts_asked": ("load_balancers",),
    "manual": False,
    "class_as_built": "automatic",
    "stamp": "baseline",
    "file": "test_network_security.py",
    "function": "test_backends_stand_behind_a_balancer",
}
RESULT: dict[str, Any] = {
    "gated": True,
    "reason": "3 balancers seen, all as they should be",
    "remedy": "",
    "findings": (),
    "facts": (),
    "attestation": None,
    "waiver": None,
    "not_applicable": None,
    "traceback": "",
}
ARN = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/explorer"


def build_item(*, outcome: Outcome = Outcome.PASS, **changes: Any) -> ItemResult:
    spec = {key: changes.pop(key, value) for key, value in SPEC.items()}
    result = {key: changes.pop(key, value) for key, value in RESULT.items()}
    assert not changes, f"an item has no {sorted(changes)}"
    spec["facts"] = spec.pop("facts_asked")
    return ItemResult(spec=ItemSpec(**spec), outcome=outcome, **result)


def build_review(*items: ItemResult, **changes: Any) -> Review:
    values: dict[str, Any] = {
        "service": "explorer",
        "environment": "production",
        "release": Release(
            commit="3f2a9c1d5b7e8f60a1b2c3d4e5f60718293a4b5c",
            images=(f"registry.example.org/explorer/backend@sha256:{digest('a')}",),
        ),
        "phase": "launch",
        "run": RunBlock(
            id="2026-11-20T093000Z-7f3c",
            started="2026-11-20T09:30:00Z",
            as_of="2026-11-20T09:30:00Z",
            tool="pytest-orr 0.1.0",
            suite=digest("5"),
        ),
        "provenance": Provenance(
            profile_sha256=digest("1"),
            attestations_sha256=digest("2"),
            waivers_sha256=digest("3"),
            policy_sha256="",
            facts_sha256=digest("4"),
            notes_sha256=digest("6"),
            organisation_sha256=digest("7"),
            checklist_version="0.1.0",
            tool_sha256=digest("8"),
            finished="2026-11-20T09:34:10Z",
            authors=("ana@example.org",),
            supersedes=digest("9"),
            signing=Signing(
                need=(Need(role="service", people=1), Need(role="security", people=1)),
                max_days=7,
                solo=False,
            ),
            accounts=("123456789012",),
            regions=("eu-west-1",),
        ),
        "people": (
            Person(email="ana@example.org", name="Ana Ahlgren", roles=("service", "platform")),
            Person(email="bo@example.org", name="Bo Berg", roles=("security",)),
            Person(email="eve@example.org", name="Eve Ek", roles=("approver",)),
            Person(email="pia@example.org", name="Pia Palm", roles=("product",)),
        ),
    }
    ordered = tuple(sorted(items, key=lambda item: item.spec.id))
    return Review(**{**values, "items": ordered, **changes})


def build_statement(**changes: Any) -> StatementUsed:
    values: dict[str, Any] = {
        "statement": "Restarted by Bo from the runbook in 4 min; no failed requests.",
        "by": "ana@example.org",
        "confirmed": "bo@example.org",
        "on": "2026-11-02",
        "until": "2027-01-31",
        "release": "any",
        "covers": "question",
        "evidence": (
            Evidence(
                kind="drill",
                ref="drills/2026-11-02.md",
                sha256=digest("d"),
                size=2048,
                dated="2026-11-02",
            ),
            Evidence(kind="link", ref="https://wiki.example.org/restart", dated="2026-11-01"),
        ),
        "authorship": "committed",
        "brought": "committed by ana@example.org; the confirmation committed by bo@example.org",
        "corroborated": ("explorer-backend-1: last restart 2026-11-02, 4 min",),
    }
    return StatementUsed(**{**values, **changes})


def build_waiver(**changes: Any) -> WaiverUsed:
    values: dict[str, Any] = {
        "reason": "The second zone arrives with the new subnets.",
        "requester": "ana@example.org",
        "approver": "eve@example.org",
        "granted": "2026-11-18",
        "expires": "2026-12-02",
        "resource": f"{ARN}-admin/50dc6c495c0c9188",
        "action": "second zone for the admin balancer (ana@example.org, due 2026-12-01)",
        "conditions": (
            Condition(
                what="second zone for the admin balancer",
                owner="ana@example.org",
                due="2026-12-01",
            ),
        ),
        "true_outcome": Outcome.FAIL,
        "true_reason": "1 of 3 balancers spans one zone only",
    }
    return WaiverUsed(**{**values, **changes})


def build_weakening(**changes: Any) -> Weakening:
    values: dict[str, Any] = {
        "key": "monitoring.freshest_minutes",
        "organisation": "Platform of Example",
        "organisation_value": "10",
        "beneath": "org/readiness-org.toml:14",
        "value": "20",
        "where": "readiness/readiness.toml:31",
        "reason": "The old scraper is replaced in January.",
        "approver": "pat@example.org",
        "on": "2026-11-18",
        "until": "2027-01-31",
    }
    return Weakening(**{**values, **changes})


def passed() -> ItemResult:
    return build_item(
        findings=tuple(
            Finding(
                subject=f"{ARN}-{number}/50dc6c495c0c9188",
                outcome=Outcome.PASS,
                detail="active in eu-west-1a, eu-west-1b; 4 healthy targets",
            )
            for number in range(1, 4)
        ),
        facts=(
            FactSeen(
                name="load_balancers",
                source="AWS elasticloadbalancing",
                digest=digest("b"),
                observed=True,
                operations=(
                    "elasticloadbalancing:DescribeLoadBalancers",
                    "elasticloadbalancing:DescribeTargetHealth",
                ),
            ),
        ),
    )


def failed() -> ItemResult:
    return build_item(
        id="network.backend.security-groups",
        position=14,
        outcome=Outcome.FAIL,
        title="No security group of the backend opens more than it must.",
        stated="security group hardening for backend servers",
        reason="sg-0f3a opens port 22 to the world; 1 of 3 groups fails",
        remedy="close port 22 of sg-0f3a to 0.0.0.0/0",
        facts=(
            FactSeen(
                name="security_groups",
                source="AWS ec2",
                digest=digest("c"),
                observed=True,
                operations=("ec2:DescribeSecurityGroups",),
            ),
        ),
        findings=(
            Finding(
                subject="sg-0a11 backend", outcome=Outcome.PASS, detail="2 rules, all declared"
            ),
            Finding(
                subject="sg-0f3a bastion",
                outcome=Outcome.FAIL,
                detail="tcp 22 from 0.0.0.0/0 and ::/0, attached to eni-0b7d",
                remedy="Name the jump host's group as the source.",
            ),
            Finding(subject="sg-0c22 default", outcome=Outcome.PASS, detail="unused"),
        ),
    )


def waived() -> ItemResult:
    return build_item(
        id="network.load-balancer.ddos",
        position=11,
        outcome=Outcome.WAIVED,
        title="Every public balancer is protected against floods.",
        stated="DDoS protection on the load balancer, such as WAF",
        reason="1 finding waived until 2026-12-02 by eve@example.org",
        stamp="modified",
        waiver=build_waiver(),
        findings=(
            Finding(subject="explorer-admin", outcome=Outcome.WAIVED, detail="one zone only"),
            Finding(subject="explorer-web", outcome=Outcome.PASS, detail="two zones"),
        ),
    )


def unseen() -> ItemResult:
    return build_item(
        id="compute.image.lts-patched",
        position=17,
        section="compute",
        section_title="Compute security",
        outcome=Outcome.UNKNOWN,
        title="Every host runs a supported image with all security updates.",
        stated="up to date LTS OS image and security package updated",
        reason="the jump host did not answer within 10 s",
        remedy="open port 22 of jump.example.org to this runner, or set [hosts] in readiness.toml",
        class_as_built="partly",
        facts=(FactSeen(name="hosts", source="SSH", digest="", observed=False),),
    )


def pending(number: int, name: str, title: str) -> ItemResult:
    return build_item(
        id=f"code.credentials.{name}",
        position=number,
        section="code",
        section_title="Code security",
        outcome=Outcome.PENDING,
        title=title,
        stated="security credential handling, KMS support on private keys",
        owner="security",
        reason="nobody has answered",
        remedy=f"answer in attestations.toml: orr explain code.credentials.{name}",
        class_as_built="person",
        manual=True,
        facts_asked=(),
        evidence_kind="table",
    )


def attested() -> ItemResult:
    return build_item(
        id="operations.restart.backend",
        position=62,
        part="orr",
        section="operations",
        section_title="Operations",
        outcome=Outcome.ATTESTED,
        title="Anyone on call can restart the backend without losing requests.",
        stated="restart procedure of the backend",
        owner="service",
        phase="launch",
        reason="ana@example.org says so until 2027-01-31, confirmed by bo@example.org",
        class_as_built="person",
        manual=True,
        attestation=build_statement(),
        findings=(
            Finding(subject="statement", outcome=Outcome.ATTESTED, detail="holds until 2027-01-31"),
        ),
    )


def not_applicable() -> ItemResult:
    return build_item(
        id="monitoring.account-balance.monitor",
        position=56,
        part="orr",
        section="monitoring",
        section_title="Monitoring",
        outcome=Outcome.NOT_APPLICABLE,
        title="The balance of every account of the service is watched.",
        stated="monitor service account balance on any blockchain",
        reason="no such component, says eve@example.org",
        not_applicable=NotApplicable(
            reason="no-such-component",
            text="The explorer only reads; it holds no account.",
            approver="eve@example.org",
            on="2026-10-30",
        ),
    )


def lost() -> ItemResult:
    return build_item(
        id="monitoring.dashboard.grafana",
        position=58,
        part="orr",
        section="monitoring",
        section_title="Monitoring",
        outcome=Outcome.MISSING,
        severity="major",
        title="One dashboard shows whether the service is well.",
        stated="use Grafana dashboard to monitor services",
        reason="in the suite, but it gave no result",
        remedy="run the whole suite: pytest readiness/",
    )


def own() -> ItemResult:
    return build_item(
        id="explorer.index.lag",
        position=77,
        part="service",
        section="explorer",
        section_title="Explorer",
        outcome=Outcome.UNKNOWN,
        severity="minor",
        phase="operate",
        owner="product",
        gated=False,
        title="The index is at most two blocks behind the chain.",
        stated="",
        stamp="local",
        reason="the check broke: KeyError: 'height'",
        remedy="mend the check in test_explorer.py",
        traceback="test_explorer.py:12: in test_index_lag\n    height = answer['height']\nKeyError",
        file="test_explorer.py",
        function="test_index_lag",
    )


def build_note(**changes: Any) -> ReviewNote:
    values: dict[str, Any] = {
        "item": "network.load-balancer.elb",
        "kind": "condition",
        "text": "Show that the second zone takes the whole load.",
        "by": "eve@example.org",
        "on": "2026-11-16",
        "settled": False,
        "waits_for": "platform",
        "reason": "nobody has answered",
    }
    return ReviewNote(**{**values, **changes})


def every_note() -> tuple[ReviewNote, ...]:
    answer = {
        "answer": "Shown in the drill of 2026-11-17",
        "answered_by": "ana@example.org",
        "answered_on": "2026-11-17",
    }
    settled = {"settled": True, "waits_for": "", "reason": ""}
    return (
        build_note(),
        build_note(
            text="Repeat the restart without the person who wrote the runbook.",
            item="operations.restart.backend",
            **answer,
            waits_for="reviewer",
            reason="no reviewer has accepted the answer",
        ),
        build_note(text="Name a deputy.", **answer, accepted_by="eve@example.org", **settled),
        build_note(kind="question", item="", text="Who speaks to users?", waits_for="service"),
        build_note(kind="question", text="Why two zones and not three?", **answer, **settled),
    )


def all_outcomes() -> SignOff:
    review = build_review(
        passed(),
        failed(),
        waived(),
        unseen(),
        pending(5, "kms-private-keys", "Every private key lives in a key management service."),
        pending(8, "separate-accounts", "No credential opens two environments."),
        attested(),
        not_applicable(),
        lost(),
        own(),
        notices=(
            Notice(
                kind="waiver-expires-soon",
                item="network.load-balancer.ddos",
                text="the waiver of network.load-balancer.ddos ends in 12 days",
            ),
        ),
        notes=every_note(),
        weakenings=(build_weakening(),),
    )
    caller = AwsCaller(
        account="123456789012",
        arn="arn:aws:iam::123456789012:user/ana",
        width="wide",
        why="it may s3:DeleteBucket",
    )
    provenance = dataclasses.replace(review.provenance, callers=(caller,))
    review = dataclasses.replace(review, provenance=provenance)
    return SignOff(review=review, verdict=judge.decide(review))


def say_everywhere(
    value: Any,
    say: Callable[[], str],
    kept: frozenset[str] = CLOSED_SETS,
    field: str = "",
) -> Any:
    """Return the same review with every text of it said by ``say``, but for some fields."""
    if isinstance(value, tuple):
        return tuple(say_everywhere(member, say, kept, field) for member in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (field.name for field in dataclasses.fields(value))
        said = {name: say_everywhere(getattr(value, name), say, kept, name) for name in fields}
        return dataclasses.replace(value, **said)
    free = isinstance(value, str) and not isinstance(value, Outcome) and field not in kept
    return say() if free and value else value


def numbered(text: str) -> SignOff:
    """Return a sign-off whose free texts are ``§1 text §``, ``§2 text §`` and so on."""
    numbers = itertools.count(1)
    review = say_everywhere(all_outcomes().review, lambda: f"§{next(numbers)}§{text}§")
    return SignOff(review=review, verdict=judge.decide(review))


def as_before(review: Review) -> Review:
    """Return an earlier review of the same items, of which everything else was said otherwise."""
    numbers = itertools.count(1)
    kept = CLOSED_SETS | {"id", "service", "environment", "subject"}
    earlier = say_everywhere(review, lambda: f"before {next(numbers)}", kept)
    turned = {Outcome.PASS: Outcome.FAIL, Outcome.FAIL: Outcome.PASS}
    items = (
        dataclasses.replace(
            item,
            outcome=turned.get(item.outcome, item.outcome),
            findings=tuple(
                dataclasses.replace(one, outcome=turned.get(one.outcome, one.outcome))
                for one in item.findings
            ),
        )
        for item in earlier.items
    )
    return dataclasses.replace(earlier, items=tuple(items))  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def said_before() -> Callable[[Review], Review]:
    return as_before


@pytest.fixture(scope="session")
def said_everywhere() -> Callable[[str], SignOff]:
    return numbered


@pytest.fixture
def an_item() -> AnItem:
    return build_item


@pytest.fixture
def a_review() -> AReview:
    return build_review


@pytest.fixture
def a_waiver() -> Callable[..., WaiverUsed]:
    return build_waiver


@pytest.fixture
def a_note() -> Callable[..., ReviewNote]:
    return build_note


@pytest.fixture
def signed_off() -> Callable[[Review], SignOff]:
    return lambda review: SignOff(review=review, verdict=judge.decide(review))


@pytest.fixture
def every_outcome() -> SignOff:
    return all_outcomes()
