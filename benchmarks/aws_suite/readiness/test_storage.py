"""Storage of the accounts: buckets, keys and certificates."""

import pytest

from pytest_orr import at_least_one, days_left

WEEK = 7


@pytest.mark.orr(
    "account.s3.account-level-public-access-blocks",
    severity="major",
    phase="launch",
    owner="security",
    question="Which buckets must be public, and why?",
    evidence="table",
    valid_for=90,
)
def test_the_account_forbids_public_buckets(account_blocks, subject):
    """Every account forbids public buckets.

    Why: One wrong policy opens a bucket to everybody, unless the account forbids it.

    Fix: Block public access for the account.
    """
    for block in at_least_one(account_blocks, "account"):
        with subject(block.account):
            assert block.is_set, "it does not block public access"


@pytest.mark.orr(
    "account.s3.bucket-level-public-access-block",
    severity="major",
    phase="launch",
    owner="security",
    question="Which buckets have no block, and why?",
    evidence="table",
    valid_for=90,
)
def test_every_bucket_forbids_public_access(account_buckets, subject):
    """Every bucket forbids public access.

    Why: One wrong policy opens it to everybody, unless it forbids that.

    Fix: Block public access for the bucket.
    """
    for bucket in at_least_one(account_buckets, "bucket"):
        with subject(bucket.arn):
            assert bucket.is_blocked, "it does not block public access"


@pytest.mark.orr(
    "account.s3.bucket-public-access",
    severity="blocker",
    phase="launch",
    owner="security",
    question="Which buckets are public, and why?",
    evidence="table",
    valid_for=90,
)
def test_no_bucket_is_public(account_buckets, subject):
    """No bucket can be read by everybody.

    Why: What is in it is on the internet.

    Fix: Take the grant out of its ACL or policy.
    """
    for bucket in at_least_one(account_buckets, "bucket"):
        with subject(bucket.arn):
            assert not bucket.is_public, "everybody can read it"


@pytest.mark.orr(
    "account.s3.bucket-object-versioning",
    severity="minor",
    phase="launch",
    owner="platform",
    question="Which buckets keep no versions, and why?",
    evidence="table",
    valid_for=90,
)
def test_every_bucket_keeps_versions(account_bucket_versions, subject):
    """Every bucket keeps what was overwritten.

    Why: What is overwritten or deleted by mistake is gone otherwise.

    Fix: Switch versioning on.
    """
    for bucket in at_least_one(account_bucket_versions, "bucket"):
        with subject(bucket.arn):
            assert bucket.is_on, "its versioning is off"


@pytest.mark.orr(
    "account.kms.cmk-rotation-enabled",
    severity="minor",
    phase="launch",
    owner="security",
    question="Which keys are not exchanged, and why?",
    evidence="table",
    valid_for=90,
)
def test_every_key_is_exchanged(account_keys, subject):
    """Every key of the account is exchanged each year.

    Why: A key that never changes can be used for ever by whoever had it once.

    Fix: Switch rotation on.
    """
    for key in at_least_one(account_keys, "key"):
        with subject(key.arn):
            assert key.rotates, "its rotation is off"


@pytest.mark.orr(
    "account.acm.certificates-expiration-check",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="Who renews certificates, and what warns before?",
    evidence="table",
    valid_for=90,
)
def test_no_certificate_ends_within_a_week(account_certificates, as_of, subject):
    """No certificate ends within a week.

    Why: When it ends, browsers turn users away.

    Fix: Renew it, and let it renew by itself.
    """
    for certificate in at_least_one(account_certificates, "certificate"):
        with subject(certificate.arn):
            assert days_left(certificate.not_after, as_of) > WEEK, "it ends within a week"
