"""Asks OSV, a database of advisories, about packages; ``desk.osv``.

Names and versions of packages are sent and nothing else, no token among it. Questions are POST, as
that is how they are read there; nothing is changed by them.
"""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING

from pytest_orr.errors import FactUnavailable

from .api_wire import ApiWire, Asked, Told, Way
from .hostile_json import At, Unreadable, read_json
from .settings import setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pytest_orr.profile.scans import Osv

    from .clocks import Clocks

API = "https://api.osv.dev"
WHOSE, SECTION = "OSV", "[osv]"
BATCH = 1000
"""Questions in one request; OSV takes no more."""
MOST_PAGES = 20
"""Pages of one package's advisories."""
AT_ONCE = 8
IDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
AGAIN = "run again when OSV answers, or correct url under [osv] in readiness.toml"

Question = tuple[str, str, str]
"""Ecosystem, name and version of a package."""


class OsvAccess:
    """A database that speaks OSV's API, version 1.

    Both methods raise ``FactUnavailable`` with cause and remedy; what was answered is remembered
    for the run.
    """

    def __init__(
        self,
        declared: Osv,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        clocks: Clocks | None = None,
    ) -> None:
        """Take what the profile declares; ``folder`` is the profile's, for the file it names."""
        own = os.environ if environment is None else environment
        said = setting(declared.url, where=f"{SECTION} url", environment=own)
        ca = setting(declared.ca, where=f"{SECTION} ca", environment=own)
        self.url = (said or API).rstrip("/")
        authorities = str(folder / ca) if ca else ""
        self._wire = ApiWire(Way(whose=WHOSE, section=SECTION, ca=authorities, clocks=clocks))
        self._lock = Lock()
        self._records: dict[str, At | FactUnavailable] = {}

    def close(self) -> None:
        """End all connections."""
        self._wire.close()

    def ids_of(self, packages: Iterable[Question]) -> dict[Question, tuple[str, ...]]:
        """Return the ids of each package's advisories (POST /v1/querybatch), every page of them."""
        open_: list[tuple[Question, str]] = [(package, "") for package in sorted(set(packages))]
        found: dict[Question, set[str]] = {package: set() for package, _ in open_}
        for _ in range(MOST_PAGES):
            further: list[tuple[Question, str]] = []
            for start in range(0, len(open_), BATCH):
                further += self._asked(open_[start : start + BATCH], found)
            open_ = further
            if not open_:
                return {package: tuple(sorted(ids)) for package, ids in found.items()}
        raise FactUnavailable(
            f"OSV tells more than {MOST_PAGES} pages of advisories of {open_[0][0][1]}", AGAIN
        )

    def records(self, ids: Iterable[str]) -> dict[str, At | FactUnavailable]:
        """Return records by id (GET /v1/vulns/{id}), or why one could not be had."""
        wanted = sorted(set(ids))
        with ThreadPoolExecutor(max_workers=AT_ONCE) as crew:
            return dict(zip(wanted, crew.map(self._record, wanted), strict=True))

    def _asked(
        self, batch: list[tuple[Question, str]], found: dict[Question, set[str]]
    ) -> list[tuple[Question, str]]:
        """Ask one batch; return the questions that have another page, with its token."""
        body = json.dumps({"queries": [_query(*one) for one in batch]}).encode()
        told = self._wire.ask(
            Asked(
                url=f"{self.url}/v1/querybatch",
                method="POST",
                headers={"Content-Type": "application/json"},
                body=body,
            )
        )
        further: list[tuple[Question, str]] = []
        try:
            for (package, _), result in zip(batch, _results(told, len(batch)), strict=True):
                found[package] |= {one["id"].needed() for one in result["vulns"].each()}
                if token := result["next_page_token"].text():
                    further.append((package, token))
        except Unreadable as error:
            raise FactUnavailable(f"OSV's answer {error}", AGAIN) from error
        return further

    def _record(self, name: str) -> At | FactUnavailable:
        with self._lock:
            known = self._records.get(name)
        if known is None:
            try:
                known = self._asked_record(name)
            except FactUnavailable as error:
                known = error
            with self._lock:
                self._records[name] = known
        return known

    def _asked_record(self, name: str) -> At:
        if not IDS.fullmatch(name):
            raise FactUnavailable(f"{name[:80]!r} is no id of OSV", "look it up by hand")
        told = self._wire.ask(Asked(url=f"{self.url}/v1/vulns/{name}"))
        try:
            return _record_of(told, name)
        except Unreadable as error:
            raise FactUnavailable(f"OSV's answer {error}", AGAIN) from error


def _query(package: Question, token: str) -> dict[str, object]:
    ecosystem, name, version = package
    asked: dict[str, object] = {
        "package": {"ecosystem": ecosystem, "name": name},
        "version": version,
    }
    return asked | {"page_token": token} if token else asked


def _results(told: Told, asked: int) -> list[At]:
    results = list(_json(told)["results"].each())
    if len(results) != asked:
        raise Unreadable(f"has {len(results)} results for {asked} questions")
    return results


def _record_of(told: Told, name: str) -> At:
    record = _json(told)
    if record["id"].needed() != name:
        raise Unreadable(f"is about another advisory than {name}")
    return record


def _json(told: Told) -> At:
    if told.status == 404:
        raise FactUnavailable("OSV knows no such advisory", "look it up by hand")
    if told.status != 200:
        raise FactUnavailable(f"OSV answered with status {told.status}", AGAIN)
    return read_json(told.body)
