"""Reads which images the release's Dockerfiles build upon: the fact ``base_images``."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pytest_orr.clients.git_said import Entry
from pytest_orr.collect.images.dockerfiles import FromLine, bases_of
from pytest_orr.collect.images.published import OPERATIONS, digests_of
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of, unread
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer, Unavailable
from pytest_orr.profile.image_names import ImageName, image_name

LATEST = "latest"
MOST_FILES = 200
UNREAD = "clone without leaving files out, or name the release's own under [repository] dockerfiles"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseImage:
    """An image that a FROM line names."""

    image: str
    """Whole: registry, repository, tag and digest as far as they are written."""
    tag: str = ""
    digest: str = ""
    """As the line pins it; empty if it does not."""
    upstream: tuple[str, ...] = ()
    """Digests that the tag leads to today, of the index and of its platforms."""
    upstream_unknown: Unavailable | None = None
    """Why these are not known."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.digest:
            return f"{self.image}, not pinned by a digest"
        if not self.upstream:
            return f"{self.image}, what its tag leads to today is not known"
        today = "still" if self.digest in self.upstream else "no longer"
        return f"{self.image}, {today} what its tag leads to"

    @property
    def is_floating(self) -> bool:
        """Whether two builds of one commit may take another image without anybody's word."""
        return not self.digest and self.tag in {"", LATEST}

    @property
    def is_current(self) -> bool:
        """Whether the tag still leads to the pinned digest."""
        if not self.digest or not self.tag:
            missing = "digest" if self.tag else "tag"
            raise FactUnavailable(
                f"the FROM line names no {missing}, so what was built upon cannot be compared",
                "write both: name:tag@sha256:…",
            )
        if self.upstream_unknown is not None:
            raise FactUnavailable(self.upstream_unknown.cause, self.upstream_unknown.remedy)
        return self.digest in self.upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseImages:
    """Which images do the Dockerfiles of the release's commit build upon?"""

    name: str = "base_images"
    source: str = "git and registries"
    operations: tuple[str, ...] = ("git:tree", "git:contents", *OPERATIONS)
    fact_type: Any = tuple[Part[BaseImage], ...]

    def collect(self, desk: Desk) -> Answer[tuple[Part[BaseImage], ...]]:
        """Read the FROM lines, and look up what their tags lead to."""
        if desk.profile.repository is None:
            raise Undeclared("[repository]", "the repository with the release's Dockerfiles")
        patterns = desk.profile.repository.dockerfiles
        files = tuple(one for one in desk.git.entries(patterns) if one.is_file)
        if len(files) > MOST_FILES:
            raise FactUnavailable(
                f"{len(files)} files of the release's commit fit {', '.join(patterns)}",
                "name the release's own under [repository] dockerfiles",
            )
        contents = desk.git.contents_of(files)
        parts = tuple(part for file in files for part in _parts(desk, file, contents.get(file.id)))
        return Answer(value=parts, where=desk.git.where)


def _parts(desk: Desk, file: Entry, content: bytes | None) -> Iterator[Part[BaseImage]]:
    if content is None or len(content) != file.size:
        cause = "its content is not in this clone" if content is None else "it is too large"
        yield unread(file.path, FactUnavailable(cause, UNREAD))
        return
    for base in bases_of(content.decode("utf-8", "replace")):
        name = f"{file.path}:{base.line} {base.image or base.written}"
        yield _missing(name, base) if base.missing else part_of(name, _reader(desk, base))


def _missing(name: str, base: FromLine) -> Part[BaseImage]:
    return unread(
        name,
        FactUnavailable(
            f"which image it is cannot be read from the file: {base.missing}",
            "give the argument a default, and let whoever builds another say so",
        ),
    )


def _reader(desk: Desk, base: FromLine) -> Any:
    def read() -> BaseImage:
        name = image_name(base.image)
        upstream, why = _upstream(desk, name)
        return BaseImage(
            image=str(name),
            tag=name.tag,
            digest=name.digest,
            upstream=tuple(sorted(upstream)),
            upstream_unknown=why,
        )

    return read


def _upstream(desk: Desk, name: ImageName) -> tuple[Iterable[str], Unavailable | None]:
    if not name.digest or not name.tag:
        return (), None
    try:
        return digests_of(desk, f"{name.place}:{name.tag}"), None
    except FactUnavailable as error:
        return (), Unavailable(cause=f"{name.host}: {error.cause}", remedy=error.remedy)
