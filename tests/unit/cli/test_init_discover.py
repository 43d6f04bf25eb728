"""What AWS shows is proposed under the scaffold, or beside what people wrote; nothing is lost."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.scaffold.answers import Answers
from pytest_orr.scaffold.profile_text import profile_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.unit.cli.conftest import Said

DISCOVER = ("--discover", "--tag", "service=explorer", "--region", "eu-central-1")
WHO = "AWS account 123456789012, as arn:aws:sts::123456789012:user/moto, in eu-central-1"
OPTIONS = ("--tag", "--region", "--aws-profile", "--account")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a service's folder, as somebody whom git knows."""
    (tmp_path / ".gitconfig").write_text("[user]\nemail = ana@example.org\nname = Ana Ito\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def vpc(empty_account: Any) -> str:
    """The VPC of an account in which nothing else carries the tag."""
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "service", "Value": "explorer"}]}]
    made = empty_account.client("ec2").create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=tags)
    return str(made["Vpc"]["VpcId"])


def contents(here: Path) -> dict[Path, bytes]:
    """Every file of the suite."""
    files = (path for path in (here / "readiness").rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files}


def test_a_fresh_scaffold_ends_with_the_proposal_as_comments(
    orr: Callable[..., Said], here: Path, vpc: str
) -> None:
    said = orr("init", *DISCOVER)
    assert said.status == 0, said.err
    assert said.lines[0] == WHO
    assert "files in readiness/. Next:" in said.lines[1]
    told = "What AWS shows is proposed at the end of readiness/readiness.toml, as comments."
    assert said.lines[-1] == told
    text = (here / "readiness" / "readiness.toml").read_text(encoding="utf-8")
    fresh = profile_text(Answers(service=here.name, email="ana@example.org", person="Ana Ito"))
    assert text.startswith(fresh)
    assert f'# vpcs = ["{vpc}"]' in text.splitlines()
    assert tomllib.loads(text) == tomllib.loads(fresh)
    assert not (here / "readiness" / "readiness.discovered.toml").exists()


def test_a_suite_that_is_there_gets_a_file_beside_it_and_never_another_over_that(
    orr: Callable[..., Said], here: Path, vpc: str
) -> None:
    orr("init")
    before = contents(here)
    said = orr("init", *DISCOVER)
    assert said.status == 0, said.err
    told = "What AWS shows is proposed in readiness/readiness.discovered.toml;"
    assert said.lines == [WHO, f"{told} readiness.toml was not touched."]
    beside = here / "readiness" / "readiness.discovered.toml"
    assert f'# vpcs = ["{vpc}"]' in beside.read_text(encoding="utf-8").splitlines()
    before[beside] = beside.read_bytes()
    again = orr("init", *DISCOVER)
    assert (again.status, again.out) == (22, "")
    assert "readiness/readiness.discovered.toml is in the way; move it away" in again.err
    assert contents(here) == before
    assert orr("check").status == 0


@pytest.mark.usefixtures("vpc")
def test_a_profile_that_people_wrote_first_is_left_as_it_is(
    orr: Callable[..., Said], here: Path
) -> None:
    (here / "readiness").mkdir()
    mine = here / "readiness" / "readiness.toml"
    mine.write_text("# ours\n", encoding="utf-8")
    said = orr("init", *DISCOVER)
    assert said.status == 0, said.err
    assert mine.read_text(encoding="utf-8") == "# ours\n"
    assert (here / "readiness" / "readiness.discovered.toml").is_file()
    assert (here / "readiness" / "suite.lock").is_file()


@pytest.mark.usefixtures("vpc")
def test_without_credentials_nothing_is_written(
    orr: Callable[..., Said], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    said = orr("init", *DISCOVER)
    assert (said.status, said.out) == (4, "")
    assert said.err == (
        "there are no credentials for AWS eu-central-1; log in, or name a credentials profile with"
        " --aws-profile\n"
    )
    assert not (here / "readiness").exists()


@pytest.mark.usefixtures("vpc")
def test_an_account_may_be_named_that_alone_is_looked_at(
    orr: Callable[..., Said], here: Path
) -> None:
    said = orr("init", *DISCOVER, "--account", "210987654321")
    assert said.status == 4
    assert "not of 210987654321; name others with --aws-profile" in said.err
    assert not (here / "readiness").exists()
    assert orr("init", *DISCOVER, "--account", "123456789012").status == 0


@pytest.mark.parametrize("option", OPTIONS)
def test_what_discovery_alone_understands_is_refused_without_it(
    orr: Callable[..., Said], here: Path, option: str
) -> None:
    value = {"--tag": "a=b", "--region": "eu-central-1", "--account": "123456789012"}
    said = orr("init", option, value.get(option, "any"))
    assert said.status == 4
    assert said.err == "--tag, --region, --aws-profile and --account need --discover\n"
    assert not (here / "readiness").exists()


@pytest.mark.parametrize("flag", ["--with", "--without"])
def test_whether_aws_is_used_is_not_said_where_aws_is_looked_at(
    orr: Callable[..., Said], here: Path, flag: str
) -> None:
    said = orr("init", *DISCOVER, flag, "hosts,aws")
    assert said.status == 4
    told = "--discover proposes what AWS shows; leave aws out of --with and --without\n"
    assert said.err == told
    assert not (here / "readiness").exists()


def test_discovery_needs_a_tag(orr: Callable[..., Said], here: Path) -> None:
    said = orr("init", "--discover", "--region", "eu-central-1")
    assert said.status == 4
    assert said.err == "--discover needs --tag KEY=VALUE: what the service's resources carry\n"
    assert not (here / "readiness").exists()


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--tag", "explorer", "'explorer' is no tag, such as service=explorer"),
        ("--tag", "=explorer", "'=explorer' is no tag, such as service=explorer"),
        ("--region", "frankfurt", "'frankfurt' is not an AWS region, such as eu-central-1"),
        ("--account", "123", "'123' is not an AWS account id: twelve digits"),
    ],
)
def test_a_value_of_the_wrong_form_is_refused(
    orr: Callable[..., Said],
    capsys: pytest.CaptureFixture[str],
    option: str,
    value: str,
    told: str,
) -> None:
    with pytest.raises(SystemExit) as caught:
        orr("init", "--discover", option, value)
    assert caught.value.code == 4
    assert told in capsys.readouterr().err
