"""A sign-off held against what runs now: any one thing that it binds, changed alone, voids it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from examples.explorer.registry import shelves_of, start
from pytest_orr.sign.refusal import REFUSALS
from pytest_orr.signing_off.bound_things import THINGS
from tests.conftest import CHECKOUT, EXAMPLE, Repository, an_item
from tests.signing.conftest import HEAD, REPORT, ROLES, STATEMENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

DOORS, TAGGED, SAID = "live.world.doors", "live.world.tagged", "live.world.said"
STRANGER = "203.0.113.9/32"
ITEMS = (
    an_item(
        DOORS,
        "for group in at_least_one(backend_security_groups.groups):\n"
        "    with subject(group.id):\n"
        f"        assert {STRANGER!r} not in str(group), 'a stranger may come in'",
        asks="backend_security_groups, subject",
        severity="blocker",
    ),
    an_item(
        TAGGED,
        "for release in at_least_one(tagged_releases):\n"
        "    with subject(release.names):\n"
        "        assert release.tags",
        asks="tagged_releases, subject",
    ),
    an_item(
        SAID, "assert attestation.evidence", asks="attestation", marks="@pytest.mark.manual\n"
    ).replace('evidence="link"', 'evidence="report"'),
)
ORGANISATION = 'name = "Platform"\n[certificates]\nminimum_days_left = 20\n'
REPAIRED = (EXAMPLE / "repaired" / "readiness.toml").read_text(encoding="utf-8")
RELEASE = REPAIRED[REPAIRED.index("[release]") : REPAIRED.index("[repository]")]
PROFILE = f"""
[extends]
path = "organisation.toml"
sha256 = "{hashlib.sha256(ORGANISATION.encode()).hexdigest()}"
[service]
name = "explorer"
environment = "production"
people = [
    {{ email = "ana@example.org", name = "Ana", roles = ["service", "platform"] }},
    {{ email = "bo@example.org", name = "Bo", roles = ["security"] }},
    {{ email = "eve@example.org", name = "Eve", roles = ["approver"] }},
]
{RELEASE}
[repository]
path = {{ env = "EXPLORER_REPOSITORY" }}
signers = {{ env = "EXPLORER_SIGNERS" }}
[forge]
kind = "gitlab"
url = {{ env = "EXPLORER_GITLAB" }}
project = "explorer/explorer"
token = {{ env = "EXPLORER_FORGE_TOKEN" }}
branch = "main"
[[images.registries]]
host = "docker.io"
url = {{ env = "EXPLORER_REGISTRY" }}
user = {{ env = "EXPLORER_REGISTRY_USER" }}
token = {{ env = "EXPLORER_REGISTRY_TOKEN" }}
[aws.resources]
tags = {{ service = "explorer" }}
[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]
"""
OTHER_REGION = 'regions = ["eu-central-1", "eu-west-1"]'
OTHER_ACCOUNT = """[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]
[[aws.accounts]]
id = "999999999999"
regions = ["eu-central-1"]
"""


@dataclass(frozen=True)
class Live:
    """A signed checkout, the world that it is about, and what undoes a change of that."""

    place: Any
    world: Any
    folder: Path
    undo: ExitStack

    def verify(self, *more: str) -> Any:
        """Verify it live; return what the command says as JSON."""
        said = self.place.orr("verify", "--live", "--json", *more)
        assert said.out, said.err
        return json.loads(said.out)

    def edit(self, name: str, old: str, new: str) -> None:
        self.place.edit(self.place.suite_file(name), old, new)

    def add(self, name: str, text: str = "\n# more\n") -> None:
        """Write something at the end of a file of the suite."""
        path = self.place.suite_file(name)
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def spoil(self, pattern: str) -> None:
        """Change one bit in the middle of a file of the report."""
        [path] = self.place.report.glob(pattern)
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)

    def be(self, **variables: str) -> None:
        """Let the environment say something else."""
        for name, value in variables.items():
            self.place.patch.setenv(name, value)

    def repository(self) -> Path:
        """Go on with a copy of the service's repository."""
        copy = self.folder / "repository"
        shutil.copytree(self.world.environment["EXPLORER_REPOSITORY"], copy)
        self.be(EXPLORER_REPOSITORY=str(copy))
        return copy


@pytest.fixture(scope="module")
def world(boot_example: Callable[..., Any]) -> Iterator[Any]:
    """The example's repaired world, running."""
    with boot_example("repaired") as running:
        yield running


