"""A plan is carried out until nothing is left of it, whoever else writes at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.clients.publishing.interface import (
    NewNote,
    NoteRemoval,
    PublishingFailed,
    Vanished,
)
from pytest_orr.publish.doing import MOST_ROUNDS, carry_out

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_orr.clients.publishing.interface import Write

NOTE, TWIN = NewNote(body="text"), NoteRemoval(id=2)


def planning(*plans: Sequence[Write]) -> Callable[[], Sequence[Write]]:
    """Say one plan after another, and the last one for ever."""
    left = list(plans)
    return lambda: left.pop(0) if len(left) > 1 else left[0]


def test_nothing_to_do_is_done_at_once() -> None:
    written: list[Write] = []

    assert carry_out(planning([]), written.append, written.append) == 0
    assert written == []


def test_what_is_left_after_looking_again_is_written_too() -> None:
    written: list[Write] = []
    told: list[Write] = []

    assert carry_out(planning([NOTE], [TWIN], []), written.append, told.append) == 2
    assert written == told == [NOTE, TWIN]


def test_what_is_gone_when_it_is_to_be_changed_is_planned_anew() -> None:
    told: list[Write] = []

    def write(one: Write) -> None:
        if one is TWIN:
            raise Vanished("it is gone", "publish again")

    assert carry_out(planning([TWIN, NOTE], [NOTE], []), write, told.append) == 1
    assert told == [NOTE]


def test_what_is_always_gone_fails_and_says_so() -> None:
    def write(_: Write) -> None:
        raise Vanished("it is gone", "publish again")

    with pytest.raises(Vanished, match="it is gone"):
        carry_out(planning([TWIN]), write, lambda _: None)


def test_what_others_change_for_ever_fails() -> None:
    written: list[Write] = []

    with pytest.raises(PublishingFailed, match="changed by somebody else"):
        carry_out(planning([NOTE]), written.append, lambda _: None)
    assert len(written) == MOST_ROUNDS


def test_what_is_right_at_the_last_look_is_no_failure() -> None:
    plans: list[Sequence[Write]] = [[NOTE]] * MOST_ROUNDS

    assert carry_out(planning(*plans, []), lambda _: None, lambda _: None) == MOST_ROUNDS
