"""A not-applicable rests on what the profile does not declare, and on somebody who agreed."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from pytest_orr.collect.registry import registry
from pytest_orr.profile.applicability import (
    BASES,
    KEYS,
    RESTS_ON,
    Basis,
    bases_of,
    declared_in,
    items_resting_on,
)
from pytest_orr.profile.documents import document_of
from pytest_orr.profile.load import load
from pytest_orr.profile.standing import Force, not_applicable_standing
from pytest_orr.suite import read

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

    Load = Callable[..., Written]
    Refuse = Callable[..., tuple[str, ...]]
    Judge = Callable[..., tuple[Force, str, str]]

DECLARED = """
[[not_applicable]]
item = "network.load-balancer.elb"
reason = "{reason}"
text = "There is none."
{more}"""
SIGNED = 'approver = "eve@example.org"\non = 2026-11-01\n'
AWS = """
[aws]
[aws.resources]
tags = { service = "explorer" }
[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]
"""
NO_LONGER = "no longer holds"


def said(more: str = SIGNED, reason: str = "no-such-component") -> str:
    return DECLARED.format(reason=reason, more=more)


@pytest.fixture
def judged(loaded: Load, profile_text: str) -> Judge:
    """Load a profile with one not-applicable, and judge it."""

    def judge(declared: str, also: str = "") -> tuple[Force, str, str]:
        written = loaded(readiness=profile_text + declared + also)
        [one] = written.profile.not_applicable
        standing = not_applicable_standing(one, written=written)
        return standing.force, standing.reason, standing.remedy

    return judge


def test_what_somebody_signed_is_in_force(judged: Judge) -> None:
    assert judged(said()) == (Force.IN_FORCE, "", "")


def test_a_proposal_names_who_may_sign_it(judged: Judge) -> None:
    assert judged(said(more="")) == (
        Force.REFUSED,
        "readiness.toml:23: not applicable is only proposed: nobody has agreed yet",
        (
            "let eve@example.org sign it in readiness.toml: `approver` and `on` under"
            " [[not_applicable]], or remove it"
        ),
    )


def test_where_nobody_may_sign_somebody_is_asked_for(loaded: Load, profile_text: str) -> None:
    alone = profile_text.replace('["approver"]', '["support"]')
    written = loaded(readiness=alone + said(more=""))
    [one] = written.profile.not_applicable
    assert not_applicable_standing(one, written=written).remedy == (
        "name somebody with the role approver or principal-engineer in readiness.toml, who signs"
        " it, or remove it"
    )


def test_it_is_void_once_the_profile_declares_the_thing(judged: Judge, profile_text: str) -> None:
    line = (profile_text + said()).count("\n") + 2
    assert judged(said(), AWS) == (
        Force.REFUSED,
        (
            f"readiness.toml:23: not applicable is void: readiness.toml:{line} declares [aws], so"
            f" “no such component” {NO_LONGER}"
        ),
        "remove its [[not_applicable]] from readiness.toml: the item is judged without it",
    )


def test_a_proposal_that_is_void_says_both(judged: Judge) -> None:
    _, reason, remedy = judged(said(more=""), AWS)
    assert reason.startswith("readiness.toml:23: not applicable is void: readiness.toml:")
    assert reason.endswith(f"{NO_LONGER}; nobody has agreed yet")
    assert "remove its" in remedy
    assert "let eve@example.org" in remedy


@pytest.mark.parametrize(
    ("reason", "rests_on", "is_void"),
    [
        ("no-such-component", "", True),
        ("other-provider", "", True),
        ("handled-elsewhere", "", False),
        ("not-public", "", False),
        ("handled-elsewhere", "aws", True),
        ("not-public", "aws", True),
    ],
)
def test_what_speaks_of_no_absence_holds_beside_the_thing_unless_it_rests_on_it(
    judged: Judge, reason: str, rests_on: str, *, is_void: bool
) -> None:
    more = SIGNED + (f'rests_on = "{rests_on}"\n' if rests_on else "")
    force, told, _ = judged(said(more, reason), AWS)
    assert (force is Force.REFUSED) is is_void
    assert (NO_LONGER in told) is is_void


def test_an_item_of_the_service_rests_on_what_it_names(loaded: Load, profile_text: str) -> None:
    restart = said(f'{SIGNED}rests_on = "aws"\n').replace(
        "network.load-balancer.elb", "operations.restart.backend"
    )
    for also, force in (("", Force.IN_FORCE), (AWS, Force.REFUSED)):
        written = loaded(readiness=profile_text + restart + also)
        [one] = written.profile.not_applicable
        assert not_applicable_standing(one, written=written).force is force


def test_an_unsigned_half_is_a_mistake(mistakes_in: Refuse, profile_text: str) -> None:
    line = profile_text.count("\n") + 6
    assert mistakes_in(readiness=profile_text + said('approver = "eve@example.org"\n')) == (
        (
            f"readiness.toml:{line}: `not_applicable.approver` needs `on` beside it; without both"
            " it is a proposal"
        ),
    )
    assert mistakes_in(readiness=profile_text + said("on = 2026-11-01\n")) == (
        (
            f"readiness.toml:{line}: `not_applicable.on` needs `approver` beside it; without both"
            " it is a proposal"
        ),
    )


@pytest.mark.parametrize("item", ["network.load-balancer.elb", "network.elb"])
def test_a_known_item_rests_on_nothing_else(
    mistakes_in: Refuse, profile_text: str, item: str
) -> None:
    text = profile_text + said(f'{SIGNED}rests_on = "hosts"\n').replace(
        "network.load-balancer.elb", item
    )
    assert mistakes_in(readiness=text) == (
        (
            f"readiness.toml:{profile_text.count(chr(10)) + 8}: `not_applicable.rests_on` is"
            f' "hosts", but "{item}" rests on "aws": remove it'
        ),
    )


def test_what_it_rests_on_is_one_of_the_known_things(
    mistakes_in: Refuse, profile_text: str
) -> None:
    [mistake] = mistakes_in(readiness=profile_text + said(f'{SIGNED}rests_on = "hostz"\n'))
    assert '`not_applicable.rests_on` is "hostz"' in mistake
    assert '"hosts"' in mistake


SECTIONS = {
    '[[contracts]]\nname = "x"': ("contracts", "[[contracts]]"),
    "[provider]": ("provider", "[provider]"),
    '[[provider.projects]]\nname = "x"': ("provider", "[provider]"),
    '[release]\nimages = ["x"]': ("images", "`release.images`"),
    '[[images.built]]\nimage = "x"': ("images", "[[images.built]]"),
    '[[endpoints]]\nrole = "frontend"': ("frontend", "[[endpoints]]"),
    '[[hosting]]\nkind = "s3"': ("frontend", "[[hosting]]"),
    '[support]\nemail = "a@b.c"': ("support.email", "`support.email`"),
    '[[support.channels]]\nkind = "discord"': ("support.channels", "[[support.channels]]"),
    "databases = [{}]": ("databases", "[[databases]]"),
}


@pytest.mark.parametrize(("text", "told"), SECTIONS.items(), ids=SECTIONS.keys())
def test_a_thing_is_declared_however_it_is_written(text: str, told: tuple[str, str]) -> None:
    found = {
        one.basis: one.section for one in declared_in(document_of("readiness.toml", text.encode()))
    }
    assert found[told[0]] == told[1]


@pytest.mark.parametrize(
    "text",
    ["", "databases = []", "[release]\nimages = []", '[[endpoints]]\nrole = "backend"', "[images]"],
)
def test_an_empty_list_declares_nothing(text: str) -> None:
    assert declared_in(document_of("readiness.toml", text.encode())) == ()


def test_the_file_is_named_without_its_folders() -> None:
    document = document_of("/home/ana/explorer/readiness/readiness.toml", b"\n[aws]\n")
    [one] = declared_in(document)
    assert (one.file, one.line) == ("readiness.toml", 2)


def test_the_table_knows_items_of_the_checklist_and_keys_of_the_profile(
    checklist: tuple[ItemSpec, ...],
) -> None:
    assert set(RESTS_ON) <= {item.id for item in checklist}
    assert {basis for several in RESTS_ON.values() for basis in several} <= set(BASES)
    assert set(KEYS) <= set(BASES)
    assert list(BASES) == sorted(get_args(Basis))


@pytest.fixture(scope="module")
def checklist() -> tuple[ItemSpec, ...]:
    """The items of the product's own suite."""
    return read(Path(__file__).parents[3] / "readiness", fact_names=registry().keys()).items


def test_the_items_of_a_thing_are_those_that_do_not_apply_without_it() -> None:
    assert items_resting_on("contracts") == ("code.audit.smart-contract",)
    assert items_resting_on("provider") == (
        "deployment.infura.high-limit",
        "deployment.infura.project-id-protection",
        "deployment.infura.separate-project-ids",
    )
    assert items_resting_on("chains") == ()


def test_what_rests_on_several_things_rests_on_each(loaded: Load, profile_text: str) -> None:
    [one] = loaded(readiness=profile_text + said()).profile.not_applicable
    keys = replace(one, item="network.kms.setup", rests_on="keys")
    assert bases_of(keys) == ("keys", "aws")


@pytest.mark.parametrize("state", ["faulty", "repaired"])
def test_what_the_example_leaves_out_it_does_not_declare(
    checklist: tuple[ItemSpec, ...], state: str
) -> None:
    path = Path(__file__).parents[3] / "examples" / "explorer" / state / "readiness.toml"
    written = load(path, items=checklist, as_of=dt.date(2026, 11, 20))
    assert {
        one.item: not_applicable_standing(one, written=written).reason
        for one in written.profile.not_applicable
    } == dict.fromkeys((one.item for one in written.profile.not_applicable), "")
