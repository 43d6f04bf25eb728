"""Reads CycloneDX lists of components in JSON, 1.4 to 1.6, with the advisories that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_orr.clients.hostile_json import DEEPEST, At, Unreadable

from .instants import instant
from .report import ScanFinding, ScanReport
from .severity import Severity, by_score, by_text, by_word, gravest

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS = frozenset({"1.4", "1.5", "1.6"})
PACKAGES = frozenset({"library", "framework"})
"""Types of component that a package manager brings, and that must say which package they are."""
SETTLED = frozenset({"not_affected", "false_positive", "resolved", "resolved_with_pedigree"})
"""States of an analysis by which an advisory does not concern the service."""


def read(content: At, about: str) -> ScanReport:  # noqa: ARG001 readers have one form
    """Read a list; components without a purl cannot be looked up and count as skipped."""
    _refuse_others(content)
    components = tuple(components_of(content))
    metadata = content["metadata"]
    tools = tuple(_tools(metadata["tools"])) if metadata else ()
    return ScanReport(
        tool=", ".join(name for name, _ in tools),
        version=", ".join(version for _, version in tools if version),
        scanned=instant(metadata["timestamp"]) if metadata else None,
        looked_at=sum(1 for one in components if one["purl"].text()),
        skipped=tuple(one["name"].needed() for one in components if _is_nameless(one)),
        findings=tuple(_findings(content, components)),
    )


def purls_of(content: At) -> tuple[str, ...]:
    """Return the package URL of each component that has one, sorted."""
    _refuse_others(content)
    return tuple(sorted({one["purl"].text() for one in components_of(content)} - {""}))


def components_of(content: At) -> Iterator[At]:
    """Yield all components, those inside others too."""
    level = list(content["components"].each())
    for _ in range(DEEPEST):
        yield from level
        level = [inner for one in level for inner in one["components"].each()]


def _refuse_others(content: At) -> None:
    if content["bomFormat"].text() != "CycloneDX":
        raise Unreadable("is no CycloneDX")
    if (version := content["specVersion"].text()) not in VERSIONS:
        raise Unreadable(f"is CycloneDX {version[:20]}, and 1.4 to 1.6 can be read")


def _is_nameless(component: At) -> bool:
    return component["type"].text() in PACKAGES and not component["purl"].text()


def _tools(said: At) -> Iterator[tuple[str, str]]:
    """Yield name and version of each tool, as a list (1.4) or as components (from 1.5 on)."""
    for one in said.each() if said.is_list() else said.within("components").each():
        yield one["name"].needed(), one["version"].text()


def _findings(content: At, components: tuple[At, ...]) -> Iterator[ScanFinding]:
    names = {
        one["bom-ref"].text(): f"{one['name'].text()} {one['version'].text()}".strip()
        for one in components
    }
    for said in content["vulnerabilities"].each():
        refs = [one["ref"].text() for one in said["affects"].each()]
        yield ScanFinding(
            id=said["id"].needed(),
            aliases=tuple(one["id"].needed() for one in said["references"].each()),
            rule=", ".join(names.get(ref, ref) for ref in refs[:5]) or "a component",
            severity=gravest(_ratings(said)),
            is_dismissed=said.within("analysis", "state").text() in SETTLED,
        )


def _ratings(said: At) -> Iterator[Severity]:
    for rating in said["ratings"].each():
        yield by_word(rating["severity"].text())
        yield by_score(rating["score"].number())
        yield by_text(rating["vector"].text())
