"""What the plugin does around a run that judges."""

from __future__ import annotations

import gc

from pytest_orr import plugin


def test_a_run_looks_for_garbage_seldom_and_leaves_everything_as_it_was() -> None:
    usual = gc.get_threshold()
    with plugin._seldom_looking_for_garbage():
        assert gc.get_threshold() == (plugin.ALLOCATIONS, *usual[1:])
        assert usual[0] < plugin.ALLOCATIONS
    assert gc.get_threshold() == usual
