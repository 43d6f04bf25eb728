"""Real sshd on booted hosts behind a jump host, read by the product from outside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

pytestmark = pytest.mark.hosts

JUMP, SOUND, FAULTY, STALE = (
    "explorer-jump",
    "explorer-backend-1",
    "explorer-backend-2",
    "explorer-backend-3",
)


@pytest.fixture(scope="module")
def hosts(boot_hosts: Any) -> Iterator[Any]:
    """A sound jump host and backend, one with every fault, and one with an index of long ago."""
    every = boot_hosts.faults - {"index stale"}
    wanted = {JUMP: frozenset(), SOUND: frozenset(), FAULTY: every, STALE: {"index stale"}}
    with boot_hosts(wanted) as world:
        yield world


@pytest.mark.parametrize(
    ("passage", "state"),
    [("not forwarded", "dropped"), ("rejected", "refused"), ("forwarded", "open")],
)
def test_the_direct_way_is_what_the_jump_host_makes_of_it(
    hosts: Any, passage: str, state: str
) -> None:
    hosts.networks.let_pass(passage)
    try:
        asked = hosts.asked(hosts.declared(), "probe", hosts.networks.inside[SOUND], "22")
        assert asked.out.decode().strip() == state, asked.err
    finally:
        hosts.networks.let_pass("not forwarded")
