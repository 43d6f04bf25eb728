"""Answers of AWS that the example's account does not give, read by the collectors' own readers."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.aws import Place
from pytest_orr.collect.credential_reports import read_report
from pytest_orr.collect.declared_credentials import _has_key
from pytest_orr.collect.emergency_permissions import _permissions, _results
from pytest_orr.collect.key_declarations import Declared
from pytest_orr.collect.key_events import KeyActivity, read_activity
from pytest_orr.collect.role_trusts import read_roles
from pytest_orr.collect.zone_lifetimes import ZoneRecord, zone_records
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Credential

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HERE = Place(account="123456789012", region="eu-central-1")
ROLE = "arn:aws:iam::123456789012:role"
BACKEND = f"{ROLE}/explorer-backend"
DECLARED = Declared(alias="alias/explorer", users=(BACKEND,), administrators=())
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


class Answers:
    """Gives one answer after the other, and keeps what was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[Mapping[str, Any]] = []

    def call(self, _: Place, operation: str, **asked: Any) -> Any:
        self.asked.append({"operation": operation, **asked})
        return self.answers.pop(0)

    def listing(self, place: Place, operation: str, key: str, **asked: Any) -> Any:
        return self.call(place, operation, **asked)[key]

    def awaited(self, place: Place, operation: str, key: str, value: str) -> Any:
        return self.call(place, operation) | {key: value}


def event(name: str = "Decrypt", *, day: int = 19, by: Any = None, **told: Any) -> dict[str, Any]:
    session = {"sessionContext": {"sessionIssuer": {"arn": BACKEND}}, "arn": "arn:of:a:session"}
    return {
        "EventName": name,
        "EventTime": dt.datetime(2026, 11, day, 8, tzinfo=dt.timezone(dt.timedelta(hours=1))),
        "CloudTrailEvent": json.dumps({"userIdentity": by or session, **told}),
    }


def activity(*pages: Iterable[dict[str, Any]], more: bool = False) -> tuple[KeyActivity, Answers]:
    """What is read of pages of events, of which the last may not be the last there is."""
    answers = [{"Events": [*page], "NextToken": str(at)} for at, page in enumerate(pages, 1)]
    if not more:
        del answers[-1]["NextToken"]
    aws: Any = Answers(*answers)
    return read_activity(aws, HERE, "arn:of:the:key", DECLARED), aws


def test_the_newest_use_by_a_declared_user_is_told_in_utc() -> None:
    seen, aws = activity([event("DescribeKey"), event("Sign", day=18), event(day=17)])
    assert seen.last_use is not None
    assert (seen.last_use.event, seen.last_use.by) == ("Sign", BACKEND)
    assert seen.last_use.at == dt.datetime(2026, 11, 18, 7, tzinfo=dt.UTC)
    assert seen.was_used_within(2, AS_OF)
    assert not seen.was_used_within(1, AS_OF)
    [asked] = aws.asked
    assert asked["MaxResults"] == 50
    assert asked["LookupAttributes"] == [
        {"AttributeKey": "ResourceName", "AttributeValue": "arn:of:the:key"}
    ]


def test_no_page_is_asked_after_the_use_that_was_looked_for() -> None:
    looking = [event("DescribeKey")] * 50
    seen, aws = activity(looking, [event(day=12)], more=True)
    assert [one.get("NextToken") for one in aws.asked] == [None, "1"]
    assert not seen.was_used_within(7, AS_OF)


@pytest.mark.parametrize(
    "other",
    [
        event(errorCode="AccessDenied"),
        event("GetKeyPolicy"),
        event(by={"type": "AWSService", "invokedBy": "rds.amazonaws.com"}),
        event(by={"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/bo"}),
    ],
    ids=["failed", "look", "service", "person"],
)
def test_what_is_no_use_by_a_declared_user_is_none(other: dict[str, Any]) -> None:
    seen, _ = activity([other])
    assert seen.last_use is None
    assert not seen.was_used_within(7, AS_OF)


