"""Asking AWS: who answers, what is asked how often, and what is said when no answer comes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from pytest_orr.clients import aws_wire
from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Aws, AwsAccount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ACCOUNT = "123456789012"
HERE = Place(account=ACCOUNT, region="eu-central-1")
VPCS = ("ec2:DescribeVpcs", "Vpcs")
LOG_IN = "log in, or name a credentials profile in [aws] accounts.profile"
CHECK = "check the network, the region's name, and AWS_ENDPOINT_URL if it is set"
AGAIN = "run again; AWS did not answer as it should"
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult>"
    f"<Account>{ACCOUNT}</Account><Arn>arn:aws:iam::{ACCOUNT}:user/reader</Arn>"
    "</GetCallerIdentityResult></GetCallerIdentityResponse>"
)


SESSION = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{account}</AccessKeyId>"
    "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
    "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>"
    "</AssumeRoleResponse>"
)


@dataclass
class Scripted:
    """A server that speaks as AWS does, with answers that moto never gives."""

    url: str = ""
    answer: Callable[[dict[str, str]], tuple[int, str]] = field(default=lambda _: (500, ""))
    asked: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=lambda: [ACCOUNT])

    def reply(self, form: dict[str, str]) -> tuple[int, str]:
        self.asked.append(form["Action"])
        match form["Action"]:
            case "GetCallerIdentity":
                account = form["key"] if form["key"] in self.accounts else ACCOUNT
                return 200, IDENTITY.replace(ACCOUNT, account)
            case "AssumeRole":
                return 200, SESSION.format(account=form["RoleArn"].split(":")[4])
            case _:
                return self.answer(form)


def vpcs(*ids: str, following: str = "") -> tuple[int, str]:
    """A page of DescribeVpcs."""
    items = "".join(f"<item><vpcId>{one}</vpcId></item>" for one in ids)
    token = f"<nextToken>{following}</nextToken>" if following else ""
    return 200, f"<DescribeVpcsResponse><vpcSet>{items}</vpcSet>{token}</DescribeVpcsResponse>"


def error(code: str, status: int = 400) -> tuple[int, str]:
    """An error of EC2."""
    return status, f"<Response><Errors><Error><Code>{code}</Code></Error></Errors></Response>"


@pytest.fixture
def scripted(aws_environment: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """A scripted AWS, to which the environment leads."""
    script = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            key, _, region = self.headers["Authorization"].split("/")[:3]
            who = {"key": key.partition("Credential=")[2], "region": region}
            status, text = script.reply({**form, **who})
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            with suppress(ConnectionError):  # who asked may have given up
                self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        script.url = f"http://127.0.0.1:{server.server_port}"
        usual = os.environ["AWS_ENDPOINT_URL"]
        aws_environment.setenv("AWS_ENDPOINT_URL", script.url)
        yield script
        aws_environment.setenv("AWS_ENDPOINT_URL", usual)
        server.shutdown()


def access(*accounts: AwsAccount) -> AwsAccess:
    """Somebody who asks, with nothing remembered."""
    usual = AwsAccount(id=ACCOUNT, regions=("eu-central-1",))
    return AwsAccess(Aws(accounts=accounts or (usual,)), lambda _: None)


def why_not(asking: AwsAccess, place: Place = HERE) -> tuple[str, str]:
    """Cause and remedy of a fact that cannot be had."""
    with pytest.raises(FactUnavailable) as caught:
        asking.listing(place, *VPCS)
    return caught.value.cause, caught.value.remedy


def test_credentials_of_another_account_are_refused_and_both_are_named(
    empty_account: Any,
) -> None:
    other = "999999999999"
    asking = empty_account.access(
        Aws(accounts=(AwsAccount(id=other, regions=("eu-central-1", "eu-west-1")),))
    )
    for region in ("eu-central-1", "eu-west-1"):
        assert why_not(asking, Place(account=other, region=region)) == (
            f"the credentials are of AWS account {ACCOUNT}, and readiness.toml names {other}",
            f"use credentials of {other}, or name their profile in [aws] accounts.profile",
        )
    assert empty_account.progress == [f"AWS {other} eu-central-1 sts:GetCallerIdentity"]


def test_without_credentials_the_remedy_is_to_log_in(
    empty_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert why_not(empty_account.access()) == (
        f"there are no credentials for AWS {HERE}",
        LOG_IN,
    )


def test_a_credentials_profile_that_is_not_there_is_named(empty_account: Any) -> None:
    named = AwsAccount(id=ACCOUNT, regions=("eu-central-1",), profile="auditor")
    assert why_not(empty_account.access(Aws(accounts=(named,)))) == (
        f'there is no credentials profile "auditor" for AWS {HERE}',
        LOG_IN,
    )


def test_credentials_that_aws_does_not_know_are_refused(empty_account: Any) -> None:
    empty_account.control("reset-auth", "0")
    try:
        assert why_not(empty_account.access()) == (
            f"AWS {HERE} refuses the credentials for sts:GetCallerIdentity (InvalidClientTokenId)",
            LOG_IN,
        )
    finally:
        empty_account.control("reset-auth", "inf")


def test_a_named_profile_may_assume_a_role_although_the_guard_allows_no_such_operation(
    empty_account: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config"
    config.write_text(
        "[profile base]\naws_access_key_id = base\naws_secret_access_key = base\n"
        "[profile auditor]\nrole_arn = arn:aws:iam::222222222222:role/auditor\n"
        "source_profile = base\nregion = eu-central-1\n"
    )
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    theirs = AwsAccount(id="222222222222", regions=("eu-central-1",), profile="auditor")
    asking = empty_account.access(Aws(accounts=(theirs,)))
    place = Place(account="222222222222", region="eu-central-1")
    assert len(asking.listing(place, *VPCS)) == 1


def test_an_endpoint_that_nobody_listens_at_is_named(
    empty_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert why_not(empty_account.access()) == (
        f"AWS {HERE} cannot be reached at http://127.0.0.1:1/ for sts:GetCallerIdentity",
        CHECK,
    )


def test_an_endpoint_that_does_not_resolve_is_named(
    empty_account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://aws.invalid")
    assert why_not(empty_account.access()) == (
        f"AWS {HERE} cannot be reached at http://aws.invalid/ for sts:GetCallerIdentity",
        CHECK,
    )


@pytest.mark.parametrize(
    ("answer", "cause", "remedy"),
    [
        (
            error("RequestLimitExceeded", 503),
            f"AWS {HERE} throttled ec2:DescribeVpcs, retries included",
            "run again when fewer tools ask this account",
        ),
        (
            error("ExpiredToken"),
            f"the credentials for AWS {HERE} have expired at ec2:DescribeVpcs",
            "log in again, then run again",
        ),
        (
            error("AuthFailure", 401),
            f"AWS {HERE} refuses the credentials for ec2:DescribeVpcs (AuthFailure)",
            "enable the region in the account, or take it out of [aws] accounts.regions",
        ),
        (
            error("Client.UnauthorizedOperation", 403),
            f"AWS {HERE} denied ec2:DescribeVpcs to arn:aws:iam::{ACCOUNT}:user/reader",
            f"allow ec2:DescribeVpcs to arn:aws:iam::{ACCOUNT}:user/reader",
        ),
        (
            error("InvalidAction"),
            f"AWS {HERE} answered ec2:DescribeVpcs with the error InvalidAction",
            AGAIN,
        ),
        (
            (200, "<html>a proxy's page"),
            f"AWS {HERE} answered ec2:DescribeVpcs with something that is not AWS",
            CHECK,
        ),
    ],
    ids=["throttled", "expired", "region", "denied", "error", "not AWS"],
)
def test_each_refusal_has_its_cause_and_its_remedy(
    scripted: Scripted, answer: tuple[int, str], cause: str, remedy: str
) -> None:
    scripted.answer = lambda _: answer
    assert why_not(access()) == (cause, remedy)


def test_an_answer_that_never_comes_is_given_up(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(aws_wire, "READ_SECONDS", 0.2)
    monkeypatch.setattr(aws_wire, "ATTEMPTS", 1)
    released = threading.Event()

    def never(_: dict[str, str]) -> tuple[int, str]:
        released.wait(5)
        return vpcs()

    scripted.answer = never
    assert why_not(access()) == (f"AWS {HERE} did not answer ec2:DescribeVpcs in time", AGAIN)
    released.set()


def test_a_short_throttling_is_waited_out(scripted: Scripted) -> None:
    answers = [error("RequestLimitExceeded", 503), vpcs("vpc-1")]
    scripted.answer = lambda _: answers.pop(0)
    assert [one["VpcId"] for one in access().listing(HERE, *VPCS)] == ["vpc-1"]


def test_all_pages_make_one_listing(scripted: Scripted) -> None:
    pages = {"": ("vpc-1", "b"), "b": ("vpc-2", "c"), "c": ("vpc-3", "")}

    def page(form: dict[str, str]) -> tuple[int, str]:
        found, following = pages[form.get("NextToken", "")]
        return vpcs(found, following=following)

    scripted.answer = page
    listing = access().listing(HERE, *VPCS)
    assert [one["VpcId"] for one in listing] == ["vpc-1", "vpc-2", "vpc-3"]


@pytest.fixture
def balancers(empty_account: Any) -> Callable[[int], list[str]]:
    """Make some balancers and return their ARNs: ``balancers(53)``."""

    def make(count: int) -> list[str]:
        ec2, elbv2 = empty_account.client("ec2"), empty_account.client("elbv2")
        vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/20")["Subnet"]["SubnetId"]
        made = (
            elbv2.create_load_balancer(Name=f"b{number}", Subnets=[subnet])
            for number in range(count)
        )
        return [str(one["LoadBalancers"][0]["LoadBalancerArn"]) for one in made]

    return make


def test_a_listing_longer_than_a_page_of_balancers_is_complete(
    empty_account: Any, balancers: Callable[[int], list[str]]
) -> None:
    arns = balancers(53)
    asked = ("elasticloadbalancing:DescribeLoadBalancers", "LoadBalancers")
    found = empty_account.access().listing(HERE, *asked)
    assert {one["LoadBalancerArn"] for one in found} == set(arns)


def test_a_listing_longer_than_a_page_of_rules_is_complete(
    empty_account: Any, balancers: Callable[[int], list[str]]
) -> None:
    refuse = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    elbv2, [balancer] = empty_account.client("elbv2"), balancers(1)
    listener = elbv2.create_listener(
        LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[refuse]
    )["Listeners"][0]["ListenerArn"]
    for number in range(1, 53):
        condition = {"Field": "path-pattern", "Values": [f"/{number}"]}
        elbv2.create_rule(
            ListenerArn=listener, Priority=number, Conditions=[condition], Actions=[refuse]
        )
    asked = ("elasticloadbalancing:DescribeRules", "Rules")
    assert len(empty_account.access().listing(HERE, *asked, ListenerArn=listener)) == 53


def test_a_listing_of_small_pages_is_complete(empty_account: Any) -> None:
    ec2 = empty_account.client("ec2")
    for _ in range(7):
        ec2.run_instances(ImageId="ami-03cf127a", MinCount=1, MaxCount=1)
    asked = ("ec2:DescribeInstances", "Reservations")
    assert len(empty_account.access().listing(HERE, *asked, MaxResults=5)) == 7


def test_an_operation_without_pages_may_be_listed_too(
    empty_account: Any, balancers: Callable[[int], list[str]]
) -> None:
    asked = ("elasticloadbalancing:DescribeTags", "TagDescriptions")
    arns = balancers(2)
    found = empty_account.access().listing(HERE, *asked, ResourceArns=arns)
    assert [one["ResourceArn"] for one in found] == arns


@pytest.mark.parametrize("tokens", [["a"], ["a", "b"], ["a", "b", "c"]], ids=" ".join)
def test_pages_that_repeat_end_the_listing_and_count_for_nothing(
    scripted: Scripted, tokens: list[str]
) -> None:
    following = {"": tokens[0], **dict(zip(tokens, [*tokens[1:], tokens[0]], strict=True))}
    scripted.answer = lambda form: vpcs("vpc-1", following=following[form.get("NextToken", "")])
    assert why_not(access()) == (
        f"AWS {HERE} repeats the pages of ec2:DescribeVpcs without end",
        AGAIN,
    )
    assert len(scripted.asked) <= 6


def test_a_page_that_fails_voids_the_pages_before_it(scripted: Scripted) -> None:
    scripted.answer = lambda form: (
        error("InternalFailure") if "NextToken" in form else vpcs("vpc-1", following="b")
    )
    cause, _ = why_not(access())
    assert cause == f"AWS {HERE} answered ec2:DescribeVpcs with the error InternalFailure"


def test_many_who_ask_at_once_cause_one_request(scripted: Scripted) -> None:
    scripted.answer = lambda _: vpcs("vpc-1")
    asking = access()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _: asking.listing(HERE, *VPCS), range(32)))
    assert {one["VpcId"] for listing in found for one in listing} == {"vpc-1"}
    assert scripted.asked == ["GetCallerIdentity", "DescribeVpcs"]


def test_a_failure_is_not_asked_for_twice(scripted: Scripted) -> None:
    scripted.answer = lambda _: error("UnauthorizedOperation", 403)
    asking = access()
    assert why_not(asking) == why_not(asking)
    assert scripted.asked == ["GetCallerIdentity", "DescribeVpcs"]


def test_other_parameters_are_another_question(scripted: Scripted) -> None:
    scripted.answer = lambda form: vpcs(form.get("VpcId.1", "all"))
    asking = access()
    assert asking.listing(HERE, *VPCS)[0]["VpcId"] == "all"
    assert asking.listing(HERE, *VPCS, VpcIds=["vpc-7"])[0]["VpcId"] == "vpc-7"


def test_one_region_that_fails_fails_the_whole_and_is_named(scripted: Scripted) -> None:
    scripted.answer = lambda form: (
        error("UnauthorizedOperation", 403) if form["region"] == "eu-west-1" else vpcs("vpc-1")
    )
    asking = access(AwsAccount(id=ACCOUNT, regions=("eu-central-1", "eu-west-1", "us-east-1")))
    with pytest.raises(FactUnavailable, match=f"^AWS {ACCOUNT} eu-west-1 denied"):
        asking.everywhere(lambda place: asking.listing(place, *VPCS))


def test_regions_that_fail_are_all_named_and_the_others_are_asked_all_the_same(
    scripted: Scripted,
) -> None:
    scripted.answer = lambda form: (
        error("UnauthorizedOperation", 403) if form["region"].startswith("eu") else vpcs("vpc-1")
    )
    asking = access(AwsAccount(id=ACCOUNT, regions=("eu-central-1", "us-east-1", "eu-west-1")))
    with pytest.raises(FactUnavailable) as caught:
        asking.everywhere(lambda place: asking.listing(place, *VPCS))
    who = f"arn:aws:iam::{ACCOUNT}:user/reader"
    assert caught.value.cause == (
        f"AWS {ACCOUNT} eu-central-1 denied ec2:DescribeVpcs to {who};"
        f" nor did {ACCOUNT} eu-west-1 answer"
    )
    assert caught.value.remedy == f"allow ec2:DescribeVpcs to {who}"
    asked = len(scripted.asked)
    assert asking.listing(Place(account=ACCOUNT, region="us-east-1"), *VPCS)
    assert len(scripted.asked) == asked


def test_many_accounts_and_regions_are_each_asked_once_however_many_ask(
    scripted: Scripted,
) -> None:
    scripted.accounts = [f"{number:012}" for number in range(1, 6)]
    scripted.answer = lambda form: vpcs(form["region"])
    regions = ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2")
    asking = access(
        *(
            AwsAccount(id=one, regions=regions, role=f"arn:aws:iam::{one}:role/orr")
            for one in scripted.accounts
        )
    )

    def listed(_: int) -> tuple[int, ...]:
        return asking.everywhere(lambda place: len(asking.listing(place, *VPCS)))

    assert asking.each(listed, range(6)) == ((1,) * 20,) * 6
    asking.close()
    counted = Counter(scripted.asked)
    assert counted == {"AssumeRole": 5, "GetCallerIdentity": 5, "DescribeVpcs": 20}


def test_an_answer_that_lacks_what_is_needed_is_no_empty_answer(scripted: Scripted) -> None:
    scripted.answer = lambda _: (200, "<DescribeVpcsResponse></DescribeVpcsResponse>")
    asking = access()
    with pytest.raises(FactUnavailable) as caught:
        asking.everywhere(lambda place: asking.listing(place, *VPCS))
    assert caught.value.cause == f"an answer of AWS {HERE} lacks 'Vpcs'"
    assert caught.value.remedy == "update pytest-orr, which does not know this kind of answer"


@pytest.mark.parametrize("code", ["NoSuchThing", "Client.NoSuchThing"])
def test_an_error_that_is_an_answer_says_that_there_is_no_such_thing(
    scripted: Scripted, code: str
) -> None:
    scripted.answer = lambda _: error(code)
    asking = access()
    for _ in range(2):
        assert asking.call(HERE, VPCS[0], absent=("NoSuchThing",)) is None
    assert scripted.asked == ["GetCallerIdentity", "DescribeVpcs"]


def test_an_error_that_is_no_answer_to_this_question_is_a_failure(scripted: Scripted) -> None:
    scripted.answer = lambda _: error("InternalFailure")
    with pytest.raises(FactUnavailable, match="InternalFailure"):
        access().call(HERE, VPCS[0], absent=("NoSuchThing",))


def test_an_error_that_is_an_answer_to_one_is_none_to_who_does_not_say_so(
    scripted: Scripted,
) -> None:
    scripted.answer = lambda _: error("NoSuchThing")
    asking = access()
    assert asking.call(HERE, VPCS[0], absent=("NoSuchThing",)) is None
    with pytest.raises(FactUnavailable, match="NoSuchThing"):
        asking.call(HERE, VPCS[0])


@pytest.mark.parametrize(
    "code", ["AccessDenied", "UnauthorizedOperation", "ExpiredToken", "Throttling", "AuthFailure"]
)
def test_who_may_not_ask_is_never_told_that_there_is_no_such_thing(
    scripted: Scripted, code: str
) -> None:
    scripted.answer = lambda _: error(code)
    with pytest.raises(FactUnavailable):
        access().call(HERE, VPCS[0], absent=(code,))


def test_what_is_there_is_returned_although_it_might_be_absent(scripted: Scripted) -> None:
    scripted.answer = lambda _: vpcs("vpc-1")
    found = access().call(HERE, VPCS[0], absent=("NoSuchThing",))
    assert found is not None
    assert found["Vpcs"] == [{"VpcId": "vpc-1"}]


def test_what_has_no_region_is_asked_about_once_in_each_account() -> None:
    other = AwsAccount(id="222222222222", regions=("eu-west-1",))
    asking = access(AwsAccount(id=ACCOUNT, regions=("eu-central-1", "eu-west-1")), other)
    assert [str(home) for home in asking.homes] == [
        f"{ACCOUNT} us-east-1",
        "222222222222 us-east-1",
    ]
    assert asking.everywhere(lambda home: home.account, asking.homes) == (ACCOUNT, other.id)


def test_answers_keep_the_order_of_places(scripted: Scripted) -> None:
    scripted.answer = lambda form: vpcs(form["region"])
    asking = access(AwsAccount(id=ACCOUNT, regions=("us-east-1", "eu-central-1")))
    found = asking.everywhere(lambda place: asking.listing(place, *VPCS)[0]["VpcId"])
    assert found == ("us-east-1", "eu-central-1")


def test_progress_names_every_request_once(empty_account: Any) -> None:
    asking = empty_account.access()
    for _ in range(2):
        asking.listing(HERE, *VPCS)
    assert empty_account.progress == [
        f"AWS {HERE} sts:GetCallerIdentity",
        f"AWS {HERE} ec2:DescribeVpcs",
    ]


def test_without_an_aws_section_nothing_is_asked() -> None:
    asking = AwsAccess(None, lambda _: None)
    with pytest.raises(FactUnavailable) as caught:
        asking.everywhere(str)
    assert caught.value.cause == "readiness.toml declares no [aws]"
    assert (
        caught.value.remedy
        == "declare the service's accounts and regions under [aws] in readiness.toml"
    )


def test_importing_the_client_imports_no_client_library() -> None:
    code = (
        "import sys, pytest_orr.clients.aws, pytest_orr.collect.load_balancers,"
        " pytest_orr.collect.security_groups;"
        "print([name for name in ('boto3', 'botocore') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "[]\n"


def test_a_place_is_written_as_account_and_region() -> None:
    assert str(replace(HERE, region="eu-west-1")) == f"{ACCOUNT} eu-west-1"
