"""A simulated AWS of one size behind its proxy, with all that its askers need to know of it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .aws_size import REGIONS, ROLE
from .plugin import CHECKOUT, environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from .aws_size import Size

PROFILES = """\
[profile user-{account}]
aws_access_key_id = {id}
aws_secret_access_key = {secret}

[profile {account}]
region = us-east-1
source_profile = user-{account}
role_arn = {role}
role_session_name = benchmark
"""
"""The account's role, and the user who may take it: the product does that by itself."""
SERVICE = """\
[service]
name = "benchmark"
environment = "production"

[[service.people]]
email = "owner@example.org"
name = "Service Owner"
roles = ["service", "security", "platform", "product", "support"]

[release]
commit = "0000000"
first = true
"""
ACCOUNT = """
[[aws.accounts]]
id = "{account}"
regions = {regions}
profile = "user-{account}"
role = "{role}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where the simulation is asked, and the files that say so."""

    url: str
    keys: tuple[Mapping[str, str], ...]
    regions: tuple[str, ...]
    folder: Path

    @property
    def places(self) -> Path:
        """File with the regions of each account."""
        return self.folder / "places.json"

    @property
    def profile(self) -> Path:
        """What the product reads about the service."""
        return self.folder / "readiness.toml"

    def write(self) -> None:
        """Write the files."""
        accounts = [key | {"role": role_of(key["account"])} for key in map(dict, self.keys)]
        regions = json.dumps(self.regions)
        told = SERVICE + "".join(ACCOUNT.format(regions=regions, **one) for one in accounts)
        self.profile.write_text(told, encoding="utf-8")
        profiles = "\n".join(PROFILES.format(**one) for one in accounts)
        (self.folder / "config").write_text(profiles, encoding="utf-8")
        by_account = {one["account"]: self.regions for one in accounts}
        self.places.write_text(json.dumps(by_account), encoding="utf-8")

    def environment(self, **more: str) -> dict[str, str]:
        """Return the variables of whoever asks: all by the proxy, even a name that DNS knows not.

        Everybody keeps bytecode, in a folder of this world's own.
        """
        return environment(
            **dict.fromkeys(("AWS_ENDPOINT_URL", "HTTP_PROXY", "http_proxy"), self.url),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), ""),
            AWS_CONFIG_FILE=str(self.folder / "config"),
            AWS_SHARED_CREDENTIALS_FILE=str(self.folder / "none"),
            AWS_EC2_METADATA_DISABLED="true",
            AWS_DEFAULT_REGION=self.regions[0],
            PYTHONPYCACHEPREFIX=str(self.folder / "bytecode"),
            **more,
        )

    def begin(self, latency_ms: int) -> None:
        """Set the delay of each request, and count from here on."""
        asked(f"{self.url}/benchmark/{latency_ms}", method="POST")

    def calls(self) -> int:
        """Return how many requests there were since."""
        return int(asked(f"{self.url}/benchmark/", method="GET"))


@contextmanager
def world(folder: Path, size: Size, *, accounts: int = 1, regions: int = 1) -> Iterator[World]:
    """Yield a simulated AWS that is filled; it ends with the block."""
    folder.mkdir()
    numbers = (size.groups, size.few, accounts, regions)
    with ExitStack() as stack:
        cloud = stack.enter_context(served("aws_cloud", *map(str, numbers)))
        said: dict[str, Any] = json.loads(cloud)
        url = stack.enter_context(served("aws_proxy", said["url"]))
        keys = tuple(said["keys"])
        made = World(url=url, keys=keys, regions=REGIONS[:regions], folder=folder)
        made.write()
        yield made


@contextmanager
def served(module: str, *arguments: str) -> Iterator[str]:
    """Run a server of this package; yield the line by which it says that it is ready."""
    with subprocess.Popen(
        (sys.executable, "-m", f"benchmarks.{module}", *arguments),
        cwd=CHECKOUT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            raise RuntimeError(f"{module} did not start")
        yield line
        process.stdin.close()


def role_of(account: str) -> str:
    """Return the ARN of the role by which an account is looked at."""
    return f"arn:aws:iam::{account}:role/{ROLE}"


def asked(url: str, *, method: str) -> str:
    """Ask the proxy itself something."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(url, method=method)  # noqa: S310 the proxy's own URL
    with direct.open(request, timeout=10) as answer:
        text: str = answer.read().decode()
    return text