def test_who_else_used_it_is_named() -> None:
    seen, _ = activity(
        [event(by={"type": "AWSService", "invokedBy": "rds.eu-west-1.amazonaws.com"})]
    )
    assert seen.others == ("rds.amazonaws.com",)
    assert seen.seen == "1 events, none a use by a declared user, uses by rds.amazonaws.com"


def test_four_pages_at_most_are_asked_and_what_lies_beyond_is_unknown() -> None:
    pages = [[event("DescribeKey")] * 50] * 4
    seen, aws = activity(*pages, more=True)
    assert (len(aws.asked), seen.events, seen.is_whole) == (4, 200, False)
    with pytest.raises(FactUnavailable) as caught:
        seen.was_used_within(7, AS_OF)
    assert caught.value.cause == (
        "the newest 200 events about alias/explorer are no use by a declared user,"
        " and CloudTrail has more"
    )
    assert not seen.was_used_within(1, AS_OF + dt.timedelta(days=1))


@pytest.mark.parametrize(
    "broken", [{"CloudTrailEvent": "not JSON"}, {"CloudTrailEvent": '{"userIdentity": {}}'}]
)
def test_an_event_that_cannot_be_read_is_unknown(broken: dict[str, str]) -> None:
    with pytest.raises(FactUnavailable, match="an event of CloudTrail about alias/explorer cannot"):
        activity([event() | broken])


def test_a_key_without_declared_users_is_not_looked_up() -> None:
    aws: Any = Answers()
    nobody = Declared(alias="alias/explorer", users=(), administrators=())
    with pytest.raises(FactUnavailable) as caught:
        read_activity(aws, HERE, "arn:of:the:key", nobody)
    assert caught.value.cause == "[[keys]] declares no users of alias/explorer"
    assert aws.asked == []


def trusts(*statements: dict[str, Any]) -> Any:
    said = [{"Effect": "Allow", "Action": "sts:AssumeRole", **one} for one in statements]
    role = {"Arn": f"{ROLE}/deploy", "AssumeRolePolicyDocument": {"Statement": said}}
    aws: Any = Answers({"Roles": [role]})
    return read_roles(aws, HERE)


def test_services_and_its_own_people_are_not_others() -> None:
    own = {"AWS": "arn:aws:iam::123456789012:root", "Service": "ec2.amazonaws.com"}
    roles = trusts({"Principal": own}, {"Principal": {"Federated": f"{ROLE}/x"}})
    assert (roles.trusts, roles.seen) == ((), "1 roles, none trusts others")


@pytest.mark.parametrize(
    ("statement", "account"),
    [
        ({"Principal": {"AWS": "210987654321"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::210987654321:user/x"}}, True),
        ({"Principal": {"AWS": "444455556666"}}, False),
        (
            {
                "Principal": "*",
                "Condition": {"StringEquals": {"aws:PrincipalAccount": "210987654321"}},
            },
            True,
        ),
        (
            {
                "Principal": {"AWS": "*"},
                "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::210987654321:role/*"}},
            },
            True,
        ),
        ({"Principal": {"AWS": "*"}}, True),
    ],
    ids=["account", "user", "another", "by condition", "by ARN", "everybody"],
)
def test_a_role_admits_an_account_that_its_trust_policy_names(
    statement: dict[str, Any], *, account: bool
) -> None:
    [trust] = trusts(statement).trusts
    assert trust.admits("210987654321") is account


def test_whether_an_account_belongs_to_an_organization_is_unknown() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}
    [trust] = trusts({"Principal": "*", "Condition": condition}).trusts
    assert trust.seen == "it trusts o-1"
    with pytest.raises(FactUnavailable, match="trusts every account of o-1"):
        trust.admits("210987654321")


