"""``signoff.md`` once more, with the keys that stand under the statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.publish.files import write_whole
from pytest_orr.render import markdown
from pytest_orr.render.markdown_signatures import SignatureLine
from pytest_orr.render.public import masked
from pytest_orr.render.words import instant
from pytest_orr.sign.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_orr.model import SignOff
    from pytest_orr.profile.signoff import SignoffRules
    from pytest_orr.sign.statement import Statement

    from .holding import Held
    from .standing import Signed, Standing

NOT_SIGNED = "is not what was signed; delete it, or let `orr render` write it anew"
NO_ROLE = "beside these"
"""What stands for the role of somebody who signed where every role was filled."""


def write_page(held: Held, stated: Statement, so_far: Standing) -> None:
    """Write the document anew; nothing of it but the table of signatures changes."""
    rules, shown = held.expected.rules, _shown(held.signoff, is_public=held.beside.is_public)
    page = markdown.render(shown, tuple(_lines(shown, stated, so_far, rules)))
    write_whole(held.folder / markdown.FILE_NAME, page.encode())


def check_page(
    page: bytes, signoff: SignOff, stated: Statement, so_far: Standing, rules: SignoffRules
) -> None:
    """Refuse a document that is not what a sign-off amounts to, with its signatures or without."""
    for is_public in (False, True):
        shown = _shown(signoff, is_public=is_public)
        signed = tuple(_lines(shown, stated, so_far, rules))
        if page in {markdown.render(shown).encode(), markdown.render(shown, signed).encode()}:
            return
    raise Refused("report-differs", f"{markdown.FILE_NAME} {NOT_SIGNED}")


def _shown(signoff: SignOff, *, is_public: bool) -> SignOff:
    return masked(signoff) if is_public else signoff


def _lines(
    signoff: SignOff, stated: Statement, so_far: Standing, rules: SignoffRules
) -> Iterator[SignatureLine]:
    names = {one.email: one.name for one in signoff.review.people}
    holds = instant(f"{stated.not_after:%Y-%m-%dT%H:%M:%SZ}")

    def of(one: Signed) -> SignatureLine:
        return SignatureLine(
            role=one.role or NO_ROLE,
            name=names.get(one.email, ""),
            email=one.email,
            fingerprint=one.fingerprint,
            holds=holds,
        )

    for role, count in rules.need.items():
        filling = [of(one) for one in so_far.signed if one.role == role]
        yield from filling
        yield from [SignatureLine(role=role)] * (count - len(filling))
    yield from (of(one) for one in so_far.signed if not one.role)
