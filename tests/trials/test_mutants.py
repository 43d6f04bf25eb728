"""A sign-off that chance has changed is refused, by a code, and nothing else happens."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.errors import InvalidInput
from pytest_orr.sign.refusal import Refused
from pytest_orr.sign.verify import verify
from tests.trials import sign_off_mutants as mutants
from tests.trials.sign_off_mutants import Case
from tests.vectors import world
from tests.vectors.draft import canonical
from tests.vectors.reading import Policies, demanded, vectors

if TYPE_CHECKING:
    from pytest_orr.sign.expected import Expected

pytestmark = pytest.mark.trial

SEED = 20261127
FAMILIES = (
    mutants.of_bytes,
    mutants.of_envelope,
    mutants.of_payload,
    mutants.of_signatures,
    mutants.of_expected,
)
UNDECIDED = frozenset(
    {
        # words, and who or what made the run
        *(
            "action",
            "reason",
            "resource",
            "true_reason",
            "text",
            "confirmed",
            "covers",
            "authorship",
        ),
        *("run_id", "tool", "name", "version", "supersedes", "ref", "kind", "dated", "on", "by"),
        # digests, where the verifier has nothing to compare with
        *("sha256", "digest", "statement_sha256", "result_sha256", "size", "facts_sha256"),
        *("profile_sha256", "attestations_sha256", "waivers_sha256", "notes_sha256"),
        *("organisation_sha256", "subject"),
        # lists, if they say the same in another order or twice, and times within their bounds
        *("accounts", "regions", "author", "attestations", "not_applicable", "evidence", "results"),
        *("started", "as_of", "not_before", "not_after", "until", "granted", "expires"),
        # one good person or outcome for another
        *("approver", "requester", "status"),
    }
)
"""Members that may be changed by whoever signs, so that the sign-off still holds."""


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    return Policies(tmp_path_factory.mktemp("policies"))


@pytest.fixture(scope="module")
def pool(policies: Policies) -> list[Case]:
    """Good approvals with no signature to spare, one for each statement."""
    good = [one for one in vectors() if one.kind == "approval" and not one.must_fail]
    cases = [Case(one.raw(), demanded(one, policies)) for one in good]
    exact = [one for one in cases if len(one.envelope["signatures"]) == _needed(one.wanted)]
    return list({one.payload: one for one in exact}.values())


def test_no_mutant_is_accepted_and_each_is_refused_by_a_code(pool: list[Case], trials: Any) -> None:
    assert len([verify(one.raw, one.wanted) for one in pool]) >= 10
    count, codes, accepted = trials.many(1_000, 10_000), Counter[str](), []
    for number in range(count):
        mutant = _mutant(number, pool)
        try:
            verify(mutant.raw, mutant.wanted)
            accepted.append(number)
        except Refused as refused:
            codes[refused.code] += 1

    assert accepted == []
    text = f"{count} changed sign-offs, 0 accepted, 0 errors; refused by {len(codes)} codes"
    trials.saw("sign-offs changed by chance", seed=SEED, text=text)


def test_no_sign_off_holds_by_a_policy_that_chance_has_changed(
    policies: Policies, trials: Any
) -> None:
    vector = next(one for one in vectors() if one.name == "three-people")
    case, items = Case(vector.policy, demanded(vector, policies)), tuple(world.ITEMS)
    count, unread = trials.many(60, 600), 0
    for number in range(count):
        chance = random.Random(f"{SEED}-{number}")  # noqa: S311 a fixed seed
        policy = case.raw
        while policy == case.raw:
            policy = mutants.of_bytes(case, [case], chance).raw
        try:
            rules = policies.rules(policy, items)
        except InvalidInput:
            unread += 1
            continue
        wanted = replace(case.wanted, rules=rules, policy_sha256=sha256(policy).hexdigest())
        with pytest.raises(Refused):
            verify(vector.raw(), wanted)

    assert 0 < unread < count
    text = f"{count} changed policies, {unread} not read, and no sign-off held by the others"
    trials.saw("policies changed by chance", seed=SEED, text=text)


def test_what_people_sign_in_another_form_decides_or_is_known_not_to(
    policies: Policies, trials: Any
) -> None:
    keys = world.keys()
    wanted = _wanted(policies, world.draft(keys))
    assert verify(canonical(world.draft(keys).envelope()), wanted).roles
    count, accepted = trials.many(200, 2_000), Counter[str]()
    for number in range(count):
        chance = random.Random(f"{SEED}-{number}")  # noqa: S311 a fixed seed
        raw, path = mutants.signed(world.draft(keys), chance)
        try:
            verify(raw, wanted)
            accepted[_member(path)] += 1
        except Refused:
            continue

    assert accepted.keys() <= UNDECIDED
    text = (
        f"{count} statements changed and then signed by three people, 0 errors;"
        f" {accepted.total()} hold, changed where nothing is decided"
    )
    trials.saw("statements changed before they are signed", seed=SEED, text=text)


def _mutant(number: int, pool: list[Case]) -> Case:
    """Return the mutant of a number, the same in every run over the same vectors."""
    chance = random.Random(f"{SEED}-{number}")  # noqa: S311 a fixed seed
    case = mutant = chance.choice(pool)
    while mutant == case:
        mutant = FAMILIES[number % len(FAMILIES)](case, pool, chance)
    return mutant


def _needed(wanted: Expected) -> int:
    return sum(wanted.rules.need.values())


def _wanted(policies: Policies, draft: Any) -> Expected:
    """Return what the verifier of the good vectors demands, by the policy of a draft."""
    vector = next(one for one in vectors() if one.name == "three-people")
    items = tuple(draft.expected["items"])
    rules = policies.rules(draft.policy_text().encode(), items)
    return replace(demanded(vector, policies), rules=rules, policy_sha256=draft.policy_sha256())


def _member(path: mutants.Where) -> str:
    """Return the last name on the way to what was changed."""
    return [str(one) for one in path if isinstance(one, str)][-1]
