"""The signatures of ``signoff.md``: who filled a role with which key, and what waits."""

from __future__ import annotations

from pytest_orr.model import Need, Signing
from pytest_orr.render.markdown_signatures import SignatureLine, signatures, unsigned
from pytest_orr.render.words import SIGNERS

KEY = "SHA256:2Nmj0vCRQgTMpu2Lx4PULqk3qZL4bVZ0cX7f0yNqYHo"


def section_of(*lines: SignatureLine) -> list[str]:
    return "\n".join(signatures(lines)).splitlines()


def test_a_signature_names_role_person_key_and_until_when_it_holds() -> None:
    signed = SignatureLine(
        role="principal-engineer",
        name="Eve_Novak",
        email="eve@example.org",
        fingerprint=KEY,
        holds="2026-12-04 00:00 UTC",
    )
    [row] = section_of(signed)[4:]
    who = "Eve\\_Novak, eve@example.org"
    assert row == f"| Principal engineer | {who} | key `{KEY}` | holds until 2026-12-04 00:00 UTC |"


def test_somebody_whom_the_profile_does_not_name_stands_there_by_address() -> None:
    signed = SignatureLine(role="service", email="ana@example.org", fingerprint=KEY, holds="x")
    assert section_of(signed)[4].startswith("| Service owner | ana@example.org | key ")


def test_a_role_that_waits_has_room_for_a_hand() -> None:
    [row] = section_of(SignatureLine(role="security"))[4:]
    assert row.startswith("| Security | &nbsp;")
    assert "SHA256" not in row


def test_everybody_whom_the_policy_asks_for_has_a_line() -> None:
    need = (Need(role="security", people=2), Need(role="product", people=1))
    lines = unsigned(Signing(need=need, max_days=14, solo=False))
    assert [one.role for one in lines] == ["security", "security", "product"]
    assert [one.role for one in unsigned(None)] == [*SIGNERS]
