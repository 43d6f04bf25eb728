"""Every rule by which a statement, a waiver or a not-applicable does not count, in real files.

Whatever objects is found in the source, and each place is heard by what its case provokes: a new
one without a case fails here. The reason begins with file and line of the table that it is about.
"""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import pytest_orr
from pytest_orr import statements
from pytest_orr.collect.operations.statement_commits import (
    NamedCommit,
    StatementCommit,
    StatementCommitFacts,
)
from pytest_orr.collect.parts import Part
from pytest_orr.consent import standing_of
from pytest_orr.errors import FactUnavailable, Unanswered
from pytest_orr.observation import Observed, Unobserved
from pytest_orr.profile import (
    applicability_standing,
    attesting,
    drill_standing,
    standing,
    voiding,
)
from pytest_orr.profile.objection import Objection
from pytest_orr.profile.standing import waiver_standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_orr.model import ItemSpec
    from pytest_orr.profile.load import Written

Site = tuple[str, int]
"""Module and function, and which of its objections."""
MODULES: tuple[Any, ...] = (
    standing,
    attesting,
    voiding,
    drill_standing,
    applicability_standing,
    statements,
)
OBJECTS = ("Objection", "Standing", "Unanswered", "FactUnavailable")
COUNTS = "Force.IN_FORCE"
AS_OF = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
ELB = '"network.load-balancer.elb"'
BEFORE = "907deaa5"
FILES = {
    "attestation": "attestations.toml",
    "waiver": "waivers.toml",
    "not_applicable": "readiness.toml",
}
SOUND: Mapping[str, Mapping[str, str]] = {
    "attestation": {
        "item": ELB,
        "statement": '"One balancer in three zones."',
        "by": '"ana@example.org"',
        "confirmed": '"eve@example.org"',
        "on": "2026-11-06",
        "until": "2027-01-31",
        "evidence": '[{ kind = "capture", ref = "https://example.org/x", dated = 2026-11-04 }]',
    },
    "waiver": {
        "item": ELB,
        "reason": '"The second zone comes next week."',
        "requester": '"ana@example.org"',
        "approver": '"eve@example.org"',
        "granted": "2026-11-10",
        "expires": "2026-11-24",
    },
    "not_applicable": {
        "item": ELB,
        "reason": '"no-such-component"',
        "text": '"There is none."',
        "approver": '"eve@example.org"',
        "on": "2026-11-01",
    },
}
OTHERS = {"item": '"operations.restart.backend"'}
"""What a first, sound table of the same kind is about, so that lines must be told apart."""
RECORD: Mapping[str, str] = {
    "items": f"[{ELB}]",
    "by": '"eve@example.org"',
    "author": '"ana@example.org"',
    "environment": '"production"',
    "release": '"4f2a9c1d0e"',
    "started": "2026-11-04T10:00:00Z",
    "minutes": "6",
    "succeeded": "true",
    "happened": '"It went well."',
    "lost": '"nothing"',
}
AWS = '\n[aws]\n[[aws.accounts]]\nid = "123456789012"\nregions = ["eu-central-1"]\n'
CONTRACT = f"""
[[chains]]
name = "main"
id = 1
rpc = "https://rpc.example.org"

[[contracts]]
name = "vault"
chain = "main"
address = "0x{"1" * 40}"
build = "vault.json"
audited_commit = "5f2d8c1"
"""
NO_GIT = Unobserved(name="x", cause="no git is here", remedy="install git", source="git")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is written beside what is sound, and what is told of it."""

    about: str
    by: str
    place: int = 0
    told: str
    """The reason behind file and line."""
    says: Mapping[str, str | None] = field(default_factory=dict)
    """Keys of its table; nothing for one that is left out."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Further files by their paths; what is added to readiness.toml."""
    spec: Mapping[str, Any] = field(default_factory=dict)
    seen: Mapping[str, Any] = field(default_factory=dict)
    as_of: dt.datetime = AS_OF


