"""What git and AWS say of a statement that is in force by itself: is it void, and who made it?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import FactUnavailable, Unanswered
from .model import AUTHORSHIP, VOIDED_BY, Evidence, StatementUsed
from .observation import Observed, Unobserved
from .profile.places import FILE
from .profile.voiding import ANY, is_launched

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .collect.operations.statement_authors import StatementAuthorFacts
    from .collect.operations.statement_commits import NamedCommit, StatementCommitFacts
    from .collect.sized_instances import SizedInstance
    from .model import ItemSpec
    from .observation import Observation
    from .profile.load import Written
    from .profile.schema import Statement

    Seen = Mapping[str, Observation[Any]]

AUTHORS, COMMITS, INSTANCES = "statement_authors", "statement_commits", "sized_instances"
COMMIT, BYTECODE, MACHINES = "commit", "bytecode", "machines"
THEMSELVES = {
    "committed": "let each of them commit their own lines: the author the statement, the second"
    " person the line `confirmed`",
    "proven": "let each of them sign the commit of their own lines with a key that [repository]"
    " signers names: the author the statement, the second person the line `confirmed`",
}


def facts_about(specs: Iterable[ItemSpec], written: Written) -> Iterator[str]:
    """Yield the names of facts by which the statements on some items are judged."""
    stated = {one.item for one in written.statements}
    for spec in specs:
        if spec.id in stated:
            yield from (AUTHORS, COMMITS)
            if _is_about_instances(spec, written):
                yield INSTANCES


def used(spec: ItemSpec, statement: Statement, written: Written, seen: Seen) -> StatementUsed:
    """Return a statement as an item reads it, unless facts speak against it.

    Raises ``Unanswered`` when it is void or too little is known of who made it, and
    ``FactUnavailable`` when nobody can tell.
    """
    where = written.where(spec.id)
    _refuse_commits(spec, statement, written, seen)
    _refuse_instances(spec, statement, written, seen)
    authorship, brought = _authorship(statement, written, seen)
    asked = written.policy.gate.authorship
    if AUTHORSHIP.index(authorship) < AUTHORSHIP.index(asked):
        if isinstance(unseen := seen.get(AUTHORS), Unobserved):
            raise FactUnavailable(f"{where}{unseen.cause}", unseen.remedy)
        told = f"the policy asks for a statement that is {asked}; this one is {brought}"
        raise Unanswered(f"{where}{told}", THEMSELVES[asked])
    return _shown(statement, written, authorship, brought)


def _refuse_commits(spec: ItemSpec, statement: Statement, written: Written, seen: Seen) -> None:
    where, item, bound = written.where(spec.id), spec.id, statement.release
    for ref in (one.ref for one in statement.evidence if one.kind == COMMIT):
        _commits(seen, where).of(item, ref, is_evidence=True)
    if bound == ANY or spec.void == BYTECODE or is_launched(bound, written.profile):
        return
    named = _commits(seen, where).of(item, bound, is_evidence=False)
    if changed := _changed(spec, named, written):
        since = f"it was made for {bound}; since then changed {changed}"
        raise Unanswered(
            f"{where}the statement is void by {VOIDED_BY[spec.void or COMMIT]}: {since}",
            f"look at it again, and state it for release {written.profile.release.commit[:12]}",
        )


def _changed(spec: ItemSpec, named: NamedCommit, written: Written) -> str:
    """Return what changed so that a statement is void; empty if it is not."""
    code = written.profile.code
    match spec.void:
        case "paths":
            return named.changed_among(code.audited_lines)
        case "share":
            return named.changed_share(code.reviewed_percent)
        case "machines":
            return f"the release line, {named.changed_line}" if named.changed_line else ""
        case _:
            return named.changed_elsewhere


def _refuse_instances(spec: ItemSpec, statement: Statement, written: Written, seen: Seen) -> None:
    if not _is_about_instances(spec, written):
        return
    where = written.where(spec.id)
    running: tuple[SizedInstance, ...] = _value(seen, INSTANCES, where)
    others = {one.instance.type for one in running} - set(statement.machines)
    if others:
        told = f"it loaded {', '.join(statement.machines)}, now runs {', '.join(sorted(others))}"
        raise Unanswered(
            f"{where}the statement is void by {VOIDED_BY[MACHINES]}: {told}",
            "repeat the test on what runs, and state it with these `machines`",
        )


def _is_about_instances(spec: ItemSpec, written: Written) -> bool:
    return spec.void == MACHINES and written.profile.aws is not None


def _authorship(statement: Statement, written: Written, seen: Seen) -> tuple[str, str]:
    """Return how much is known of who made a statement, and that in one line."""
    least = AUTHORSHIP[0]
    fact = seen.get(AUTHORS)
    if not isinstance(fact, Observed):
        why = fact.cause if isinstance(fact, Unobserved) else "git was not asked"
        return least, f"only claimed: {why}"
    facts: StatementAuthorFacts = fact.value
    known = facts.of(statement.item, dict(written.digests).get(FILE, ""))
    if known is None:
        return least, "only claimed: git was asked about another attestations.toml"
    return known.worth(statement.by, statement.confirmed or "")


def _commits(seen: Seen, where: str) -> StatementCommitFacts:
    facts: StatementCommitFacts = _value(seen, COMMITS, where)
    return facts


def _value(seen: Seen, name: str, where: str) -> Any:
    fact = seen.get(name)
    if isinstance(fact, Observed):
        return fact.value
    if isinstance(fact, Unobserved):
        raise FactUnavailable(f"{where}{fact.cause}", fact.remedy)
    told = f"{where}{name} was not gathered, by which the statement is judged"
    raise FactUnavailable(told, "run again")


def _shown(statement: Statement, written: Written, authorship: str, brought: str) -> StatementUsed:
    sizes = {one.ref: one.size for one in written.evidence_files if one.sha256}
    return StatementUsed(
        statement=statement.statement,
        by=statement.by,
        confirmed=statement.confirmed or "",
        on=statement.on.isoformat(),
        until=statement.until.isoformat(),
        release=statement.release,
        covers=statement.covers,
        evidence=tuple(
            Evidence(
                kind=evidence.kind,
                ref=evidence.ref,
                sha256=evidence.sha256 or "",
                size=sizes.get(evidence.ref),
                dated=evidence.dated.isoformat(),
            )
            for evidence in statement.evidence
        ),
        authorship=authorship,
        brought=brought,
    )
