"""The part of readiness.toml about accounts that the service pays from, on any blockchain."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, EvmAddress, FromEnvironment, Setting, Text, Whole

Decimals = Annotated[int, Strict(), Field(ge=0, le=77)]
ReserveDays = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class BalanceReader:
    """Where a balance is read on a chain that is not an EVM one: two places, one value each."""

    urls: tuple[Setting, Setting]
    """URLs of two nodes or indexes that nobody runs together, with {address} in the address' place;
    each answers JSON."""
    pointer: Text
    """JSON pointer to the balance, such as /data/balance."""
    time: Text | None = None
    """JSON pointer to when it was so, in seconds since 1970 or as ISO 8601."""
    chain: Text | None = None
    """JSON pointer to what the chain calls itself."""
    chain_is: Text | None = None
    """What must stand there."""
    token: FromEnvironment | None = None
    """The variable that holds a token for both."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Balance:
    """An account that the service pays from."""

    name: Text
    """How pages name it."""
    address: Text
    """Its address; of an EVM chain 0x and 40 digits."""
    chain: Text | None = None
    """Name of the [[chains]] entry, or else a reader."""
    token: EvmAddress | None = None
    """Address of the ERC-20 token that is paid with; the chain's own coin without it."""
    reader: BalanceReader | None = None
    """How it is read on another chain."""
    unit: Text
    """What the balance is counted in, as pages print it: ETH, USDC."""
    decimals: Decimals
    """How many decimals the unit has: 18 for ETH."""
    floor: Whole
    """The least that it must hold, in whole base units (wei), in quotes."""
    burn_per_day: Whole
    """What it spends a day, in whole base units, in quotes."""
    reserve_days: ReserveDays = 3.0
    """For how many days it must last when somebody is paged: as long as a refill takes."""
    metric: Text | None = None
    """Prometheus' series of this balance, as a selector: explorer_balance{account="relayer"}."""
    metric_unit: Literal["unit", "base"] = "unit"
    """Whether the series counts the unit or base units."""
