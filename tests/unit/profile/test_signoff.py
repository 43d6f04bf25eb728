"""``[signoff]`` of policy.toml: who may approve, by which keys, and what is refused of it."""

from __future__ import annotations

import base64
import datetime as dt
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.profile.signoff import Approver, ListedKey, Runner, SignoffRules
from pytest_orr.profile.signoff_rules import _unfilled, signoff_notices
from pytest_orr.ssh_keys.parts import ED25519, RSA, SK_ED25519, Parts, blob_of
from pytest_orr.ssh_keys.wire import string_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_orr.profile.load import Written

PRIME = 2**255 - 19
HIGH_BIT = 1 << 255
ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
SMALL = [
    y + sign
    for y in (0, 1, ORDER_8, PRIME - ORDER_8, PRIME - 1, PRIME, PRIME + 1)
    for sign in (0, HIGH_BIT)
]


def _line(blob: bytes, comment: str = "") -> str:
    size = int.from_bytes(blob[:4], "big")
    return f"{blob[4 : 4 + size].decode()} {base64.b64encode(blob).decode()} {comment}".strip()


def _key(number: int) -> str:
    private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    point = private.public_key().public_bytes_raw()
    return _line(blob_of(Parts(kind=ED25519, point=point)), f"key {number}")


def _person(email: str, roles: str, *keys: str, more: str = "") -> str:
    listed = ", ".join(f'{{ key = "{one}" }}' for one in keys)
    named = ", ".join(f'"{one}"' for one in roles.split())
    return f'[[signoff.approvers]]\nemail = "{email}"\nroles = [{named}]\nkeys = [{listed}]\n{more}'


ANA = _person("ana@example.org", "service", _key(1))
BO = _person("bo@example.org", "security platform", _key(2))
EVE = _person("eve@example.org", "principal-engineer approver", _key(3))
RUNNER = f'[[signoff.runners]]\nname = "ci"\nkeys = [{{ key = "{_key(4)}" }}]\n'
GOOD = f"[signoff]\n{ANA}{BO}{EVE}{RUNNER}"


def _rsa(bits: int, exponent: int = 65537) -> str:
    return _line(blob_of(Parts(kind=RSA, exponent=exponent, modulus=2**bits - 1)))


def test_whoever_writes_no_signoff_has_none(loaded: Callable[..., Written]) -> None:
    assert loaded().policy.signoff is None
    assert loaded(policy="[gate]\n").policy.signoff is None


def test_three_people_fill_the_usual_roles(loaded: Callable[..., Written]) -> None:
    rules = loaded(policy=GOOD).policy.signoff

    assert rules is not None
    assert rules.need == {"service": 1, "principal-engineer": 1, "security": 1}
    assert (rules.max_days, rules.solo, rules.revoked) == (14, False, ())
    assert [one.email.split("@")[0] for one in rules.approvers] == ["ana", "bo", "eve"]
    assert rules.approvers[0].keys[0].public.kind == ED25519
    assert [one.name for one in rules.runners] == ["ci"]


def test_everything_that_may_be_written_is_read(loaded: Callable[..., Written]) -> None:
    authority = f'authorities = [{{ key = "{_key(9)}", principal = "bo" }}]\n'
    key = f'{{ key = "{_key(1)}", from = 2026-01-01, until = 2027-12-31, touch = false }}'
    policy = (
        "[signoff]\nneed = { service = 1, security = 2 }\nmax_days = 7\nsolo = true\n"
        f'revoked = ["SHA256:{"A" * 43}"]\n'
        '[[signoff.approvers]]\nemail = "ana@example.org"\nroles = ["service"]\n'
        f"keys = [{key}]\n"
        f'[[signoff.approvers]]\nemail = "bo@example.org"\nroles = ["security"]\n{authority}'
        + _person("eve@example.org", "security", _key(3))
    )

    rules = loaded(policy=policy).policy.signoff

    assert rules is not None
    assert (rules.need, rules.max_days) == ({"service": 1, "security": 2}, 7)
    assert rules.solo
    assert rules.revoked == (f"SHA256:{'A' * 43}",)
    [listed] = rules.approvers[0].keys
    assert (listed.since, listed.until) == (dt.date(2026, 1, 1), dt.date(2027, 12, 31))
    assert not listed.touch
    [meant] = rules.approvers[1].authorities
    assert (meant.public.comment, meant.principal) == ("key 9", "bo")


