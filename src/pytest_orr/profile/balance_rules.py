"""What the profile's parts about balances and pause switches must agree on, for ``rules``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .fields import EVM_ADDRESS, FORMS
from .mistakes import ONE_OF_TWO, Mistake, did_you_mean, show, show_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .documents import Document
    from .toml_lines import KeyPath

TWO = 2
PLACE = "{address}"
SWITCHES = ("contract", "web_acl_rule", "target_group")
NAMED_ONCE = ("balances", "emergency.pause")


def broken_balance_rules(readiness: Document) -> Iterator[Mistake]:
    """Yield every mistake about balances and pause switches that one key alone cannot show."""
    for table in NAMED_ONCE:
        yield from _unknown_chains(readiness, table)
        yield from _named_twice(readiness, table)
    for path, balance in readiness.tables("balances"):
        yield from _ways(readiness, path, balance)
    for path, reader in readiness.tables("balances.readers"):
        yield from _readers(readiness, path, reader)
    for path, switch in readiness.tables("emergency.pause"):
        yield from _switches(readiness, path, switch)


def _unknown_chains(readiness: Document, table: str) -> Iterator[Mistake]:
    known = [name for _, name in readiness.occurrences("chains.name") if isinstance(name, str)]
    for path, name in readiness.occurrences(f"{table}.chain"):
        if isinstance(name, str) and name not in known:
            near = did_you_mean(name, known)
            told = f"{show_key(path)} is {show(name)}, which no `[[chains]]` is called{near}"
            yield readiness.mistake(path, told)


def _named_twice(readiness: Document, table: str) -> Iterator[Mistake]:
    for key in ("name", "metric"):
        seen: set[str] = set()
        for path, name in readiness.occurrences(f"{table}.{key}"):
            if isinstance(name, str) and name in seen:
                yield readiness.mistake(
                    path, f"{show_key(path)} is {show(name)} a second time: {ONE_OF_TWO}"
                )
            seen.add(str(name))


def _ways(readiness: Document, path: KeyPath, balance: dict[str, object]) -> Iterator[Mistake]:
    """Yield what hinders reading a balance: by two nodes of a chain, or by two readers."""
    if ("chain" in balance) is ("readers" in balance):
        told = "needs `chain`, or else `readers`"
        yield readiness.mistake(path, f"{show_key(path)} {told}")
    elif "readers" in balance:
        readers = balance["readers"]
        if isinstance(readers, list) and len(readers) != TWO:
            where = (*path, "readers")
            told = "must be two, which nobody runs together"
            yield readiness.mistake(where, f"{show_key(where)} {told}")
        if "token" in balance:
            where = (*path, "token")
            told = "is for tokens of a `chain`: let the readers' URLs name it"
            yield readiness.mistake(where, f"{show_key(where)} {told}")
    else:
        address = balance.get("address")
        if isinstance(address, str) and not re.fullmatch(EVM_ADDRESS, address.strip()):
            where = (*path, "address")
            told = f"{show_key(where)} is {show(address)} but must be {dict(FORMS)[EVM_ADDRESS]}"
            yield readiness.mistake(where, told)


def _readers(readiness: Document, path: KeyPath, reader: dict[str, object]) -> Iterator[Mistake]:
    url = reader.get("url")
    if isinstance(url, str) and PLACE not in url:
        where = (*path, "url")
        told = f"has no {PLACE} in the address' place: write it there"
        yield readiness.mistake(where, f"{show_key(where)} {told}")
    if ("chain" in reader) is not ("chain_is" in reader):
        told = "needs both `chain` and `chain_is`, or neither"
        yield readiness.mistake(path, f"{show_key(path)} {told}")


def _switches(readiness: Document, path: KeyPath, switch: dict[str, object]) -> Iterator[Mistake]:
    named = [key for key in SWITCHES if key in switch]
    if len(named) != 1:
        told = f"needs one of {', '.join(f'`{key}`' for key in SWITCHES)}"
        yield readiness.mistake(path, f"{show_key(path)} {told}")
    elif named == ["contract"] and not {"chain", "pauser"} <= {*switch}:
        told = "needs `chain` and `pauser` beside `contract`"
        yield readiness.mistake(path, f"{show_key(path)} {told}")
