"""People of the accounts: root, second factors, keys and passwords."""

from datetime import timedelta

import pytest

from pytest_orr import at_least_one

OLDEST = timedelta(days=91)
SHORTEST = 14


@pytest.mark.orr(
    "account.iam.root-mfa-enabled",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Who holds root's second factor?",
    evidence="table",
    valid_for=90,
)
def test_root_logs_in_with_a_second_factor(account_logins, subject):
    """Every account's root logs in with a second factor.

    Why: Root may do anything, and nothing limits it.

    Fix: Register a hardware key for root.
    """
    for login in at_least_one((one for one in account_logins if one.is_root), "root"):
        with subject(login.arn, saw=login.seen):
            assert login.has_second_factor, "it has no second factor"


@pytest.mark.orr(
    "account.iam.no-root-access-key",
    severity="blocker",
    phase="launch",
    owner="security",
    question="What needs root's access key?",
    evidence="table",
    valid_for=90,
)
def test_root_has_no_access_key(account_logins, subject):
    """No account's root has an access key.

    Why: Whoever finds it may do anything.

    Fix: Delete it; let roles do what it did.
    """
    for login in at_least_one((one for one in account_logins if one.is_root), "root"):
        with subject(login.arn, saw=login.seen):
            assert not login.keys_made, "it has an access key"


@pytest.mark.orr(
    "account.iam.user-mfa-enabled-console-access",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Who logs in by password alone?",
    evidence="table",
    valid_for=90,
)
def test_everybody_logs_in_with_a_second_factor(account_logins, subject):
    """Everybody who has a password has a second factor.

    Why: Passwords are guessed, reused and given away.

    Fix: Register a second factor, or take the password away.
    """
    for login in at_least_one((one for one in account_logins if not one.is_root), "user"):
        with subject(login.arn, saw=login.seen):
            assert login.has_second_factor or not login.has_password, "a password is enough"


@pytest.mark.orr(
    "account.iam.rotate-access-key-90-days",
    severity="major",
    phase="launch",
    owner="security",
    question="Which keys are old, and what uses them?",
    evidence="table",
    valid_for=90,
)
def test_no_access_key_is_old(account_logins, as_of, subject):
    """No access key is older than 90 days.

    Why: A key that never changes can be used for ever by whoever had it once.

    Fix: Make a new key, and delete the old one.
    """
    for login in at_least_one(account_logins, "login"):
        with subject(login.arn, saw=login.seen):
            assert not login.has_key_older_than(OLDEST, as_of), "a key is older than 90 days"


@pytest.mark.orr(
    "account.iam.password-policy-minimum-length-14",
    severity="minor",
    phase="launch",
    owner="security",
    question="What must passwords be like?",
    evidence="table",
    valid_for=90,
)
def test_passwords_are_long(account_password_policies, subject):
    """Every account asks for passwords of 14 characters or more.

    Why: Short passwords are guessed.

    Fix: Set the least length to 14.
    """
    for policy in at_least_one(account_password_policies, "account"):
        with subject(policy.account):
            assert policy.minimum_length >= SHORTEST, "shorter passwords are allowed"
