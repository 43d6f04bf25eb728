"""Mistakes about credentials and accounts, in the words in which they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

SOUND = """\
[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]

[[aws.accounts]]
id = "123456789012"
regions = ["eu-central-1"]
environment = "testing"

[[keys]]
alias = "alias/explorer"
users = ["arn:aws:iam::123456789012:role/team/backend", "rds.amazonaws.com"]
administrators = ["arn:aws:iam::123456789012:root"]

[[credentials]]
name = "database"
environment = "production"
secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:database-AbCdEf"

[[credentials]]
name = "pipeline"
environment = "testing"
access_key = "AKIAIOSFODNN7EXAMPLE"
user = "pipeline"

[credential_limits]
oldest_access_key_days = 60

[emergency]
role = "arn:aws:iam::123456789012:role/on-call"
actions = ["elasticloadbalancing:ModifyListener"]
resources = ["arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/explorer/1"]
"""


def test_what_agrees_is_no_mistake(loaded: Callable[..., Written], profile_text: str) -> None:
    profile = loaded(readiness=profile_text + SOUND).profile
    assert [one.name for one in profile.credentials] == ["database", "pipeline"]
    assert profile.credential_limits.oldest_access_key_days == 60
    assert profile.credential_limits.key_used_within_days == 7
    assert profile.emergency.longest_ttl == 300


FORM = "must be the ARN of a role, user or root, or a service such as rds.amazonaws.com"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'environment = "testing"\n\n[[keys]]',
            'environment = "production"\n\n[[keys]]',
            (
                '`aws.accounts.environment` is "production", the environment that is judged:'
                " leave the key out"
            ),
        ),
        (
            'environment = "testing"\n\n[[keys]]',
            "\n[[keys]]",
            '`aws.accounts.id` is "123456789012" again, as in line',
        ),
        (
            'name = "pipeline"',
            'name = "database"',
            '`credentials.name` is "database" again, as in line',
        ),
        (
            'user = "pipeline"',
            'user = "pipeline"\nrole = "arn:aws:iam::123456789012:role/x"',
            (
                "`credentials` needs exactly one of `secret`, `role` and `access_key`,"
                " and has `role` and `access_key`"
            ),
        ),
        (
            'secret = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:database-AbCdEf"',
            "",
            "`credentials` needs exactly one of `secret`, `role` and `access_key`, and has none",
        ),
        ('user = "pipeline"\n', "", "`credentials.access_key` needs `user` beside it"),
        (
            'access_key = "AKIAIOSFODNN7EXAMPLE"\n',
            'role = "arn:aws:iam::123456789012:role/x"\n',
            "`credentials.user` needs `access_key` beside it",
        ),
        (
            "AKIAIOSFODNN7EXAMPLE",
            "ASIAIOSFODNN7EXAMPLE",
            (
                '`credentials.access_key` is "ASIAIOSFODNN7EXAMPLE" but must be the id of an access'
                " key: AKIA and 16 letters and digits, never its secret"
            ),
        ),
        ('"rds.amazonaws.com"', '"backend"', f'`keys.users` is "backend" but {FORM}'),
        (
            '["elasticloadbalancing:ModifyListener"]',
            '["ModifyListener"]',
            (
                '`emergency.actions` is "ModifyListener" but must be an action as IAM names it,'
                " such as elasticloadbalancing:ModifyListener"
            ),
        ),
    ],
    ids=[
        *("judged", "account-twice", "name-twice", "two-kinds", "no-kind", "no-user", "user-alone"),
        *("key-form", "principal-form", "action-form"),
    ],
)
def test_each_mistake_is_told_in_plain_words(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    assert SOUND.count(old) == 1
    [mistake] = mistakes_in(readiness=profile_text + SOUND.replace(old, new))
    assert told in mistake
