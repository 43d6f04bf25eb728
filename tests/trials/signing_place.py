"""A small suite whose report three people can sign, judged again and again by the same facts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.conftest import CHECKOUT, Repository
from tests.signing.conftest import APPROVER, ROLES, laid_down, made_key, public

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.conftest import Ran

DOCUMENTS = ("readiness.html", "signoff.md", "statement.json", "review.json")
TROUBLE = CHECKOUT / "tests" / "trials" / "disk_trouble.py"


@dataclass(frozen=True)
class Place:
    """A checkout with a report, and whose keys can sign it."""

    repository: Repository
    keys: Mapping[str, Path]

    @property
    def report(self) -> Path:
        return self.repository.report

    def judge(self, *arguments: str, env: dict[str, str] | None = None) -> Ran:
        return self.repository.judge("-p", "no:xdist", *arguments, env=env)

    def signing(self, name: str) -> tuple[str, ...]:
        """The words of a command with which somebody signs."""
        return ("sign", "--key", str(self.keys[name]), "--yes")

    def sign(self, name: str) -> Ran:
        return self.repository.orr(*self.signing(name))


def lay_down_to_sign(folder: Path) -> Place:
    """Lay a suite down, with a report that is shown ready, and nobody's signature."""
    keys = {name: made_key(folder / name) for name in ROLES}
    people = (
        APPROVER.format(name=name, role=role, keys=f'{{ key = "{public(keys[name])}" }}')
        for name, role in ROLES.items()
    )
    repository = laid_down(folder / "service", "[signoff]\n" + "".join(people))
    assert repository.judge("-p", "no:xdist").status == 0
    shutil.copyfile(repository.report / "facts.json", repository.path / "facts.json")
    shutil.copyfile(TROUBLE, repository.path / TROUBLE.name)
    repository.arguments += ["--orr-facts", "facts.json"]
    place = Place(repository, keys)
    assert place.judge().status == 0
    shutil.rmtree(repository.report / "previous")
    return place


def files_in(folder: Path) -> dict[str, bytes]:
    """Return the content of every file in a folder, by its path there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
