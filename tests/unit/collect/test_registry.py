"""The collectors there are, each by the name of its fact."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_orr.collect.registry import RESERVED, WITH_ANY, registry
from pytest_orr.errors import InvalidInput


def named(name: str) -> Any:
    return SimpleNamespace(name=name)


def test_the_products_own_collectors_are_known_by_name() -> None:
    known = registry()
    assert list(known) == sorted(known)
    several = {"certificate_renewals", "endpoints", "load_balancers", "web_protections"}
    assert several <= known.keys()
    assert all(collector.name == name for name, collector in known.items())
    assert all(collector.source for collector in known.values())
    assert [name for name, collector in known.items() if not collector.operations] == [WITH_ANY]


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_name_by_which_items_ask_for_something_else_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        registry([[named(name)]])
    assert caught.value.mistakes == (f"no collector may bring a fact called {name}; rename it",)


def test_others_stand_among_them_in_the_order_of_names() -> None:
    known = registry([[named("hosts")], [], [named("alarms"), named("zones")]])
    assert list(known) == sorted(known)
    assert {"alarms", "hosts", "zones"} <= set(known)


@pytest.mark.parametrize("others", [[["endpoints"]], [["hosts"], ["hosts"]], [["hosts", "hosts"]]])
def test_a_name_that_is_taken_is_refused(others: list[list[str]]) -> None:
    name = others[0][0]
    with pytest.raises(InvalidInput) as caught:
        registry([[named(one) for one in several] for several in others])
    assert caught.value.mistakes == (f"two collectors bring the fact {name}; rename one of them",)


def test_to_know_whether_there_is_a_fact_takes_no_collectors_module() -> None:
    known = registry([[named("alarms")]])
    loaded = {*sys.modules}
    assert "load_balancers" in known
    assert "alarms" in known
    assert "load_balancer" not in known
    assert {*sys.modules} == loaded
