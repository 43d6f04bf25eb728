"""Databases of the accounts: reach, encryption, backups, zones."""

import pytest

from pytest_orr import at_least_one


@pytest.mark.orr(
    "account.rds.instance-no-public-access",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which databases have public addresses, and why?",
    evidence="table",
    valid_for=90,
)
def test_no_database_is_reached_from_the_internet(account_databases, subject):
    """No database can be reached from the internet.

    Why: A login that everybody can try is tried.

    Fix: Take its public address away, or close its group.
    """
    for database in at_least_one(account_databases, "database"):
        with subject(database.arn, saw=database.seen):
            assert not database.is_exposed, "the internet reaches it"


@pytest.mark.orr(
    "account.rds.instance-storage-encrypted",
    severity="major",
    phase="launch",
    owner="security",
    question="Which databases are not encrypted, and why?",
    evidence="table",
    valid_for=90,
)
def test_every_database_is_encrypted(account_databases, subject):
    """Every database is encrypted at rest.

    Why: Whoever gets a copy of its disk reads it otherwise.

    Fix: Restore an encrypted copy of a snapshot.
    """
    for database in at_least_one(account_databases, "database"):
        with subject(database.arn, saw=database.seen):
            assert database.is_encrypted, "it is not encrypted"


@pytest.mark.orr(
    "account.rds.instance-backup-enabled",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="How are databases backed up?",
    evidence="table",
    valid_for=90,
)
def test_every_database_is_backed_up(account_databases, subject):
    """Every database is backed up by itself.

    Why: What is lost is gone otherwise.

    Fix: Set a retention of at least a week.
    """
    for database in at_least_one(account_databases, "database"):
        with subject(database.arn, saw=database.seen):
            assert database.backup_days > 0, "it has no automatic backups"


@pytest.mark.orr(
    "account.rds.instance-multi-az",
    severity="major",
    phase="launch",
    owner="platform",
    question="Which databases stand in one zone?",
    evidence="table",
    valid_for=90,
)
def test_every_database_has_a_standby(account_databases, subject):
    """Every database has a standby in another zone.

    Why: Zones fail, and a database in a single one fails with it.

    Fix: Switch Multi-AZ on.
    """
    for database in at_least_one(account_databases, "database"):
        with subject(database.arn, saw=database.seen):
            assert database.has_standby, "it stands in a single zone"


@pytest.mark.orr(
    "account.rds.instance-deletion-protection",
    severity="major",
    phase="launch",
    owner="platform",
    question="Which databases can be deleted by one command?",
    evidence="table",
    valid_for=90,
)
def test_no_database_can_be_deleted_by_mistake(account_databases, subject):
    """Every database is protected from being deleted.

    Why: One wrong command takes all data away.

    Fix: Switch deletion protection on.
    """
    for database in at_least_one(account_databases, "database"):
        with subject(database.arn, saw=database.seen):
            assert database.is_kept, "its deletion protection is off"
