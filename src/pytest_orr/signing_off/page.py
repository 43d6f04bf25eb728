"""``signoff.md`` once more, with the keys that stand under the statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.publish.files import write_whole
from pytest_orr.render import markdown
from pytest_orr.render.markdown_signatures import SignatureLine
from pytest_orr.render.public import masked
from pytest_orr.render.words import instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.sign.statement import Statement

    from .holding import Held
    from .standing import Signed, Standing

NO_ROLE = "beside these"
"""What stands for the role of somebody who signed where every role was filled."""


def write_page(held: Held, stated: Statement, so_far: Standing) -> None:
    """Write the document anew; nothing of it but the table of signatures changes."""
    shown = masked(held.signoff) if held.beside.is_public else held.signoff
    lines = tuple(_lines(held, stated, so_far))
    write_whole(held.folder / markdown.FILE_NAME, markdown.render(shown, lines).encode())


def _lines(held: Held, stated: Statement, so_far: Standing) -> Iterator[SignatureLine]:
    names = {one.email: one.name for one in held.signoff.review.people}
    holds = instant(f"{stated.not_after:%Y-%m-%dT%H:%M:%SZ}")
    need = held.expected.rules.need

    def of(one: Signed) -> SignatureLine:
        return SignatureLine(
            role=one.role or NO_ROLE,
            name=names.get(one.email, ""),
            email=one.email,
            fingerprint=one.fingerprint,
            holds=holds,
        )

    for role, count in need.items():
        filling = [of(one) for one in so_far.signed if one.role == role]
        yield from filling
        yield from [SignatureLine(role=role)] * (count - len(filling))
    yield from (of(one) for one in so_far.signed if not one.role)
