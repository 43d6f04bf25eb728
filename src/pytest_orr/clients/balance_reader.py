"""Reads balances of accounts on chains that are no EVM ones, from whoever tells them as JSON.

Only GET is sent; ``desk.balance_reader``. A URL may hold a key: messages name its host alone.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from urllib.parse import quote

from pytest_orr.errors import FactUnavailable

from .api_wire import ApiWire, Asked, Way
from .evm_said import DENIED, STALEST, TOO_MANY, host_of, without_path
from .hostile_json import At, Unreadable, read_json
from .secret import Secret
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_orr.profile.balances import BalanceReader

    from .clocks import Clocks

WHOSE, SECTION = "the node", "[[balances]] readers"
TIMEOUT = 15
LARGEST = 4 * 1024 * 1024
PLACE = "{address}"
OK = 200
LONGEST_AMOUNT = 100
"""Characters, and powers of ten: the largest number of any chain has 78 digits."""
AMOUNT = re.compile(r"[0-9]{1,100}(\.[0-9]{1,100})?")
PLACE_IN_LIST = re.compile(r"0|[1-9][0-9]{0,8}")
MILLISECONDS = 10**11
"""Seconds since 1970 are fewer until the year 5138."""
AGAIN = "run again when it answers, or correct its URL under [[balances]] readers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a node or index said of an account."""

    host: str
    amount: int
    """In base units."""
    at: datetime | None
    """When it was so: aware, UTC; None if it does not say."""


class BalanceReaderAccess:
    """Nodes and indexes by the URLs that the profile names."""

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        *,
        clocks: Clocks | None = None,
    ) -> None:
        self._environment = os.environ if environment is None else environment
        self._wire = ApiWire(Way(whose=WHOSE, section=SECTION, timeout=TIMEOUT, clocks=clocks))

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def balance(self, reader: BalanceReader, address: str, decimals: int) -> Told:
        """Read the balance of an account whose unit has so many decimals.

        ``FactUnavailable`` says why there is none: no answer, another chain, no whole amount.
        """
        url = setting(reader.url, where=f"{SECTION} url", environment=self._environment)
        if PLACE not in url:
            raise FactUnavailable(
                f"the URL of {host_of(url)} has no {PLACE}", f"correct url under {SECTION}"
            )
        host, said = host_of(url), self._said(reader, url.replace(PLACE, quote(address, safe="")))
        try:
            _prove(reader, said, host)
            amount = _held(said, reader, decimals)
            at = _fresh(_instant(at_pointer(said, reader.time)), host) if reader.time else None
        except Unreadable as error:
            raise FactUnavailable(f"the answer of {host} {error}", _CORRECT) from error
        return Told(host=host, amount=amount, at=at)

    def _said(self, reader: BalanceReader, url: str) -> At:
        token = setting(reader.token, where=f"{SECTION} token", environment=self._environment)
        try:
            told = self._wire.ask(
                Asked(url=url, token=Secret(token) if token else None, largest=LARGEST)
            )
        except FactUnavailable as error:
            raise FactUnavailable(without_path(error.cause, url), AGAIN) from None
        if told.status != OK:
            raise _refused(host_of(url), told.status)
        try:
            return read_json(told.body, fractions=Decimal)
        except (Unreadable, InvalidOperation) as error:
            raise FactUnavailable(f"the answer of {host_of(url)} is no JSON", _CORRECT) from error


_CORRECT = f"correct url and pointers under {SECTION} in readiness.toml"


def at_pointer(said: At, pointer: str) -> At:
    """Return what a JSON pointer (RFC 6901) leads to; ``Unreadable`` if that is nothing."""
    found = said
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = _in_list(found, key, pointer) if found.is_list() else found[key]
        if not found:
            raise Unreadable(f"has nothing at {pointer[:200]}")
    return found


def _in_list(said: At, key: str, pointer: str) -> At:
    several = said.value
    if not PLACE_IN_LIST.fullmatch(key) or int(key) >= len(several):
        raise Unreadable(f"has nothing at {pointer[:200]}")
    return At(value=several[int(key)], path=f"{said.path}[{key}]")


def _held(said: At, reader: BalanceReader, decimals: int) -> int:
    held = _amount(at_pointer(said, reader.pointer), reader, decimals)
    less = _amount(at_pointer(said, reader.less), reader, decimals) if reader.less else 0
    if held < less:
        raise Unreadable("takes more off the balance than there is")
    return held - less


def _amount(said: At, reader: BalanceReader, decimals: int) -> int:
    """Return an amount in base units: a number, or a text of digits, that is whole in them."""
    value = said.value
    if isinstance(value, str) and AMOUNT.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise said.wrong("amount")
    return base_units(Decimal(value), decimals if reader.counts == "unit" else 0)


def base_units(amount: Decimal, decimals: int) -> int:
    """Return an amount of so many decimals in base units; ``Unreadable`` if it is not whole."""
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or max(len(digits), abs(exponent)) > LONGEST_AMOUNT:
        raise Unreadable("tells an amount that is no number of usual size")
    scaled = exponent + decimals
    whole = int("".join(map(str, digits)))
    if scaled < 0 and whole % 10**-scaled:
        raise Unreadable(f"tells an amount that is no whole number with {decimals} decimals")
    if sign and whole:
        raise Unreadable("tells an amount below zero")
    return whole * int(10**scaled) if scaled >= 0 else whole // int(10**-scaled)


def _instant(said: At) -> datetime:
    value = said.value
    try:
        if isinstance(value, str) and not value.isdecimal():
            told = datetime.fromisoformat(value)
            if told.tzinfo is None:
                raise said.wrong("time with its zone")
            return told.astimezone(UTC)
        seconds = float(value) if not isinstance(value, bool) else -1.0
        return datetime.fromtimestamp(seconds / (1000 if seconds > MILLISECONDS else 1), UTC)
    except (TypeError, ValueError, OverflowError, OSError, InvalidOperation):
        raise said.wrong("time") from None


def _fresh(at: datetime, host: str) -> datetime:
    if datetime.now(UTC) - at > STALEST:
        raise FactUnavailable(
            f"{host} tells how it was at {at:%Y-%m-%d %H:%M} UTC, and nothing newer",
            f"wait until it has caught up, or name another one under {SECTION}",
        )
    return at


def _prove(reader: BalanceReader, said: At, host: str) -> None:
    """Refuse whoever tells of another chain."""
    if reader.chain is None:
        return
    told = at_pointer(said, reader.chain).value
    if str(told) != reader.chain_is:
        raise FactUnavailable(
            f"{host} tells of the chain {str(told)[:60]}, not {reader.chain_is}",
            f"correct url, or chain_is, under {SECTION} in readiness.toml",
        )


def _refused(host: str, status: int) -> FactUnavailable:
    if status in DENIED:
        return FactUnavailable(
            f"{host} refuses the question (HTTP {status})",
            f"check the token, or the key in the URL, under {SECTION}",
        )
    if status in TOO_MANY:
        return FactUnavailable(
            f"{host} is asked too often: its limit is reached",
            "run again later, or use a key that nobody else uses",
        )
    return FactUnavailable(f"{host} answers with HTTP {status}", AGAIN)
