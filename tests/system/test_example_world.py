from __future__ import annotations

import ipaddress
import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from pydantic import TypeAdapter

from pytest_orr.clients.http import HttpAccess
from pytest_orr.profile.schema import Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "explorer"


@pytest.fixture(scope="module", params=["faulty", "repaired"])
def world(request: pytest.FixtureRequest, boot_example: Callable[..., Any]) -> Iterator[Any]:
    with boot_example(request.param) as running:
        yield running


@pytest.fixture
def repaired(world: Any) -> bool:
    return bool(world.state == "repaired")


def endpoint(state: str, name: str) -> Endpoint:
    written = tomllib.loads((EXAMPLE / state / "readiness.toml").read_text(encoding="utf-8"))
    (found,) = (entry for entry in written["endpoints"] if entry["name"] == name)
    return TypeAdapter(Endpoint).validate_python(found)


def page(world: Any, name: str) -> Any:
    declared = endpoint(world.state, name)
    http = HttpAccess(environment=world.environment)
    return http.get(declared.url, http.route_to(declared))


def client(world: Any, service: str) -> Any:
    session: Any = boto3.session.Session(
        aws_access_key_id=world.environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=world.environment["AWS_SECRET_ACCESS_KEY"],
        region_name=world.environment["AWS_DEFAULT_REGION"],
    )
    return session.client(service, endpoint_url=world.environment["AWS_ENDPOINT_URL"])


