"""What a statement is bound to, and who may state and confirm it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.profile.chains import Contract
from pytest_orr.profile.drill_form import DrillRecord
from pytest_orr.profile.drill_records import Drill
from pytest_orr.profile.evidence_files import EvidenceFile
from pytest_orr.profile.load import Written
from pytest_orr.profile.places import Place, Places
from pytest_orr.profile.schema import (
    EvidenceRef,
    Person,
    Policy,
    Profile,
    Release,
    Service,
    Statement,
)
from pytest_orr.profile.standing import Force, statement_standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec

DAY = dt.date(2026, 11, 4)
DIGEST = "a" * 64
PEOPLE = (
    Person(email="ana@example.org", name="Ana", roles=("platform",)),
    Person(email="bo@example.org", name="Bo", roles=("security",)),
    Person(email="cy@example.org", name="Cy", roles=("platform", "support")),
    Person(email="eve@example.org", name="Eve", roles=("principal-engineer",)),
    Person(email="fay@example.org", name="Fay", roles=("approver",)),
)
CONTRACT = Contract(
    name="vault",
    chain="main",
    address="0x" + "1" * 40,
    build="vault.json",
    audited_commit="5f2d8c1",
)
DRILL = Drill(
    ref="drills/a.toml",
    sha256=DIGEST,
    record=DrillRecord(
        items=("network.load-balancer.elb",),
        by="bo@example.org",
        author="ana@example.org",
        environment="production",
        release="4f2a9c1d0e",
        started=dt.datetime(2026, 11, 4, 10, tzinfo=dt.UTC),
        minutes=6,
        succeeded=True,
        happened="It went well.",
        lost="nothing",
    ),
)


def judged(spec: ItemSpec, *, contracts: tuple[Contract, ...] = (), **said: Any) -> Any:
    statement = Statement(
        **{
            "item": spec.id,
            "statement": "It is so.",
            "by": "ana@example.org",
            "confirmed": "cy@example.org",
            "on": DAY,
            "until": dt.date(2026, 12, 31),
            "evidence": (EvidenceRef(kind="capture", ref="https://example.org/elb", dated=DAY),),
            **said,
        }
    )
    profile = Profile(
        service=Service(name="explorer", environment="production", people=PEOPLE),
        release=Release(commit="4f2a9c1d0e"),
        contracts=contracts,
    )
    written = Written(
        profile=profile,
        statements=(statement,),
        waivers=(),
        policy=Policy(),
        folder=Path(),
        digests=(),
        drills=(DRILL,),
        evidence_files=(EvidenceFile(ref="drills/a.toml", sha256=DIGEST),),
        places=Places(statements=(Place(item=spec.id, named=spec.id, line=12),)),
    )
    return statement_standing(spec, statement, written=written, as_of=dt.date(2026, 11, 20))


@pytest.mark.parametrize("void", ["commit", "paths", "share", "bytecode", "machines"])
def test_what_something_voids_names_the_commit_that_it_was_made_for(
    item: ItemSpec, void: str
) -> None:
    bound = replace(item, void=void)
    machines = ("t3.medium",) if void == "machines" else ()
    assert judged(bound, release="4f2a9c1", machines=machines).in_force
    refused = judged(bound, machines=machines)
    assert refused.force is Force.REFUSED
    assert refused.reason.startswith(
        'attestations.toml:12: the statement is refused: its `release` is "any", but a'
    )
    assert refused.remedy == "set `release` to the commit that it was made for"


def test_whether_files_changed_since_another_commit_is_left_to_git(item: ItemSpec) -> None:
    assert judged(item, release="0000000").in_force
    assert judged(replace(item, void="paths"), release="0000000").in_force


def test_a_stress_test_names_the_instance_types_that_it_loaded(item: ItemSpec) -> None:
    refused = judged(replace(item, void="machines"), release="4f2a9c1")
    assert refused.reason.endswith(
        "it names no `machines`, but a change of the instance type voids it"
    )
    assert refused.remedy == 'name the instance types that were loaded: machines = ["…"]'


def test_an_audit_of_contracts_is_bound_to_the_commit_that_their_code_is_built_from(
    item: ItemSpec,
) -> None:
    audit = replace(item, void="bytecode")
    assert judged(audit, contracts=(CONTRACT,), release="5f2d8c1aaa").in_force
    refused = judged(audit, contracts=(CONTRACT,), release="4f2a9c1")
    told = "it is bound to 4f2a9c1, the code of vault is built from 5f2d8c1"
    assert refused.reason.endswith(told)
    assert refused.remedy == "have 5f2d8c1 audited, and state it for that commit"


@pytest.mark.parametrize(
    ("confirmed", "force"),
    [
        ("cy@example.org", Force.IN_FORCE),
        ("eve@example.org", Force.IN_FORCE),
        ("fay@example.org", Force.IN_FORCE),
        ("bo@example.org", Force.REFUSED),
        ("gus@example.org", Force.REFUSED),
    ],
)
def test_who_has_the_items_role_or_judges_launches_may_confirm(
    item: ItemSpec, confirmed: str, force: Force
) -> None:
    assert judged(item, confirmed=confirmed).force is force


def test_a_second_person_of_an_item_that_needs_none_needs_the_role_all_the_same(
    item: ItemSpec,
) -> None:
    minor = replace(item, severity="minor")
    assert judged(minor, confirmed=None).in_force
    assert not judged(minor, confirmed="bo@example.org").in_force


def test_whoever_did_the_drill_may_confirm_it(item: ItemSpec) -> None:
    proof = EvidenceRef(kind="drill", ref="drills/a.toml", sha256=DIGEST, dated=DAY)
    drilled = replace(item, evidence_kind="drill")
    assert judged(drilled, confirmed="bo@example.org", evidence=(proof,)).in_force


def test_every_refusal_and_expiry_names_its_line(item: ItemSpec) -> None:
    old = judged(item, on=dt.date(2026, 9, 1), until=dt.date(2026, 11, 19))
    assert old.reason == "attestations.toml:12: the statement expired: it held until 2026-11-19"
    assert judged(item, by="bo@example.org").reason.startswith(
        "attestations.toml:12: the statement"
    )


STATED_FILES = """
[[repository.stated]]
item = "{item}"
files = ["cmd/**"]
"""


def test_an_item_has_files_of_its_own_by_its_id_or_an_alias(
    loaded: Callable[..., Written], profile_text: str, item: ItemSpec
) -> None:
    for name in (item.id, item.aliases[0]):
        written = loaded(readiness=profile_text + STATED_FILES.format(item=name))
        assert written.profile.code.files_of(item.id) == ("cmd/**",)
        assert written.profile.code.files_of("operations.restart.backend") == ("src/**",)


def test_files_of_an_unknown_item_and_of_one_twice_are_mistakes(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, item: ItemSpec
) -> None:
    twice = STATED_FILES.format(item=item.id) + STATED_FILES.format(item="network.elb")
    [again] = mistakes_in(readiness=profile_text + twice)
    assert "`repository.stated.item` is" in again
    [unknown] = mistakes_in(readiness=profile_text + STATED_FILES.format(item="network.elbe"))
    assert "an unknown item" in unknown


def test_a_statement_knows_its_line_whatever_stands_above(
    loaded: Callable[..., Written], item: ItemSpec
) -> None:
    text = """# Who says what.

[[attestation]]
item = "operations.restart.backend"
statement = "It was restarted."
by = "ana@example.org"
on = 2026-11-04
until = 2026-12-31
evidence = [{ kind = "capture", ref = "https://example.org/x", dated = 2026-11-04 }]

[[attestation]]
item = "network.elb"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-04
until = 2026-12-31
evidence = [{ kind = "capture", ref = "https://example.org/x", dated = 2026-11-04 }]
"""
    written = loaded(attestations=text)
    assert written.where(item.id) == "attestations.toml:11: "
    assert written.where("demo.a.none") == ""
    assert [place.named for place, _ in written.stated.placed][-1] == "network.elb"
    assert len(written.stated.sha256) == 64
