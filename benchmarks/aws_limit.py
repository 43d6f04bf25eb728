"""The least that deciding the checks takes in Python: what they need, once each, all at once.

``python -m benchmarks.aws_limit PLACES OUTPUT`` asks with botocore and threads, judges by plain
expressions, and writes each check's verdicts by resource. PLACES is a file of JSON with the regions
of each account. It proves whose credentials it has, follows pages, and raises on whatever else goes
wrong; it has no other care, no message, no report.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import botocore.config
import botocore.loaders
import botocore.session

from . import aws_limit_front, aws_limit_home, aws_limit_stores

if TYPE_CHECKING:
    from collections.abc import Callable

WORKERS = 64
CONFIG = botocore.config.Config(
    max_pool_connections=WORKERS,
    parameter_validation=False,
    retries={"mode": "standard", "total_max_attempts": 3},
)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Asks and judges; what it has found is in ``verdicts``."""

    pool: ThreadPoolExecutor
    verdicts: defaultdict[str, dict[str, bool]] = field(default_factory=lambda: defaultdict(dict))
    running: list[Future[Any]] = field(default_factory=list)
    last: list[Callable[[], None]] = field(default_factory=list)
    """What is judged when everything has been asked."""
    _clients: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    _making: Lock = field(default_factory=Lock)
    _models: Any = field(default_factory=botocore.loaders.create_loader)

    def go(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Run a function beside others; it may wait for what was begun before it."""
        self.running.append(self.pool.submit(function, *arguments))
        return self.running[-1]

    def finish(self) -> None:
        """Wait for everything, and for what that began; then judge what needs several answers."""
        for future in self.running:
            future.result()
        for judge in self.last:
            judge()

    def login(self, account: str) -> Any:
        """Return a session of an account, logged in to its role."""
        session = botocore.session.Session(profile=account)
        session.register_component("data_loader", self._models)
        logged_in: Any = session.get_credentials()
        logged_in.get_frozen_credentials()
        return session

    def client(self, home: Future[Any], region: str, service: str) -> Any:
        """Return the one client for a place and a service; making them is not safe in threads."""
        session = home.result()
        wanted = (session.profile, region, service)
        with self._making:
            if wanted not in self._clients:
                make = session.create_client
                self._clients[wanted] = make(service, region_name=region, config=CONFIG)
            return self._clients[wanted]


@dataclass(frozen=True, kw_only=True)
class Region:
    """One region of one account."""

    limit: Limit
    account: str
    session: Future[Any]
    name: str

    def client(self, service: str) -> Any:
        """Return the region's client."""
        return self.limit.client(self.session, self.name, service)

    def go(self, function: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Run a function of this region beside others."""
        return self.limit.go(function, self, *arguments)

    def verdict(self, check: str, resource: str, holds: object) -> None:
        """Keep a verdict."""
        self.limit.verdicts[check][resource] = bool(holds)


def main() -> None:
    """Ask everything at once: the longest chains first, EC2 with its great model beside them."""
    places, output = map(Path, sys.argv[1:])
    with ThreadPoolExecutor(WORKERS) as pool:
        limit = Limit(pool=pool)
        for account, regions in json.loads(places.read_text(encoding="utf-8")).items():
            session = limit.go(limit.login, account)
            here = [
                Region(limit=limit, account=account, session=session, name=name) for name in regions
            ]
            aws_limit_home.begin(here[0])
            for region in here:
                aws_limit_stores.begin(region, aws_limit_front.begin(region))
        limit.finish()
    output.write_text(json.dumps(limit.verdicts), encoding="utf-8")


if __name__ == "__main__":
    main()
