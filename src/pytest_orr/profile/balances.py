"""The part of readiness.toml about accounts that the service pays from, on any blockchain."""

from typing import Annotated, Literal

from pydantic import Field, Strict, StringConstraints
from pydantic.dataclasses import dataclass

from .fields import CONFIG, POINTER, EvmAddress, FromEnvironment, Series, Setting, Text, Whole

Decimals = Annotated[int, Strict(), Field(ge=0, le=77)]
ReserveDays = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(ge=0, lt=1)]
Pointer = Annotated[str, StringConstraints(pattern=POINTER)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class BalanceReader:
    """A node or index that tells a balance on a chain that is not an EVM one, by GET and JSON."""

    url: Setting
    """Its URL, with {address} in the address' place."""
    pointer: Pointer
    """JSON pointer to the balance, such as /data/balance."""
    less: Pointer | None = None
    """JSON pointer to what is taken off it, such as /chain_stats/spent_txo_sum."""
    counts: Literal["base", "unit"] = "base"
    """Whether it counts base units or the unit."""
    time: Pointer | None = None
    """JSON pointer to when it was so, in seconds since 1970 or as ISO 8601."""
    chain: Pointer | None = None
    """JSON pointer to what the chain calls itself."""
    chain_is: Text | None = None
    """What must stand there."""
    token: FromEnvironment | None = None
    """The variable that holds its bearer token."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Balance:
    """An account that the service pays from."""

    name: Text
    """How pages name it."""
    address: Text
    """Its address; of an EVM chain 0x and 40 digits."""
    chain: Text | None = None
    """Name of the [[chains]] entry, or else readers."""
    token: EvmAddress | None = None
    """Address of the ERC-20 token that is paid with; the chain's own coin without it."""
    readers: tuple[BalanceReader, ...] = ()
    """How it is read on another chain: by two that nobody runs together."""
    unit: Text
    """What the balance is counted in, as pages print it: ETH; of a token the symbol it has."""
    decimals: Decimals
    """How many decimals the unit has: 18 for ETH."""
    floor: Whole
    """The least that it must hold, in whole base units (wei), in quotes."""
    burn_per_day: Whole
    """What it spends a day, in whole base units, in quotes."""
    reserve_days: ReserveDays = 3.0
    """For how many days it must last when somebody is paged: as long as a refill takes."""
    metric: Series | None = None
    """Prometheus' series of this balance, as a selector: explorer_balance{account="relayer"}."""
    metric_counts: Literal["base", "unit"] = "unit"
    """Whether the series counts base units or the unit."""
    tolerance: Share = 0.01
    """By which part of the balance others may tell another one, besides what is spent between."""

    @property
    def page_below(self) -> int:
        """Below which amount, in base units, somebody must be paged.

        Floor times days of reserve, and no less than what is spent in these days above the floor.
        """
        floor, burn = int(self.floor), int(self.burn_per_day)
        return max(_times(floor, self.reserve_days), floor + _times(burn, self.reserve_days))


def _times(amount: int, days: float) -> int:
    """Multiply exactly: amounts have more digits than a float, and are rounded up."""
    whole, parts = days.as_integer_ratio()
    return -(-amount * whole // parts)
