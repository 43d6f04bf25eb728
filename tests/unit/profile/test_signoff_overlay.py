"""An organisation's limits of the sign-off hold for every service, which may be stricter."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

KEYS = (
    "AAAAC3NzaC1lZDI1NTE5AAAAIJq0HXiOb53RIeNVxDiTpEmYyI/C+QIp4aBfsTmeNS+F",
    "AAAAC3NzaC1lZDI1NTE5AAAAIK8vzqYrO/D9W9Kkh4scCIuHkjQ2Q/pZJJWKsHUnw4YG",
    "AAAAC3NzaC1lZDI1NTE5AAAAIEbHp0Kr51RooEkNBh17YeIt0/etLW/C4XPuPJSyW2or",
)
PEOPLE = "".join(
    f'[[signoff.approvers]]\nemail = "{name}@example.org"\nroles = ["service", "security"]\n'
    f'keys = [{{ key = "ssh-ed25519 {key}" }}]\n'
    for name, key in zip(("ana", "bo", "eve"), KEYS, strict=True)
)
REVOKED = f"SHA256:{'A' * 43}"
ORG = f"""\
name = "Platform"

[signoff]
need = {{ security = 2 }}
max_days = 7
revoked = ["{REVOKED}"]
solo = false
"""


def _extending(profile: str, org: str) -> str:
    digest = hashlib.sha256(org.encode()).hexdigest()
    return f'[extends]\npath = "org.toml"\nsha256 = "{digest}"\n\n{profile}'


@pytest.fixture
def over(loaded: Callable[..., Written], profile_text: str) -> Callable[[str], Written]:
    """Load a policy over the organisation's."""
    return lambda policy: loaded(readiness=_extending(profile_text, ORG), org=ORG, policy=policy)


@pytest.fixture
def refused(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> Callable[[str], tuple[str, ...]]:
    """Return the mistakes with which a policy over the organisation's is refused."""
    return lambda policy: mistakes_in(
        readiness=_extending(profile_text, ORG), org=ORG, policy=policy
    )


def test_what_a_service_leaves_open_is_the_organisations(over: Callable[[str], Written]) -> None:
    rules = over(f"[signoff]\nneed = {{ service = 1 }}\n{PEOPLE}").policy.signoff

    assert rules is not None
    assert rules.need == {"service": 1, "security": 2}
    assert (rules.max_days, rules.revoked, rules.solo) == (7, (REVOKED,), False)


def test_a_service_without_a_signoff_has_none_by_the_organisation(
    over: Callable[[str], Written],
) -> None:
    assert over("").policy.signoff is None


def test_what_is_stricter_is_the_services(over: Callable[[str], Written]) -> None:
    other = f"SHA256:{'B' * 43}"
    rules = over(
        f'[signoff]\nneed = {{ security = 3 }}\nmax_days = 2\nrevoked = ["{other}", "{REVOKED}"]\n'
        f"{PEOPLE}"
    ).policy.signoff

    assert rules is not None
    assert (rules.need, rules.max_days) == ({"security": 3}, 2)
    assert rules.revoked == (other, REVOKED)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "need = { security = 1 }",
            "policy.toml:2: `signoff.need.security` is 1, weaker than org.toml:4",
        ),
        ("max_days = 8", "policy.toml:2: `signoff.max_days` is 8, weaker than org.toml:5"),
        ("revoked = []", f'policy.toml:2: `signoff.revoked` lacks "{REVOKED}", weaker than'),
        ("solo = true", "policy.toml:2: `signoff.solo` is true, weaker than org.toml:7"),
    ],
)
def test_what_is_weaker_is_refused(
    written: str, told: str, refused: Callable[[str], tuple[str, ...]]
) -> None:
    [mistake] = refused(f"[signoff]\n{written}\n{PEOPLE}")

    assert mistake.startswith(told)
    assert "or have it approved in readiness.toml: [[weakenings]]" in mistake


def test_what_the_organisation_needs_must_be_filled_by_the_services_people(
    refused: Callable[[str], tuple[str, ...]],
) -> None:
    [mistake] = refused(
        "[signoff]\nneed = { service = 1 }\n" + PEOPLE.replace(', "security"]', "]", 2)
    )

    assert mistake.startswith(
        "policy.toml:2: `signoff.need` asks for 2 different people as security, and only"
        ' "eve@example.org" can be'
    )


def test_an_organisation_names_no_approvers(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str
) -> None:
    org = f'name = "Platform"\n[signoff]\n{PEOPLE}'

    [mistake] = mistakes_in(readiness=_extending(profile_text, org), org=org)

    assert mistake.startswith("org.toml:3: `signoff.approvers` is each service's own")
