"""The ``attestation`` of an item: a person's statement that answers only when it is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.errors import InDoubt, Unanswered
from pytest_orr.profile.drill_records import DrillsNamed, plain

if TYPE_CHECKING:
    from pytest_orr.model import Evidence, StatementUsed


class Attestation:
    """A person's statement about one item, read lazily.

    Reading any attribute without a statement in force raises ``Unanswered``, so that an item can
    assert on facts first and on the statement last; and ``InDoubt`` where nobody can tell
    whether the statement still holds.
    """

    __slots__ = (
        *("_is_unknown", "_item", "_reason", "_remedy", "_statement"),
        *("was_read", "would_cover"),
    )

    def __init__(
        self,
        statement: StatementUsed | None,
        *,
        reason: str,
        remedy: str,
        item: str = "",
        would_cover: bool = False,
        is_unknown: bool = False,
    ) -> None:
        self._statement, self._reason, self._remedy = statement, reason, remedy
        self._item, self._is_unknown = item, is_unknown
        self.was_read = False
        self.would_cover = would_cover
        """Whether a statement that is not in force would stand for what could not be seen."""

    def _read(self) -> StatementUsed:
        if self._statement is None:
            raise self.unanswered()
        self.was_read = True
        return self._statement

    def unanswered(self) -> Unanswered | InDoubt:
        """Return what reading raises without a statement in force.

        One of which nobody can tell whether it still holds is unknown, and not merely unanswered.
        """
        kind = InDoubt if self._is_unknown else Unanswered
        return kind(self._reason, self._remedy)

    @property
    def in_force(self) -> StatementUsed | None:
        """The statement, or nothing; for the recorder, which must not raise."""
        return self._statement

    @property
    def statement(self) -> str:
        """What is stated."""
        return self._read().statement

    @property
    def by(self) -> str:
        """Who states it, by e-mail."""
        return self._read().by

    @property
    def confirmed(self) -> str:
        """The second person, by e-mail; empty when none is needed."""
        return self._read().confirmed

    @property
    def on(self) -> str:
        """When it was stated, ISO 8601."""
        return self._read().on

    @property
    def until(self) -> str:
        """Until when it holds, ISO 8601."""
        return self._read().until

    @property
    def release(self) -> str:
        """The commit it is bound to, or ``any``."""
        return self._read().release

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What it rests on; never empty."""
        return self._read().evidence

    @property
    def drill(self) -> DrillsNamed:
        """The records of drills that it rests on; none of them raises ``Unanswered``."""
        named = [one for one in self._read().evidence if one.kind == "drill"]
        if not named:
            raise Unanswered(
                "the statement rests on no drill",
                f"name the record of one in attestations.toml (`orr explain {self._item}`)",
            )
        files = tuple((plain(one.ref), one.sha256) for one in named)
        return DrillsNamed(item=self._item, files=files)