def is_alive(process: int) -> bool:
    """Tell whether a process runs; one that ended and waits for its parent does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def places_of(process: int, *protocols: str) -> Iterator[tuple[str, int]]:
    """Yield address and port of every socket on which a process listens."""
    links = Path(f"/proc/{process}/fd").iterdir()
    own = {str(link.readlink()) for link in links if link.is_symlink()}
    for protocol in protocols:
        table = Path(f"/proc/{process}/net/{protocol}").read_text(encoding="utf-8")
        for line in table.splitlines()[1:]:
            _, local, remote, _, _, _, _, _, _, inode, *_ = line.split()
            if remote == "00000000:0000" and f"socket:[{inode}]" in own:
                address, port = local.split(":")
                yield str(ipaddress.ip_address(bytes.fromhex(address)[::-1])), int(port, 16)


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


class TestTheService:
    def test_shows_its_frontend_and_answers_lookups_in_both_states(self, world: Any) -> None:
        for name in ("frontend", "block lookup"):
            answer = page(world, name)
            assert answer.status == 200
            assert endpoint(world.state, name).marker in answer.text

    def test_has_a_certificate_of_its_own_authority_for_its_names(self, world: Any) -> None:
        tls = page(world, "frontend").tls
        assert set(tls.subject_names) == {"explorer.example", "api.explorer.example"}
        assert tls.issuer == "Explorer example authority"

    def test_reports_a_failed_dependency_when_faulty_and_none_when_repaired(
        self, world: Any, *, repaired: bool
    ) -> None:
        health = page(world, "health")
        states = json.loads(health.text)["dependencies"]
        assert states == {"database": "up", "indexer": "up" if repaired else "down", "node": "up"}
        assert health.status == (200 if repaired else 503)

    def test_exports_every_declared_family_only_when_repaired(
        self, world: Any, *, repaired: bool
    ) -> None:
        text = page(world, "metrics").text
        declared = endpoint(world.state, "metrics").metrics
        exported = {name for name in declared if f"# TYPE {name} " in text}
        missing = {"explorer_request_errors_total", "explorer_build_info"}
        assert exported == set(declared) - (set() if repaired else missing)

    def test_answers_404_elsewhere(self, world: Any) -> None:
        declared = endpoint(world.state, "frontend")
        http = HttpAccess(environment=world.environment)
        answer = http.get("https://explorer.example/admin", http.route_to(declared))
        assert answer.status == 404


class TestTheAccount:
    def test_is_the_one_that_the_profile_names(self, world: Any) -> None:
        text = (EXAMPLE / world.state / "readiness.toml").read_text(encoding="utf-8")
        account = tomllib.loads(text)["aws"]["accounts"][0]["id"]
        assert client(world, "sts").get_caller_identity()["Account"] == account

    def test_opens_the_backend_to_the_world_only_when_faulty(
        self, world: Any, *, repaired: bool
    ) -> None:
        group = world.account["backend_group"]
        (found,) = client(world, "ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"]
        networks = {
            network["CidrIp"] for rule in found["IpPermissions"] for network in rule["IpRanges"]
        }
        assert ("0.0.0.0/0" in networks) is not repaired

    def test_writes_down_every_question_by_service_and_operation(self, world: Any) -> None:
        before = len(world.calls())
        client(world, "elbv2").describe_load_balancers()
        client(world, "ec2").describe_vpcs()
        client(world, "s3").list_buckets()
        client(world, "ssm").describe_parameters()
        client(world, "cloudwatch").describe_alarms()
        requests.get(f"{world.environment['AWS_ENDPOINT_URL']}/moto-api/data.json", timeout=10)
        asked = [(call.service, call.action) for call in world.calls()[before:]]
        assert asked == [
            ("elasticloadbalancing", "DescribeLoadBalancers"),
            ("ec2", "DescribeVpcs"),
            ("s3", "GET /"),
            ("ssm", "DescribeParameters"),
            ("monitoring", "DescribeAlarms"),
        ]


class TestTheWorld:
    def test_boots_with_the_same_ids_and_no_calls_and_leaves_nothing_when_stopped(
        self, world: Any, boot_example: Callable[..., Any]
    ) -> None:
        another = boot_example(world.state)
        try:
            assert another.account == world.account
            assert another.calls() == ()
        finally:
            another.stop()
        another.stop()  # again does nothing
        assert not another.folder.exists()
        assert all(child.poll() is not None for child in another.children)

    def test_leads_away_from_a_persons_own_credentials(self, world: Any) -> None:
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            assert Path(world.environment[name]).read_text(encoding="utf-8") == ""
        assert world.environment["AWS_EC2_METADATA_DISABLED"] == "true"
        assert world.environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
        assert world.environment["EXPLORER_EDGE"].startswith("127.0.0.1:")
        assert world.environment["EXPLORER_RESOLVER"].startswith("127.0.0.1:")

    def test_listens_on_loopback_alone(self, world: Any) -> None:
        listening = [
            place for child in world.children for place in places_of(child.pid, "tcp", "udp")
        ]
        places = ("EDGE", "INSIDE", "RESOLVER", "WIKI")
        told = ("AWS_ENDPOINT_URL", *(f"EXPLORER_{name}" for name in places))
        ports = {int(world.environment[name].rpartition(":")[2]) for name in told}
        assert {address for address, _ in listening} == {"127.0.0.1"}
        assert {port for _, port in listening} > ports
        services = {
            urlsplit(place).port
            for place in world.environment.values()
            if place.startswith("http://127.0.0.1:")
        }
        others = ports | services
        assert len(listening) == len(others) + 2  # DNS by UDP, too, and the jump host

    def test_dies_with_a_parent_that_is_killed(self) -> None:
        script = (
            "import sys, time; sys.path.insert(0, sys.argv[1]);"
            "from examples.explorer.world import boot; world = boot();"
            "print(world.folder, *(child.pid for child in world.children), flush=True);"
            "time.sleep(60)"
        )
        with subprocess.Popen(
            [sys.executable, "-c", script, str(ROOT)], stdout=subprocess.PIPE, text=True
        ) as parent:
            assert parent.stdout is not None
            folder, *children = parent.stdout.readline().split()
            parent.send_signal(signal.SIGKILL)
        assert wait_until(lambda: not any(is_alive(int(child)) for child in children))
        assert wait_until(lambda: not Path(folder).exists())

    def test_has_two_states_and_no_other(self, boot_example: Callable[..., Any]) -> None:
        with pytest.raises(ValueError, match=r"^the example is faulty or repaired, not broken$"):
            boot_example("broken")

    def test_says_what_to_install_when_something_is_missing(self) -> None:
        script = (
            "import importlib.util, sys; sys.path.insert(0, sys.argv[1]);"
            "import examples.explorer.world as world;"
            "world.find_spec = lambda name: None if name == 'moto' else True; world.boot()"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script, str(ROOT)], capture_output=True, text=True, check=False
        )
        assert ended.stderr.endswith(
            "ExampleUnavailable: the embedded example needs moto: "
            "run pip install 'pytest-orr[demo]'\n"
        )

    def test_tells_what_a_child_said_that_did_not_start(self, tmp_path: Path) -> None:
        script = (
            "import sys; sys.path.insert(0, sys.argv[1]);"
            "import examples.explorer.world as world; world.ROOT = sys.argv[2]; world.boot()"
        )
        ended = subprocess.run(
            [sys.executable, "-c", script, str(ROOT), str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        assert "ExampleUnavailable: the embedded example did not start:" in ended.stderr
        assert "No module named 'examples'" in ended.stderr
        assert not list(tmp_path.glob("explorer-*"))


def collect(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("ORR_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", *args],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**own, **environment},
    )


class TestTheRootConftest:
    HEADER = "the embedded example is judged"

    def test_names_the_example_where_no_profile_is_named_and_boots_nothing_to_collect(
        self, tmp_path: Path
    ) -> None:
        ended = collect("readiness/", TMPDIR=str(tmp_path))
        assert f"{self.HEADER} (faulty); name yours with --orr-profile" in ended.stdout
        assert not list(tmp_path.glob("explorer-*"))

    @pytest.mark.parametrize(
        ("args", "environment"),
        [
            (("readiness/", "--orr-profile", "mine.toml"), {}),
            (("readiness/",), {"ORR_PROFILE": "mine.toml"}),
            (("readiness/", "-o", "orr_profile=mine.toml"), {}),
            (("tests/system",), {}),
        ],
    )
    def test_leaves_a_run_alone_that_names_a_profile_or_no_suite(
        self, args: tuple[str, ...], environment: dict[str, str]
    ) -> None:
        assert self.HEADER not in collect(*args, **environment).stdout

    def test_refuses_a_state_that_there_is_not(self) -> None:
        ended = collect("readiness/", ORR_EXAMPLE="broken")
        assert ended.returncode == 4
        assert "ERROR: ORR_EXAMPLE is faulty or repaired, not broken" in ended.stderr

    def test_drops_one_item_in_the_faulty_state_alone(self) -> None:
        items = [
            frozenset(
                line
                for line in collect("-q", "readiness/", ORR_EXAMPLE=state).stdout.splitlines()
                if "::" in line
            )
            for state in ("faulty", "repaired")
        ]
        assert len(items[1]) == 76
        assert items[0] < items[1]
        (dropped,) = items[1] - items[0]
        assert dropped.startswith("readiness/test_operations.py::")
        assert "refund" in dropped

    def test_does_not_mind_a_run_without_the_plugin(self) -> None:
        ended = collect("-p", "no:orr", "readiness/")
        assert "INTERNALERROR" not in ended.stdout + ended.stderr
        assert self.HEADER not in ended.stdout


def test_the_readme_names_every_item_on_which_the_states_differ() -> None:
    said = {}
    for state in ("faulty", "repaired"):
        text = (EXAMPLE / state / "attestations.toml").read_text(encoding="utf-8")
        said[state] = {entry["item"]: entry for entry in tomllib.loads(text)["attestation"]}
    differing = {
        item for item, entry in said["repaired"].items() if said["faulty"].get(item) != entry
    }
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert len(differing) > 10
    assert {item for item in differing if f"`{item}`" not in readme} == set()
