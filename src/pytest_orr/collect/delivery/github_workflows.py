"""Reads GitHub's workflows and actions at the release's commit, for ``release_workflows``."""

from collections.abc import Iterator
from typing import Any

from pytest_orr.clients.git_globs import matches
from pytest_orr.clients.yaml_text import yaml_in
from pytest_orr.collect.parts import Part, part_of, unread
from pytest_orr.errors import FactUnavailable

from .ci_files import DIGEST, MOST_FILES, SHA, Checkout, CiFile, ForeignCode, several, table, texts

WANTED = (
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    "**/action.yml",
    "**/action.yaml",
)


def github_files(checkout: Checkout) -> tuple[Part[CiFile], ...]:
    """Return the workflows, and the project's own actions, each read by itself."""
    wanted = [path for path in checkout.paths if matches(path, WANTED)]
    read = tuple(_part(checkout, path) for path in wanted[:MOST_FILES])
    if not (more := wanted[MOST_FILES:]):
        return read
    cause = f"{len(more)} more than the {MOST_FILES} workflows and actions that are read"
    return (*read, unread("further workflows", FactUnavailable(cause, "look at them by hand")))


def _part(checkout: Checkout, path: str) -> Part[CiFile]:
    def read() -> CiFile:
        documents = yaml_in(checkout.read(path), path)
        return _file(path, table(documents[0]) if documents else {}, checkout.owner)

    return part_of(path, read)


def _file(path: str, said: dict[str, Any], owner: str) -> CiFile:
    name = said.get("name", "")
    return CiFile(
        path=path,
        name=name if isinstance(name, str) else "",
        release_triggers=tuple(_triggers(said.get("on", ""))),
        foreign=tuple(one for uses in _uses(said) for one in _foreign(uses, owner)),
    )


def _triggers(said: Any) -> Iterator[str]:
    """Yield what of releases and tags starts a workflow; a push of anything is none of them."""
    if "release" in (said if isinstance(said, dict) else [*texts(said)]):
        yield "release"
    tags = [*texts(table(table(said).get("push")).get("tags"))]
    if any(not tag.startswith("!") for tag in tags):
        yield f"push of tags {', '.join(tags)}"


def _uses(said: dict[str, Any]) -> Iterator[str]:
    jobs = [table(job) for job in table(said.get("jobs")).values()]
    for job in (*jobs, table(said.get("runs"))):
        yield from texts(job.get("uses"))
        for step in several(job.get("steps")):
            yield from texts(table(step).get("uses"))


def _foreign(uses: str, owner: str) -> Iterator[ForeignCode]:
    """Yield an action or workflow of somebody else; those of the project and its owner are not."""
    if uses.startswith("./"):
        return
    if uses.startswith("docker://"):
        yield ForeignCode(reference=uses, is_pinned=bool(DIGEST.search(uses)))
        return
    name, _, ref = uses.rpartition("@")
    if name.partition("/")[0].lower() != owner:
        yield ForeignCode(reference=uses, is_pinned=bool(SHA.fullmatch(ref)))
