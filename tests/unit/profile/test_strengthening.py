"""Policies make items more severe, and answers hold for fewer days; never the other way."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_orr.model import SEVERITIES
from pytest_orr.profile.schema import Gate
from pytest_orr.profile.standing import Force, statement_standing, waiver_standing
from pytest_orr.profile.strengthening import strengthened

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

ID = "network.load-balancer.elb"
AS_OF = dt.date(2026, 11, 20)
ORG = f"""\
name = "Org"
[gate]
blockers = ["{ID}"]
[gate.valid_for]
"{ID}" = 30
"""
STATEMENT = f"""
[[attestation]]
item = "{ID}"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-10
until = 2026-12-31
evidence = [{{ kind = "capture", ref = "https://example.org/x", dated = 2026-11-09 }}]
"""
WAIVER = f"""
[[waiver]]
item = "{ID}"
reason = "accepted"
requester = "ana@example.org"
approver = "eve@example.org"
granted = 2026-11-10
expires = 2026-12-10
"""


@pytest.fixture
def over(loaded: Callable[..., Written], profile_text: str) -> Callable[..., Written]:
    """Load what people wrote over an organisation's file."""

    def write_and_load(org: str = ORG, *, more: str = "", **beside: str) -> Written:
        digest = hashlib.sha256(org.encode()).hexdigest()
        text = f'[extends]\npath = "org.toml"\nsha256 = "{digest}"\n\n{profile_text}{more}'
        return loaded(readiness=text, org=org, **beside)

    return write_and_load


@pytest.mark.parametrize(
    ("own", "gate", "severity"),
    [
        ("minor", Gate(), "minor"),
        ("minor", Gate(majors=(ID,)), "major"),
        ("minor", Gate(majors=(ID,), blockers=(ID,)), "blocker"),
        ("major", Gate(blockers=(ID,)), "blocker"),
        ("major", Gate(blockers=("another.item.id",)), "major"),
        ("blocker", Gate(majors=(ID,)), "blocker"),
    ],
)
def test_an_item_is_as_severe_as_it_says_or_as_the_policy_does(
    item: ItemSpec, own: str, gate: Gate, severity: str
) -> None:
    [judged] = strengthened((replace(item, severity=own),), gate)
    assert judged.severity == severity
    assert SEVERITIES.index(judged.severity) <= SEVERITIES.index(own)


@pytest.mark.parametrize(("days", "valid"), [(30, 30), (90, 90), (120, 90)])
def test_an_answer_holds_for_the_fewer_days_of_item_and_policy(
    item: ItemSpec, days: int, valid: int
) -> None:
    [judged] = strengthened((item,), Gate(valid_for={ID: days}))
    assert judged == replace(item, valid_for=valid)


def test_an_organisation_makes_void_what_the_suite_alone_would_let_count(
    over: Callable[..., Written], item: ItemSpec
) -> None:
    written = over(attestations=STATEMENT, waivers=WAIVER)
    minor = replace(item, severity="major")
    [strict] = strengthened((minor,), written.policy.gate)
    [statement], [waiver] = written.statements, written.waivers

    assert statement_standing(minor, statement, written=written, as_of=AS_OF).in_force
    refused = statement_standing(strict, statement, written=written, as_of=AS_OF)
    assert "it is valid for 51 days, the item allows 30" in refused.reason
    assert "nobody has confirmed it, which a blocker needs" in refused.reason

    assert waiver_standing(minor, waiver, written=written, as_of=AS_OF).in_force
    too_long = waiver_standing(strict, waiver, written=written, as_of=AS_OF)
    assert too_long.force is Force.REFUSED


def test_a_service_may_ask_for_more_and_both_are_told_where_they_stand(
    over: Callable[..., Written],
) -> None:
    policy = f'[gate]\nblockers = ["{ID}", "operations.restart.backend"]\n'
    policy += '[gate.valid_for]\n"operations.restart.backend" = 7\n'
    written = over(policy=policy)
    gate = written.policy.gate
    assert gate.blockers == (ID, "operations.restart.backend")
    assert gate.valid_for == {"operations.restart.backend": 7, ID: 30}
    told = [
        str(written.layers.origin_at(("gate", "valid_for", one)))
        for one in (*gate.valid_for, "network.elb")
    ]
    assert told == ["policy.toml:4", "org.toml:5", "None"]


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        (
            "[gate]\nblockers = []\n",
            f'policy.toml:2: `gate.blockers` lacks "{ID}", weaker than org.toml:3',
        ),
        (
            f'[gate.valid_for]\n"{ID}" = 60\n',
            f"policy.toml:2: `gate.valid_for.{ID}` is 60, weaker than org.toml:5",
        ),
    ],
)
def test_a_service_that_asks_for_less_is_refused_until_somebody_approves_it(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, policy: str, told: str
) -> None:
    digest = hashlib.sha256(ORG.encode()).hexdigest()
    extends = f'[extends]\npath = "org.toml"\nsha256 = "{digest}"\n\n'
    [mistake] = mistakes_in(readiness=extends + profile_text, org=ORG, policy=policy)
    assert mistake.startswith(told)


def test_an_approved_weakening_lets_an_answer_hold_longer(over: Callable[..., Written]) -> None:
    approved = (
        f'[[weakenings]]\nkey = "gate.valid_for.{ID}"\nvalue = 60\nreason = "r"\n'
        'approver = "eve@example.org"\non = 2026-11-18\nuntil = 2026-12-31\n'
    )
    written = over(more=approved, policy=f'[gate.valid_for]\n"{ID}" = 60\n')
    assert written.policy.gate.valid_for == {ID: 60}
    assert [one.key for one in written.weakenings] == [f"gate.valid_for.{ID}"]


def test_former_ids_are_known_in_lists_and_none_as_keys(
    loaded: Callable[..., Written], mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    written = loaded(policy='[gate]\nblockers = ["network.elb"]\nmajors = ["network.elb"]\n')
    assert (written.policy.gate.blockers, written.policy.gate.majors) == ((ID,), (ID,))
    [unknown] = mistakes_in(policy='[gate.valid_for]\n"network.elb" = 7\n')
    assert unknown.startswith("policy.toml:2: `gate.valid_for.network.elb` names an unknown item")