COLUMNS = (
    *("user", "arn", "user_creation_time", "password_enabled", "mfa_active"),
    *(f"access_key_{n}_{what}" for n in (1, 2) for what in ("active", "last_rotated")),
    *(f"access_key_{n}_last_used_date" for n in (1, 2)),
)
MADE = "2026-01-02T03:04:05+00:00"


def report(*rows: dict[str, str], root: bool = True) -> Any:
    usual = dict.fromkeys(COLUMNS, "N/A") | {
        "arn": "arn",
        "user_creation_time": MADE,
        "password_enabled": "not_supported",
        **dict.fromkeys(("mfa_active", "access_key_1_active", "access_key_2_active"), "FALSE"),
    }
    lines = [usual | {"user": "<root_account>"}] * root + [usual | row for row in rows]
    text = "\n".join(",".join(line[name] for name in COLUMNS) for line in lines)
    content = f"{','.join(COLUMNS)}\n{text}".encode()
    aws: Any = Answers({}, {"Content": content, "GeneratedTime": AS_OF})
    return read_report(aws, HERE)


def test_a_report_is_read_by_the_names_of_its_columns() -> None:
    used = {"access_key_2_active": "true", "access_key_2_last_rotated": MADE}
    seen = report(
        {"user": "zoe", **used, "access_key_2_last_used_date": "2026-11-18T00:00:00Z"},
        {"user": "ana", "password_enabled": "TRUE", "mfa_active": "TRUE"},
        {"user": "job", "access_key_1_active": "true", "access_key_1_last_used_date": "N/A"},
    )
    assert [one.name for one in seen.users] == ["ana", "job", "zoe"]
    ana, job, zoe = seen.users
    assert (ana.seen, zoe.seen) == (
        "password, MFA",
        "no password, no MFA, key 2 of 2026-01-02 used 2026-11-18",
    )
    assert job.seen == "no password, no MFA, key 1 of 2026-01-02 never used"
    assert seen.root.keys == ()
    assert zoe.keys_older_than(322, AS_OF) == ()
    assert zoe.keys_older_than(321, AS_OF) == ("key 2",)
    assert zoe.unused_keys_older_than(30, AS_OF) == ()
    assert job.unused_keys_older_than(30, AS_OF) == ("key 1",)


@pytest.mark.parametrize(
    ("row", "what"),
    [({"user": "a", "mfa_active": "maybe"}, "maybe"), ({"user_creation_time": "then"}, "then")],
)
def test_a_report_with_something_new_in_it_is_unknown(row: dict[str, str], what: str) -> None:
    with pytest.raises(FactUnavailable, match=what) as caught:
        report({"user": "a", **row})
    assert "the credential report of 123456789012 has something new" in caught.value.cause


def test_a_report_without_the_root_is_unknown() -> None:
    with pytest.raises(FactUnavailable, match="has no line about the root"):
        report({"user": "a"}, root=False)


def result(decision: str = "allowed", **more: Any) -> dict[str, Any]:
    return {"EvalActionName": "a:Stop", "EvalResourceName": "*", "EvalDecision": decision, **more}


