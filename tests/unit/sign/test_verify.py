"""Bytes to a verified sign-off: every signature counts, every role is filled, or nothing holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from pytest_orr.sign import envelope
from pytest_orr.sign.envelope import (
    PAYLOAD_TYPE,
    RESULTS_NAMESPACE,
    RESULTS_TYPE,
    Envelope,
)
from pytest_orr.sign.refusal import REFUSALS, Refused
from pytest_orr.sign.statement import read, veto_of
from pytest_orr.sign.verify import (
    Filled,
    refuse_vetoed,
    verify,
    verify_results,
    verify_veto,
)
from tests.signoffs import (
    AT,
    email,
    expecting,
    fingerprint,
    listed,
    passed,
    payload_of,
    reviewed,
    signature_of,
    signed,
    some_rules,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.signoff import SignoffRules

PAYLOAD = payload_of()
UNCOMPARED = "not given, and so not compared"
VETO = veto_of(PAYLOAD, "The pager is silent.")


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.code in REFUSALS
    return caught.value.code


def of_runner(payload: bytes, name: str = "ci") -> bytes:
    signature = signature_of(name, payload, RESULTS_TYPE, RESULTS_NAMESPACE)
    return envelope.write(
        Envelope(payload=payload, payload_type=RESULTS_TYPE, signatures=(signature,))
    )


def test_three_people_in_three_roles_sign_a_launch_off() -> None:
    verified = verify(signed(PAYLOAD), expecting())

    assert verified.statement == read(PAYLOAD)
    assert verified.payload_sha256 == sha256(PAYLOAD).hexdigest()
    assert verified.roles == (
        Filled("ana@example.org", "service", fingerprint("ana")),
        Filled("ben@example.org", "principal-engineer", fingerprint("ben")),
        Filled("cara@example.org", "security", fingerprint("cara")),
    )
    assert verified.notices == (f"{UNCOMPARED}: files, facts, results, report, journal, evidence",)


def test_of_what_was_compared_whole_there_is_no_notice() -> None:
    expected = expecting(
        files={"profile_sha256": "1" * 64},
        facts_sha256="4" * 64,
        results_sha256=dict(read(PAYLOAD).digests)["results"],
        report_sha256="e" * 64,
        journal_sha256="f" * 64,
        tool_sha256="8" * 64,
        evidence={},
    )
    assert verify(signed(PAYLOAD), expected).notices == ()


def test_whoever_signs_beside_the_roles_is_named() -> None:
    verified = verify(signed(PAYLOAD, "ana", "ben", "cara", "dan"), expecting())
    assert [one.email for one in verified.roles] == [email(name) for name in ("ana", "ben", "cara")]
    assert verified.notices[0] == "dan@example.org has signed, too, and fills no role"


@pytest.mark.parametrize(
    "names", [("ana",), ("ana", "ben"), ("dan", "ben"), ("ana", "dan", "cara")]
)
def test_people_who_do_not_fill_every_role_sign_nothing_off(names: tuple[str, ...]) -> None:
    assert refused(lambda: verify(signed(PAYLOAD, *names), expecting())) == "roles-unfilled"


def two_keys() -> SignoffRules:
    rules = some_rules()
    ana = replace(rules.approvers[0], roles=("service", "security"), keys=(listed("ana"),))
    both = replace(ana, keys=(listed("ana"), listed("ana at home")))
    return replace(rules, approvers=(both, *rules.approvers[1:]))


def test_a_person_with_two_keys_is_one_person() -> None:
    expected, by = expecting(rules=two_keys()), ("ana", "ana at home", "ben")
    assert refused(lambda: verify(signed(PAYLOAD, *by), expected)) == "roles-unfilled"
    verified = verify(signed(PAYLOAD, *by, "cara"), expected)
    assert [(one.email, one.role) for one in verified.roles] == [
        ("ana@example.org", "service"),
        ("ben@example.org", "principal-engineer"),
        ("cara@example.org", "security"),
    ]


def test_an_author_fills_the_role_service_at_most() -> None:
    def by(author: str) -> Any:
        payload = payload_of(change=lambda predicate: predicate.update(author=[author]))
        return lambda: verify(signed(payload), expecting())

    assert by("Ana@example.org")().roles[0].role == "service"
    assert refused(by("Cara@example.org")) == "roles-unfilled"


def test_an_author_whom_the_caller_knows_of_must_be_named() -> None:
    expected = expecting(authors=("cara@example.org",))
    assert refused(lambda: verify(signed(PAYLOAD), expected)) == "other-authors"


def test_one_person_alone_signs_off_only_where_the_policy_says_so() -> None:
    alone = some_rules(need={"service": 1})
    assert refused(lambda: verify(signed(PAYLOAD, "ana"), expecting(rules=alone))) == (
        "roles-unfilled"
    )
    verified = verify(signed(PAYLOAD, "ana"), expecting(rules=replace(alone, solo=True)))
    assert verified.notices[0] == "one person alone has signed: policy.toml says solo"


def test_a_signature_that_does_not_count_refuses_all() -> None:
    outsider = signed(PAYLOAD, "ana", "ben", "cara", "mallory")
    assert refused(lambda: verify(outsider, expecting())) == "key-unlisted"
    runner = signed(PAYLOAD, "ana", "ben", "cara", "ci")
    assert refused(lambda: verify(runner, expecting())) == "key-unlisted"


def test_a_key_signs_once() -> None:
    twice = signed(PAYLOAD, "ana", "ben", "cara", "ana")
    assert refused(lambda: verify(twice, expecting())) == "key-repeated"


def test_signatures_of_another_sign_off_are_none_of_this() -> None:
    other = payload_of(change=lambda predicate: predicate.update(run_id="run-2"))
    signatures = tuple(signature_of(name, other) for name in ("ana", "ben", "cara"))
    spliced = Envelope(payload=PAYLOAD, payload_type=PAYLOAD_TYPE, signatures=signatures)
    assert refused(lambda: verify(envelope.write(spliced), expecting())) == "signature-invalid"


def test_a_statement_that_says_no_go_is_none_whatever_its_results() -> None:
    assert refused(lambda: verify(signed(VETO), expecting())) == "no-go"


@pytest.mark.parametrize("word", ["ready", "not_ready"])
def test_the_verdict_is_what_the_results_amount_to(word: str) -> None:
    payload = payload_of(change=lambda predicate: predicate.update(verdict=word))
    assert refused(lambda: verify(signed(payload), expecting())) == "verdict-differs"


def test_results_count_and_not_the_verdict_beside_them() -> None:
    review = reviewed(passed())
    forged = payload_of(review, lambda predicate: predicate["results"][0].update(status="unknown"))
    assert refused(lambda: verify(signed(forged), expecting(review))) == "results-digest"


def test_a_veto_of_one_person_stands_against_its_run_and_those_before() -> None:
    veto = verify_veto(signed(VETO, "cara"), expecting())

    assert veto is not None
    assert (veto.people, veto.statement.reason) == (("cara@example.org",), "The pager is silent.")
    assert veto.payload_sha256 == sha256(VETO).hexdigest()
    stated = read(PAYLOAD)
    older = replace(stated, seq=stated.seq - 1)
    assert refused(lambda: refuse_vetoed(stated, veto)) == "vetoed"
    assert refused(lambda: refuse_vetoed(older, veto)) == "vetoed"
    refuse_vetoed(replace(stated, seq=stated.seq + 1), veto)


def test_a_veto_without_words_is_told_as_that() -> None:
    silent = payload_of(change=lambda predicate: predicate.update(decision="NO_GO"))
    veto = verify_veto(signed(silent, "ben"), expecting())
    assert veto is not None
    with pytest.raises(Refused, match=r"ben@example\.org objected: 'no reason given'"):
        refuse_vetoed(read(PAYLOAD), veto)


@pytest.mark.parametrize(
    "other", [{"service": "bridge"}, {"environment": "staging"}, {"commit": "0" * 40}]
)
def test_a_veto_of_another_release_is_none_here(other: dict[str, Any]) -> None:
    assert verify_veto(signed(VETO, "cara"), expecting(**other)) is None


def test_a_veto_ends_with_the_window_of_its_run() -> None:
    raw, end = signed(VETO, "cara"), read(VETO).not_after
    assert verify_veto(raw, expecting(at=end)) is None
    assert verify_veto(raw, expecting(at=end - timedelta(seconds=1))) is not None
    assert end > AT


def test_a_veto_is_one_that_listed_people_have_signed() -> None:
    assert refused(lambda: verify_veto(signed(VETO, "mallory"), expecting())) == "key-unlisted"
    assert refused(lambda: verify_veto(signed(PAYLOAD, "cara"), expecting())) == "no-veto"
    assert refused(lambda: verify_veto(b"{}", expecting())) == "envelope-members"


def test_a_runner_signs_results_and_approves_nothing() -> None:
    found = verify_results(of_runner(PAYLOAD), expecting(), sha256(PAYLOAD).hexdigest())

    assert found.runners == (("ci", fingerprint("ci")),)
    assert (found.statement, found.payload_sha256) == (
        read(PAYLOAD),
        sha256(PAYLOAD).hexdigest(),
    )
    assert refused(lambda: verify(of_runner(PAYLOAD), expecting())) == "envelope-type"
    assert refused(lambda: verify_results(signed(PAYLOAD), expecting())) == "envelope-type"


def test_an_approver_is_no_runner() -> None:
    assert refused(lambda: verify_results(of_runner(PAYLOAD, "ana"), expecting())) == (
        "key-unlisted"
    )


def test_runners_may_sign_what_is_not_ready() -> None:
    assert verify_results(of_runner(VETO), expecting()).statement.decision == "NO_GO"


def test_what_runners_signed_is_what_approvers_signed() -> None:
    other = payload_of(change=lambda predicate: predicate.update(run_id="run-2"))
    found = refused(
        lambda: verify_results(of_runner(other), expecting(), sha256(PAYLOAD).hexdigest())
    )
    assert found == "other-statement"
    moved = refused(lambda: verify_results(of_runner(PAYLOAD), expecting(commit="0" * 40)))
    assert moved == "other-commit"


@pytest.mark.parametrize("raw", [b"", b"null", b"1", b"[]", b"{", b"\xef\xbb\xbf{}", b"\xff"])
def test_bytes_that_are_no_envelope_are_refused_and_crash_nothing(raw: bytes) -> None:
    codes = {
        refused(lambda: verify(raw, expecting())),
        refused(lambda: verify_veto(raw, expecting())),
        refused(lambda: verify_results(raw, expecting())),
    }
    assert len(codes) == 1
