"""Trading credentials for a role's session that can only look: what is asked, what goes wrong."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from pytest_orr.clients.aws import AwsAccess, Place
from pytest_orr.clients.aws_session_policy import LONGEST, session_policy
from pytest_orr.clients.guard import READ_ONLY
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.aws import SECURITY_AUDIT, Aws, AwsAccount
from pytest_orr.profile.fields import FromEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "123456789012"
HERE = Place(account=ACCOUNT, region="eu-central-1")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/auditors/orr"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/orr/pytest-orr"
OWN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/orr"
TRADED = AwsAccount(id=ACCOUNT, regions=("eu-central-1",), role=ROLE)
VPCS = ("ec2:DescribeVpcs", "Vpcs")
TRADE = "AssumeRole"


@dataclass
class Sts:
    """AWS as far as a trade is concerned: it keeps what it was asked, and by which key."""

    minutes: list[int] = field(default_factory=lambda: [60])
    """How long each session lasts, the last for all that follow."""
    refusal: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)

    def reply(self, form: dict[str, str], key: str) -> tuple[int, str]:
        self.asked.append({**form, "key": key})
        if form["Action"] == TRADE:
            return self._trade()
        if form["Action"] == "GetCallerIdentity":
            inner = f"<Account>{ACCOUNT}</Account><Arn>{SESSION}</Arn>"
            return 200, _result("GetCallerIdentity", inner)
        return 200, "<DescribeVpcsResponse><vpcSet></vpcSet></DescribeVpcsResponse>"

    def _trade(self) -> tuple[int, str]:
        if self.refusal:
            code = f"<Error><Code>{self.refusal}</Code></Error>"
            return 403, f"<ErrorResponse>{code}</ErrorResponse>"
        minutes = self.minutes.pop(0) if len(self.minutes) > 1 else self.minutes[0]
        ends = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)
        given = (
            f"<AccessKeyId>SESSION{len(self.trades)}</AccessKeyId>"
            "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
            f"<Expiration>{ends.strftime('%Y-%m-%dT%H:%M:%SZ')}</Expiration>"
        )
        return 200, _result(TRADE, f"<Credentials>{given}</Credentials>")

    @property
    def trades(self) -> list[dict[str, str]]:
        """What was asked to trade."""
        return [form for form in self.asked if form["Action"] == TRADE]


def _result(action: str, inner: str) -> str:
    return f"<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>"


@pytest.fixture
def sts(aws_environment: pytest.MonkeyPatch) -> Iterator[Sts]:
    """A scripted AWS, to which the environment leads."""
    script = Sts()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            key = self.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
            status, text = script.reply(form, key)
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        usual = os.environ["AWS_ENDPOINT_URL"]
        aws_environment.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield script
        aws_environment.setenv("AWS_ENDPOINT_URL", usual)
        server.shutdown()


def access(account: AwsAccount = TRADED, *operations: str) -> AwsAccess:
    """Somebody who asks, with nothing remembered."""
    asked = operations or ("ec2:DescribeVpcs",)
    return AwsAccess(Aws(accounts=(account,)), lambda _: None, operations=asked)


def why_not(asking: AwsAccess) -> tuple[str, str]:
    """Cause and remedy of a fact that cannot be had."""
    with pytest.raises(FactUnavailable) as caught:
        asking.listing(HERE, *VPCS)
    return caught.value.cause, caught.value.remedy


def test_everything_is_asked_with_the_keys_of_the_roles_session(sts: Sts) -> None:
    asking = access()
    assert asking.listing(HERE, *VPCS) == ()
    assert [(form["Action"], form["key"]) for form in sts.asked] == [
        (TRADE, "reader"),
        ("GetCallerIdentity", "SESSION1"),
        ("DescribeVpcs", "SESSION1"),
    ]
    [trade] = sts.trades
    assert trade["RoleArn"] == ROLE
    assert trade["RoleSessionName"] == "pytest-orr"
    assert trade["PolicyArns.member.1.arn"] == SECURITY_AUDIT
    assert "Policy" not in trade
    assert "ExternalId" not in trade


def test_what_the_managed_policy_lacks_is_added_as_text(sts: Sts) -> None:
    access(TRADED, "ec2:DescribeVpcs", "cloudwatch:GetMetricData").listing(HERE, *VPCS)
    policy = json.loads(sts.trades[0]["Policy"])
    assert policy["Statement"] == [
        {"Effect": "Allow", "Action": ["cloudwatch:GetMetricData"], "Resource": "*"}
    ]


def test_beside_a_policy_of_the_account_nothing_is_added(sts: Sts) -> None:
    own = replace(TRADED, session_policies=(SECURITY_AUDIT, OWN_POLICY))
    access(own, "ec2:DescribeVpcs", "cloudwatch:GetMetricData").listing(HERE, *VPCS)
    assert "Policy" not in sts.trades[0]
    assert sts.trades[0]["PolicyArns.member.2.arn"] == OWN_POLICY


def test_the_external_id_is_read_from_the_environment(
    sts: Sts, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = replace(TRADED, external_id=FromEnvironment(env="ORR_EXTERNAL_ID"))
    assert why_not(access(named)) == (
        "environment variable ORR_EXTERNAL_ID, named in [[aws.accounts]] external_id, is not set",
        "set ORR_EXTERNAL_ID, or correct [[aws.accounts]] external_id in readiness.toml",
    )
    monkeypatch.setenv("ORR_EXTERNAL_ID", "explorer-7")
    access(named).listing(HERE, *VPCS)
    assert [trade["ExternalId"] for trade in sts.trades] == ["explorer-7"]


def test_a_session_that_is_about_to_end_is_traded_anew(sts: Sts) -> None:
    sts.minutes = [5, 60]
    asking = access()
    asking.listing(HERE, *VPCS)
    asking.listing(HERE, *VPCS, VpcIds=["vpc-1"])
    assert [form["key"] for form in sts.asked if form["Action"] == "DescribeVpcs"] == [
        "SESSION2",
        "SESSION2",
    ]


def test_a_session_that_cannot_be_traded_anew_is_told_with_its_role(sts: Sts) -> None:
    sts.minutes = [5]
    asking = access()
    asking.caller(ACCOUNT)
    sts.refusal = "AccessDenied"
    with pytest.raises(FactUnavailable, match=f"does not let the credentials assume {ROLE}"):
        asking.listing(HERE, *VPCS)


def test_a_session_that_has_ended_already_means_a_wrong_clock(sts: Sts) -> None:
    sts.minutes = [-5]
    assert why_not(access()) == (
        f"AWS {HERE} gave a session of {ROLE} that has ended already",
        "set this machine's clock, then run again",
    )


LET_IN = (
    f"let the trust policy of {ROLE} name whoever runs this, with the external id if it asks for"
    " one, and allow them sts:AssumeRole"
)
NAME_WHAT_IS_THERE = (
    "see that [[aws.accounts]] role and session_policies name what is there: policies of AWS or of"
    " the role's account, ten at most"
)
LOG_IN = "log in, or name a credentials profile in [aws] accounts.profile"


@pytest.mark.parametrize(
    ("refusal", "cause", "remedy"),
    [
        ("AccessDenied", "does not let the credentials assume {role}", LET_IN),
        (
            "ValidationError",
            "does not trade the credentials for a session of {role} (ValidationError)",
            NAME_WHAT_IS_THERE,
        ),
        (
            "RegionDisabledException",
            "refuses the credentials for sts:AssumeRole of {role} (RegionDisabledException)",
            LOG_IN,
        ),
    ],
)
def test_each_refusal_of_a_trade_names_the_role(
    sts: Sts, refusal: str, cause: str, remedy: str
) -> None:
    sts.refusal = refusal
    asking = access()
    told = f"AWS {HERE} {cause.format(role=ROLE)}"
    assert why_not(asking) == (told, remedy)
    assert why_not(asking) == (told, remedy)
    assert len(sts.asked) == 1


def test_credentials_that_have_expired_cannot_be_traded(sts: Sts) -> None:
    sts.refusal = "ExpiredToken"
    assert why_not(access()) == (
        f"the credentials for AWS {HERE} have expired at sts:AssumeRole of {ROLE}",
        "log in again, then run again",
    )


def test_without_credentials_there_is_nothing_to_trade(
    sts: Sts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert why_not(access()) == (
        f"there are no credentials for AWS {HERE}, to assume {ROLE}",
        LOG_IN,
    )
    assert sts.asked == []


def test_a_role_of_another_account_is_told_as_such(sts: Sts) -> None:
    other = "999999999999"
    asking = access(replace(TRADED, id=other))
    with pytest.raises(FactUnavailable) as caught:
        asking.caller(other)
    assert caught.value.remedy == f"name a role of {other} in [[aws.accounts]] role"
    assert len(sts.asked) == 2


def test_a_traded_session_is_narrow_without_any_request(sts: Sts) -> None:
    width = access().width(ACCOUNT)
    assert (width.word, width.why) == ("narrow", "limited by a session policy: SecurityAudit")
    assert [form["Action"] for form in sts.asked] == [TRADE, "GetCallerIdentity"]


@pytest.mark.parametrize(
    "name",
    ["AdministratorAccess", "PowerUserAccess", "ReadOnlyAccess", "AmazonS3FullAccess"],
)
def test_a_session_that_its_policies_do_not_limit_is_wide(sts: Sts, name: str) -> None:
    wide = replace(TRADED, session_policies=(SECURITY_AUDIT, f"arn:aws:iam::aws:policy/{name}"))
    width = access(wide).width(ACCOUNT)
    assert (width.word, width.why) == (
        "wide",
        f"its session may do what SecurityAudit, {name} allow",
    )
    assert len(sts.asked) == 2


def test_the_guard_of_the_run_lets_nobody_trade(sts: Sts) -> None:
    asking = access(TRADED, *READ_ONLY)
    with pytest.raises(FactUnavailable, match="sts:AssumeRole is not among"):
        asking.call(HERE, "sts:AssumeRole", RoleArn=ROLE, RoleSessionName="again")
    assert len(sts.trades) == 1
    assert "sts:AssumeRole" not in READ_ONLY


def test_what_the_product_reads_fits_beside_security_audit() -> None:
    text = session_policy(READ_ONLY, (SECURITY_AUDIT,))
    assert 0 < len(text) <= LONGEST


def test_a_policy_that_is_too_long_names_the_command_that_makes_one() -> None:
    with pytest.raises(FactUnavailable) as caught:
        session_policy(READ_ONLY, ("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",))
    assert "characters of policy, and AWS takes 2048 with a session" in caught.value.cause
    assert caught.value.remedy == (
        "make a policy of what `orr iam-policy` prints, and name its ARN in"
        " [[aws.accounts]] session_policies"
    )


def test_an_operation_that_needs_no_permission_adds_none() -> None:
    assert session_policy({"sts:GetCallerIdentity"}, (SECURITY_AUDIT,)) == ""
