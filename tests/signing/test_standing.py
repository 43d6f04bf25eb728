"""Who fills which role so far, and who still must sign: told at each step."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.collect.registry import registry
from pytest_orr.profile.signoff import Approver, SignoffRules
from pytest_orr.sign.envelope import PAYLOAD_TYPE, Envelope, Signature
from pytest_orr.signing_off.caller import read_caller
from pytest_orr.signing_off.standing import Standing, standing
from pytest_orr.suite import read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ROLES = {
    "ana": ("service", "security"),
    "bo": ("security",),
    "eve": ("principal-engineer",),
    "finn": ("service", "principal-engineer"),
}
NEED = {"service": 1, "principal-engineer": 1, "security": 1}


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Standing]:
    """Say how far a sign-off is that these people have signed: their names are their keys."""

    def signer(signature: Signature, *_: object, **__: object) -> Approver:
        email = f"{signature.keyid}@example.org"
        return Approver(email=email, roles=ROLES[signature.keyid])  # type: ignore[arg-type]  # words

    monkeypatch.setattr("pytest_orr.signing_off.standing.signer_of", signer)

    def judged(*names: str, authors: tuple[str, ...] = (), **rules: Any) -> Standing:
        everybody: Any = [{"email": f"{name}@example.org", "roles": ROLES[name]} for name in ROLES]
        expected: Any = type("Expected", (), {})()
        expected.rules = SignoffRules(approvers=everybody, **{"need": NEED, **rules})
        expected.at = dt.datetime.now(dt.UTC)
        signatures = tuple(Signature(keyid=name, blob=b"") for name in names)
        envelope = Envelope(payload=b"", payload_type=PAYLOAD_TYPE, signatures=signatures)
        return standing(envelope, expected, [f"{name}@example.org" for name in authors])

    return judged


def filling(found: Standing) -> dict[str, str]:
    return {one.email.partition("@")[0]: one.role for one in found.signed}


def waiting(found: Standing) -> dict[str, list[str]]:
    return {one.role: [who.partition("@")[0] for who in one.able] for one in found.waiting}


def test_at_first_everybody_is_named_who_could_sign(judge: Callable[..., Standing]) -> None:
    assert waiting(judge()) == {
        "service": ["ana", "finn"],
        "principal-engineer": ["eve", "finn"],
        "security": ["ana", "bo"],
    }


def test_each_person_fills_the_role_in_which_most_are_filled(
    judge: Callable[..., Standing],
) -> None:
    found = judge("ana", "bo")
    assert filling(found) == {"ana": "service", "bo": "security"}
    assert waiting(found) == {"principal-engineer": ["eve", "finn"]}
    found = judge("ana", "eve", "finn")
    assert filling(found) == {"ana": "security", "eve": "principal-engineer", "finn": "service"}
    assert (waiting(found), found.lacks_person) == ({}, False)


def test_whoever_is_too_many_fills_nothing(judge: Callable[..., Standing]) -> None:
    found = judge("ana", "bo", "eve", "finn")
    assert sorted(filling(found).values()) == ["", "principal-engineer", "security", "service"]
    assert found.waiting == ()


def test_who_made_the_release_fills_the_role_service_alone(judge: Callable[..., Standing]) -> None:
    found = judge("finn", authors=("ana", "finn"))
    assert filling(found) == {"finn": "service"}
    assert waiting(found) == {"principal-engineer": ["eve"], "security": ["bo"]}


def test_several_are_needed_in_one_role_and_nobody_may_be_left(
    judge: Callable[..., Standing],
) -> None:
    [one] = judge("bo", need={"security": 3}).waiting
    assert (one.count, one.able) == (2, ("ana@example.org",))
    [one] = judge("ana", "bo", need={"security": 3}).waiting
    assert (one.count, one.able) == (1, ())


@pytest.mark.parametrize(("solo", "lacks"), [(False, True), (True, False)])
def test_a_second_person_is_asked_for_unless_the_policy_says_solo(
    judge: Callable[..., Standing], *, solo: bool, lacks: bool
) -> None:
    found = judge("bo", need={"security": 1}, solo=solo)
    assert (found.waiting, found.lacks_person) == ((), lacks)


def test_a_waiver_may_last_as_long_as_the_policys_own_severity_allows(ready_to_sign: Any) -> None:
    def longest(gate: str) -> int:
        path: Path = ready_to_sign.suite_file("policy.toml")
        path.write_text(gate + path.read_text(encoding="utf-8"), encoding="utf-8")
        suite = read(ready_to_sign.repository.suite, fact_names=(*registry(), "numbers"))
        now = dt.datetime.now(dt.UTC)
        caller = read_caller(suite, ready_to_sign.suite_file("readiness.toml"), at=now)
        expected = caller.expected(at=now, phase="launch")
        return int(expected.longest_waiver["demo.area.waived"])

    assert longest("") == 60
    assert longest('[gate]\nblockers = ["demo.area.waived"]\n') == 14