def stated(by: str, place: int, told: str, **others: Any) -> Case:
    head = "the statement is refused: " if others.pop("is_refused", True) else ""
    return Case(about="attestation", by=by, place=place, told=f"{head}{told}", **others)


def drilled(site: str, place: int, told: str, /, *, newer: bool = False, **record: str) -> Case:
    """Rest on a record of a drill; ``newer`` lays what differs into a second one."""
    first, second = ({}, record) if newer else (record, {})
    text = keys({**RECORD, **first})
    beside = {"drills/a.toml": text}
    if newer:
        beside["drills/b.toml"] = keys({**RECORD, **second})
    proof = f'kind = "drill", ref = "drills/a.toml", sha256 = "{digest(text)}"'
    says = {"evidence": f"[{{ {proof}, dated = 2026-11-04 }}]"}
    spec = {"evidence_kind": "drill"}
    return stated(f"drill_standing.{site}", place, told, says=says, beside=beside, spec=spec)


def keys(values: Mapping[str, str | None]) -> str:
    return "".join(f"{key} = {value}\n" for key, value in values.items() if value is not None)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def evidence(kind: str, ref: str, *more: str, dated: str = "2026-11-04") -> dict[str, str]:
    parts = (f'kind = "{kind}"', f'ref = "{ref}"', *more, f"dated = {dated}")
    return {"evidence": f"[{{ {', '.join(parts)} }}]"}


def waived(by: str, told: str, **others: Any) -> Case:
    head = "the waiver is refused: " if others.pop("is_refused", True) else "the waiver "
    return Case(about="waiver", by=f"standing.{by}", told=f"{head}{told}", **others)


def declared(by: str, told: str, **others: Any) -> Case:
    return Case(about="not_applicable", by=by, told=f"not applicable {told}", **others)


def commits(**changed: Any) -> dict[str, Any]:
    named = NamedCommit(id=BEFORE * 5, launched="4f2a9c1d0e" * 4, **changed)
    known = StatementCommit(
        item=ELB.strip('"'),
        commit=BEFORE,
        is_evidence=False,
        named=Part(name="attestations.toml:10", observed=named),
    )
    return observed("statement_commits", StatementCommitFacts(all=(known,)))


def observed(name: str, value: Any) -> dict[str, Any]:
    return {name: Observed(name=name, value=value, source="git")}


