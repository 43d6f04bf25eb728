"""Items of two baselines are compared by what they say and do, not by their layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.updating.inventory import changes, inventory, is_sound

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = (
    "import pytest\n\nLIMIT = 3\nNOTE: str = 'a'\n\n\ndef near(value):\n    return value < LIMIT\n"
)
BODY = "assert near(numbers)"


@pytest.fixture
def told(item: Callable[..., str]) -> Callable[[str, str], tuple[tuple[str, str], ...]]:
    """What is told when the text of a module, given as a change of the first one, comes next."""
    old = HEAD + item("code.a.one", BODY, asks="numbers")

    def tell(was: str, now: str) -> tuple[tuple[str, str], ...]:
        assert was in old
        before, after = ({"test_code.py": text.encode()} for text in (old, old.replace(was, now)))
        found = changes(inventory(before, ["numbers"]), inventory(after, ["numbers"]), ())
        return tuple((one.kind, one.detail) for one in found)

    return tell


@pytest.mark.parametrize(
    ("was", "now", "detail"),
    [
        ("near(numbers)", "not near(numbers)", "what is checked"),
        ("LIMIT = 3", "LIMIT = 4", "what is checked"),
        ("value < LIMIT", "value <= LIMIT", "what is checked"),
        ("(numbers)", "(denied)", "decided by: automatic → person; what is checked"),
        ('severity="major"', 'severity="blocker"', "severity: major → blocker"),
        ('phase="launch"', 'phase="plan"', "phase: launch → plan"),
        ('owner="service"', 'owner="platform"', "owner: service → platform"),
        ("valid_for=90", "valid_for=60", "validity in days: 90 → 60"),
        ('evidence="link"', 'evidence="ticket"', "evidence: link → ticket"),
        ("because of a reason", "because of another", "wording"),
        ("stated words", "other words", "wording"),
    ],
)
def test_what_an_item_says_or_does_otherwise_is_told(
    told: Callable[[str, str], tuple[tuple[str, str], ...]], was: str, now: str, detail: str
) -> None:
    assert told(was, now) == (("changed", detail),)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("import pytest\n", "import pytest\n\n\n# a remark\n"),
        ("NOTE: str = 'a'", "NOTE: str = 'b'"),
        (
            "def near(value):\n    return value < LIMIT",
            "def near(value):\n    return (value < LIMIT)",
        ),
    ],
)
def test_layout_and_what_an_item_does_not_use_are_no_change(
    told: Callable[[str, str], tuple[tuple[str, str], ...]], was: str, now: str
) -> None:
    assert told(was, now) == ()


@pytest.mark.parametrize("text", [b"def test_x(:", b"\0", b"(" * 300, b"def test_x(): pass\n"])
def test_what_cannot_be_read_as_an_item_is_left_out(text: bytes) -> None:
    assert inventory({"test_code.py": text}, ()) == {}


def test_ids_that_only_the_lock_knew_are_neither_new_nor_lost_sight_of(
    item: Callable[..., str],
) -> None:
    new = inventory({"test_code.py": item("code.a.one", "assert 1").encode()}, ())
    found = changes({}, new, ["code.a.one", "code.a.gone"])
    assert [(one.kind, one.id, one.detail) for one in found] == [("gone", "code.a.gone", "")]


def test_a_merge_is_sound_if_each_item_is_what_one_side_made_of_it(
    item: Callable[..., str],
) -> None:
    one, two = (item(name, "assert 1").encode() for name in ("code.a.one", "code.a.two"))
    ours = one.replace(b"assert 1", b"assert 2")
    assert is_sound(one, (ours, one + two), ours + two)
    assert not is_sound(one, (ours, one + two), one + two)
    assert not is_sound(one, (ours, one + two), ours)
    assert not is_sound(one, (one, one + two), one + two.replace(b"assert 1", b"assert 2"))
