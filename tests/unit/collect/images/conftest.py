"""The example's registry and Docker Hub on loopback, hosts that told something, and a desk."""

from __future__ import annotations

import datetime as dt
import json
import sys
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.clocks import Clocks
from pytest_orr.clients.docker_hub import DockerHubAccess
from pytest_orr.clients.git_said import Entry
from pytest_orr.clients.registry import RegistryAccess
from pytest_orr.collect.host_readings import HostReadings
from pytest_orr.collect.interface import Desk
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.fields import FromEnvironment
from pytest_orr.profile.images import Images, Namespace, Registry
from pytest_orr.profile.schema import HostGroup, Person, Profile, Release, Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CHECKOUT = Path(__file__).parents[4]
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
LARGEST = 1 << 20
ABSENT = b"absent"
COMMIT = "5e1ea5e0" * 5
VARIABLES = {"user": "EXPLORER_REGISTRY_USER", "token": "EXPLORER_REGISTRY_TOKEN"}
LOGIN = {key: FromEnvironment(env=name) for key, name in VARIABLES.items()}


class Checkout:
    """A repository that holds the files that a test writes."""

    where = ("git 5e1ea5e05e1e",)

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files

    def entries(self, _: tuple[str, ...]) -> tuple[Entry, ...]:
        """Every file."""
        sizes = {path: len(text.encode()) for path, text in self._files.items()}
        return tuple(Entry(path=path, kind="file", id=path, size=sizes[path]) for path in sizes)

    def contents_of(self, entries: tuple[Entry, ...]) -> dict[str, bytes]:
        """Their contents by id, cut as a long file's is; of an absent file there is none."""
        told = {one.id: self._files[one.path].encode()[:LARGEST] for one in entries}
        return {name: text for name, text in told.items() if text != ABSENT}


class Planted:
    """A forge that answers each question with what was planted under its name."""

    where = "forge.example explorer/explorer"

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said

    def __getattr__(self, question: str) -> Callable[..., Any]:
        """Return what answers the question; what nobody planted could not be had."""

        def answer(*about: Any, **more: Any) -> Any:
            said = self._said.get(question, FactUnavailable(f"no {question}", "plant it"))
            if isinstance(said, FactUnavailable):
                raise said
            return said(*about, **more) if callable(said) else said

        return answer


@pytest.fixture(scope="session")
def example() -> Any:
    """The example's module that plays registry and Docker Hub."""
    sys.path.append(str(CHECKOUT))
    return import_module("examples.explorer.registry")


@dataclass(frozen=True)
class Shop:
    """A registry and Docker Hub that are running, sound or with faults."""

    registry: str
    hub: str
    shelves: Any

    def digest(self, repository: str, tag: str) -> str:
        """Return what a tag leads to."""
        return str(self.shelves.tags[repository, tag])


@pytest.fixture(scope="session")
def shop(example: Any) -> Callable[..., Shop]:
    """Start registry and Docker Hub: ``shop("indexer-old")``; each kind once."""
    running: dict[tuple[str, ...], Shop] = {}

    def start(*faults: str) -> Shop:
        if faults not in running:
            shelves = example.shelves_of(faults)
            running[faults] = Shop(
                example.start(shelves.tell_registry), example.start(shelves.tell_hub), shelves
            )
        return running[faults]

    return start


def lines_of(*records: tuple[str, str]) -> str:
    """What a host prints about its containers, saved an hour before the run."""
    hour = int((AS_OF - dt.timedelta(hours=1)).timestamp())
    said = {"clock": [("epoch", str(hour))], "deployment": list(records)}
    lines: list[dict[str, Any]] = []
    for section, several in said.items():
        lines += [{"section": section, "key": key, "value": value} for key, value in several]
        lines.append({"section": section, "done": "ok", "why": "", "lines": len(several)})
    lines.append({"end": "ok", "sections": len(said)})
    return "".join(f"{json.dumps(line)}\n" for line in lines)


@pytest.fixture
def desk_of(shop: Callable[..., Shop], example: Any, tmp_path: Path) -> Callable[..., Desk]:
    """Make a desk: ``desk_of("image:1", hosts={"a": (("docker", "present"),)}, faults=(…))``.

    ``files`` are the repository's, ``forge`` answers by question, ``images`` keys of ``[images]``.
    """

    def make(
        *named: str,
        faults: tuple[str, ...] = (),
        hosts: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
        files: Mapping[str, str] | None = None,
        forge: Mapping[str, Any] | None = None,
        images: Mapping[str, Any] | None = None,
        group: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Desk:
        place = shop(*faults)
        declared = Images(
            **{
                "registries": (Registry(host="docker.io", url=place.registry, **LOGIN),),
                "namespace": Namespace(
                    name="docker.io/explorer", url=place.hub, token=LOGIN["token"]
                ),
                **(images or {}),
            }
        )
        printed = {name: lines_of(*records) for name, records in (hosts or {}).items()}
        for name, text in printed.items():
            (tmp_path / f"{name}.jsonl").write_text(text, encoding="ascii")
        group_of_hosts = HostGroup(
            names=tuple(printed) or ("none",),
            outputs={name: f"{name}.jsonl" for name in printed},
            **(group or {}),
        )
        ana = Person(email="ana@example.org", name="Ana", roles=("service",))
        profile = Profile(
            service=Service(name="explorer", environment="production", people=(ana,)),
            release=Release(commit=COMMIT, images=named),
            images=declared,
            hosts=(group_of_hosts,) if printed else (),
            **more,
        )
        environment = {VARIABLES["user"]: example.USER, VARIABLES["token"]: example.TOKEN}
        nobody: Any = None
        known: dict[str, Any] = {one.name: nobody for one in fields(Desk)}
        known |= {"profile": profile, "folder": tmp_path, "as_of": AS_OF, "progress": print}
        known["registry"] = RegistryAccess(declared, tmp_path, environment)
        known["docker_hub"] = DockerHubAccess(
            declared=declared.namespace, folder=tmp_path, environment=environment
        )
        known["hosts"] = HostReadings(
            profile,
            nobody,
            sections=frozenset({"deployment"}),
            folder=tmp_path,
            progress=print,
            clocks=Clocks(AS_OF.timestamp),
        )
        known["git"] = Checkout(files or {})
        known["forge"] = Planted(forge or {})
        return Desk(**known)

    return make
