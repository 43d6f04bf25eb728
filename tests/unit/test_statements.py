"""A statement that holds by itself, judged by what git and AWS say of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.git_said import Bringer
from pytest_orr.collect.operations.statement_authors import StatementAuthor, StatementAuthorFacts
from pytest_orr.collect.operations.statement_commits import (
    NamedCommit,
    StatementCommit,
    StatementCommitFacts,
)
from pytest_orr.collect.parts import Part
from pytest_orr.consent import standing_of
from pytest_orr.errors import FactUnavailable, Unanswered
from pytest_orr.model import ItemSpec
from pytest_orr.observation import Observed, Unobserved
from pytest_orr.profile.aws import Aws, AwsAccount
from pytest_orr.profile.load import Written
from pytest_orr.profile.places import Place, Places
from pytest_orr.profile.repository import Repository
from pytest_orr.profile.schema import (
    EvidenceRef,
    Gate,
    Person,
    Policy,
    Profile,
    Release,
    Service,
    Statement,
)
from pytest_orr.statements import facts_about, used

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import StatementUsed

DAY = dt.date(2026, 11, 9)
LAUNCHED, BEFORE = "4f2a9c1d0e", "907deaa5"
DIGEST = "a" * 64
BLIND = Unobserved(name="x", cause="no git is here", remedy="install git", source="git")
AWS = Aws(accounts=(AwsAccount(id="123456789012", regions=("eu-central-1",)),))
SPEC = ItemSpec(
    id="demo.a.one",
    position=1,
    part="service",
    section="demo",
    section_title="Demo",
    title="It is so.",
    stated="",
    severity="minor",
    phase="launch",
    owner="service",
    why="",
    fix="",
    question="Is it so?",
    evidence_kind="link",
    valid_for=90,
    class_as_built="person",
    stamp="local",
    file="test_demo.py",
    function="test_one",
)
ANA = Bringer(commit="1" * 40, author="ana@example.org")


def seen(name: str, value: object) -> Observed[Any]:
    return Observed(name=name, value=value, source="git")


def commits(**told: Any) -> Observed[Any]:
    named = NamedCommit(id=BEFORE * 5, launched=LAUNCHED * 4, **told)
    part = Part(name="attestations.toml:7", observed=named)
    known = [
        StatementCommit(item="demo.a.one", commit=BEFORE, is_evidence=proof, named=part)
        for proof in (True, False)
    ]
    return seen("statement_commits", StatementCommitFacts(all=tuple(known)))


def authors(*brought: Bringer) -> Observed[Any]:
    one = StatementAuthor(item="demo.a.one", is_committed=bool(brought), brought=brought)
    return seen("statement_authors", StatementAuthorFacts(sha256=DIGEST, all=(one,)))


@pytest.fixture
def judged() -> Callable[..., StatementUsed]:
    """Judge a statement by facts: what it says, what voids it, what was seen."""

    def judge(
        *,
        void: str = "",
        authorship: Any = "claimed",
        aws: Aws | None = None,
        facts: dict[str, Any] | None = None,
        code: Repository | None = None,
        **said: Any,
    ) -> StatementUsed:
        spec = replace(SPEC, void=void)
        written = written_with(authorship=authorship, aws=aws, code=code, **said)
        return used(spec, written.statements[0], written, facts or {})

    return judge


def written_with(
    *, authorship: Any = "claimed", aws: Aws | None = None, code: Any = None, **said: Any
) -> Written:
    link = EvidenceRef(kind="link", ref="https://wiki.example.org/x", dated=DAY)
    values = {"release": "any", "evidence": (link,), **said}
    statement = Statement(
        item="demo.a.one",
        statement="It is so.",
        by="ana@example.org",
        on=DAY,
        until=dt.date(2026, 12, 31),
        **values,
    )
    return Written(
        profile=Profile(
            service=Service(
                name="explorer",
                environment="production",
                people=(Person(email="ana@example.org", name="Ana", roles=("service",)),),
            ),
            release=Release(commit=LAUNCHED),
            aws=aws,
            repository=code,
        ),
        statements=(statement,),
        waivers=(),
        policy=Policy(gate=Gate(authorship=authorship)),
        folder=Path(),
        digests=(("attestations.toml", DIGEST),),
        places=Places(statements=(Place(item="demo.a.one", named="demo.a.one", line=7),)),
    )


def test_a_statement_for_the_release_to_be_launched_asks_git_nothing(
    judged: Callable[..., StatementUsed],
) -> None:
    for release in ("any", LAUNCHED, LAUNCHED[:7]):
        assert judged(release=release).brought == "only claimed: git was not asked"


def test_a_statement_for_another_commit_holds_while_only_the_suites_folder_changed(
    judged: Callable[..., StatementUsed],
) -> None:
    assert judged(release=BEFORE, facts={"statement_commits": commits()}).release == BEFORE


@pytest.mark.parametrize(
    ("void", "told", "voided"),
    [
        ("", {"elsewhere": ("src/a.go",)}, "a new commit: it was made for 907deaa5; since"),
        ("commit", {"elsewhere": ("src/a.go",)}, "then changed src/a.go"),
        (
            "paths",
            {"files": ("src/a.go",), "lines": 1, "lines_then": 9},
            "a change of the files that it is about: it was made for 907deaa5; since then changed",
        ),
        (
            "share",
            {"files": ("src/a.go",), "lines": 2, "lines_then": 9},
            "then changed 2 of 9 lines, 10 % may: src/a.go",
        ),
        ("machines", {"release_lines": ("1.3", "1.4")}, "changed the release line, 1.3 to 1.4"),
    ],
)
def test_what_changed_voids_a_statement_and_is_named(
    judged: Callable[..., StatementUsed], void: str, told: dict[str, Any], voided: str
) -> None:
    with pytest.raises(Unanswered) as caught:
        judged(void=void, release=BEFORE, facts={"statement_commits": commits(**told)})
    assert caught.value.reason.startswith("attestations.toml:7: the statement is void by ")
    assert voided in caught.value.reason
    assert caught.value.remedy == f"look at it again, and state it for release {LAUNCHED}"


def test_changes_that_were_agreed_void_nothing(judged: Callable[..., StatementUsed]) -> None:
    few = {"files": ("src/a.go",), "elsewhere": ("src/a.go",), "lines": 2, "lines_then": 9}
    facts = {"statement_commits": commits(**few)}
    agreed = Repository(audited_lines=2, reviewed_percent=23)
    assert judged(void="paths", release=BEFORE, facts=facts, code=agreed).by
    assert judged(void="share", release=BEFORE, facts=facts, code=agreed).by
    assert judged(void="machines", release=BEFORE, facts=facts).by
    assert judged(void="bytecode", release=BEFORE).by


@pytest.mark.parametrize("facts", [{}, {"statement_commits": BLIND}])
def test_without_git_nobody_can_tell_whether_it_holds(
    judged: Callable[..., StatementUsed], facts: dict[str, Any]
) -> None:
    for said in (
        {"release": BEFORE},
        {"evidence": (EvidenceRef(kind="commit", ref=BEFORE, dated=DAY),)},
    ):
        with pytest.raises(FactUnavailable):
            judged(facts=facts, **said)


def test_evidence_may_be_a_commit_that_git_has(judged: Callable[..., StatementUsed]) -> None:
    proof = EvidenceRef(kind="commit", ref=BEFORE, dated=DAY)
    assert judged(evidence=(proof,), facts={"statement_commits": commits()}).evidence


def test_other_instances_than_were_loaded_void_a_stress_test(
    judged: Callable[..., StatementUsed],
) -> None:
    types = [SimpleNamespace(instance=SimpleNamespace(type=one)) for one in ("a.large", "b.large")]
    said: dict[str, Any] = {"void": "machines", "release": LAUNCHED, "aws": AWS}
    facts = {"sized_instances": seen("sized_instances", tuple(types))}
    assert judged(facts=facts, machines=("a.large", "b.large"), **said).by
    with pytest.raises(Unanswered) as caught:
        judged(facts=facts, machines=("a.large",), **said)
    assert caught.value.reason.endswith("it loaded a.large, now runs b.large")
    with pytest.raises(FactUnavailable):
        judged(facts={"sized_instances": BLIND}, machines=("a.large",), **said)


@pytest.mark.parametrize(
    ("brought", "level", "passes"),
    [
        ((), "claimed", ["claimed"]),
        ((ANA,), "committed", ["claimed", "committed"]),
        (
            (replace(ANA, signed=True, signer="ana@example.org"),),
            "proven",
            ["claimed", "committed", "proven"],
        ),
    ],
)
def test_the_policy_refuses_a_statement_of_whose_author_too_little_is_known(
    judged: Callable[..., StatementUsed],
    brought: tuple[Bringer, ...],
    level: str,
    passes: list[str],
) -> None:
    facts = {"statement_authors": authors(*brought)}
    for asked in ("claimed", "committed", "proven"):
        if asked in passes:
            assert judged(authorship=asked, facts=facts).authorship == level
            continue
        with pytest.raises(Unanswered) as caught:
            judged(authorship=asked, facts=facts)
        told = f"attestations.toml:7: the policy asks for a statement that is {asked}; this one is"
        assert caught.value.reason.startswith(told)
        assert "the author the statement" in caught.value.remedy


def test_where_git_cannot_tell_a_statement_is_claimed_and_a_strict_policy_leaves_it_unknown(
    judged: Callable[..., StatementUsed],
) -> None:
    facts = {"statement_authors": BLIND}
    assert judged(facts=facts).brought == "only claimed: no git is here"
    with pytest.raises(FactUnavailable, match=r"attestations\.toml:7: no git is here"):
        judged(authorship="committed", facts=facts)


def test_facts_about_another_file_tell_nothing_of_this_one(
    judged: Callable[..., StatementUsed],
) -> None:
    facts = StatementAuthorFacts(sha256="f" * 64, all=())
    told = judged(facts={"statement_authors": seen("statement_authors", facts)})
    assert told.brought == "only claimed: git was asked about another attestations.toml"


def test_what_a_statement_is_judged_by_is_gathered_for_stated_items_alone() -> None:
    stated, other = SPEC, replace(SPEC, id="demo.a.two")
    test = replace(stated, void="machines")
    both = ["statement_authors", "statement_commits"]
    assert list(facts_about((stated, other), written_with())) == both
    assert list(facts_about((other,), written_with())) == []
    assert list(facts_about((test,), written_with(aws=AWS))) == [*both, "sized_instances"]
    assert list(facts_about((test,), written_with())) == both


def test_an_item_reads_what_nobody_can_tell_as_unknown() -> None:
    written = written_with(release=BEFORE, covers="unknown")
    as_of = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    attestation = standing_of(SPEC, written, as_of).attestation
    assert (attestation.in_force, attestation.would_cover) == (None, True)
    with pytest.raises(FactUnavailable, match="statement_commits was not gathered"):
        _ = attestation.statement
