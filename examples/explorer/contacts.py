"""How the example's pages say whom users may ask, with faults by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ADDRESS = "support@explorer.example"
DISCORD = "https://discord.gg/x7Kq2mVb"
TELEGRAM = "https://t.me/explorer_help"
FAULTS = frozenset({"address-hidden", "discord-unlinked", "telegram-unlinked"})
PLANTED = {"faulty": ("telegram-unlinked",), "repaired": ()}


def contacts(faults: Iterable[str] = ()) -> str:
    """Return the HTML that stands at the foot of the pages, as faults have it."""
    planted = frozenset(faults)
    assert planted <= FAULTS, sorted(planted - FAULTS)
    said = (
        ("address-hidden", f'<a href="mailto:{ADDRESS}">{ADDRESS}</a>'),
        ("discord-unlinked", f'<a href="{DISCORD}">Discord</a>'),
        ("telegram-unlinked", f'<a href="{TELEGRAM}">Telegram</a>'),
    )
    shown = " ".join(html for fault, html in said if fault not in planted)
    return f"<address>Ask us: {shown}</address>"
