"""A live run of one item, as a person starts it, against the example's account in moto."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import logging
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from pytest_orr.collect.desk import opened_desk
from pytest_orr.collect.gather import gather
from pytest_orr.collect.registry import registry
from pytest_orr.consent import standing_of
from pytest_orr.profile.load import load
from pytest_orr.record.body import record_item
from pytest_orr.record.findings import Subjects
from pytest_orr.suite import baseline, read
from tests.moto_states import Built

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from pytest_orr.model import ItemSpec
    from pytest_orr.record.values import ItemRecord
    from tests.conftest import Repository

CHECKOUT = Path(__file__).parents[2]
ANYBODY = "anybody"
PROFILE = """\
[service]
name = "explorer"
environment = "production"
people = [{{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }}]
[release]
commit = "0123456789abcdef0123456789abcdef01234567"
[[aws.accounts]]
id = "{account}"
regions = ["eu-central-1"]
[aws.resources]
{resources}
"""
USUAL = {"account": "123456789012", "resources": 'tags = { service = "explorer" }'}


@pytest.fixture(scope="module", autouse=True)
def traced_elsewhere(tracing_off: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    """Whole runs are made here again and again; tests of each part say what it covers."""
    with tracing_off():
        yield


@pytest.fixture(scope="session")
def moto_url(models_once: None) -> Iterator[str]:  # noqa: ARG001 what speaks to it comes often
    """Where a moto server listens, with what the example plants in it."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.planted import plant  # noqa: PLC0415 after the path is set

    plant()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def control(moto_url: str) -> Callable[..., None]:
    """Speak to moto itself: ``control("reset")``."""

    def post(path: str, body: str = "") -> None:
        requests.post(f"{moto_url}/moto-api/{path}", data=body, timeout=10).raise_for_status()

    post("reset")
    return post


@pytest.fixture(scope="session")
def built() -> Built:
    """Accounts that were built for an earlier test."""
    return Built()


