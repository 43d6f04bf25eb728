"""Below which balance a rule goes off, by its expression."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.collect.chains.balance_alerts import NotUnderstood, compared_in, names

NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)


def below(expression: str, **labels: str) -> list[Decimal]:
    return [one.below for one in compared_in(expression, "held") if one.is_about(labels)]


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("held < 5", [5]),
        ("held <= 5e18", [5 * 10**18]),
        ("5 > held", [5]),
        ('held{account="relayer"} < 6', [6]),
        ('held{account="other"} < 6', []),
        ('held{account!="other"} < 6', [6]),
        ('held{account=~"relayer|oracle"} < 6', [6]),
        ('held{account!~"relayer|oracle"} < 6', []),
        ('held{account=`relayer`,job=""} < 6', [6]),
        ("min(held) < 3", [3]),
        ("min by (account) (held{}) < 3", [3]),
        ("min(held) by (account) < 3", [3]),
        ("min(min_over_time(held[5m])) < 3", [3]),
        ("held / 1e18 < 6.5", [Decimal("6.5") * 10**18]),
        ("held * 10 < 20", [2]),
        ("(held < 5) or absent(held)", [5]),
        ("(held < 5 or (held < 7))", [5, 7]),
        ("held < 5 and on() up == 1", [5]),
        ("up == 1 and ignoring(job) held < 5 unless pausing == 1", [5]),
        ("held < 5 unless held < 1", [5]),
        ("held > 5", []),
        ("absent(held)", []),
        ("other < 3", []),
    ],
)
def test_a_comparison_of_a_series_is_read(expression: str, told: list[Decimal]) -> None:
    assert below(expression, account="relayer") == told


@pytest.mark.parametrize(
    "expression",
    [
        "held",
        "sum(held) < 5",
        "held < floor",
        "held offset 5m < 3",
        "rate(held[5m]) < 3",
        "held + 1 < 3",
        "held / held < 3",
        "held / 0 < 3",
        "held / 2 / 2 < 3",
        "2 * held < 3",
        "held < bool 3",
        "min(held) extra < 3",
        "min(held) by account < 3",
        "min_over_time(held[5m:1m]) < 3",
        "min_over_time(held) < 3",
        "held{account=} < 3",
        'held{account="a\\n"} < 3',
        'held{account=~"a.*"} < 3',
        "held{",
        "$$$ held",
        "(" * 30 + "held < 3" + ")" * 30,
    ],
)
def test_everything_else_is_not_understood(expression: str) -> None:
    with pytest.raises(NotUnderstood):
        below(expression, account="relayer")


@pytest.mark.parametrize(
    ("expression", "does"),
    [("held < 5", True), ('up{by="held"} < 5', False), ("beheld < 5", False), ("held{ <", True)],
)
def test_an_expression_speaks_of_a_metric_by_its_name(expression: str, *, does: bool) -> None:
    assert names(expression, "held") is does


@given(
    number=st.integers(0, 10**15),
    scale=st.sampled_from([1, 10, 10**6, 10**18]),
    account=NAMES,
    others=st.lists(NAMES, max_size=3),
)
def test_the_threshold_is_the_number_whatever_stands_around_it(
    number: int, scale: int, account: str, others: list[str]
) -> None:
    alternatives = "|".join([account, *others])
    series = f'held{{account=~"{alternatives}"}}'
    for written in (
        f"{series} < {number}",
        f"{number} > {series}",
        f"min by (account) ({series}) < {number}",
        f"({series} < {number} or absent({series})) and on() up == 1",
    ):
        assert below(written, account=account) == [number]
    assert below(f"{series} / {scale} < {number}", account=account) == [number * scale]


@given(st.text(alphabet='held<>=!~()[]{},.5m "|andorunlessminby/*', max_size=60))
def test_no_expression_breaks_the_reader(expression: str) -> None:
    try:
        told = below(expression, account="relayer")
    except NotUnderstood:
        return
    assert all(one.is_finite() for one in told)