ELSEWHERE = {"release": f'"{BEFORE}"'}
STRICT = {"policy.toml": '[gate]\nauthorship = "committed"\n'}
ROLES = "approver or principal-engineer"
CASES = (
    stated(
        "standing._against_validity",
        0,
        "it is valid for 91 days, the item allows 90",
        says={"until": "2027-02-05"},
    ),
    stated(
        "standing._refused",
        0,
        "nobody has confirmed it, which a blocker needs; its evidence has no capture",
        says={"confirmed": None, **evidence("link", "https://example.org/x")},
    ),
    stated(
        "standing._against_kind",
        0,
        "its evidence has no capture",
        says=evidence("link", "https://example.org/x"),
    ),
    stated(
        "standing._against_kind",
        1,
        "its capture is of 2026-08-07, older than the 90 days that the item allows",
        says=evidence("capture", "https://example.org/x", dated="2026-08-07"),
    ),
    stated(
        "standing._against_evidence",
        0,
        "its evidence elb.md is not there",
        says=evidence("capture", "elb.md", f'sha256 = "{"a" * 64}"'),
    ),
    stated(
        "standing._against_evidence",
        1,
        "its evidence elb.md has no digest",
        says=evidence("capture", "elb.md"),
        beside={"elb.md": "x"},
    ),
    stated(
        "standing._against_evidence",
        2,
        "its evidence elb.md is not the file that was stated: its digest differs",
        says=evidence("capture", "elb.md", f'sha256 = "{"a" * 64}"'),
        beside={"elb.md": "x"},
    ),
    stated(
        "standing.statement_standing",
        0,
        "the statement expired: it held until 2027-01-31",
        is_refused=False,
        as_of=dt.datetime(2027, 2, 1, tzinfo=dt.UTC),
    ),
    replace(
        drilled("too_old", 0, ""),
        told="the drill of 2026-11-04 is 91 days old, 90 are allowed",
        spec={"evidence_kind": "drill", "valid_for": 300},
        as_of=dt.datetime(2027, 2, 3, tzinfo=dt.UTC),
        says={**drilled("too_old", 0, "").says, "until": "2027-04-30"},
    ),
    replace(
        drilled("too_old", 0, ""),
        by="standing.statement_standing",
        place=1,
        told="the drill of 2026-11-04 is 11 days old, 10 are allowed",
        beside={**drilled("", 0, "").beside, "readiness.toml": "\n[drills]\nvalid_days = 10\n"},
        as_of=dt.datetime(2026, 11, 15, tzinfo=dt.UTC),
    ),
    stated(
        "attesting.against_people",
        0,
        "its author bo@example.org has not the role platform",
        says={"by": '"bo@example.org"'},
    ),
    stated(
        "attesting.against_people",
        1,
        "nobody has confirmed it, which a blocker needs",
        says={"confirmed": None},
    ),
    stated(
        "attesting.against_people",
        2,
        "its author has confirmed it",
        says={"confirmed": '"ana@example.org"'},
    ),
    stated(
        "attesting.against_people",
        3,
        "bo@example.org, who confirmed it, has not the role platform, principal-engineer or"
        " approver, and did no drill of it",
        says={"confirmed": '"bo@example.org"'},
    ),
    stated(
        "voiding.against_binding",
        0,
        'its `release` is "any", but a new commit voids it',
        spec={"void": "commit"},
    ),
    stated(
        "voiding.against_binding",
        1,
        "it names no `machines`, but a change of the instance type voids it",
        spec={"void": "machines"},
        says=ELSEWHERE,
    ),
    stated(
        "voiding._against_builds",
        0,
        "it is bound to 907deaa5, the code of vault is built from 5f2d8c1",
        spec={"void": "bytecode"},
        says=ELSEWHERE,
        beside={"readiness.toml": CONTRACT},
    ),
    stated(
        "drill_standing._no_record",
        0,
        "its drill drills/c.toml is no record in drills/",
        spec={"evidence_kind": "drill"},
        says=evidence("drill", "drills/c.toml", f'sha256 = "{"a" * 64}"'),
    ),
    drilled(
        "_against_contents",
        0,
        "its drill drills/a.toml is of operations.restart.backend, not of this item",
        items='["operations.restart.backend"]',
    ),
    drilled("_against_contents", 1, "its drill drills/a.toml did not succeed", succeeded="false"),
    drilled(
        "_against_people",
        0,
        "eve@example.org did the drill drills/a.toml by instructions of their own",
        author='"eve@example.org"',
    ),
    drilled(
        "_against_people",
        1,
        "bo@example.org, who did the drill drills/a.toml, neither states nor confirms it",
        by='"bo@example.org"',
    ),
    drilled(
        "_against_place",
        0,
        "its drill drills/a.toml was done in laptop, not in production",
        environment='"laptop"',
    ),
    drilled(
        "_against_dates",
        0,
        "its drill drills/a.toml is dated 2026-11-04, its record is of 2026-11-03",
        started="2026-11-03T10:00:00Z",
    ),
    replace(
        drilled("_against_dates", 1, "it was stated on 2026-11-03, before its drill drills/a.toml"),
        says={**drilled("", 0, "").says, "on": "2026-11-03"},
    ),
    drilled(
        "_against_newer",
        0,
        "a newer drill of it, drills/b.toml, took 6 minutes, 5 are allowed",
        newer=True,
        objective_minutes="5",
        started="2026-11-05T10:00:00Z",
    ),
    stated(
        "statements._refuse_commits",
        0,
        "the statement is void by a new commit: it was made for 907deaa5; since then changed"
        " src/a.go",
        is_refused=False,
        says=ELSEWHERE,
        seen=commits(elsewhere=("src/a.go",)),
    ),
    stated(
        "statements._refuse_instances",
        0,
        "the statement is void by a change of the instance type or of the release line: it loaded"
        " a.large, now runs b.large",
        is_refused=False,
        spec={"void": "machines"},
        says={"release": '"4f2a9c1d0e"', "machines": '["a.large"]'},
        beside={"readiness.toml": AWS},
        seen=observed(
            "sized_instances", [SimpleNamespace(instance=SimpleNamespace(type="b.large"))]
        ),
    ),
    stated(
        "statements.used",
        0,
        "no git is here",
        is_refused=False,
        beside=STRICT,
        seen={"statement_authors": NO_GIT},
    ),
    stated(
        "statements.used",
        1,
        "the policy asks for a statement that is committed; this one is only claimed: git was"
        " not asked",
        is_refused=False,
        beside=STRICT,
    ),
    stated(
        "statements._value",
        0,
        "no git is here",
        is_refused=False,
        says=ELSEWHERE,
        seen={"statement_commits": NO_GIT},
    ),
    stated(
        "statements._value",
        1,
        "statement_commits was not gathered, by which the statement is judged",
        is_refused=False,
        says=ELSEWHERE,
    ),
    waived(
        "_against_approval",
        "its requester has approved it",
        says={"requester": '"eve@example.org"'},
    ),
    waived(
        "_against_approver",
        f"its approver bo@example.org has not the role {ROLES}",
        says={"approver": '"bo@example.org"'},
    ),
    waived(
        "_against_length",
        "it lasts 15 days, the policy allows 14 for a blocker",
        says={"expires": "2026-11-25"},
    ),
    waived(
        "_against_policy",
        "the policy lets nobody waive this item",
        beside={"policy.toml": f"[gate]\nunwaivable = [{ELB}]\n"},
    ),
    waived(
        "waiver_standing",
        "expired: it held until 2026-11-24",
        is_refused=False,
        as_of=dt.datetime(2026, 11, 25, tzinfo=dt.UTC),
    ),
    waived(
        "_overdue",
        "is void: its action is overdue: “second zone”, by ana@example.org, was due on 2026-11-19",
        is_refused=False,
        says={
            "action": '{ what = "second zone", owner = "ana@example.org", due = 2026-11-19 }',
        },
    ),
    declared(
        "applicability_standing.against_proposal",
        "is only proposed: nobody has agreed yet",
        says={"approver": None, "on": None},
    ),
    declared(
        "applicability_standing.against_basis",
        "is void: readiness.toml:39 declares [aws], so “no such component” no longer holds",
        beside={"readiness.toml": AWS},
    ),
    declared(
        "standing._against_approver",
        f"is refused: its approver bo@example.org has not the role {ROLES}",
        says={"approver": '"bo@example.org"'},
    ),
)


