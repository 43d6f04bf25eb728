"""Whatever two files say, what holds is never weaker than the organisation's without approval."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pytest_orr.errors import InvalidInput
from pytest_orr.profile.limits import OF_POLICY, SECTIONS, WHERE_DECLARED
from pytest_orr.profile.load import load
from pytest_orr.profile.organisation import table_class
from pytest_orr.profile.schema import Policy, Profile
from pytest_orr.profile.standing import waiver_standing
from pytest_orr.profile.strength import Direction

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

Values = dict[str, Any]
AS_OF = dt.date(2026, 11, 20)
CANDIDATES = (0, 1, 2, 5, 30, 0.25, 0.5, 0.9, 1.5, 3.0, True, False, "any", "narrow", "proven")
ENTRIES = (22, 80, 443, "cpu", "disk", "root", "security", "10.0.0.0/8", "~/x", "wiki.example.org")
OF_LISTS = frozenset({Direction.MORE, Direction.FEWER})
PEOPLE = '[[people]]\nemail = "pat@example.org"\nname = "Pat"\nroles = ["approver"]\n'
NOT_THESE = frozenset({"gate.unwaivable", "gate.blockers", "gate.majors", "alertmanager.waking"})
"""Whose entries are none of those above, or whose table needs other keys."""


def _is_valid(adapter: TypeAdapter[Any], value: object) -> bool:
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def _pools() -> dict[str, tuple[Any, ...]]:
    """Return for every limit the values, or the entries of its list, that its type allows."""
    found = {}
    for table, keys in SECTIONS.items():
        kind: Any = Policy if table.partition(".")[0] in OF_POLICY else Profile
        for step in table.split("."):
            kind = table_class(get_type_hints(kind)[step])
        hints = get_type_hints(kind, include_extras=True)
        for key, direction in keys.items():
            if table in WHERE_DECLARED or "*" in key or direction is Direction.FREE:
                continue
            adapter = TypeAdapter(hints[key])
            whole = direction in OF_LISTS
            pool = ENTRIES if whole else CANDIDATES
            fit = [one for one in pool if _is_valid(adapter, [one] if whole else one)]
            found[f"{table}.{key}"] = tuple(fit)
    return {key: fit for key, fit in found.items() if fit and key not in NOT_THESE}


POOLS = _pools()


def direction(key: str) -> Direction:
    table, _, name = key.rpartition(".")
    return SECTIONS[table][name]


def _value(key: str) -> st.SearchStrategy[Any]:
    pool = st.sampled_from(POOLS[key])
    if direction(key) in OF_LISTS:
        return st.lists(pool, min_size=1, unique_by=str)
    return pool


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[Values, Values, frozenset[str]]:
    """An organisation's values, a service's, and the keys whose weakening is approved."""
    keys = draw(st.lists(st.sampled_from(sorted(POOLS)), min_size=1, max_size=6, unique=True))
    base = {key: draw(_value(key)) for key in keys if draw(st.integers(0, 5))}
    own = {key: draw(_value(key)) for key in keys if draw(st.integers(0, 3))}
    weaker = [key for key in base if key in own and is_weaker(key, base[key], own[key])]
    approved = frozenset(key for key in weaker if draw(st.booleans()))
    return base, own, approved


def is_weaker(key: str, theirs: Any, ours: Any) -> bool:
    """Say the same as the product, in other words."""
    match direction(key):
        case Direction.HIGHER:
            return float(ours) < float(theirs)
        case Direction.LOWER:
            return float(ours) > float(theirs)
        case Direction.MORE:
            return not set(map(str, theirs)) <= set(map(str, ours))
        case Direction.FEWER:
            return not set(map(str, ours)) <= set(map(str, theirs))
        case Direction.SAME:
            return bool(theirs != ours)
        case _:
            order = ("False", "any", "claimed", "committed", "narrow", "proven", "True")
            return order.index(str(ours)) < order.index(str(theirs))


def _tables(values: Values) -> str:
    """Write each table once, as TOML asks."""
    by_table: dict[str, Values] = {}
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        by_table.setdefault(table, {})[name] = value
    return "".join(
        f"[{table}]\n" + "".join(f"{name} = {json.dumps(v)}\n" for name, v in inner.items())
        for table, inner in sorted(by_table.items())
    )


def _approvals(own: Values, approved: frozenset[str]) -> str:
    return "".join(
        f'[[weakenings]]\nkey = "{key}"\nvalue = {json.dumps(own[key])}\nreason = "r"\n'
        'approver = "pat@example.org"\non = 2026-11-19\nuntil = 2026-12-19\n'
        for key in sorted(approved)
    )


def _loaded(
    folder: Path, profile: str, pair: tuple[Values, Values, frozenset[str]], items: tuple[Any, ...]
) -> Written:
    base, own, approved = pair
    org = f'name = "Org"\n{PEOPLE}{_tables(base)}'
    of_policy = {key: value for key, value in own.items() if key.startswith("gate")}
    of_profile = {key: value for key, value in own.items() if key not in of_policy}
    digest = hashlib.sha256(org.encode()).hexdigest()
    text = f'[extends]\npath = "org.toml"\nsha256 = "{digest}"\n{profile}'
    (folder / "org.toml").write_text(org, encoding="utf-8")
    (folder / "readiness.toml").write_text(
        text + _approvals(own, approved) + _tables(of_profile), encoding="utf-8"
    )
    (folder / "policy.toml").write_text(_tables(of_policy), encoding="utf-8")
    return load(folder / "readiness.toml", items=items, as_of=AS_OF)


def _effective(written: Written, key: str) -> Any:
    value: Any = written.policy if key.startswith("gate") else written.profile
    for step in key.split("."):
        value = getattr(value, step)
    return list(value) if isinstance(value, tuple) else value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all cases, each of which writes its files anew."""
    return tmp_path_factory.mktemp("overlay")


