"""A person's statement answers only when it is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.errors import Unanswered
from pytest_orr.record.attestation import Attestation

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import StatementUsed

ATTRIBUTES = ("statement", "by", "confirmed", "on", "until", "release", "evidence")


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_every_attribute_is_read_from_the_statement(
    a_statement: Callable[..., StatementUsed], attribute: str
) -> None:
    attestation = Attestation(a_statement(), reason="", remedy="")
    assert not attestation.was_read
    assert getattr(attestation, attribute) == getattr(a_statement(), attribute)
    assert attestation.was_read


@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_reading_without_a_statement_says_what_is_asked(attribute: str) -> None:
    attestation = Attestation(None, reason="nobody has answered", remedy="answer")
    with pytest.raises(Unanswered) as caught:
        getattr(attestation, attribute)
    assert (caught.value.reason, caught.value.remedy) == ("nobody has answered", "answer")
    assert not attestation.was_read


def test_looking_for_a_statement_is_not_reading_it(
    a_statement: Callable[..., StatementUsed],
) -> None:
    attestation = Attestation(a_statement(), reason="", remedy="")
    assert attestation.in_force == a_statement()
    assert Attestation(None, reason="", remedy="").in_force is None
    assert not attestation.was_read