@pytest.fixture(scope="module")
def approved_live(
    tmp_path_factory: pytest.TempPathFactory, world: Any, policy: str, keys: Mapping[str, Path]
) -> Path:
    """A small suite that was shown ready in that world, and signed by three people."""
    repository = Repository(tmp_path_factory.mktemp("live"), version="a suite of its own")
    digest = hashlib.sha256(REPORT.encode()).hexdigest()
    files = {
        "test_demo.py": HEAD + "".join(ITEMS),
        "readiness.toml": PROFILE,
        "organisation.toml": ORGANISATION,
        "attestations.toml": STATEMENT.replace("demo.area.said", SAID).replace("SHA256", digest),
        "waivers.toml": "",
        "review-notes.toml": "",
        "policy.toml": policy,
        "pytest.toml": "[pytest]\n",
        "suite.lock": '{"version": "0", "items": [], "files": {}}',
        "reports/one.md": REPORT,
    }
    for name, text in files.items():
        path = repository.suite / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    repository.relock()
    env = dict(world.environment)
    ran = repository.judge("-p", "no:xdist", env=env)
    assert (ran.status, repository.review()["verdict"]) == (0, "ready"), ran.out + ran.err
    for name in ROLES:
        ran = repository.orr("sign", "--key", str(keys[name]), "--yes", env=env)
        assert ran.status == 0, ran.out + ran.err
    return repository.path


@pytest.fixture
def live(
    put: Callable[[Path], Any],
    approved_live: Path,
    world: Any,
    tmp_path: Path,
) -> Iterator[Live]:
    """A copy of it, where nothing has changed yet."""
    place = put(approved_live)
    with ExitStack() as undo:
        found = Live(place=place, world=world, folder=tmp_path, undo=undo)
        found.be(**world.environment)
        yield found


def another_door(live: Live) -> None:
    ec2: Any = boto3.client(
        "ec2", "eu-central-1", endpoint_url=live.world.environment["AWS_ENDPOINT_URL"]
    )
    groups = ec2.describe_security_groups(Filters=[{"Name": "tag:service", "Values": ["explorer"]}])
    rule = {
        "GroupId": groups["SecurityGroups"][0]["GroupId"],
        "IpPermissions": [
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": STRANGER}],
            }
        ],
    }
    ec2.authorize_security_group_ingress(**rule)
    live.undo.callback(ec2.revoke_security_group_ingress, **rule)


