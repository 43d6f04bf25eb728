"""Each of the 76 items proven four ways: ``matrix.toml`` says in which world and what it reaches.

A world is a live run of the whole suite: over HTTP against moto, over TLS against the example's
service, with statements of people. What an item reaches is told by its outcome and by a text that
its reason must hold, so that two cells of an item cannot be the same thing twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests

from pytest_orr.collect.registry import registry
from pytest_orr.suite import baseline, read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.model import ItemSpec
    from tests.conftest import Repository

MATRIX = tomllib.loads((Path(__file__).parent / "matrix.toml").read_text(encoding="utf-8"))
CELLS = ("pass", "fail", "unknown", "nothing")
MORE = ("denied", "stale", "void")
"""What hosts may answer besides, which is not known either; drills that were too long ago, and
those of something that has changed since."""
ITEMS = read(baseline(), fact_names=registry().keys()).items
EXAMPLE = Path(__file__).parents[2] / "examples" / "explorer"
COMMIT = "4ca7ac2c97b787aa52cd3c2cb244906a53464fce"
PROFILE = f"""
[service]
name = "explorer"
environment = "production"
[[service.people]]
email = "ana@example.org"
name = "Ana"
roles = ["service", "security", "platform", "product", "support"]
username = "ana"
[[service.people]]
email = "bo@example.org"
name = "Bo"
roles = ["platform", "security"]
[[service.people]]
email = "cleo@example.org"
name = "Cleo"
roles = ["product", "principal-engineer"]
[[service.people]]
email = "dan@example.org"
name = "Dan"
roles = ["support"]
username = "dan"
[[service.people]]
email = "finn@example.org"
name = "Finn"
roles = ["service", "security"]
username = "finn"
[release]
commit = "{COMMIT}"
images = [
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com/explorer:v1.4.0@sha256:cfb1d6a5ad66fa2a4a1e0ea3ac3d5a5e4d2a8c4ab4b7b3b0e31e9f0d2c6f8a90",
    "docker.io/explorer/indexer:v1.4.0@sha256:cdee1477226b9a8c2100902b848dab988376c04e49fad9a5d762e1c789e8ce54",
]
[aws.resources]
tags = {{ service = "explorer" }}
[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]
[[aws.accounts]]
id = "210987654321"
regions = ["eu-central-1"]
environment = "testing"
role = "arn:aws:iam::210987654321:role/explorer-auditor"
"""
TABLES = (
    "repository",
    "repository.in_clear",
    "repository.audits",
    "repository.contingency_scripts",
    "forge",
    "delivery",
    "delivery.canary",
    "delivery.testnet",
    "delivery.travis",
    "delivery.earlier_review",
    "images.built",
    "images.namespace",
    "images.registries",
    "images.scans",
    "scans",
    "accepted",
    "gitguardian",
    "osv",
    "network",
    "hosting",
    "keys",
    "credentials",
    "emergency",
    "emergency.pause",
    "databases",
    "ssh",
    "hosts",
    "host_limits",
    "projection",
    "stress_tests",
    "scaling",
    "scaling.saturation",
    "peers",
    "pagerduty",
    "grafana",
    "support",
    "support.channels",
    "evidence",
    "documents",
    "documents.runbook",
    "documents.faq",
    "documents.inline_help",
    "documents.refund_process",
    "documents.refund_criteria",
    "documents.published_terms",
    "alertmanager",
    "prometheus",
    "monitoring",
    "uptimerobot",
)
CHAINS = (EXAMPLE / "chains.toml").read_text(encoding="utf-8")
"""What the example does without."""
BESIDE = (
    "evidence/stress-test-2026-11-06.json",
    "peers/faucet.toml",
    "evidence/signoff-v1.3.0.json",
    "evidence/policy-v1.3.0.toml",
    "evidence/staticcheck-2026-11-17.sarif",
    "evidence/gitleaks-2026-11-17.json",
    "evidence/indexer-scan-2026-11-18.sarif",
    "evidence/external-audit-2026-09.md",
)
"""Files beside the example's profile that facts are read from."""
ON_THE_FORGE = frozenset(
    {"canary-in-a-hurry", "pages-not-deployed", "rollback-not-rehearsed", "unprotected-tags"}
)
"""Faults of the forge in the faulty world, beside those of the example's own."""
ENDPOINTS = {
    "service": ("/api/v1/status", "marker = '\"synced\": true'"),
    "frontend": ("/", 'marker = "Latest blocks"'),
    "backend": ("/health", ""),
    "metrics": ("/metrics", 'metrics = ["explorer_requests_total", "explorer_build_info"]'),
}
REPORT = b"what was found, and how each finding was resolved\n"