@pytest.fixture
def account_with(
    moto_url: str, control: Callable[..., None], built: Built, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Build the example's account with faults and return its ids."""
    monkeypatch.syspath_prepend(str(CHECKOUT))
    from examples.explorer.account import build_account  # noqa: PLC0415 after the path is set

    def build(*faults: str) -> dict[str, Any]:
        control("reset")
        wanted = frozenset(faults)
        return built.ids(wanted, lambda: build_account(moto_url, faults=wanted))

    return build


@pytest.fixture
def denied(moto_url: str, control: Callable[..., None]) -> Iterator[Callable[[str], Any]]:
    """Return the credentials of a user who may do everything but one operation."""
    session: Any = boto3.session.Session(aws_access_key_id=ANYBODY, aws_secret_access_key=ANYBODY)

    def deny(operation: str) -> dict[str, str]:
        iam = session.client("iam", region_name="eu-central-1", endpoint_url=moto_url)
        iam.create_user(UserName="auditor")
        statements = [
            {"Effect": "Allow", "Action": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": operation, "Resource": "*"},
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_user_policy(UserName="auditor", PolicyName="most", PolicyDocument=policy)
        key = iam.create_access_key(UserName="auditor")["AccessKey"]
        control("reset-auth", "0")
        secret = key["SecretAccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": secret}

    yield deny
    control("reset-auth", "inf")


@pytest.fixture
def run_item(tmp_path: Path, moto_url: str, at: Callable[[Path], Repository]) -> Callable[..., Any]:
    """Run one item live in a service's repository and return it from ``selection.json``.

    ``run_item(id, endpoint_url=…, env=…, profile_overrides=…)``: a variable that is empty is not
    set; ``profile_overrides`` are ``account`` and ``resources`` (TOML).
    """

    def run(
        item_id: str,
        *,
        endpoint_url: str = moto_url,
        env: Mapping[str, str] | None = None,
        profile_overrides: Mapping[str, str] | None = None,
    ) -> Any:
        suite = tmp_path / "readiness"
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(CHECKOUT / "readiness", suite, ignore=ignored, dirs_exist_ok=True)
        profile = PROFILE.format(**USUAL | dict(profile_overrides or {}))
        (suite / "readiness.toml").write_text(profile, encoding="utf-8")
        (suite / "pytest.toml").write_text("[pytest]\n", encoding="utf-8")
        variables = _environment(endpoint_url, env or {})
        done = at(tmp_path).pytest(_node(item_id), "-p", "no:cacheprovider", env=variables)
        selection = tmp_path / "readiness-report" / "selection.json"
        assert selection.exists(), done.out + done.err
        items = json.loads(selection.read_text(encoding="utf-8"))["items"]
        return next(item for item in items if item["id"] == item_id)

    return run


def _node(item_id: str) -> str:
    """Find the function that carries an id in the text of the suite."""
    for module in sorted((CHECKOUT / "readiness").glob("test_*.py")):
        text = module.read_text(encoding="utf-8").partition(f'"{item_id}",')[2]
        if found := re.search(r"^def (test_\w+)\(", text, re.MULTILINE):
            return f"readiness/{module.name}::{found[1]}"
    raise LookupError(item_id)


def _environment(endpoint_url: str, more: Mapping[str, str]) -> dict[str, str]:
    variables = {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ANYBODY,
        "AWS_SECRET_ACCESS_KEY": ANYBODY,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **more,
    }
    return {name: value for name, value in variables.items() if value}


AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
"""The day on which the example is judged."""
FORGE = """\
[service]
name = "explorer"
environment = "production"
people = [
    {{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }},
    {{ email = "eve@example.org", name = "Eve", roles = ["principal-engineer"] }},
    {{ email = "bo@example.org", name = "Bo", roles = ["security"] }},
]
[release]
commit = "{commit}"
first = {first}
[repository]
path = {{ env = "EXPLORER_REPOSITORY" }}
signers = {{ env = "EXPLORER_SIGNERS" }}
secrets = ["inventory/**/vault.yml", "secrets/*"]
[forge]
kind = "{kind}"
project = "explorer/explorer"
url = {{ env = "EXPLORER_FORGE" }}
token = {{ env = "EXPLORER_TOKEN" }}
staging = "staging"
team = ["ana", "bo", "dan", "eve", "finn"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What became of one item in one world."""

    record: ItemRecord

    @property
    def outcome(self) -> str:
        return str(self.record.outcome.value)

    def said(self, outcome: str) -> dict[str, str]:
        """What is said of each subject with an outcome, without what was seen."""
        return {
            one.subject: one.detail.partition("; saw ")[0]
            for one in self.record.findings
            if one.outcome == outcome
        }


@pytest.fixture(scope="session")
def suite_items() -> dict[str, tuple[ItemSpec, Any]]:
    """The items of the suite as they are stated, and their functions, by id."""
    found = {}
    modules: dict[str, Any] = {}
    for item in read(baseline(), fact_names=registry().keys()).items:
        if item.file not in modules:
            path = CHECKOUT / "readiness" / item.file
            spec = importlib.util.spec_from_file_location(f"judged_{path.stem}", path)
            assert spec is not None
            assert spec.loader is not None
            modules[item.file] = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(modules[item.file])
        found[item.id] = (item, getattr(modules[item.file], item.function))
    return found


@pytest.fixture(scope="session")
def judge_here(
    suite_items: dict[str, tuple[ItemSpec, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., dict[str, Judged]]:
    """Gather and judge in this process: ``judge_here(profile, *ids, statements=…)``."""

    def judge(
        profile: str, *ids: str, statements: str = "", beside: Mapping[str, bytes] | None = None
    ) -> dict[str, Judged]:
        path = tmp_path_factory.mktemp("profile") / "readiness.toml"
        path.write_text(profile, encoding="utf-8")
        for name, content in (beside or {}).items():
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).write_bytes(content)
        (path.parent / "attestations.toml").write_text(statements, encoding="utf-8")
        items = tuple(item for item, _ in suite_items.values())
        written = load(path, items=items, as_of=AS_OF.date())
        known, wanted = registry(), {name for one in ids for name in suite_items[one][0].facts}
        collectors = [known[name] for name in sorted(wanted)]
        with opened_desk(written, collectors, lambda _: None, as_of=AS_OF) as desk:
            facts: dict[str, Any] = gather(collectors, desk, clock=lambda: AS_OF)
        judged = {}
        for one in ids:
            item, function = suite_items[one]
            standing = standing_of(item, written, AS_OF)
            said = {"attestation": standing.attestation, "subject": Subjects()}
            own = {"profile": written.profile, "as_of": AS_OF, **said}
            asked = {name: facts[name] for name in item.facts}
            handed: Any = SimpleNamespace(obj=function, nodeid=one, funcargs={**own, **asked})
            digests = dict.fromkeys(asked, "")
            record = record_item(handed, item, standing, digests)
            judged[one] = Judged(record=record)
        return judged

    return judge


@pytest.fixture(scope="session")
def forges(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, tuple[Any, dict[str, str]]]]:
    """The example's project on a GitLab and on a GitHub, and the variables that lead there."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer import (  # noqa: PLC0415 after the path is set
        github,
        gitlab,
        registry,
        repository,
        testnet,
    )

    folder = tmp_path_factory.mktemp("world")
    parts = (repository, registry, testnet)
    own = {name: place for one in parts for name, place in one.serve("repaired", folder).items()}
    servers = {"gitlab": gitlab.gitlab_server(), "github": github.github_server()}
    below = {"gitlab": "", "github": "/api/v3"}
    yield {
        kind: (
            server,
            {
                **own,
                "EXPLORER_FORGE": server.url + below[kind],
                "EXPLORER_TOKEN": "token-of-the-reviewer",
            },
        )
        for kind, server in servers.items()
    }
    for server in servers.values():
        server.close()


@pytest.fixture
def judged_on(
    forges: dict[str, tuple[Any, dict[str, str]]],
    judge_here: Callable[..., dict[str, Judged]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., dict[str, Judged]]]:
    """Judge items by what a forge tells: ``judged_on("github", *ids, more=…, faults=(…))``.

    ``more`` is the rest of the profile, ``change`` makes another state of the faulty one, ``first``
    is a first launch, ``env`` sets variables anew, ``statements`` are those of people, ``beside``
    are files beside the profile. Nothing of AWS or hosts is declared.
    """
    from examples.explorer.forge_state import forge_state  # noqa: PLC0415 after the path is set
    from examples.explorer.release import release_commit  # noqa: PLC0415 after the path is set

    def judge(
        kind: str,
        *ids: str,
        more: str = "",
        faults: tuple[str, ...] = (),
        change: Callable[[Any], Any] = lambda state: state,
        first: bool = False,
        statements: str = "",
        beside: Mapping[str, bytes] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> dict[str, Judged]:
        server, variables = forges[kind]
        server.state = change(forge_state(faults))
        for name, value in {**variables, **(env or {})}.items():
            monkeypatch.setenv(name, value)
        said = {"commit": release_commit(), "first": str(first).lower(), "kind": kind}
        return judge_here(FORGE.format(**said) + more, *ids, statements=statements, beside=beside)

    yield judge
    for server, _ in forges.values():
        server.mend()
