"""What an account showed becomes commented TOML that loads once it is accepted."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pytest_orr.discovery.proposal import propose
from pytest_orr.discovery.sightings import (
    Instance,
    KeyAlias,
    Resource,
    Sightings,
    Site,
    Where,
)
from pytest_orr.profile.load import load
from pytest_orr.scaffold.answers import Answers
from pytest_orr.scaffold.profile_text import profile_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.profile.schema import Profile

WHERE = Where(
    account="123456789012",
    caller="arn:aws:iam::123456789012:user/ana",
    profile=None,
    regions=("eu-central-1",),
    tags={"service": "explorer"},
)
HOSTILE = (
    '"\n[service]\nname = "mine"',
    "\n[service]\nname = 1",
    '""" }',
    "'''",
    "\\",
    "\\u0041",
    "\x00\x1b[31m\x7f",
    "a\r\nb",
    "\u2028[x]\u0085[y]",
    "\u202etxt",
    "# ",
    "",
    " ",
    "\ud800",
    "\U0001f40d",
)
KINDS = (
    *("ec2:vpc", "ec2:security-group", "elasticloadbalancing:loadbalancer", "s3:bucket"),
    *("rds:db", "rds:cluster", "dynamodb:table", "lambda:function", "a\nb:c"),
)


def accepted(text: str) -> str:
    """What a person gets who takes the mark away from every line."""
    lines = [line if line.startswith("##") else line[2:] for line in text.split("\n")]
    assert all(line.startswith("#") for line in text.split("\n")[:-1])
    return "\n".join(lines)


@pytest.fixture
def loaded(tmp_path: Path) -> Callable[[Sightings], Profile]:
    """The profile that a proposal makes of a fresh scaffold, once it is accepted whole."""

    def read(seen: Sightings) -> Profile:
        path = tmp_path / "readiness.toml"
        path.write_bytes((profile_text(Answers()) + accepted(propose(seen))).encode())
        return load(path, items=(), as_of=dt.date(2026, 11, 20)).profile

    return read


def resource(kind: str, name: str, region: str = "eu-central-1") -> Resource:
    service, _, what = kind.partition(":")
    arn = f"arn:aws:{service}:{region}:123456789012:{what}/{name}"
    return Resource(arn=arn, kind=kind, name=name, region=region)


def instance(name: str, number: int = 1, group: str = "") -> Instance:
    return Instance(id=f"i-{number:017x}", name=name, group=group)


def test_accounts_and_resources_are_proposed_by_tag_and_by_name(
    loaded: Callable[[Sightings], Profile],
) -> None:
    kinds = ("ec2:vpc", "ec2:security-group", "elasticloadbalancing:loadbalancer")
    seen = Sightings(where=WHERE, resources=tuple(resource(kind, "one") for kind in kinds))
    aws = loaded(seen).aws
    assert aws is not None
    assert (aws.accounts[0].id, aws.accounts[0].regions) == ("123456789012", ("eu-central-1",))
    assert aws.accounts[0].profile is None
    assert aws.resources.tags == {"service": "explorer"}
    assert (aws.resources.vpcs, aws.resources.security_groups) == (("one",), ("one",))
    assert aws.resources.load_balancers == (seen.resources[2].arn,)


def test_names_become_endpoints_and_those_of_a_distribution_frontends(
    loaded: Callable[[Sightings], Profile],
) -> None:
    site = Site(
        id="E1",
        host="d1.cloudfront.net",
        aliases=("Explorer.example",),
        origins=("pages.s3.eu-central-1.amazonaws.com",),
    )
    seen = Sightings(
        where=WHERE,
        names=("*.explorer.example", "api.explorer.example.", "explorer.example"),
        resources=(resource("s3:bucket", "other"), resource("s3:bucket", "pages")),
        sites=(site,),
    )
    profile = loaded(seen)
    assert [(one.name, one.role, one.url) for one in profile.endpoints] == [
        ("api.explorer.example", "service", "https://api.explorer.example/"),
        ("explorer.example", "frontend", "https://explorer.example/"),
    ]
    [hosting] = profile.hosting
    assert (hosting.endpoint, hosting.bucket, hosting.distribution) == (
        "explorer.example",
        "pages",
        "E1",
    )
    assert "\n## *.explorer.example is no one name that can be asked\n" in propose(seen)