def is_objection(node: ast.AST) -> bool:
    called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id
    counts = isinstance(node, ast.Call) and COUNTS in map(
        ast.unparse, (one.value for one in node.keywords)
    )
    return called in OBJECTS and not counts


def objections(module: Any) -> Iterator[tuple[Site, range]]:
    """Find each call that objects, with the lines on which it stands."""
    path = Path(module.__file__)
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef):
            calls = [one for one in ast.walk(function) if is_objection(one)]
            ordered = sorted(calls, key=lambda call: call.lineno)  # type: ignore[attr-defined] # calls alone
            for number, call in enumerate(ordered):
                lines = range(call.lineno, (call.end_lineno or 0) + 1)  # type: ignore[attr-defined] # as above
                yield (f"{path.stem}.{function.name}", number), lines


SITES = {site: lines for module in MODULES for site, lines in objections(module)}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Site]:
    """The places in the source that object while a case is judged."""
    objected: list[Site] = []

    def listen(to: type) -> None:
        make: Any = to.__init__  # type: ignore[misc] # kept, and called as it was

        def made(one: Any, *of: Any, **more: Any) -> None:
            frame = sys._getframe(1)
            by = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
            found = [site for site, lines in SITES.items() if frame.f_lineno in lines]
            objected.extend(site for site in found if site[0] == by)
            make(one, *of, **more)

        monkeypatch.setattr(to, "__init__", made)

    for kind in (Objection, standing.Standing, Unanswered, FactUnavailable):
        listen(kind)
    return objected


