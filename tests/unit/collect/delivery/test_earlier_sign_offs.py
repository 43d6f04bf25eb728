"""Whether the release before was signed off: the fact ``earlier_sign_offs``."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.clients.forge.said import Asset, PublishedRelease, Tag
from pytest_orr.collect.delivery.earlier_sign_offs import EarlierSignOff, EarlierSignOffs
from pytest_orr.model import Release
from pytest_orr.profile.forge import Delivery, EarlierReview
from pytest_orr.sign.statement import veto_of
from tests.signoffs import AT, ROLES, email, payload_of, public_of, reviewed, signed, waived

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_orr.collect.interface import Desk
    from pytest_orr.collect.parts import Part

BEFORE = "b" * 40
CANDIDATE = "c" * 40
SIGN_OFF, POLICY, VETO = "evidence/signoff.json", "evidence/policy.toml", "evidence/veto.json"
KEY = 'keys = [{{ key = "ssh-ed25519 {key} {name}"{more} }}]'


def policy(*, more: str = "", head: str = "") -> bytes:
    """Return the policy by which the people of ``tests.signoffs`` may sign."""
    people = (
        f'[[signoff.approvers]]\nemail = "{email(name)}"\nroles = {list(roles)}\n'
        + KEY.format(key=b64encode(public_of(name)).decode(), name=name, more=more)
        for name, roles in ROLES.items()
    )
    return "\n".join((f"[signoff]\n{head}", *people)).encode()


def payload(rules: bytes, *items: Any, commit: str = BEFORE) -> bytes:
    """Return the statement of a release under a policy."""
    review = reviewed(*items, release=Release(commit=commit))
    bound = replace(review.provenance, policy_sha256=hashlib.sha256(rules).hexdigest())
    return payload_of(replace(review, provenance=bound))


def published(tag: str, when: dt.datetime, **more: Any) -> PublishedRelease:
    return PublishedRelease(tag=tag, published=when, **more)


RULES = policy()
PAYLOAD = payload(RULES)
DAY = dt.timedelta(days=1)


@pytest.fixture
def desk_with(
    desk_of: Callable[..., Desk], tmp_path: Path, release_commit: str
) -> Callable[..., Desk]:
    """Take what lies beside the profile, and what the forge has: a desk to collect from."""
    tags = {"v3": release_commit, "v2": BEFORE, "v1": "a" * 40, "v3-rc.1": CANDIDATE}

    def make(
        files: dict[str, bytes],
        *,
        at: dt.datetime = AT,
        assets: tuple[Asset, ...] = (),
        first: bool = False,
        declared: EarlierReview | None = None,
    ) -> Desk:
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_bytes(content)
        releases = (
            published("v3", at + 9 * DAY),
            published("v3-rc.1", at, is_candidate=True),
            published("other", at + DAY),
            published("v2", at, assets=assets),
            published("v1", at - 90 * DAY),
        )
        forge = {
            "tags": tuple(Tag(name=name, commit=commit) for name, commit in tags.items()),
            "releases": releases,
        }
        told = declared or EarlierReview(signoff=SIGN_OFF, policy=POLICY)
        delivery = Delivery(earlier_review=told)
        return replace(desk_of(forge=forge, first=first, delivery=delivery), folder=tmp_path)

    return make


@pytest.fixture
def part_of(desk_with: Callable[..., Desk]) -> Callable[..., Part[EarlierSignOff]]:
    """Collect from a sign-off under the policy of then, and whatever else lies there."""

    def collect(raw: bytes, files: dict[str, bytes] | None = None, **how: Any) -> Any:
        here = {SIGN_OFF: raw, POLICY: RULES, **(files or {})}
        [part] = EarlierSignOffs().collect(desk_with(here, **how)).value
        return part

    return collect


def test_the_release_before_was_signed_off_by_people_in_their_roles(
    part_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    found = part_of(signed(PAYLOAD)).reading
    assert (found.tag, found.commit, found.refused, found.why) == ("v2", BEFORE, "", "")
    assert found.is_genuine
    assert found.payload_sha256 == hashlib.sha256(PAYLOAD).hexdigest()
    assert found.seen == (
        f"v2, {BEFORE[:12]}: ready_with_waivers, signed by ana@example.org (service),"
        " ben@example.org (principal-engineer), cara@example.org (security), by the policy of then"
    )


def test_todays_policy_says_who_could_sign_where_none_of_then_is_declared(
    desk_with: Callable[..., Desk],
) -> None:
    told = EarlierReview(signoff=SIGN_OFF)
    other = payload(b"of then")
    desk = desk_with({SIGN_OFF: signed(other), "policy.toml": RULES}, declared=told)
    [part] = EarlierSignOffs().collect(desk).value
    assert (part.reading.refused, part.reading.is_by_todays_policy) == ("", True)
    assert part.seen.endswith(", by today's policy")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "not-json"),
        (b'{"verdict":"ready"}', "envelope-members"),
        (signed(payload(b"another")), "other-policy"),
        (signed(payload(RULES, commit=CANDIDATE)), "other-commit"),
        (signed(PAYLOAD, "ana", "ben"), "roles-unfilled"),
        (signed(PAYLOAD, "ana", "ben", "eve"), "key-unlisted"),
        (signed(veto_of(PAYLOAD, "It leaks.")), "no-go"),
        (signed(payload(RULES, waived(approver="ana@example.org"))), "waiver-by-requester"),
    ],
)
def test_a_sign_off_that_does_not_hold_is_refused_by_its_code(
    part_of: Callable[..., Part[EarlierSignOff]], raw: bytes, code: str
) -> None:
    found = part_of(raw).reading
    assert (found.refused, found.payload_sha256) == (code, "")
    assert found.why
    assert found.seen == f"v2, {BEFORE[:12]}: refused as {code}"


@pytest.mark.parametrize(
    ("at", "code"), [(AT - 7 * DAY, "not-yet-valid"), (AT, ""), (AT + 30 * DAY, "expired")]
)
def test_window_and_keys_must_hold_when_the_release_went_and_not_today(
    part_of: Callable[..., Part[EarlierSignOff]], at: dt.datetime, code: str
) -> None:
    assert part_of(signed(PAYLOAD), at=at).reading.refused == code
    expired = policy(more=f", until = {(AT - 2 * DAY).date()}")
    keys = {POLICY: expired}
    assert part_of(signed(payload(expired)), keys).reading.refused == "key-expired"


def test_a_veto_beside_it_refuses_it(part_of: Callable[..., Part[EarlierSignOff]]) -> None:
    veto = signed(veto_of(PAYLOAD, "It leaks."), "cara")
    found = part_of(signed(PAYLOAD), {VETO: veto}).reading
    assert (found.refused, found.why) == ("vetoed", "cara@example.org objected: 'It leaks.'")
    found = part_of(signed(PAYLOAD), {VETO: b"{}"}).reading
    assert found.refused == "envelope-members"
    another = signed(veto_of(payload(RULES, commit=CANDIDATE), "It leaks."), "cara")
    assert not part_of(signed(PAYLOAD), {VETO: another}).reading.refused


def test_a_veto_that_cannot_be_read_leaves_it_unknown(
    part_of: Callable[..., Part[EarlierSignOff]], tmp_path: Path
) -> None:
    (tmp_path / VETO).mkdir(parents=True)
    assert part_of(signed(PAYLOAD)).seen == f"{VETO} is not a regular file"


def test_a_sign_off_that_differs_from_the_published_one_is_not_genuine(
    part_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    raw = signed(PAYLOAD)
    same = Asset(name="signoff.json", digest=f"sha256:{hashlib.sha256(raw).hexdigest()}")
    other = Asset(name="signoff.json", digest=f"sha256:{'0' * 64}")
    untold = Asset(name="signoff.json")
    assert part_of(raw, assets=(same,)).reading.is_genuine
    assert not part_of(raw, assets=(other,)).reading.is_genuine
    assert part_of(raw, assets=(untold,)).reading.is_genuine


def test_a_first_launch_rehearses_on_its_newest_candidate(
    part_of: Callable[..., Part[EarlierSignOff]],
) -> None:
    found = part_of(signed(payload(RULES, commit=CANDIDATE)), first=True).reading
    assert (found.tag, found.refused) == ("v3-rc.1", "")


@pytest.mark.parametrize(
    ("files", "cause"),
    [
        ({SIGN_OFF: b" " * (32 * 1024 * 1024 + 1)}, f"{SIGN_OFF} is larger than 32 MiB"),
        ({POLICY: b"signoff ="}, f"{POLICY}:1: "),
        ({POLICY: b"[gate]\n"}, f"{POLICY}: says nobody who may sign off"),
        ({POLICY: RULES.replace(b"AAAAC3", b"AAAAB3")}, f"{POLICY}:"),
    ],
)
def test_what_cannot_be_read_leaves_the_sign_off_unknown(
    part_of: Callable[..., Part[EarlierSignOff]], files: dict[str, bytes], cause: str
) -> None:
    assert part_of(signed(PAYLOAD), files).seen.startswith(cause)


@pytest.mark.parametrize(
    ("files", "seen", "remedy"),
    [
        ({}, "gone.json is not there", "copy the signoff.json of the release before there"),
        ({"gone.json": b"{}"}, "policy.toml is not there", "name the policy by which"),
    ],
)
def test_a_file_that_is_not_there_is_named_with_what_to_do(
    desk_with: Callable[..., Desk], files: dict[str, bytes], seen: str, remedy: str
) -> None:
    desk = desk_with(files, declared=EarlierReview(signoff="gone.json"))
    [part] = EarlierSignOffs().collect(desk).value
    assert part.seen == seen
    assert part.unavailable
    assert part.unavailable.remedy.startswith(remedy)


@pytest.mark.parametrize("first", [False, True])
def test_without_an_earlier_release_the_sign_off_is_unknown(
    desk_of: Callable[..., Desk], tmp_path: Path, *, first: bool
) -> None:
    (tmp_path / "signoff.json").write_text(json.dumps({}), encoding="utf-8")
    forge = {"releases": (published("v3", AT, is_draft=True),), "tags": ()}
    delivery = Delivery(earlier_review=EarlierReview(signoff="signoff.json"))
    desk = desk_of(forge=forge, first=first, delivery=delivery)
    [part] = EarlierSignOffs().collect(replace(desk, folder=tmp_path)).value
    assert part.seen == (
        "the forge has no release candidate"
        if first
        else "the forge has no release before this one"
    )


def test_without_a_declared_sign_off_there_is_none_to_judge(desk_of: Callable[..., Desk]) -> None:
    assert EarlierSignOffs().collect(desk_of(forge={})).value == ()