def test_a_distribution_without_a_name_of_its_own_is_asked_by_cloudfronts(
    loaded: Callable[[Sightings], Profile],
) -> None:
    site = Site(id="E1", host="d1.cloudfront.net", aliases=(), origins=("pages.s3.amazonaws.com",))
    seen = Sightings(where=WHERE, resources=(resource("s3:bucket", "pages"),), sites=(site,))
    profile = loaded(seen)
    assert [one.name for one in profile.endpoints] == ["d1.cloudfront.net"]
    assert profile.hosting[0].endpoint == "d1.cloudfront.net"


def test_instances_become_hosts_by_their_own_name_or_else_by_their_id(
    loaded: Callable[[Sightings], Profile],
) -> None:
    seen = Sightings(
        where=WHERE,
        instances=(
            instance("backend-1", 1),
            instance("Twin", 2),
            instance("twin", 3),
            instance("two words", 4),
            instance("", 5),
            instance("bastion", 6),
            instance("worker", 7, group="workers"),
            instance("worker", 8, group="workers"),
            instance("named", 9, group="workers"),
        ),
        scaling_groups=("workers",),
    )
    jump, others = loaded(seen).hosts
    assert (jump.names, jump.role) == (("bastion",), "jump")
    ids = tuple(f"i-{number:017x}" for number in (2, 3, 4, 5))
    assert (others.names, others.jump) == (("backend-1", *ids, "named"), ("bastion",))
    text = propose(seen)
    assert "\n## Instances of scaling groups without a name of their own: 2\n" in text
    assert "\n## Scaling groups: workers\n" in text


def test_where_two_ways_in_are_found_none_is_chosen(
    loaded: Callable[[Sightings], Profile],
) -> None:
    names = ("backend", "jump-a", "jump-b")
    found = tuple(instance(name, number) for number, name in enumerate(names))
    jumps, others = loaded(Sightings(where=WHERE, instances=found)).hosts
    assert (jumps.names, others.jump) == (("jump-a", "jump-b"), ())


def test_keys_and_databases_are_proposed_as_a_profile_names_them(
    loaded: Callable[[Sightings], Profile],
) -> None:
    databases = ("rds:db", "rds:cluster", "dynamodb:table")
    seen = Sightings(
        where=WHERE,
        keys=(
            KeyAlias(alias="alias/explorer", usage="SIGN_VERIFY"),
            KeyAlias(alias="alias/explorer", usage="SIGN_VERIFY"),
            KeyAlias(alias="alias/new", usage="SOMETHING_NEW"),
        ),
        resources=tuple(resource(kind, kind.replace(":", "-")) for kind in databases),
    )
    profile = loaded(seen)
    assert [(key.alias, key.usage) for key in profile.keys] == [("alias/explorer", "SIGN_VERIFY")]
    assert [(one.name, one.kind, one.identifier) for one in profile.databases] == [
        ("rds-db", "rds", "rds-db"),
        ("rds-cluster", "aurora", "rds-cluster"),
        ("dynamodb-table", "dynamodb", "dynamodb-table"),
    ]
    told = "## alias/new for SOMETHING_NEW is no alias or usage that [[keys]] takes"
    assert told in propose(seen).splitlines()


def test_databases_of_one_name_are_told_apart_by_their_arns(
    loaded: Callable[[Sightings], Profile],
) -> None:
    twins = tuple(resource("rds:db", "main", region) for region in ("eu-central-1", "eu-west-1"))
    profile = loaded(Sightings(where=WHERE, resources=twins))
    assert [one.identifier for one in profile.databases] == [twin.arn for twin in twins]