@pytest.mark.parametrize("written", SMALL)
def test_a_key_of_small_order_refuses_the_policy(
    written: int, mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    key = _line(blob_of(Parts(kind=ED25519, point=written.to_bytes(32, "little"))))

    [told] = mistakes_in(policy=f"[signoff]\n{_person('ana@example.org', 'service', key)}{BO}{EVE}")

    assert told.startswith(
        'policy.toml:5: `signoff.approvers.keys.key` of "ana@example.org" must not be trusted: '
    )


@pytest.mark.parametrize(
    "key",
    [
        _rsa(1024),
        _rsa(2048, exponent=1),
        _rsa(2048, exponent=4),
        _line(blob_of(Parts(kind="ecdsa-sha2-nistp256", point=b"\x04" + bytes(63) + b"\x01"))),
        _line(blob_of(Parts(kind="ecdsa-sha2-nistp256", point=b"\0"))),
        _line(string_of(b"ssh-dss") + string_of(b"\x07") * 4),
        _line(blob_of(Parts(kind=SK_ED25519, point=bytes(32), application=b"ssh:"))),
    ],
)
def test_a_weak_key_refuses_the_policy_wherever_it_stands(
    key: str, mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    authority = f'authorities = [{{ key = "{key}", principal = "x" }}]\n'
    runner = f'[[signoff.runners]]\nname = "ci"\nkeys = [{{ key = "{key}" }}]\n'
    policies = {
        "approvers.keys": f"[signoff]\n{_person('ana@example.org', 'service', key)}{BO}{EVE}",
        "approvers.authorities": f"[signoff]\n{ANA}{authority}{BO}{EVE}",
        "runners.keys": f"[signoff]\n{ANA}{BO}{EVE}{runner}",
    }

    for where, policy in policies.items():
        [told] = mistakes_in(policy=policy)
        assert f"`signoff.{where}.key` of " in told
        assert "must not be trusted: " in told


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ("[signoff]\n", "policy.toml:1: `signoff.approvers` is required and missing"),
        (
            "[signoff]\napprovers = []\n",
            (
                "policy.toml:2: `signoff.approvers` is an empty list but must be a list with at"
                " least one entry"
            ),
        ),
        (
            f"[signoff]\nneed = {{}}\n{ANA}{BO}{EVE}",
            "policy.toml:2: `signoff.need` is a table but must be a table with at least one key",
        ),
        (
            f"[signoff]\nneed = {{ service = true }}\n{ANA}{BO}",
            (
                "policy.toml:2: `signoff.need.service` is true but must be a whole number without"
                " quotes"
            ),
        ),
        (
            f"[signoff]\nneed = {{ service = 1.5 }}\n{ANA}{BO}",
            (
                "policy.toml:2: `signoff.need.service` is 1.5 but must be a whole number without"
                " quotes"
            ),
        ),
        (
            f'[signoff]\nneed = {{ service = "1" }}\n{ANA}{BO}',
            (
                'policy.toml:2: `signoff.need.service` is "1" but must be a whole number without'
                " quotes"
            ),
        ),
        (
            f"[signoff]\nneed = {{ service = 0 }}\n{ANA}{BO}",
            "policy.toml:2: `signoff.need.service` is 0 but must be at least 1",
        ),
        (
            f"[signoff]\nneed = {{ securty = 1 }}\n{ANA}{BO}",
            (
                'policy.toml:2: `signoff.need.securty` is "securty" but must be one of "security",'
                ' "service", "platform", "product", "support", "principal-engineer", "approver"'
            ),
        ),
        (
            f"[signoff]\nmax_days = 91\n{ANA}{BO}{EVE}",
            "policy.toml:2: `signoff.max_days` is 91 but must be at most 90",
        ),
        (
            f'[signoff]\nrevoked = ["MD5:00"]\n{ANA}{BO}{EVE}',
            (
                'policy.toml:2: `signoff.revoked` is "MD5:00" but must be a key\'s fingerprint as'
                " ssh-keygen -l prints it: SHA256:…"
            ),
        ),
        (
            f"[signoff]\n{ANA}{BO}{EVE}{_person('Ana@Example.org', 'product', _key(5))}",
            (
                'policy.toml:15: `signoff.approvers.email` is "Ana@Example.org" again, as in line'
                " 3: remove one of the two"
            ),
        ),
        (
            f"[signoff]\n{ANA}{BO}{EVE}{RUNNER}{RUNNER.replace(_key(4), _key(5))}",
            (
                'policy.toml:18: `signoff.runners.name` is "ci" again, as in line 15: remove one of'
                " the two"
            ),
        ),
        (
            f"[signoff]\n{_person('ana@example.org', 'service', _key(1), _key(1))}{BO}{EVE}",
            (
                "policy.toml:5: `signoff.approvers.keys.key` is"
                f" {ListedKey(key=_key(1)).public.fingerprint} again, as in line 5: remove one of"
                " the two"
            ),
        ),
        (
            f"[signoff]\n{ANA}{BO}{EVE}{RUNNER.replace(_key(4), _key(1))}",
            (
                "policy.toml:16: `signoff.runners.keys.key` is"
                f" {ListedKey(key=_key(1)).public.fingerprint} again, as in line 5 for"
                " \"ana@example.org\", and a key is one person's or one runner's: remove one of the"
                " two"
            ),
        ),
        (
            f"[signoff]\n{_person('ana@example.org', 'service', 'ssh-ed25519')}{BO}{EVE}",
            (
                "policy.toml:5: `signoff.approvers.keys.key` is no public key: it is not as a .pub"
                " file has it: kind, key in base64, comment"
            ),
        ),
        (
            (
                f"[signoff]\nneed = {{ service = 1, security = 1 }}\n"
                f"{_person('ana@example.org', 'service security', _key(1))}{EVE}"
            ),
            (
                "policy.toml:2: `signoff.need` asks for 2 different people as security and service,"
                ' and only "ana@example.org" can be: name more people in `signoff.approvers`, or'
                " need fewer"
            ),
        ),
        (
            f"[signoff]\nneed = {{ service = 2 }}\n{ANA}{BO}",
            (
                "policy.toml:2: `signoff.need` asks for 2 different people as service, and only"
                ' "ana@example.org" can be: name more people in `signoff.approvers`, or need fewer'
            ),
        ),
        (
            "[signoff]\n"
            + ANA.replace('" }', '", from = 2026-11-02, until = 2026-11-01 }')
            + BO
            + EVE,
            (
                "policy.toml:5: `signoff.approvers.keys.until` is 2026-11-01, before `from`"
                " (2026-11-02): correct one of the two"
            ),
        ),
        (
            "[signoff]\n" + ANA.replace('" }', '", form = 2026-11-02 }') + BO + EVE,
            "policy.toml:5: `signoff.approvers.keys.form` is no key here: did you mean `from`?",
        ),
    ],
)
def test_what_cannot_hold_refuses_the_policy(
    policy: str, told: str, mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    assert mistakes_in(policy=policy) == (told,)


def test_no_message_repeats_a_private_key(mistakes_in: Callable[..., tuple[str, ...]]) -> None:
    pasted = "-----BEGIN OPENSSH PRIVATE KEY-----\\nc2VjcmV0\\n-----END OPENSSH PRIVATE KEY-----"

    [told] = mistakes_in(
        policy=f"[signoff]\n{_person('ana@example.org', 'service', pasted)}{BO}{EVE}"
    )

    assert told.endswith("is no public key: it is a private key: remove it, and make a new one")
    assert "c2VjcmV0" not in told


def test_one_person_alone_is_enough_if_the_policy_says_so(
    loaded: Callable[..., Written], mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    alone = f"need = {{ service = 1 }}\n{ANA}"

    [told] = mistakes_in(policy=f"[signoff]\n{alone}")
    rules = loaded(policy=f"[signoff]\nsolo = true\n{alone}").policy.signoff

    assert "names one person, and a launch takes two" in told
    assert rules is not None
    assert rules.solo


def test_one_authority_may_mean_two_people_by_two_names_and_not_by_one(
    loaded: Callable[..., Written], mistakes_in: Callable[..., tuple[str, ...]]
) -> None:
    def meant(email: str, role: str, name: str) -> str:
        authority = f'authorities = [{{ key = "{_key(9)}", principal = "{name}" }}]\n'
        return _person(email, role, more=authority)

    two = meant("ana@example.org", "service", "ana") + meant("bo@example.org", "security", "bo")
    one = two.replace('"bo" }', '"ana" }')

    assert loaded(policy=f"[signoff]\n{two}{EVE}").policy.signoff
    [told] = mistakes_in(policy=f"[signoff]\n{one}{EVE}")
    assert 'again, as in line 6 for "ana@example.org"' in told


def test_what_is_written_in_a_wrong_form_is_told_once(
    mistakes_in: Callable[..., tuple[str, ...]],
) -> None:
    told = mistakes_in(
        policy="[signoff]\nneed = 3\napprovers = [3, { email = 3, roles = 4, keys = [5] }]\n"
    )

    assert len(told) == len({one.split(" is ")[0] for one in told})
    assert all(one.startswith("policy.toml:") for one in told)
    assert mistakes_in(policy="signoff = 3\n") == (
        "policy.toml:1: `signoff` is 3 but must be one table: write `[signoff]`",
    )


ROLES = ("service", "security", "platform")
PEOPLE = st.dictionaries(
    st.sampled_from("abcde"), st.frozensets(st.sampled_from(ROLES), min_size=1), max_size=5
)
NEEDS = st.dictionaries(st.sampled_from(ROLES), st.integers(1, 3), min_size=1)


def _can_fill(people: Mapping[str, frozenset[str]], places: tuple[str, ...]) -> bool:
    """Try every way to give each place to somebody else."""
    if not places:
        return True
    return any(
        _can_fill({other: has for other, has in people.items() if other != one}, places[1:])
        for one, roles in people.items()
        if places[0] in roles
    )


@given(PEOPLE, NEEDS)
def test_a_need_is_refused_exactly_if_no_distribution_of_people_meets_it(
    people: dict[str, frozenset[str]], need: dict[str, int]
) -> None:
    places = tuple(role for role, count in need.items() for _ in range(count))

    assert (_unfilled(people, need) == "") == _can_fill(people, places)


def test_short_rsa_keys_and_equal_comments_are_noticed() -> None:
    def person(email: str, *keys: str) -> Approver:
        listed = tuple(ListedKey(key=one) for one in keys)
        return Approver(email=email, roles=("service",), keys=listed)

    same = [_line(ListedKey(key=_key(number)).public.blob, "laptop") for number in (1, 2, 3)]
    short = _rsa(2048)
    rules = SignoffRules(
        approvers=(person("ana@example.org", same[0], same[1]), person("bo@example.org", short)),
        runners=(Runner(name="ci", keys=(ListedKey(key=same[2]),)),),
    )

    assert signoff_notices(rules) == (
        (
            f"bo@example.org: {ListedKey(key=short).public.fingerprint}: it is an RSA key of 2048"
            " bits, and 3072 are advised"
        ),
        (
            'ci and ana@example.org have keys with the same comment, "laptop": see that they are'
            " two people"
        ),
    )


def test_nothing_is_noticed_of_good_rules(loaded: Callable[..., Written]) -> None:
    rules = loaded(policy=GOOD).policy.signoff

    assert rules is not None
    assert signoff_notices(rules) == ()


def test_whose_key_is_an_authority_could_be_two_people(
    mistakes_in: Callable[..., tuple[str, ...]],
) -> None:
    authority = f'authorities = [{{ key = "{_key(1)}", principal = "eve" }}]\n'
    [told] = mistakes_in(policy=GOOD.replace(EVE, EVE + authority))
    assert 'is a key that "ana@example.org" signs with, who could certify keys of others' in told


@pytest.mark.parametrize(
    "email", ["\u0430na@example.org", "ana\u200b@example.org", "ana@exámple.org"]
)
def test_an_email_that_looks_like_another_is_none(
    mistakes_in: Callable[..., tuple[str, ...]], email: str
) -> None:
    """The first begins with a Cyrillic letter."""
    second = _person(email, "security", _key(7))
    told = mistakes_in(policy=GOOD.replace(BO, second))
    assert any("must be an e-mail address of plain characters" in one for one in told)
