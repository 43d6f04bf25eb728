"""The veto beside a sign-off, if there is one: it keeps the release from being signed off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.publish.files import PREVIOUS
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.verify import verify_veto

from .adding import raw_if_there

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_orr.sign.expected import Expected
    from pytest_orr.sign.verify import Veto

VETO = "veto.json"


def veto_in(folder: Path, expected: Expected) -> Veto | None:
    """Return the veto against the expected release that lies in a report's folder.

    Raises ``Refused`` for a file that is no veto signed by listed people: it may be one that
    somebody spoilt.
    """
    raw = raw_if_there(folder / VETO)
    return None if raw is None else verify_veto(raw, expected)


def earlier_veto(folder: Path, expected: Expected) -> str:
    """Tell of a veto against the same release that the last run moved away; empty if none stood.

    It refuses nothing: a new run is a new statement, and whoever signs that should know.
    """
    try:
        veto = veto_in(folder / PREVIOUS, expected)
    except Refused as refused:
        return f"{PREVIOUS}/{VETO} is no veto that holds: {refused}"
    if veto is None:
        return ""
    who = " and ".join(veto.people)
    return f"before this run, {who} objected to the same release: {veto.statement.reason}"