def test_what_a_profile_cannot_say_and_what_could_not_be_seen_are_remarks() -> None:
    seen = Sightings(
        where=WHERE,
        resources=(resource("lambda:function", "a"), resource("lambda:function", "b")),
        unread=("AWS denied kms:ListAliases; allow it",),
    )
    lines = propose(seen).splitlines()
    assert "## Tagged as well: 2 lambda function" in lines
    assert lines[-3:] == [
        "## What could not be seen, so that something may be missing above:",
        "## - AWS denied kms:ListAliases; allow it",
        "#",
    ]


def test_nothing_found_is_said() -> None:
    told = "## Nothing was found: look at the tag, the regions and the account."
    assert told in propose(Sightings(where=WHERE)).splitlines()


def test_the_head_says_what_was_looked_at_by_whom() -> None:
    assert propose(Sightings(where=WHERE)).splitlines()[:3] == [
        "## What AWS account 123456789012 shows in eu-central-1",
        "## by the tag service = explorer,",
        "## seen as arn:aws:iam::123456789012:user/ana.",
    ]


foreign = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=20))
texts = st.lists(foreign, max_size=3).map(tuple)
sightings = st.builds(
    Sightings,
    where=st.builds(
        Where,
        account=st.just("123456789012"),
        caller=foreign,
        profile=st.none() | foreign,
        regions=st.just(("eu-central-1", "us-east-1")),
        tags=st.dictionaries(foreign, foreign, min_size=1, max_size=2),
    ),
    resources=st.lists(st.builds(resource, st.sampled_from(KINDS), foreign), max_size=4).map(tuple),
    instances=st.lists(
        st.builds(Instance, id=foreign, name=foreign, group=st.sampled_from(("", "g\n"))),
        max_size=3,
    ).map(tuple),
    scaling_groups=texts,
    names=texts,
    sites=st.lists(
        st.builds(Site, id=foreign, host=foreign, aliases=texts, origins=texts), max_size=2
    ).map(tuple),
    keys=st.lists(st.builds(KeyAlias, alias=foreign, usage=foreign), max_size=2).map(tuple),
    unread=texts,
)


def all_hostile(text: str) -> Sightings:
    """What an account shows in which this text is everywhere."""
    return Sightings(
        where=Where(
            account="123456789012",
            caller=text,
            profile=text,
            regions=("eu-central-1",),
            tags={text: text},
        ),
        resources=tuple(resource(kind, text) for kind in KINDS),
        instances=(instance(text), instance(f"jump{text}", 2)),
        scaling_groups=(text,),
        names=(text,),
        sites=(Site(id=text, host="d.example", aliases=(text,), origins=(f"{text}.s3.",)),),
        keys=(KeyAlias(alias=f"alias/{text}", usage="SIGN_VERIFY"),),
        unread=(text,),
    )


def with_every_hostile_text(function: Any) -> Any:
    for text in HOSTILE:
        function = example(all_hostile(text))(function)
    return function


@with_every_hostile_text
@given(sightings)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_text_of_the_account_leaves_its_comment_or_its_string(
    loaded: Callable[[Sightings], Profile], seen: Sightings
) -> None:
    text = propose(seen)
    lines = text.split("\n")
    assert all(line.startswith("#") for line in lines[:-1])
    assert all(line.isprintable() for line in lines)
    assert tomllib.loads(text) == {}
    profile = loaded(seen)
    assert profile.service.name == "my-service"
    assert profile.aws is not None
    sound = {
        "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in key): value
        for key, value in seen.where.tags.items()
    }
    assert profile.aws.resources.tags.keys() == sound.keys()
    if not any("\ud800" in value for value in sound.values()):
        assert profile.aws.resources.tags == sound
