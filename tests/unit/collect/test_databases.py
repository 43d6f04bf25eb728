"""The service's databases and their backups in a sound account, and each operation denied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.database_backups import DatabaseBackups
from pytest_orr.collect.databases import Databases
from pytest_orr.errors import FactUnavailable
from pytest_orr.model import Outcome
from pytest_orr.profile.schema import Database, DatabaseLimits

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.model import Finding

WRITING, BACKUP = "deployment.database.write-restriction", "deployment.database.backup"
COLLECTORS = (Databases(), DatabaseBackups())
AUDITOR = "arn:aws:iam::123456789012:user/auditor"
ALWAYS_ANSWERED = "sts:GetCallerIdentity"
NOT_HERE = frozenset(
    {
        "ec2:GetManagedPrefixListEntries",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBInstanceAutomatedBackups",
    }
)
"""Asked only for rules with prefix lists, for clusters, and in other regions."""


def test_a_sound_account_leaves_nothing_to_say(
    sound_account: Any,
    judge: Callable[..., tuple[Finding, ...]],
    databases_of_the_example: dict[str, Any],
) -> None:
    for item in (WRITING, BACKUP):
        findings = judge(item, sound_account.desk(also=databases_of_the_example))
        assert {finding.outcome for finding in findings} == {Outcome.PASS}
        subjects = {finding.subject for finding in findings}
        assert {sound_account.ids["database"], sound_account.ids["table"]} <= subjects


def test_limits_are_the_profiles(
    sound_account: Any,
    judge: Callable[..., tuple[Finding, ...]],
    databases_of_the_example: dict[str, Any],
) -> None:
    strict = DatabaseLimits(
        retention_days=15, restorable_minutes=3, newest_hours=1, elsewhere_days=1, restore_days=10
    )
    also = databases_of_the_example | {"database_limits": strict}
    findings = judge(BACKUP, sound_account.desk(also=also))
    said = {(one.outcome, one.detail.partition("; saw ")[0]) for one in findings}
    assert said - {(Outcome.PASS, one.detail) for one in findings} == {
        (Outcome.FAIL, "it is kept for fewer than 15 days"),
        (Outcome.FAIL, "it cannot be restored to the last 3 minutes"),
        (Outcome.FAIL, "no automatic backup is younger than 1 hours"),
        (Outcome.UNKNOWN, "AWS Backup has not restored it within the last 10 days"),
    }


def test_a_declared_database_that_nobody_has_is_a_finding(
    sound_account: Any,
    failures: Callable[..., dict[str, str]],
    databases_of_the_example: dict[str, Any],
) -> None:
    gone = Database(name="ledger", kind="aurora", identifier="ledger")
    also = {"databases": (*databases_of_the_example["databases"], gone)}
    for item in (WRITING, BACKUP):
        failed = failures(item, sound_account.desk(also=also))
        assert {name: detail.partition(";")[0] for name, detail in failed.items()} == {
            "ledger": "no account and region of readiness.toml has it"
        }


def test_an_arn_of_another_place_names_no_table_here(
    sound_account: Any, databases_of_the_example: dict[str, Any]
) -> None:
    there = "arn:aws:dynamodb:eu-west-1:123456789012:table/notes"
    notes = Database(name="notes", kind="dynamodb", identifier=there)
    also = {"databases": (*databases_of_the_example["databases"], notes)}
    assert Databases().collect(sound_account.desk(also=also)).value.lost == ("notes",)


def test_a_database_that_is_not_in_aws_is_not_lost_and_not_known(
    sound_account: Any, judge: Callable[..., tuple[Finding, ...]]
) -> None:
    notes = Database(name="notes", kind="firestore", rules="firestore.rules")
    desk = sound_account.desk(also={"databases": (notes,)})
    assert Databases().collect(desk).value.lost == ()
    unknown = [one for one in judge(BACKUP, desk) if one.outcome is Outcome.UNKNOWN]
    assert [(one.subject, one.detail) for one in unknown] == [
        ("notes", "notes is not in AWS, so nothing shows its backups")
    ]


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_nothing_declared_is_unknown(sound_account: Any, collector: Any) -> None:
    with pytest.raises(FactUnavailable) as caught:
        collector.collect(sound_account.desk())
    assert caught.value.cause == "readiness.toml declares no [[databases]]"
    assert "declare the service's databases" in caught.value.remedy


@pytest.mark.parametrize("collector", COLLECTORS, ids=lambda one: one.name)
def test_no_operation_is_declared_that_is_not_used(
    sound_account: Any,
    allow_all_but: Callable[..., None],
    databases_of_the_example: dict[str, Any],
    collector: Any,
) -> None:
    allow_all_but()
    sound_account.progress.clear()
    desk = sound_account.desk(also=databases_of_the_example)
    collector.collect(desk)
    used = {line.split()[-1] for line in sound_account.progress}
    assert used <= {*collector.operations}
    assert {*collector.operations} - used <= NOT_HERE


@pytest.mark.parametrize(
    ("collector", "operation"),
    [
        (one, operation)
        for one in COLLECTORS
        for operation in one.operations
        if operation not in {ALWAYS_ANSWERED, *NOT_HERE}
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_denied_operation_leaves_something_unknown_and_is_named(
    denying: Callable[[str], Any],
    databases_of_the_example: dict[str, Any],
    collector: Any,
    operation: str,
) -> None:
    account = denying(operation)
    facts = collector.collect(account.desk(also=databases_of_the_example)).value
    unread = [
        part.unavailable
        for field in type(facts).__slots__
        for part in getattr(facts, field)
        if not isinstance(part, str) and part.unavailable
    ]
    assert unread
    told = f"AWS 123456789012 eu-central-1 denied {operation} to "
    assert all(told in why.cause for why in unread)
