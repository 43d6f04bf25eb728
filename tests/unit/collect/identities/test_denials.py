"""Each operation about identities denied in turn, by IAM, over the wire; all else stays seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.parts import Part
from pytest_orr.collect.registry import registry
from pytest_orr.errors import FactUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_orr.profile.schema import Aws

ACCOUNT = "123456789012"
AUDITOR = f"arn:aws:iam::{ACCOUNT}:user/auditor"
ALIAS = f"arn:aws:kms:eu-central-1:{ACCOUNT}:alias/explorer"
BOTH = {ALIAS, f"{ALIAS}-signing"}
ACTIONS = {"actions of elasticloadbalancing"}
UNKNOWN: dict[tuple[str, str], set[str]] = {
    ("key_uses", "cloudtrail:LookupEvents"): BOTH,
    ("key_uses", "kms:DescribeKey"): BOTH,
    ("key_uses", "kms:GetKeyPolicy"): BOTH,
    ("key_uses", "kms:ListGrants"): BOTH,
    ("iam_users", "iam:GenerateCredentialReport"): {f"users of {ACCOUNT}"},
    ("iam_users", "iam:GetCredentialReport"): {f"users of {ACCOUNT}"},
    ("iam_users", "iam:GetAccountSummary"): {f"summary of {ACCOUNT}"},
    ("account_credentials", "iam:ListRoles"): {f"roles of {ACCOUNT}", "deployment"},
    ("account_credentials", "secretsmanager:ListSecrets"): {"database"},
    ("emergency_permissions", "iam:SimulatePrincipalPolicy"): ACTIONS,
}
"""What cannot be known without an operation; all else is."""


def parts_in(value: Any) -> Iterator[Part[Any]]:
    """Yield every part of a fact, wherever it stands."""
    match value:
        case Part():
            yield value
            yield from parts_in(value.observed)
        case tuple():
            for one in value:
                yield from parts_in(one)
        case _:
            for name in getattr(type(value), "__dataclass_fields__", ()):
                yield from parts_in(getattr(value, name))


def unknown_in(value: Any) -> dict[str, tuple[str, str]]:
    """Cause and remedy of each part that could not be read, and of each credential in one."""
    found = {}
    for part in parts_in(value):
        why = part.unavailable or getattr(part.observed, "unavailable", None)
        if why is not None:
            found[part.name] = (why.cause, why.remedy)
    return found


@pytest.fixture
def seen_by_the_auditor(
    sound_account: Any,
    allow_all_but: Callable[..., None],
    both_accounts: Aws,
    seen: Callable[..., Any],
) -> Callable[..., Any]:
    """What a collector sees when operations are denied; the testing account is not asked."""

    def collect(name: str, *denied: str) -> Any:
        allow_all_but(*denied)
        own = type(both_accounts)(
            accounts=both_accounts.accounts[:1], resources=both_accounts.resources
        )
        sound_account.progress.clear()
        return seen(name, sound_account, aws=own)

    return collect


@pytest.mark.parametrize(("name", "operation"), UNKNOWN, ids=lambda value: value)
def test_a_denied_operation_makes_exactly_what_needs_it_unknown(
    seen_by_the_auditor: Callable[..., Any], name: str, operation: str
) -> None:
    why = unknown_in(seen_by_the_auditor(name, operation))
    why = {part: told for part, told in why.items() if part != "test deployment"}
    assert why.keys() == UNKNOWN[name, operation]
    for cause, remedy in why.values():
        assert f" denied {operation} to {AUDITOR}" in cause
        assert remedy == f"allow {operation} to {AUDITOR}"


@pytest.mark.parametrize("operation", ["route53:ListHostedZones", "route53:ListResourceRecordSets"])
def test_without_its_zones_dns_alone_proves_no_short_memory(
    seen_by_the_auditor: Callable[..., Any], operation: str
) -> None:
    for part in seen_by_the_auditor("name_lifetimes", operation):
        lifetime = part.reading
        with pytest.raises(FactUnavailable, match=f"denied {operation}"):
            lifetime.is_longer_than(60)
        assert lifetime.is_longer_than(59)


@pytest.mark.parametrize("name", sorted({name for name, _ in UNKNOWN} | {"name_lifetimes"}))
def test_no_operation_is_declared_that_is_not_used(
    sound_account: Any, seen_by_the_auditor: Callable[..., Any], name: str
) -> None:
    of_access_keys = {"iam:ListAccessKeys", "sts:GetAccessKeyInfo"}
    seen_by_the_auditor(name)
    used = {line.split()[-1] for line in sound_account.progress}
    declared = {one for one in registry()[name].operations if not one.startswith("dns:")}
    assert used == declared - of_access_keys