CASES = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@CASES
@given(pair=_pairs())
def test_what_holds_is_never_weaker_than_the_organisations_without_an_approval(
    folder: Path, profile_text: str, item: ItemSpec, pair: tuple[Values, Values, frozenset[str]]
) -> None:
    base, own, approved = pair
    weaker = {key for key in base if key in own and is_weaker(key, base[key], own[key])}
    if unapproved := weaker - approved:
        with pytest.raises(InvalidInput) as refused:
            _loaded(folder, profile_text, pair, (item,))
        assert len(refused.value.mistakes) == len(unapproved), refused.value.diagnostics()
        return
    written = _loaded(folder, profile_text, pair, (item,))
    assert {one.key for one in written.weakenings} == approved
    for key, theirs in base.items():
        assert key in approved or not is_weaker(key, theirs, _effective(written, key)), key
        assert str(written.layers.origin_of(key)).startswith(
            str(folder / ("org.toml" if key not in own else ""))
        )


@CASES
@given(
    numbers=st.tuples(st.integers(0, 200), st.integers(1, 60), st.integers(1, 60)),
    unwaivable=st.sampled_from(((), ("network.load-balancer.elb",))),
)
def test_an_organisation_makes_no_waiver_hold_that_does_not_hold_without_it(
    folder: Path,
    profile_text: str,
    item: ItemSpec,
    numbers: tuple[int, int, int],
    unwaivable: tuple[str, ...],
) -> None:
    days, own, theirs = numbers
    granted = AS_OF - dt.timedelta(days=1)
    (folder / "waivers.toml").write_text(
        f'[[waiver]]\nitem = "{item.id}"\nreason = "r"\nrequester = "ana@example.org"\n'
        f'approver = "eve@example.org"\ngranted = {granted}\n'
        f"expires = {granted + dt.timedelta(days=days)}\n",
        encoding="utf-8",
    )
    gate = {"gate.longest_waiver.blocker": own}
    alone = _loaded(folder, profile_text, ({}, gate, frozenset()), (item,))
    stricter = {"gate.longest_waiver.blocker": max(own, theirs), "gate.unwaivable": [*unwaivable]}
    over = _loaded(folder, profile_text, (stricter, gate, frozenset()), (item,))
    (folder / "waivers.toml").unlink()

    def holds(written: Written) -> bool:
        [waiver] = written.waivers
        return waiver_standing(item, waiver, written=written, as_of=AS_OF).in_force

    assert holds(alone) or not holds(over)
    assert not (unwaivable and holds(over))