@pytest.mark.parametrize(
    ("more", "denied_by"),
    [
        ({"OrganizationsDecisionDetail": {"AllowedByOrganizations": False}}, "organization"),
        (
            {"PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False}},
            "permissions boundary",
        ),
    ],
    ids=["organization", "boundary"],
)
def test_what_an_organization_or_boundary_leaves_out_is_not_allowed(
    more: dict[str, Any], denied_by: str
) -> None:
    [permission] = _permissions([result(**more)])
    assert not permission.is_allowed
    assert permission.seen == f"allowed by {denied_by}"


def test_what_depends_on_the_session_is_unknown() -> None:
    [permission] = _permissions([result(MissingContextValues=["aws:MultiFactorAuthPresent"])])
    with pytest.raises(FactUnavailable) as caught:
        _ = permission.is_allowed
    assert caught.value.cause == ("whether a:Stop is allowed depends on aws:MultiFactorAuthPresent")


def test_an_explicit_denial_holds_whatever_the_session_has() -> None:
    missing = result(EvalDecision="explicitDeny", MissingContextValues=["aws:SourceIp"])
    [permission] = _permissions([missing])
    assert not permission.is_allowed


def test_results_of_resources_may_stand_inside_one() -> None:
    inner = [
        {"EvalResourceName": name, "EvalResourceDecision": decision}
        for name, decision in (("arn:1", "allowed"), ("arn:2", "explicitDeny"))
    ]
    told = _permissions([result(ResourceSpecificResults=inner)])
    assert [(one.resource, one.is_allowed) for one in told] == [
        ("*", True),
        ("arn:1", True),
        ("arn:2", False),
    ]


def test_all_pages_of_a_simulation_are_read() -> None:
    aws: Any = Answers(
        {"EvaluationResults": [result()], "IsTruncated": True, "Marker": "2"},
        {"EvaluationResults": [result()], "IsTruncated": False},
    )
    told = _results(aws, HERE, {"ActionNames": ["a:Stop"]})
    assert told is not None
    assert len(told) == 2
    assert [one.get("Marker") for one in aws.asked] == [None, "2"]


def test_pages_of_a_simulation_that_lead_to_each_other_are_no_answer() -> None:
    there = {"EvaluationResults": [result()], "IsTruncated": True, "Marker": "2"}
    aws: Any = Answers(there, {**there, "Marker": "3"}, there)
    with pytest.raises(FactUnavailable, match="repeats the pages of iam:SimulatePrincipalPolicy"):
        _results(aws, HERE, {"ActionNames": ["a:Stop"]})


def test_a_part_of_a_users_keys_proves_nothing_about_one() -> None:
    aws: Any = Answers({"AccessKeyMetadata": [], "IsTruncated": True, "Marker": "2"})
    key = Credential(
        name="pipeline",
        environment="production",
        access_key="AKIAEXAMPLE123456789",
        user="pipeline",
    )
    with pytest.raises(FactUnavailable, match="told a part of iam:ListAccessKeys alone"):
        _has_key(aws, HERE, key)


def zones(*names: str, records: Iterable[dict[str, Any]]) -> Mapping[str, ZoneRecord]:
    hosted = [
        {"Id": f"/hostedzone/{name}", "Name": f"{name}.", "Config": {"PrivateZone": "in." in name}}
        for name in names
    ]
    answer = {"ResourceRecordSets": [*records]}
    aws: Any = Answers({"HostedZones": hosted}, answer, answer)
    return zone_records(aws, (HERE,), ("api.explorer.example",))


def record(name: str, kind: str = "A", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": 300, **more}


def test_the_nearest_public_zone_tells_the_longest_of_a_names_records() -> None:
    records = [
        record("api.explorer.example.", TTL=60, SetIdentifier="a"),
        record("api.explorer.example.", TTL=900, SetIdentifier="b"),
        record("api.explorer.example.", "TXT", TTL=9000),
        record("b.explorer.example.", TTL=9000),
    ]
    found = zones("example", "explorer.example", "in.api.explorer.example", records=records)
    assert found == {
        "api.explorer.example": ZoneRecord(zone="explorer.example (explorer.example)", ttl=900)
    }


def test_an_alias_is_remembered_for_a_minute() -> None:
    alias = {"Name": "api.explorer.example.", "Type": "A", "AliasTarget": {"DNSName": "lb."}}
    assert zones("explorer.example", records=[alias])["api.explorer.example"].ttl == 60


def test_a_wildcard_stands_for_a_name_that_has_no_record() -> None:
    wild = record("\\052.explorer.example.", "CNAME")
    assert zones("explorer.example", records=[wild])["api.explorer.example"].ttl == 300


@pytest.mark.parametrize("zone", ["other.example", "explorer.example", "lorer.example"])
def test_a_name_without_zone_or_record_is_not_told_of(zone: str) -> None:
    assert zones(zone, records=[record("www.explorer.example.")]) == {}
