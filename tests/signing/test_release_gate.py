"""The jobs that are offered to pipelines let a signed commit pass, and no other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pytest_orr.signing_off.newest import Known
from tests.conftest import CHECKOUT, Repository, clean_environment
from tests.signing.conftest import ROLES, laid_down

if TYPE_CHECKING:
    from collections.abc import Mapping

WHO = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git(where: Path, *words: str) -> str:
    command = ["git", "-C", str(where), *WHO, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def template(name: str) -> Any:
    return yaml.safe_load((CHECKOUT / "examples" / "ci" / f"{name}.yml").read_text("utf-8"))


def script(name: str) -> str:
    """Return what the job of a forge runs once the product is installed."""
    if name == "gitlab":
        _, *lines = template(name)["readiness:signed-off"]["script"]
        return "\n".join(lines)
    return str(template(name)["jobs"]["signed-off"]["steps"][-1]["run"])


@dataclass(frozen=True)
class Service:
    """A repository whose protected branch holds the sign-off of its release v1."""

    path: Path
    keys: Mapping[str, Path]

    def merge(self, source: Path, name: str) -> None:
        """Bring a file into signoffs/ of the protected branch."""
        (self.path / "signoffs").mkdir(exist_ok=True)
        shutil.copy(source, self.path / "signoffs" / name)
        git(self.path, "add", "signoffs")
        git(self.path, "commit", "-q", "-m", f"Sign-off {name}")

    def deploy(self, tag: str, forge: str, folder: Path) -> subprocess.CompletedProcess[str]:
        """Run the job of a forge's pipeline for a tag, in a clone of its own."""
        clone = folder / f"{forge}-{tag}"
        git(folder, "clone", "-q", str(self.path), str(clone))
        git(clone, "checkout", "-q", tag)
        own = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        given = {"CI_DEFAULT_BRANCH": "main", "PROTECTED": "main", "PATH": own}
        command = ["bash", "-eo", "pipefail", "-c", script(forge)]
        env = clean_environment(**given, HOME=str(folder), TMPDIR=str(folder))
        return subprocess.run(
            command, cwd=clone, env=env, check=False, capture_output=True, text=True
        )


@pytest.fixture(scope="module")
def signed_service(
    tmp_path_factory: pytest.TempPathFactory, policy: str, keys: Mapping[str, Path]
) -> Service:
    """A service with v1, which is signed off, and v2, which is not."""
    path = tmp_path_factory.mktemp("service")
    git(path, "init", "-q", "-b", "main")
    (path / ".gitignore").write_text("readiness-report/\n__pycache__/\n", encoding="utf-8")
    git(path, "add", ".gitignore")
    git(path, "commit", "-q", "-m", "The release")
    git(path, "tag", "-a", "-m", "One", "v1")
    released = git(path, "rev-parse", "HEAD")
    repository = laid_down(path, policy)
    profile = repository.suite / "readiness.toml"
    profile.write_text(profile.read_text("utf-8").replace(COMMIT, released), encoding="utf-8")
    ran = repository.judge("-p", "no:xdist")
    assert ran.status == 0, ran.out + ran.err
    for name in ROLES:
        assert repository.orr("sign", "--key", str(keys[name]), "--yes").status == 0
    git(path, "add", "readiness")
    git(path, "commit", "-q", "-m", "Judged")
    service = Service(path, keys)
    service.merge(repository.report / "signoff.json", f"{released}.json")
    git(path, "commit", "-q", "--allow-empty", "-m", "The next one")
    git(path, "tag", "v2")
    return service


@pytest.mark.parametrize("forge", ["gitlab", "github"])
def test_the_job_passes_for_the_signed_commit_and_stops_an_unsigned_one(
    signed_service: Service, tmp_path: Path, forge: str
) -> None:
    ran = signed_service.deploy("v1", forge, tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "The sign-off holds until " in ran.stdout
    ran = signed_service.deploy("v2", forge, tmp_path)
    unsigned = git(signed_service.path, "rev-parse", "v2")
    assert ran.returncode == 4
    assert f"signoffs/{unsigned}.json is not there" in ran.stderr


def test_the_sign_off_of_another_commit_under_its_name_stops_it(
    signed_service: Service, tmp_path: Path
) -> None:
    service = Service(tmp_path / "service", signed_service.keys)
    git(tmp_path, "clone", "-q", str(signed_service.path), str(service.path))
    [own] = (service.path / "signoffs").iterdir()
    service.merge(own, f"{git(service.path, 'rev-parse', 'v2')}.json")
    ran = service.deploy("v2", "gitlab", tmp_path)
    assert ran.returncode == 1
    assert "refused: other-commit: " in ran.stderr


def test_a_veto_in_the_protected_branch_and_changed_rules_stop_it(
    signed_service: Service, tmp_path: Path
) -> None:
    service = Service(tmp_path / "service", signed_service.keys)
    git(tmp_path, "clone", "-q", str(signed_service.path), str(service.path))
    report = tmp_path / "report"
    shutil.copytree(signed_service.path / "readiness-report", report)
    words = ("--key", str(service.keys["bo"]), "--yes", "--no-go", "It leaks.")
    said = Repository(service.path).orr("sign", str(report), *words)
    assert said.status == 0, said.err
    service.merge(report / "veto.json", "veto-of-v1.json")
    ran = service.deploy("v1", "gitlab", tmp_path)
    assert (ran.returncode, "refused: vetoed: bo@example.org objected" in ran.stderr) == (1, True)
    git(service.path, "rm", "-q", "signoffs/veto-of-v1.json")
    policy = service.path / "readiness" / "policy.toml"
    policy.write_text(policy.read_text("utf-8").replace("= 14", "= 30"), encoding="utf-8")
    git(service.path, "commit", "-q", "-a", "-m", "Longer")
    ran = service.deploy("v1", "github", tmp_path)
    assert (ran.returncode, "refused: other-policy: " in ran.stderr) == (1, True)


def test_a_folder_of_sign_offs_must_hold_no_newer_one_and_nothing_else(
    signed: Any, tmp_path: Path
) -> None:
    folder, own = tmp_path / "signoffs", signed.report / "signoff.json"
    folder.mkdir()
    assert signed.orr("verify", "--after", folder).status == 0
    shutil.copy(own, folder / "again.json")
    said = signed.orr("verify", "--after", folder)
    assert (said.status, "refused: superseded: " in said.err) == (1, True)
    said = signed.orr("verify", folder / "again.json", "--after", folder)
    assert said.status == 0, said.err
    (folder / "again.json").write_text("{}", encoding="utf-8")
    said = signed.orr("verify", "--after", folder)
    assert (said.status, "again.json: is no sign-off: " in said.err) == (22, True)


def test_a_veto_of_another_commit_says_nothing_of_this_one(signed: Any) -> None:
    assert signed.sign("bo", "--no-go", "It leaks.").status == 0
    veto = (signed.report / "veto.json").read_bytes()
    expected: Any = type("Expected", (), {"commit": "f" * 40})()
    Known(vetoes=(veto,)).refuse_vetoed(None, expected)  # type: ignore[arg-type] # not looked at
    assert json.loads(veto)["signatures"]
