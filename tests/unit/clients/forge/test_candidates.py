"""Candidates of a release are known by their name."""

from __future__ import annotations

import pytest

from pytest_orr.clients.forge.candidates import is_named_candidate


@pytest.mark.parametrize("tag", ["v1.4.0-rc.1", "v1.4.0rc1", "1.4.0-beta", "2.0_PRE-3", "rc1"])
def test_a_tag_that_ends_as_candidates_do_is_one(tag: str) -> None:
    assert is_named_candidate(tag)


@pytest.mark.parametrize("tag", ["v1.4.0", "v1.4.0-arc", "2026-11", "beta-of-nothing", ""])
def test_any_other_tag_is_none(tag: str) -> None:
    assert not is_named_candidate(tag)