def other_credentials(live: Live) -> None:
    sts = boto3.client(
        "sts", "eu-central-1", endpoint_url=live.world.environment["AWS_ENDPOINT_URL"]
    )
    role = "arn:aws:iam::210987654321:role/explorer-auditor"
    found = sts.assume_role(RoleArn=role, RoleSessionName="another")["Credentials"]
    live.be(
        AWS_ACCESS_KEY_ID=found["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=found["SecretAccessKey"],
        AWS_SESSION_TOKEN=found["SessionToken"],
    )


def moved_image(live: Live) -> None:
    live.be(EXPLORER_REGISTRY=start(shelves_of({"indexer-moved"}).tell_registry))


def git(where: Path, *words: str) -> None:
    who = ("-c", "user.name=Mallory", "-c", "user.email=mallory@example.org")
    subprocess.run(["git", "-C", str(where), *who, *words], check=True, capture_output=True)


def moved_checkout(live: Live) -> None:
    repository = live.repository()
    (repository / "README.md").write_text("Another service.\n", encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "More")


def changed_work_tree(live: Live) -> None:
    (live.repository() / "README.md").write_text("Another service.\n", encoding="utf-8")


def tagged_by_another(live: Live) -> None:
    git(live.repository(), "tag", "-f", "-a", "-m", "Mine", "v1.4.0", "v1.4.0^{commit}")


def other_product(live: Live) -> None:
    live.place.patch.setattr("pytest_orr.signing_off.live.tool_sha256", lambda _: "0" * 64)


def other_organisation(live: Live) -> None:
    live.add("organisation.toml")


def of(name: str, old: str, new: str) -> Callable[[Live], None]:
    return lambda live: live.edit(name, old, new)


def more(name: str, text: str = "\n# more\n") -> Callable[[Live], None]:
    return lambda live: live.add(name, text)


def spoilt(pattern: str) -> Callable[[Live], None]:
    return lambda live: live.spoil(pattern)


def flags(*words: str) -> tuple[str, ...]:
    return words


CASES: Mapping[str, tuple[Callable[[Live], None] | tuple[str, ...], str]] = {
    "service": (of("readiness.toml", '"explorer"', '"indexer"'), "'indexer'"),
    "environment": (of("readiness.toml", '"production"', '"staging"'), "'staging'"),
    "AWS accounts": (
        of(
            "readiness.toml", OTHER_ACCOUNT.partition('[[aws.accounts]]\nid = "9')[0], OTHER_ACCOUNT
        ),
        "'999999999999'",
    ),
    "AWS regions": (of("readiness.toml", 'regions = ["eu-central-1"]', OTHER_REGION), "eu-west-1"),
    "commit": (flags("--commit", "f" * 40), "f" * 40),
    "container images": (of("readiness.toml", "explorer/indexer:", "explorer/other:"), "other:"),
    "phase": (flags("--phase", "build"), "'build'"),
    "checklist": (more("test_demo.py"), "a suite of its own"),
    "checklist's version": (of("suite.lock", "a suite of its own", "another"), "'another, "),
    "policy": (more("policy.toml"), "it is bound to"),
    "profile": (more("readiness.toml"), "profile is not what was judged"),
    "attestations": (more("attestations.toml"), "attestations is not what was judged"),
    "waivers": (more("waivers.toml"), "waivers is not what was judged"),
    "review notes": (more("review-notes.toml"), "notes is not what was judged"),
    "organisation's file": (other_organisation, "organisation.toml"),
    "who asked for it": (
        of("readiness.toml", "[release]", '[release]\nasked_by = ["ana@example.org"]'),
        "it leaves out 'ana@example.org'",
    ),
    "page": (spoilt("readiness.html"), "readiness.html"),
    "review": (spoilt("review.json"), "review.json"),
    "journal": (spoilt("journal.jsonl"), "journal.jsonl"),
    "statement": (spoilt("statement.json"), "statement.json"),
    "facts": (of("../readiness-report/facts.json", "explorer-backend", "explorer-Backend"), ""),
    "kept evidence": (spoilt("evidence/*"), "evidence/"),
    "evidence": (of("reports/one.md", "four", "five"), "evidence reports/one.md: signed "),
    "checkout": (moved_checkout, "where README.md differ"),
    "work tree": (changed_work_tree, "work tree: signed as it was committed, now changed"),
    "image": (moved_image, "image docker.io/explorer/indexer:v1.4.0@sha256:cdee1477"),
    "AWS identity": (other_credentials, "AWS identity of 123456789012: the credentials are of"),
    "people behind the release": (
        tagged_by_another,
        "people behind the release: signed finn@example.org, now mallory@example.org",
    ),
    "product": (other_product, f"now {'0' * 64}"),
    "item": (another_door, f"item {DOORS}: signed pass, now fail: "),
}
BY_NAME = {one.name: one for one in THINGS}


def test_a_sign_off_holds_where_nothing_has_changed_and_blockers_are_judged_again(
    live: Live,
) -> None:
    found = live.verify()
    assert (found["valid"], found["live"], found["judged_again"]) == (True, True, [DOORS]), found
    assert not any("drift" in one for one in found["notices"])
    assert any("not judged again: --replay" in one for one in found["notices"])
    said = live.place.orr("verify", "--live", "--item", TAGGED)
    assert f"Judged again, with the same outcomes: {TAGGED}" in said.out, said.err
    assert f"judging 1 items again: {TAGGED}" in said.err


def test_what_is_bound_is_more_than_twenty_things_each_changed_here_and_told_by_the_page() -> None:
    assert len(THINGS) == len(BY_NAME) > 20
    assert BY_NAME.keys() == CASES.keys()
    assert {one.code for one in THINGS} - {"22"} <= REFUSALS.keys()
    page = (CHECKOUT / "docs" / "release-gate.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| `([a-z0-9-]+)` \|(.*)$", page, re.MULTILINE)
    told = [(name, where, code, "yes" in live) for name, where, code, live in rows]
    assert told == [(one.name, one.where, one.code, one.is_live) for one in THINGS]


@pytest.mark.parametrize("name", CASES)
def test_each_thing_that_is_bound_voids_the_sign_off_when_it_alone_changes(
    live: Live, name: str
) -> None:
    change, told = CASES[name]
    item = DOORS if name == "item" else "none"
    more = change if isinstance(change, tuple) else ()
    if not isinstance(change, tuple):
        change(live)
    said = live.place.orr("verify", "--live", "--item", item, *more)
    thing = BY_NAME[name]
    assert said.status == (22 if thing.code == "22" else 1), said.out
    assert thing.code == "22" or f"refused: {thing.code}: " in said.err, said.err
    assert told in said.err
    if thing.is_live:
        assert live.place.orr("verify").status == 0, "it is not live alone that looks at it"


def test_what_could_not_be_read_again_is_refused_and_what_nobody_declares_is_told(
    live: Live,
) -> None:
    live.be(EXPLORER_REGISTRY="http://127.0.0.1:9")
    said = live.place.orr("verify", "--live", "--item", "none")
    assert said.status == 1
    assert said.err.splitlines()[-2] == "refused: not-read-again: it could not be read again:"
    assert said.err.splitlines()[-1].startswith("  image docker.io/explorer/indexer:v1.4.0@sha256:")
    moved_checkout(live)
    said = live.place.orr("verify", "--live", "--item", "none")
    first, checkout, image = said.err.splitlines()[-3:]
    assert first == "refused: drifted: it is not what was signed:"
    assert (checkout[:11], image[:8]) == ("  checkout:", "  image ")


def test_files_of_the_readiness_folder_and_other_sign_offs_may_be_newer_than_the_release(
    live: Live,
) -> None:
    repository = live.repository()
    for name in ("readiness/waivers.toml", "signoffs/one.json"):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("{}\n", encoding="utf-8")
    git(repository, "add", "--all")
    git(repository, "commit", "-q", "-m", "Signed off")
    suite = live.place.repository.suite
    shutil.copytree(suite, repository / "readiness", dirs_exist_ok=True)
    shutil.copy(live.place.report / "signoff.json", repository / "signoffs" / "two.json")
    words = ("--suite", repository / "readiness", repository / "signoffs" / "two.json", "--json")
    git(repository, "checkout", "-q", "readiness/waivers.toml")
    (repository / "readiness" / "waivers.toml").write_text("", encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "As it was judged")
    said = live.place.orr("verify", "--live", "--item", "none", *words)
    assert json.loads(said.out)["valid"], said.out
    (repository / "signoffs" / "one.sh").write_text("true\n", encoding="utf-8")
    git(repository, "add", "signoffs/one.sh")
    git(repository, "commit", "-q", "-m", "More")
    refused = json.loads(live.place.orr("verify", "--live", "--item", "none", *words).out)
    assert refused["refused"] == "drifted"
    assert "where signoffs/one.sh differ" in refused["reason"]


def test_items_that_cannot_be_judged_again_are_refused_with_what_pytest_said(live: Live) -> None:
    live.place.suite_file("conftest.py").write_text("raise RuntimeError('gone')\n", "utf-8")
    found = live.verify("--item", DOORS)
    assert found["refused"] == "live-failed"
    assert found["reason"].startswith("pytest ended with 4: ")
    assert "gone" in found["reason"]


def test_items_are_chosen_by_their_ids_and_for_live_alone(live: Live) -> None:
    said = live.place.orr("verify", "--live", "--item", "live.world.dors")
    assert (said.status, f'did you mean "{DOORS}"' in said.err) == (22, True), said.err
    said = live.place.orr("verify", "--item", DOORS)
    assert said.status == 4
    assert said.err == "--item chooses what --live judges again; add --live\n"


def test_what_a_service_does_not_declare_is_told_and_its_own_items_are_judged_again(
    signed: Any,
) -> None:
    said = signed.orr("verify", "--live", "--item", "demo.area", "--json")
    found = json.loads(said.out)
    assert found["valid"], said.out
    assert set(found["judged_again"]) == {
        f"demo.area.{n}" for n in ("seen", "said", "waived", "absent")
    }
    unread = [one for one in found["notices"] if one.startswith("not read again: ")]
    assert sorted(unread) == [
        "not read again: checkout: readiness.toml declares no [repository]",
        "not read again: people behind the release: readiness.toml declares no [forge]",
    ]


def test_a_run_that_ends_itself_has_judged_nothing(signed: Any) -> None:
    path = signed.suite_file("conftest.py")
    more = "\n\ndef pytest_runtest_setup():\n    import os\n    os._exit(0)\n"
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    said = signed.orr("verify", "--live", "--item", "demo.area.seen", "--json")
    found = json.loads(said.out)
    assert found["refused"] == "live-failed"
    assert found["reason"] == "the run was cut short, and ended with 0"


def test_a_declared_repository_that_is_none_is_refused(live: Live) -> None:
    live.be(EXPLORER_REPOSITORY=str(live.place.suite_file("reports")))
    found = live.verify("--item", "none")
    assert found["refused"] == "not-read-again"
    assert "checkout: " in found["reason"]
    assert "lies in no git repository" in found["reason"]
