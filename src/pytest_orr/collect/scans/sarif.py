"""Reads SARIF 2.1.0 (OASIS, 2020-03-27), which analysers and scanners of many kinds write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import Unreadable

from .fingerprints import place
from .instants import instant
from .report import ScanFinding, ScanReport
from .severity import Severity, by_text, gravest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pytest_orr.clients.hostile_json import At

VERSION = "2.1.0"
NOT_FOUND = frozenset({"pass", "notApplicable", "informational"})
"""Kinds of result that are no problem (section 3.27.9)."""
LEVELS: dict[str, Severity] = {"error": "high", "warning": "medium", "note": "low", "none": "low"}


@dataclass(frozen=True, slots=True)
class Rule:
    """What a run says of one of its rules."""

    id: str
    level: str
    score: str


def read(content: At, about: str) -> ScanReport:
    """Read all runs of a report as one; ``about`` says what the scanner looked for."""
    if content["version"].text() != VERSION:
        raise Unreadable(f"is not SARIF {VERSION}")
    runs = list(content["runs"].each())
    if not runs:
        raise Unreadable("has no run")
    for run in runs:
        _refuse_failed(run)
    drivers = [run.within("tool", "driver") for run in runs]
    return ScanReport(
        tool=", ".join(dict.fromkeys(driver["name"].needed() for driver in drivers)),
        version=", ".join(dict.fromkeys(filter(None, map(_version, drivers)))),
        commit=_commit(runs),
        scanned=min(_ends(runs), default=None),
        looked_at=sum(len(list(run["artifacts"].each())) for run in runs) or None,
        findings=tuple(finding for run in runs for finding in _findings(run, about)),
    )


def _refuse_failed(run: At) -> None:
    """Refuse a run that did not come to its end, or that lists no results at all."""
    for invocation in run["invocations"].each():
        if invocation["executionSuccessful"].flag() is False:
            raise Unreadable("says that the tool failed")
        for notice in invocation["toolExecutionNotifications"].each():
            if notice["level"].text() == "error":
                raise Unreadable(f"tells of an error of the tool at {notice.path}")
    if not run["results"]:
        raise Unreadable(f"has no results at {run.path}, not even an empty list")


def _version(driver: At) -> str:
    return driver["version"].text() or driver["semanticVersion"].text()


def _commit(runs: list[At]) -> str:
    """Return the one commit that all runs are of; empty if none says one."""
    said = {
        origin["revisionId"].text().lower()
        for run in runs
        for origin in run["versionControlProvenance"].each()
    } - {""}
    if len(said) > 1:
        raise Unreadable(f"is of several commits: {', '.join(sorted(said))[:200]}")
    return said.pop() if said else ""


def _ends(runs: list[At]) -> Iterator[datetime]:
    for run in runs:
        for invocation in run["invocations"].each():
            if end := instant(invocation["endTimeUtc"]):
                yield end


def _findings(run: At, about: str) -> Iterator[ScanFinding]:
    rules = _rules(run)
    for result in run["results"].each():
        if result["kind"].text() not in NOT_FOUND:
            yield _finding(result, _rule_of(result, rules), about)


def _rules(run: At) -> dict[str | int, Rule]:
    """Return the driver's rules by id and place, and those of extensions by id."""
    found: dict[str | int, Rule] = {}
    tool = run["tool"]
    for extension in tool["extensions"].each():
        found |= {rule.id: rule for rule in map(_rule, extension["rules"].each())}
    for number, rule in enumerate(map(_rule, tool.within("driver", "rules").each())):
        found |= {rule.id: rule, number: rule}
    return found


def _rule(said: At) -> Rule:
    score = said["properties"]["security-severity"] if said["properties"] else said["properties"]
    level = said.within("defaultConfiguration", "level").text()
    return Rule(said["id"].text(), level or "warning", _score(score))


def _score(said: At) -> str:
    """Return a score as text: it is one by GitHub's rule, and a number in some tools' reports."""
    return said.text() if isinstance(said.value, str) else f"{said.number() or ''}"


def _rule_of(result: At, rules: dict[str | int, Rule]) -> Rule:
    """Return the rule of a result, however it is named (sections 3.27.5 to 3.27.7)."""
    name = result["ruleId"].text() or result.within("rule", "id").text()
    own = result.within("rule", "toolComponent")
    index = result["ruleIndex"].number() if result["ruleIndex"] else None
    if index is None and not own:
        index = result.within("rule", "index").number()
    by_place = rules.get(int(index)) if index is not None else None
    if name and (by_place is None or by_place.id != name):
        return rules.get(name) or rules.get(name.partition("/")[0]) or Rule(name, "warning", "")
    return by_place or Rule(name or "rule without a name", "warning", "")


def _finding(result: At, rule: Rule, about: str) -> ScanFinding:
    level = result["level"].text() or rule.level
    where = _where(result)
    marks = _marks(result, f"{rule.id}:{where}" if where else rule.id)
    names = (rule.id, *marks) if about == "dependencies" else (*marks, rule.id)
    return ScanFinding(
        id=names[0],
        aliases=names[1:-1] if about != "dependencies" else names[1:],
        rule=rule.id,
        severity=_severity(level, rule, about),
        where=where,
        is_dismissed=_is_dismissed(result),
    )


def _severity(level: str, rule: Rule, about: str) -> Severity:
    """Return the score's band; of code the graver of score and level, as levels are its judge."""
    scored = by_text(rule.score) if rule.score else "unknown"
    if about == "dependencies":
        return scored
    return gravest((scored, LEVELS.get(level, "unknown")))


def _where(result: At) -> str:
    for location in result["locations"].each():
        spot = location["physicalLocation"]
        if spot:
            file = spot.within("artifactLocation", "uri").text()
            return place(file, spot.within("region", "startLine").count())
    return ""


def _marks(result: At, otherwise: str) -> tuple[str, ...]:
    """Return the result's own fingerprints; some tools put people's names into partial ones."""
    said = [
        mark.text() for _, mark in sorted(result["fingerprints"].items(), key=lambda one: one[0])
    ]
    lines = result["partialFingerprints"]
    if lines and (line := lines["primaryLocationLineHash"].text()):
        said.append(line)
    return (*dict.fromkeys(filter(None, said)), otherwise)


def _is_dismissed(result: At) -> bool:
    """Whether it is suppressed, and no suppression was refused or waits (section 3.27.23)."""
    stands = [one["status"].text() or "accepted" for one in result["suppressions"].each()]
    return bool(stands) and set(stands) == {"accepted"}
