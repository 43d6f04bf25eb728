"""``orr attest --next``: the questions that wait for one person, most urgent first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_orr.errors import InvalidInput
from pytest_orr.model import PHASES, SEVERITIES, counts_in
from pytest_orr.profile.standing import statement_standing

from .answering import answer, confirm, waits_for
from .asking import Asking, Declined, Left, Question, Skipped, Stopped, WrongUse, on_terminal, say
from .signing import proposed, sign, signers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.model import ItemSpec

    from .case import Case
    from .statement_asked import Given

    How = Callable[..., Case]
    """Asks one question: ``answer``, ``confirm`` or ``sign``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A question that waits for somebody."""

    spec: ItemSpec
    how: How
    able: tuple[str, ...]
    """Who can answer it, by e-mail."""
    why: str
    """In a word or two: what is missing."""


def open_questions(case: Case, phase: str) -> tuple[Open, ...]:
    """Return everything that waits for a person in a phase, most urgent first."""
    waiting = [one for spec in case.items if gates(spec, phase) for one in _open(spec, case)]
    return tuple(sorted(waiting, key=_urgency))


def gates(spec: ItemSpec, phase: str) -> bool:
    """Whether an item counts in a phase, as a run of that phase counts it."""
    return counts_in(phase, spec.phase)


def show_queue(case: Case, by: str, phase: str) -> int:
    """Print what waits for a person, or for everybody if nobody is named."""
    me = _named(case, by) if by else case.me
    every = open_questions(case, phase)
    mine = [one for one in every if not me or me in one.able]
    for one in mine:
        spec = one.spec
        print(f"{spec.id}  {spec.severity}  {spec.phase}  {spec.owner}  {one.why}")
        say(spec.question if one.how is answer else spec.title, indent="  ")
    _tell_rest([one for one in every if one not in mine], case)
    whose = f" for {me}" if me else ""
    say(f"{_count(len(mine), 'question')} open{whose} in the phase {phase}.")
    return 0


def go_through(case: Case, given: Given, phase: str) -> int:
    """Ask one question after the other until none is left or the person stops; return 0 then.

    Ctrl-C and Ctrl-D return 2, Enter alone 4; what was agreed to until then is written.
    """
    if not on_terminal():
        raise WrongUse(
            "--next asks on a terminal; `orr attest --next --list` prints what waits, and"
            " `orr attest ID --by … --statement … --evidence … --yes` answers by flags"
        )
    asking = Asking(is_terminal=True, may_skip=True)
    me = asking.ask(_who(case, given.by))
    queue = _Queue(case=case, me=me, phase=phase)
    return queue.run(asking, replace(given, by=me))


class _Queue:
    """What is left to ask one person."""

    def __init__(self, *, case: Case, me: str, phase: str) -> None:
        self.case, self.me, self.phase = case, me, phase
        self.passed: set[str] = set()
        self.written = 0

    def run(self, asking: Asking, given: Given) -> int:
        total, status = len(self._mine()), 0
        say(f"{_count(total, 'question')} for {self.me} in the phase {self.phase}.")
        if total:
            say("s skips one, q ends; what is written stays written.")
        while left := [one for one in self._mine() if one.spec.id not in self.passed]:
            place = self.written + len(self.passed) + 1
            try:
                self._ask(left[0], asking, given, head=f"{place} of {total}")
            except Left as error:
                status = 2 if isinstance(error, Stopped) else 0
                print(error)
                break
            except WrongUse:
                self._tell_end()
                raise
        self._tell_end()
        return status

    def _mine(self) -> list[Open]:
        return [one for one in open_questions(self.case, self.phase) if self.me in one.able]

    def _ask(self, one: Open, asking: Asking, given: Given, *, head: str) -> None:
        who = given if one.how is answer else replace(given, confirm=self.me)
        try:
            self.case = one.how(one.spec, self.case, asking, who, head=head)
            self.written += 1
        except (Skipped, Declined) as error:
            say(str(error) or "Skipped.")
            self.passed.add(one.spec.id)
        except InvalidInput as refused:
            print(refused.diagnostics())
            self.passed.add(one.spec.id)
            self.case = self.case.again()

    def _tell_end(self) -> None:
        every = open_questions(self.case, self.phase)
        mine = [one for one in every if self.me in one.able]
        say()
        say(f"{_count(self.written, 'answer')} written, {_count(len(mine), 'question')} left.")
        _tell_rest([one for one in every if one not in mine], self.case)
        if self.written:
            say("Commit the change; `pytest readiness/` judges it.")


def _open(spec: ItemSpec, case: Case) -> Iterator[Open]:
    if case.written.not_applicable(spec.id):
        declared = proposed(spec, case)
        able = signers(declared, case) if declared else None
        if able is not None:
            yield Open(spec=spec, how=sign, able=able, why="is proposed not to apply")
    elif spec.manual:
        yield from _unanswered(spec, case)


def _unanswered(spec: ItemSpec, case: Case) -> Iterator[Open]:
    statement, able = case.written.statement_on(spec.id), case.having(spec.owner)
    if statement is None:
        yield Open(spec=spec, how=answer, able=able, why="nobody has answered")
        return
    judged = statement_standing(spec, statement, written=case.written, as_of=case.as_of)
    if judged.in_force:
        return
    confirmers = waits_for(spec, case)
    if confirmers is None:
        yield Open(spec=spec, how=answer, able=able, why=f"its answer is {judged.force.value}")
    else:
        yield Open(spec=spec, how=confirm, able=confirmers, why="is to be confirmed")


def _urgency(one: Open) -> tuple[int, int, int]:
    spec = one.spec
    return SEVERITIES.index(spec.severity), PHASES.index(spec.phase), spec.position


def _named(case: Case, by: str) -> str:
    return Asking(is_terminal=False).ask(_who(case, by))


def _who(case: Case, by: str) -> Question[str]:
    return Question(
        label="Who answers (e-mail)",
        flag="--by",
        read=case.person,
        given=by or case.me,
    )


def _tell_rest(others: list[Open], case: Case) -> None:
    """Say for whom else questions wait."""
    waiting = Counter(one.spec.owner for one in others if one.how is answer)
    for owner, number in sorted(waiting.items()):
        who = ", ".join(case.having(owner)) or f"nobody yet: add one to {case.file}"
        say(f"{_count(number, 'question')} for the role {owner} ({who}).", indent="  ")
    for one in others:
        if one.how is not answer:
            who = " or ".join(one.able) or f"nobody yet: add one to {case.file}"
            say(f"{one.spec.id} {one.why} ({who}).", indent="  ")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
