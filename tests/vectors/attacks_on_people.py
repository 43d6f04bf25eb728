"""Attacks by who signs: too few, the wrong ones, one for two, and policies that would let them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.vectors.attack import attack
from tests.vectors.keys import (
    Ed25519,
    Rsa,
    SmallOrder,
    Token,
    fingerprint,
    line,
)

if TYPE_CHECKING:
    from tests.vectors.draft import Draft


@attack("roles-unfilled")
def one_of_three(draft: Draft) -> None:
    """One signature where three people are needed."""
    draft.by = ["ana"]


@attack("roles-unfilled")
def two_of_three(draft: Draft) -> None:
    """Two signatures where three people are needed."""
    draft.by = ["ana", "ben"]


@attack("roles-unfilled")
def two_keys_of_one_person(draft: Draft) -> None:
    """One person signs with two keys, for a role each."""
    draft.by = ["ben", "dan", "dan-at-home"]


@attack("roles-unfilled")
def person_of_two_roles_twice(draft: Draft) -> None:
    """One person has two of the roles, and stands in for two people."""
    draft.by = ["ben", "dan"]


@attack("roles-unfilled")
def nobody_for_security(draft: Draft) -> None:
    """Three people sign, but two for the same role, and nobody for security."""
    draft.by = ["ana", "ben", "otto"]


@attack("roles-unfilled")
def author_as_principal_engineer(draft: Draft) -> None:
    """Whoever made the release approves it as principal engineer."""
    draft.by = ["ana", "max", "cara"]


@attack("key-unlisted")
def outsider(draft: Draft) -> None:
    """A key that nobody has listed signs for security."""
    draft.by = ["ana", "ben", "mallory"]


@attack("key-unlisted")
def outsider_beside_three(draft: Draft) -> None:
    """Beside three good signatures rides one of a key that nobody has listed."""
    draft.by = ["ana", "ben", "cara", "mallory"]


@attack("key-unlisted")
def runner_beside_three(draft: Draft) -> None:
    """Beside three good signatures stands that of the machine which made the results."""
    draft.by = ["ana", "ben", "cara", "ci"]


@attack("key-unlisted")
def runner_for_security(draft: Draft) -> None:
    """A machine that may sign results signs an approval."""
    draft.by = ["ana", "ben", "ci"]


@attack("key-expired")
def expired_key(draft: Draft) -> None:
    """A key past its last day."""
    draft.by = ["ana", "ben", "old"]


@attack("key-too-early")
def key_of_next_year(draft: Draft) -> None:
    """A key before its first day."""
    draft.by = ["ana", "ben", "new"]


@attack("key-revoked")
def revoked_key(draft: Draft) -> None:
    """A listed key that was revoked."""
    draft.by = ["ana", "ben", "rex"]


@attack("key-revoked")
def revoked_since(draft: Draft) -> None:
    """A key that was good when it signed, and is revoked by the policy that verifies."""
    draft.kept["policy"] = draft.policy_sha256()
    revoked = fingerprint(draft.keys["cara"].blob)
    draft.policy["signoff"]["revoked"].append(revoked)


@attack("signature-form")
def rsa_by_sha1(draft: Draft) -> None:
    """An RSA key signs by SHA-1, as old programs do."""
    key = Rsa.of(2048)
    draft.give("cara", replace(key, algorithm=b"ssh-rsa"))


@attack("policy-refused")
def rsa_of_1024_bits(draft: Draft) -> None:
    """The policy lists an RSA key that can be broken."""
    draft.give("cara", Rsa.of(1024))


@attack("policy-refused")
def small_order_key(draft: Draft) -> None:
    """The policy lists a key under which one signature is good for every message."""
    draft.give("cara", SmallOrder())


@attack("key-unlisted")
def small_order_outsider(draft: Draft) -> None:
    """A key of small order signs that nobody has listed."""
    draft.keys = {**draft.keys, "cara": SmallOrder()}


@attack("policy-refused")
def key_of_two_people(draft: Draft) -> None:
    """The policy lists one key for two people."""
    draft.person("otto")["keys"] = [{"key": line(draft.keys["cara"], "shared")}]


@attack("policy-refused")
def one_person_under_two_names(draft: Draft) -> None:
    """The policy lists one person twice, in other letters."""
    twice = {**draft.person("ana"), "email": "Ana@Example.org"}
    keys = [{"key": line(Ed25519(), "vector")}]
    draft.policy["signoff"]["approvers"].append({**twice, "keys": keys})


@attack("policy-refused")
def no_approvers(draft: Draft) -> None:
    """A policy that names nobody who may approve."""
    del draft.policy["signoff"]


@attack("policy-refused")
def need_of_zero(draft: Draft) -> None:
    """A policy that needs nobody for security."""
    draft.policy["signoff"]["need"]["security"] = 0
    draft.by = ["ana", "ben"]


@attack("policy-refused")
def need_of_true(draft: Draft) -> None:
    """A policy whose threshold is a truth value, which counts as one in many languages."""
    draft.policy["signoff"]["need"]["security"] = True


@attack("policy-refused")
def runner_is_an_approver(draft: Draft) -> None:
    """The policy lists an approver's key as a machine's, too."""
    draft.policy["signoff"]["runners"][0]["keys"] = [{"key": line(draft.keys["cara"], "ci")}]


@attack("signature-untouched")
def token_without_touch(draft: Draft) -> None:
    """A token signs that nobody touched, although the policy asks for it."""
    token = Token(flags=0)
    draft.give("cara", token, touch=True)


@attack("signature-untouched")
def token_without_touch_by_default(draft: Draft) -> None:
    """A token signs that nobody touched, and the policy says nothing about it."""
    draft.give("cara", Token(flags=0))


@attack("key-unlisted")
def token_of_another_application(draft: Draft) -> None:
    """A token's key that was made to log in to web sites."""
    token = Token()
    draft.give("cara", token)
    web = replace(token, application=b"https://example.org")
    draft.keys = {**draft.keys, "cara": web}