def endpoint(role: str, *, blank: bool = False) -> str:
    path, more = ENDPOINTS[role]
    host = "" if role == "frontend" else "api."
    more = 'marker = "a text that no page has"' if blank and "marker" in more else more
    url = f"https://{host}explorer.example{path}"
    way = 'connect = { env = "EXPLORER_EDGE" }\nca = { env = "EXPLORER_CA" }'
    if role == "metrics":
        url, way = f"http://explorer-backend-1:8080{path}", 'connect = { env = "EXPLORER_INSIDE" }'
    return f"""
[[endpoints]]
name = "{role}"
role = "{role}"
url = "{url}"
{more}
{way}
"""


def of_the_example(*tables: str) -> str:
    """Return tables of the repaired example's profile as they are written there."""
    text = (EXAMPLE / "repaired" / "readiness.toml").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=\[)", text)
    kept = "".join(one for one in parts if re.sub(r"[\[\]]", "", one.split("\n")[0]) in tables)
    kept = kept.replace("eve@example.org", "cleo@example.org")  # who is the engineer here
    return kept.replace('"block lookup"', '"service"')  # as the endpoint is called here


def printed_by_hosts(change: Callable[[str], str]) -> dict[str, str]:
    """Return what the example's hosts printed, as if saved just now, changed line by line."""
    now = json.dumps({"section": "clock", "key": "epoch", "value": str(int(time.time()))})
    changed = {}
    for name in ("jump", "backend-1", "backend-2", "testing-1"):
        lines = (EXAMPLE / "hosts" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        clock = lines.index(next(line for line in lines if '"epoch"' in line))
        lines[clock] = now.replace(": ", ":").replace(", ", ",")
        changed[f"{name}.jsonl"] = "\n".join(map(change, lines)) + "\n"
    return changed


def denied(line: str) -> str:
    """Play a login that everything but the clock is closed to: each section ends so."""
    if '"section":"clock"' in line:
        return line
    return re.sub(r'"done":"ok","why":""', '"done":"denied","why":"Permission denied"', line)


def stale(line: str) -> str:
    """Play a host whose package index, updates and restarts are of August."""
    old = str(int(datetime(2026, 8, 1, tzinfo=UTC).timestamp()))
    line = re.sub(r'("key":"(?:index|stamp)","value":")[0-9]+', rf"\g<1>{old}", line)
    return re.sub(
        r'("key":"property","value":"ExecMainStartTimestamp=)[^"]*',
        r"\g<1>Sat 2026-08-01 00:00:00 UTC",
        line,
    )


LATELY = ("2026-11-18", COMMIT)
"""Day of a drill, and the commit that ran."""
LONG_AGO = ("2026-08-01", COMMIT)
OF_OLD = ("2026-11-18", "42b9f537a2540d6cf8eb2aaacafcf455a7447940")


def drill_record(item: ItemSpec, drilled: tuple[str, str]) -> str:
    """The record of a drill that any item accepts, if it was lately and nothing has changed."""
    day, commit = drilled
    return f"""
items = ["{item.id}"]
by = "bo@example.org"
author = "ana@example.org"
environment = "production"
release = "{commit}"
started = {day}T10:00:00Z
minutes = 5
succeeded = true
happened = "It went as it is written."
lost = "nothing"
"""


def drill_records(drilled: tuple[str, str]) -> dict[str, str]:
    """A record of each item that asks for one, by its path beside the profile."""
    asking = (item for item in ITEMS if item.evidence_kind == "drill" and item.manual)
    return {f"drills/{item.id}.toml": drill_record(item, drilled) for item in asking}


AUDITED = "5f2d8c1"
"""The commit from which the contracts of `chains.toml` are built."""
NO_FILES = {"link": "https://wiki.example.org/x", "commit": COMMIT, "ticket": "OPS-311"}
"""What evidence is that no file may be, by its kind."""


def statement(item: ItemSpec, *, kinds: tuple[str, ...], drilled: tuple[str, str] = LATELY) -> str:
    """A statement that any item accepts: two reports as files, a table, and the item's kind.

    It is about the commit of the drills where another one voids it.
    """
    digest, day = hashlib.sha256(REPORT).hexdigest(), "2026-11-18"
    named = [(kind, f"evidence/{n}.md", digest, day) for n, kind in enumerate(kinds)]
    if "drill" in kinds:
        record = hashlib.sha256(drill_record(item, drilled).encode()).hexdigest()
        named[kinds.index("drill")] = ("drill", f"drills/{item.id}.toml", record, drilled[0])
    proofs = [
        f'{{ kind = "{kind}", ref = "{NO_FILES[kind]}", dated = {dated} }}'
        if kind in NO_FILES
        else f'{{ kind = "{kind}", ref = "{ref}", sha256 = "{sha256}", dated = {dated} }}'
        for kind, ref, sha256, dated in named
    ]
    second = "bo" if "drill" in kinds else "cleo"
    machines = 'machines = ["t3.medium"]' if item.void == "machines" else ""
    return f"""
[[attestation]]
item = "{item.id}"
statement = "It is so."
by = "ana@example.org"
confirmed = "{second}@example.org"
on = 2026-11-19
until = 2026-12-15
release = "{AUDITED if item.void == "bytecode" else drilled[1] if item.void else COMMIT}"
{machines}
evidence = [{", ".join(proofs)}]
"""


def said_of(items: tuple[ItemSpec, ...], drilled: tuple[str, str] = LATELY) -> str:
    wanted = [(i, ("report", "report", "table", i.evidence_kind)) for i in items if i.manual]
    return "".join(statement(item, kinds=kinds, drilled=drilled) for item, kinds in wanted)


def said_with_the_wrong_evidence(items: tuple[ItemSpec, ...]) -> str:
    def other(item: ItemSpec) -> str:
        return "link" if item.evidence_kind != "link" else "table"

    return "".join(statement(i, kinds=(other(i),)) for i in items if i.manual)


def declared_by_somebody_without_the_role(items: tuple[ItemSpec, ...]) -> str:
    return "".join(
        f'[[not_applicable]]\nitem = "{item.id}"\nreason = "other-provider"\n'
        'text = "We do without."\napprover = "bo@example.org"\non = 2026-11-10\n'
        for item in items
        if item.class_as_built == "person"
    )


@pytest.fixture(scope="module")
def live(
    boot_example: Callable[..., Any],
    lay_down: Callable[..., Repository],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., dict[str, Any]]:
    """Run the whole suite live in a world of the test's making; return its items by id."""

    def run(
        state: str,
        *,
        roles: tuple[str, ...] = tuple(ENDPOINTS),
        blank: bool = False,
        profile: str = of_the_example(*TABLES),
        files: Mapping[str, str] = MappingProxyType({}),
        beside: tuple[str, ...] = BESIDE,
        statements: str = "",
        plant: Callable[[Any], None] = lambda _: None,
        env: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        repository = lay_down(tmp_path_factory.mktemp("world"))
        suite = repository.suite
        text = PROFILE + "".join(endpoint(role, blank=blank) for role in roles) + profile
        (suite / "readiness.toml").write_text(text, encoding="utf-8")
        (suite / "attestations.toml").write_text(statements, encoding="utf-8")
        for name in ("drills", "evidence", "peers"):
            (suite / name).mkdir()
        for name, content in files.items():
            (suite / name).write_text(content, encoding="utf-8")
        shutil.copy(EXAMPLE / "contracts" / "Vault.json", suite)
        for name in beside:
            shutil.copy(EXAMPLE / "repaired" / name, suite / name)
        for n in range(4):
            (suite / "evidence" / f"{n}.md").write_bytes(REPORT)
        with boot_example(state) as world:
            plant(world)
            variables = {**world.environment, **(env or {})}
            ran = repository.pytest(
                *("readiness/", "--orr-as-of", "2026-11-20", "-p", "no:xdist"),
                env={name: value for name, value in variables.items() if value},
            )
        assert (repository.report / "review.json").exists(), ran.out + ran.err
        return {item["id"]: item for item in repository.review()["items"]}

    return run


def client_of(world: Any, service: str) -> Any:
    make: Any = boto3.client
    return make(
        service,
        endpoint_url=world.environment["AWS_ENDPOINT_URL"],
        region_name="eu-central-1",
        aws_access_key_id="anybody",
        aws_secret_access_key="anybody",  # noqa: S106 of nobody
    )


def loosen_the_front(world: Any) -> None:
    client = client_of(world, "elbv2")
    [balancer] = client.describe_load_balancers()["LoadBalancers"]
    client.modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
    )
    client_of(world, "s3").delete_public_access_block(Bucket="explorer-frontend")


def loosen_the_identities(world: Any) -> None:
    """Let strangers and testing in, a person log in without MFA, and the on-call role do less."""
    kms, iam = client_of(world, "kms"), client_of(world, "iam")
    grantee = "arn:aws:iam::444455556666:role/somebody-else"
    kms.create_grant(KeyId=world.account["key"], GranteePrincipal=grantee, Operations=["Decrypt"])
    trusted = {"AWS": "arn:aws:iam::210987654321:root"}
    statement = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.update_assume_role_policy(RoleName="explorer-deploy", PolicyDocument=policy)
    iam.create_user(UserName="visitor")
    iam.create_login_profile(UserName="visitor", Password="of-nobody")  # noqa: S106
    iam.delete_role_policy(RoleName="explorer-on-call", PolicyName="off")


def loosen_the_databases(world: Any) -> None:
    client_of(world, "rds").modify_db_instance(
        DBInstanceIdentifier="explorer", DeletionProtection=False, ApplyImmediately=True
    )


def share_the_front(world: Any) -> None:
    """Put another service behind the balancer, and let the backends grow no further."""
    client, account = client_of(world, "elbv2"), world.account
    group = client.create_target_group(
        Name="faucet",
        Protocol="HTTP",
        Port=8090,
        VpcId=account["vpc"],
        Tags=[{"Key": "service", "Value": "faucet"}],
    )["TargetGroups"][0]["TargetGroupArn"]
    client.create_rule(
        ListenerArn=account["listeners"]["https"],
        Priority=20,
        Conditions=[{"Field": "path-pattern", "Values": ["/faucet/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": group}],
    )
    client_of(world, "autoscaling").update_auto_scaling_group(
        AutoScalingGroupName="explorer-backend", MaxSize=2
    )


def tightened(profile: str) -> str:
    """Ask for more than there is, of machines, answers, load and the repository."""
    for old, new in (
        ("cpus = 2,", "cpus = 64,"),
        ('"secrets/*.vault.yml"', '"secrets/*"'),
        ('files  = "config/production.env"', 'files  = "config/rate-limits.toml"'),
        ('"docs/rollback.toml"', '"docs/rollback-2025.toml"'),
        ("audited_lines = 60", "audited_lines = 5"),
        ('"ops/raise-request-limit"', '"ops/lower-request-limit.sh"'),
        ("p95_ms          = 500", "p95_ms          = 300"),
        ('"[role=tooltip]"', '"[role=dialog]"'),
        ("refund_rehearsal = 198", "refund_rehearsal = 201"),
        ("requests_per_day = 4_200_000", "requests_per_day = 600_000"),
        ("peak_rps         = 150", "peak_rps         = 100"),
        ("calls_per_day     = 13_000_000", "calls_per_day     = 1_500_000"),
        ("reserve_days = 3.0", "reserve_days = 30.0"),
    ):
        assert profile.count(old) == 1
        profile = profile.replace(old, new)
    return profile


def loaded_in_place(profile: str) -> str:
    """Let the stress test have loaded the very machines that are judged."""
    for old, new in (
        ("https://staging.explorer.example/", "https://api.explorer.example/"),
        ('stands_for = "service"\n', ""),
    ):
        assert profile.count(old) == 1
        profile = profile.replace(old, new)
    return profile


def loosen_the_dependencies(world: Any) -> None:
    """Let a grave advisory of a locked package be known."""
    faults = f"{world.environment['EXPLORER_OSV']}/-/faults"
    requests.put(faults, json=["advisory-high"], timeout=10).raise_for_status()


def loosen_the_forge(world: Any) -> None:
    """Plant more of what the forge tells."""
    from examples.explorer.forge_state import PLANTED  # noqa: PLC0415 after the path is set

    faults = f"{world.environment['EXPLORER_GITLAB']}/-/faults"
    planted = sorted(PLANTED["faulty"] | ON_THE_FORGE)
    requests.put(faults, json=planted, timeout=10).raise_for_status()


def loosen_the_dashboards(world: Any) -> None:
    """Let the panels of the dashboard show what was 40 minutes ago."""
    faults = f"{world.environment['EXPLORER_GRAFANA']}/-/faults"
    requests.put(faults, json=["stale-panels"], timeout=10).raise_for_status()


def loosen_the_nodes(world: Any) -> None:
    """Let other code run at an address, an account hold little, and the provider answer all."""
    for variable, faults in (
        ("EXPLORER_NODE", ["other-code", "balance-low", "paused"]),
        ("EXPLORER_SECOND_NODE", ["balance-low"]),
        ("EXPLORER_PROVIDER", ["open"]),
    ):
        url = world.environment[variable].removesuffix("/v3/{id}")
        requests.post(f"{url}/-/faults", json=faults, timeout=10).raise_for_status()


def loosen_the_wiki(world: Any) -> None:
    """Let the runbook be old and lack a heading, and users read other terms than were decided."""
    faults = f"{world.environment['EXPLORER_WIKI_CONTROL']}/-/faults"
    planted = ["faq-dead-link", "runbook-old", "runbook-without-owners", "terms-differ"]
    requests.put(faults, json=planted, timeout=10).raise_for_status()


def scrape_no_longer(world: Any) -> None:
    """Let Prometheus have looked at a backend and its host a day ago for the last time."""
    faults = f"{world.environment['EXPLORER_PROMETHEUS']}/-/faults"
    planted = ["service-stale", "target-stale"]
    requests.put(faults, json=planted, timeout=10).raise_for_status()


def loosen(world: Any) -> None:
    loosen_the_wiki(world)
    loosen_the_nodes(world)
    loosen_the_dashboards(world)
    loosen_the_front(world)
    loosen_the_forge(world)
    loosen_the_dependencies(world)
    share_the_front(world)
    loosen_the_databases(world)
    loosen_the_identities(world)


def control(world: Any, path: str, body: str = "") -> None:
    url = f"{world.environment['AWS_ENDPOINT_URL']}/moto-api/{path}"
    requests.post(url, data=body, timeout=10).raise_for_status()


def end_the_hosts(world: Any) -> None:
    """Take jump host and backends away, and the name server with them."""
    [child] = [one for one in world.children if "examples.explorer.hosts" in one.args]
    child.kill()
    child.wait()


def blind(world: Any) -> None:
    control(world, "reset-auth", "0")
    end_the_hosts(world)


def reported_by_files() -> str:
    """The example's profile with every host reported by what was printed there."""
    text = of_the_example(*(table for table in TABLES if table != "hosts"))
    for group in re.split(r"(?m)^(?=\[)", of_the_example("hosts"))[1:]:
        names = re.findall(r'"explorer-([a-z0-9-]+)"', group.partition("\n\n")[0].split("]")[2])
        files = ", ".join(f'explorer-{name} = "{name}.jsonl"' for name in names)
        text += f"{group.rstrip()}\noutputs = {{ {files} }}\n"
    return text


def test_the_matrix_names_every_item_and_every_cell() -> None:
    assert list(MATRIX) == [item.id for item in ITEMS]
    for item_id, row in MATRIX.items():
        assert tuple(row)[: len(CELLS)] == CELLS, item_id
        assert {*row} <= {*CELLS, *MORE}, item_id


def test_no_two_cells_of_an_item_reach_the_same() -> None:
    for item_id, row in MATRIX.items():
        reached = {(cell["outcome"], cell["says"]) for cell in row.values()}
        assert len(reached) == len(row), item_id


def test_items_of_hosts_name_what_a_host_does_not_let_be_known() -> None:
    facts = {item.id: item.facts for item in ITEMS}
    by_script = {name for name in registry() if name.startswith("host_")}
    for item_id, row in MATRIX.items():
        assert ("denied" in row) is bool(by_script & {*facts[item_id]}), item_id


@pytest.fixture(scope="module")
def worlds(live: Callable[..., dict[str, Any]]) -> Callable[[str], dict[str, Any]]:
    """Every world's items, run once when it is first asked for."""
    made: dict[str, dict[str, Any]] = {}
    recipes: dict[str, Callable[[], dict[str, Any]]] = {
        "sound": lambda: live(
            "repaired",
            statements=said_of(ITEMS),
            files=drill_records(LATELY),
            profile=loaded_in_place(of_the_example(*TABLES)) + CHAINS,
        ),
        "faulty": lambda: live(
            "faulty",
            blank=True,
            statements=said_with_the_wrong_evidence(ITEMS),
            profile=tightened(of_the_example(*TABLES) + CHAINS),
            plant=loosen,
            env={"EXPLORER_PROVIDER_STAGING": "1" * 32},
        ),
        "blind": lambda: live(
            "repaired",
            profile=of_the_example(*TABLES) + CHAINS + declared_by_somebody_without_the_role(ITEMS),
            plant=blind,
            beside=BESIDE[1:],
            env={
                "EXPLORER_EDGE": "",
                "EXPLORER_GITLAB": "",
                "EXPLORER_REGISTRY": "",
                "EXPLORER_DOCKER_HUB": "",
                "EXPLORER_OSV": "",
                "EXPLORER_GITGUARDIAN": "",
                "EXPLORER_PAGERDUTY": "",
                "EXPLORER_GRAFANA": "",
                "EXPLORER_DISCORD": "",
                "EXPLORER_NODE": "",
                "EXPLORER_SECOND_NODE": "",
                "EXPLORER_PROMETHEUS": "",
                "EXPLORER_PROVIDER": "",
                "EXPLORER_FINGERPRINT_KEY": "",
                "EXPLORER_WIKI": "",
                "EXPLORER_UPTIMEROBOT_KEY": "",
            },
        ),
        "empty": lambda: live(
            "repaired",
            roles=("frontend",),
            profile=of_the_example("network"),
            plant=lambda world: control(world, "reset"),
        ),
        "headless": lambda: live("repaired", roles=("backend",), profile=of_the_example("network")),
        "closed": lambda: live(
            "repaired",
            profile=reported_by_files(),
            files={**printed_by_hosts(denied), **drill_records(OF_OLD)},
            statements=said_of(ITEMS, OF_OLD),
        ),
        "old": lambda: live(
            "repaired",
            profile=reported_by_files(),
            files={**printed_by_hosts(stale), **drill_records(LONG_AGO)},
            statements=said_of(ITEMS, LONG_AGO),
            plant=scrape_no_longer,
            env={"EXPLORER_REPOSITORY": ""},
        ),
    }

    def world(name: str) -> dict[str, Any]:
        if name not in made:
            made[name] = recipes[name]()
        return made[name]

    return world


@pytest.mark.parametrize("cell", [*CELLS, *MORE])
def test_each_item_reaches_what_the_matrix_says(
    worlds: Callable[[str], dict[str, Any]], cell: str
) -> None:
    wrong = []
    for item_id, row in MATRIX.items():
        if cell not in row:
            continue
        said = row[cell]
        item = worlds(said["world"])[item_id]
        texts = json.dumps([item["reason"], item["findings"]], ensure_ascii=False)
        if item["outcome"] != said["outcome"] or json.dumps(said["says"])[1:-1] not in texts:
            wrong.append(f"{item_id} in {said['world']}: {item['outcome']}: {item['reason']}")
    assert wrong == []