def written_of(
    case: Case, loaded: Callable[..., Written], profile_text: str
) -> tuple[Written, str]:
    """Write the files of a case and read them; return them with the place of its table."""
    says = {**SOUND[case.about], **case.says}
    table = f"# As agreed.\n\n[[{case.about}]]\n{keys(says)}"
    first = f"[[{case.about}]]\n{keys({**SOUND[case.about], **OTHERS})}"
    named = FILES[case.about]
    texts = {name: text for name, text in case.beside.items() if name != "readiness.toml"}
    above = f"{profile_text}\n" if named == "readiness.toml" else ""
    texts = {"readiness.toml": profile_text, **texts, named: f"{above}{first}\n{table}"}
    lines = texts[named].splitlines()
    line = len(lines) - lines[::-1].index(f"[[{case.about}]]")
    texts["readiness.toml"] += case.beside.get("readiness.toml", "")
    for name, text in texts.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    return loaded(readiness=texts["readiness.toml"]), f"{named}:{line}: "


def judged(case: Case, spec: ItemSpec, written: Written) -> tuple[str, str]:
    """Return the reason for which what was written does not count, and the remedy."""
    if case.about == "waiver":
        waiver = written.waivers[-1]
        said = waiver_standing(spec, waiver, written=written, as_of=case.as_of.date())
        return said.reason, said.remedy
    both = standing_of(spec, written, case.as_of, case.seen)
    if case.about == "not_applicable":
        return both.proposed, both.proposed_remedy
    against = both.attestation.unanswered()
    return str(against), against.remedy


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.about}-{case.by}-{case.place}")
def test_an_objection_names_file_line_and_rule_and_says_what_to_do(
    case: Case,
    heard: list[Site],
    loaded: Callable[..., Written],
    profile_text: str,
    item: ItemSpec,
) -> None:
    written, where = written_of(case, loaded, profile_text)
    reason, remedy = judged(case, replace(item, **case.spec), written)

    assert reason == f"{where}{case.told}"
    assert (case.by, case.place) in heard
    assert remedy.strip()
    assert "\n" not in remedy


@pytest.mark.parametrize("about", FILES)
def test_what_is_sound_counts(
    about: str, loaded: Callable[..., Written], profile_text: str, item: ItemSpec
) -> None:
    sound = Case(about=about, by="", told="")
    written, _ = written_of(sound, loaded, profile_text)
    both = standing_of(item, written, AS_OF)
    counts = {
        "attestation": both.attestation.in_force,
        "waiver": both.permissions,
        "not_applicable": both.not_applicable,
    }
    assert counts[about]


def test_every_place_that_objects_has_a_case() -> None:
    assert {(case.by, case.place) for case in CASES} == set(SITES)


def test_objections_are_made_nowhere_else() -> None:
    known = {Path(module.__file__) for module in MODULES}
    making = {
        path
        for path in Path(pytest_orr.__file__).parent.rglob("*.py")
        if "Objection(" in path.read_text("utf-8")
    }
    assert making <= known | {Path(standing.__file__).with_name("objection.py")}
