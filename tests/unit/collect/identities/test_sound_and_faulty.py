"""The example's identities: sound, and with each planted fault, by the items that judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.collect.registry import registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.interface import Desk
    from pytest_orr.model import Finding

KEYS = "code.credentials.kms-private-keys"
SEPARATE = "code.credentials.separate-accounts"
PEOPLE = "compute.vps.account-separation"
TAKEDOWN = "operations.emergency.takedown"
ALIAS = "arn:aws:kms:eu-central-1:123456789012:alias/explorer"
ROLE = "arn:aws:iam::123456789012:role"
USER = "arn:aws:iam::123456789012:user"
ROOT = "arn:aws:iam::123456789012:root"
LISTENER = "elasticloadbalancing:ModifyListener"
TARGETS = "elasticloadbalancing:DeregisterTargets"
FACTS = ("account_credentials", "emergency_permissions", "iam_users", "key_uses", "name_lifetimes")
NOT_USED = "none of its declared users has used it in 7 days"


@pytest.fixture
def passes(
    judge: Callable[[str, Desk], tuple[Finding, ...]], desk_of: Callable[..., Desk]
) -> Callable[..., set[str]]:
    """Judge an item of a sound account and return what passes; nothing else may come of it."""

    def run(item: str, account: Any) -> set[str]:
        findings = judge(item, desk_of(account))
        assert {one.outcome for one in findings} == {"pass"}, findings
        return {one.subject for one in findings}

    return run


def test_sound_keys_pass_with_policy_grants_and_use(
    sound_account: Any, passes: Callable[..., set[str]]
) -> None:
    about = {
        f"{alias}: {what}"
        for alias in (ALIAS, f"{ALIAS}-signing")
        for what in ("policy", "grants", "use")
    }
    assert passes(KEYS, sound_account) == {"alias/explorer", "alias/explorer-signing", *about}


def test_sound_accounts_pass_with_each_credential_and_the_roles(
    sound_account: Any, passes: Callable[..., set[str]]
) -> None:
    assert passes(SEPARATE, sound_account) == {
        "account 123456789012",
        "account 123456789012 and account 210987654321",
        *("[[credentials]]", "deployment", "database", "test deployment"),
        "roles of 123456789012",
    }


def test_sound_users_pass_with_the_root_by_two_sources(
    sound_account: Any, passes: Callable[..., set[str]]
) -> None:
    assert passes(PEOPLE, sound_account) == {
        "account 123456789012",
        "account 123456789012 and account 210987654321",
        *("users of 123456789012", "summary of 123456789012"),
        *(f"{USER}/bo", f"{USER}/pipeline", ROOT),
    }


def test_a_takedown_passes_with_each_action_and_each_name(
    sound_account: Any, passes: Callable[..., set[str]]
) -> None:
    assert passes(TAKEDOWN, sound_account) == {
        *(f"{LISTENER} on *", f"{TARGETS} on *"),
        *("api.explorer.example: TTL", "explorer.example: TTL"),
    }


@pytest.mark.parametrize("name", FACTS)
def test_facts_survive_the_file_and_hold_no_secret(
    sound_account: Any, seen: Callable[..., Any], name: str
) -> None:
    value = seen(name, sound_account)
    kept = TypeAdapter(registry()[name].fact_type)
    text = kept.dump_json(value)
    assert kept.validate_json(text) == value
    assert b"AKIA" not in text
    assert b"of-nobody" not in text


STRANGER = "arn:aws:iam::444455556666:role/somebody-else"
PLANTED: tuple[tuple[str, tuple[str, ...], dict[str, str]], ...] = (
    (
        KEYS,
        ("key-deleted",),
        {
            f"{ALIAS}: policy": "it cannot be used, or not for long",
            f"{ALIAS}: use": NOT_USED,
            f"{ALIAS}-signing: use": NOT_USED,
        },
    ),
    (
        KEYS,
        ("key-other-usage",),
        {
            f"{ALIAS}-signing: policy": "declared for SIGN_VERIFY",
            f"{ALIAS}-signing: use": NOT_USED,
        },
    ),
    (
        KEYS,
        ("alias-missing", "key-unused"),
        {
            "alias/explorer-signing": "no account and region of the profile has it",
            f"{ALIAS}: use": f"{NOT_USED}; saw 0 events",
        },
    ),
    (
        KEYS,
        (
            "grant-to-stranger",
            "key-open-policy",
            "key-policy-names-stranger",
            "key-used-by-stranger",
        ),
        {
            f"{ALIAS}: policy": f"admits more than [[keys]]: {STRANGER}, everybody",
            f"{ALIAS}: grants": f"admits more than [[keys]]: {STRANGER};",
            f"{ALIAS}: use": f"a declared user, uses by {ROLE}/somebody-else",
        },
    ),
    (
        SEPARATE,
        ("credential-missing",),
        {"deployment": "there is no such credential, or it is not active"},
    ),
    (
        SEPARATE,
        ("role-trusts-testing", "role-trusts-everybody"),
        {f"{ROLE}/explorer-deploy and 210987654321": "it trusts 210987654321, everybody"},
    ),
    (
        PEOPLE,
        ("old-access-key", "root-keys", "root-without-mfa", "user-without-mfa"),
        {
            f"{USER}/bo": "console login without MFA",
            f"{USER}/pipeline": "its access keys are too old: key 1",
            ROOT: "the root has access keys",
            "summary of 123456789012": "the root has access keys",
        },
    ),
    (
        PEOPLE,
        ("report-disagrees", "unused-access-key"),
        {
            f"{USER}/pipeline": "nobody ever used its access keys: key 1",
            ROOT: "the root can log in without MFA",
            "summary of 123456789012": "the credential report says otherwise: MFA",
        },
    ),
    (
        PEOPLE,
        ("root-without-mfa",),
        {
            ROOT: "the root can log in without MFA",
            "summary of 123456789012": "the root can log in without MFA",
        },
    ),
    (
        TAKEDOWN,
        ("long-ttl", "on-call-denied"),
        {
            f"{TARGETS} on *": "the on-call role may not do it; saw implicitDeny",
            "api.explorer.example: TTL": "saw 3600 s in zone explorer.example",
            "explorer.example: TTL": "saw 3600 s in zone explorer.example",
        },
    ),
    (
        TAKEDOWN,
        ("on-call-role-missing",),
        {
            f"{LISTENER} on *": "the on-call role may not do it; saw no such role",
            f"{TARGETS} on *": "the on-call role may not do it; saw no such role",
        },
    ),
)


@pytest.mark.parametrize(
    ("item", "faults", "expected"), PLANTED, ids=[" ".join(faults) for _, faults, _ in PLANTED]
)
def test_planted_faults_fail_where_they_were_planted(
    identities_with: Callable[..., Any],
    failures: Callable[[str, Desk], dict[str, str]],
    desk_of: Callable[..., Desk],
    item: str,
    faults: tuple[str, ...],
    expected: dict[str, str],
) -> None:
    found = failures(item, desk_of(identities_with(*faults)))
    assert found.keys() == expected.keys()
    for subject, told in expected.items():
        assert told in found[subject]
