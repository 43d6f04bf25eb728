"""What facts show outweighs that somebody signed there is none."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_orr.collect.encrypted_stores import Store
from pytest_orr.collect.encryption_keys import EncryptionKeyFacts
from pytest_orr.collect.instances import Instance
from pytest_orr.collect.parts import Part
from pytest_orr.collect.watched_instances import WatchedInstance, WatchedInstanceFacts
from pytest_orr.collect.witnesses import contradictions
from pytest_orr.observation import Observed, Unavailable, Unobserved


def store(name: str, kind: Any = "database") -> Part[Store]:
    seen = Store(
        kind=kind,
        account="123456789012",
        region="eu-central-1",
        is_encrypted=True,
        key="",
        alias="",
    )
    return Part(name=name, observed=seen)


def keys(*stores: Part[Store]) -> Observed[Any]:
    value = EncryptionKeyFacts(found=(), declared=(), lost=(), tagged=(), stores=stores)
    return Observed(name="encryption_keys", value=value, source="AWS rds")


def watched(*states: str) -> Observed[Any]:
    unread: Part[Any] = Part(name="x")
    found = tuple(
        WatchedInstance(
            instance=Instance(
                declared_by=("tags",),
                id=f"i-{number}",
                account="123456789012",
                region="eu-central-1",
                state=state,
                type="m5.large",
                image="ami-1",
            ),
            watch=unread,
            samples=unread,
        )
        for number, state in enumerate(states)
    )
    value = WatchedInstanceFacts(found=found, lost=())
    return Observed(name="watched_instances", value=value, source="AWS ec2")


DENIED = Unobserved(name="encryption_keys", cause="denied", remedy="grant it", source="AWS rds")
BLIND: Part[Store] = Part(
    name="databases", unavailable=Unavailable(cause="denied", remedy="grant it")
)


@pytest.mark.parametrize(
    ("absent", "fact", "told"),
    [
        ("databases", keys(store("orders")), ["AWS rds shows the database orders"]),
        ("databases", keys(store("logs", "bucket"), BLIND), []),
        ("databases", DENIED, []),
        ("databases", watched("running"), []),
        ("contracts", keys(store("orders")), []),
        ("hosts", watched("running", "stopped"), ["AWS ec2 shows the instance i-0"]),
        ("hosts", watched("stopped"), []),
        (
            "hosts",
            watched(*["running"] * 5),
            ["AWS ec2 shows the instance i-0, the instance i-1, the instance i-2 and 2 more"],
        ),
    ],
)
def test_only_what_was_seen_of_the_thing_itself_contradicts(
    absent: str, fact: Any, told: list[str]
) -> None:
    assert list(contradictions([absent], {fact.name: fact})) == told


def test_each_thing_is_told_once() -> None:
    facts: dict[str, Any] = {"a": keys(store("orders")), "b": keys(store("users"))}
    assert list(contradictions(["databases", "hosts"], facts)) == [
        "AWS rds shows the database orders"
    ]
