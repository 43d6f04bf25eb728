"""Cuts a listing's one page in two, as the service itself would go on to a second page."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import UnknownServiceError

if TYPE_CHECKING:
    from botocore.model import OperationModel

A_TOKEN = re.compile(r"(?i)(next|continuation|pagination)\w*(token|marker)|marker|lastevaluated\w*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How an operation's answer goes on: places in it are written ``DistributionList.Items``."""

    tokens: tuple[str, ...]
    more: str = ""
    """What says that there is more, for services that say so."""
    lists: tuple[str, ...] = ()
    """What is divided; nothing for an operation that botocore cannot lead on."""


class Pagings:
    """How each operation pages, by botocore's own description of its paginators."""

    def __init__(self) -> None:
        self._session = botocore.session.get_session()

    def of(self, operation: OperationModel) -> Paging | None:
        """How an operation goes on; nothing for one whose answer is always whole."""
        found = self._described(operation)
        if found is not None:
            return Paging(
                tokens=tuple(one.partition(" || ")[0] for one in _all(found["output_token"])),
                more=found.get("more_results", ""),
                lists=tuple(_all(found["result_key"])),
            )
        output = operation.output_shape
        named = [] if output is None else [one for one in output.members if A_TOKEN.fullmatch(one)]
        return Paging(tokens=tuple(named)) if named else None

    def _described(self, operation: OperationModel) -> dict[str, Any] | None:
        try:
            model = self._session.get_paginator_model(operation.service_model.service_name)
            found: dict[str, Any] = model.get_paginator(operation.name)
        except (UnknownServiceError, ValueError):
            return None
        return found


def _all(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def cut(page: dict[str, Any], paging: Paging, token: str) -> dict[str, Any]:
    """Let a page keep the first half of what it lists, and lead to a second one; return that."""
    rest = deepcopy(page)
    for place in paging.lists:
        (first, last), (second, _) = _holder(page, place), _holder(rest, place)
        listed = first.get(last)
        if isinstance(listed, list):
            half = len(listed) // 2
            first[last], second[last] = listed[:half], listed[half:]
    lead_on(page, paging, token)
    return rest


def lead_on(page: dict[str, Any], paging: Paging, token: str) -> None:
    """Let a page say that there is another one."""
    said = [*((place, token) for place in paging.tokens), (paging.more, True)]
    for place, value in said if paging.more else said[:-1]:
        holder, last = _holder(page, place)
        holder[last] = value


def _holder(page: dict[str, Any], place: str) -> tuple[dict[str, Any], str]:
    """Return what holds the last name of a place, and that name."""
    *around, last = place.split(".")
    for name in around:
        page = page[name]
    return page, last
