"""Each kind of evidence has its forms; another one is a mistake with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_orr.model import EVIDENCE_KINDS
from pytest_orr.profile.evidence_rules import FORMS_OF, IN_WORDS, form_of

if TYPE_CHECKING:
    from collections.abc import Callable

LINK, COMMIT = "https://wiki.example.org/x", "4ca7ac2c"
REFS = {"link": LINK, "file": "evidence/x.pdf", "commit": COMMIT, "ticket": "OPS-311"}
TEXT = """\
[[attestation]]
item = "network.load-balancer.elb"
statement = "It is so."
by = "ana@example.org"
on = 2026-11-02
until = 2026-12-31
evidence = [
  {{ kind = "{kind}", ref = "{ref}", dated = 2026-11-02 }},
]
"""


def test_every_kind_has_forms_and_every_form_has_words() -> None:
    assert set(FORMS_OF) == set(EVIDENCE_KINDS)
    assert {form for forms in FORMS_OF.values() for form in forms} == set(IN_WORDS)


@pytest.mark.parametrize("kind", FORMS_OF)
def test_a_kind_takes_its_own_forms(kind: str) -> None:
    for form in FORMS_OF[kind]:
        assert form_of(kind, REFS[form]) == form


@pytest.mark.parametrize("ref", ["OPS-311", "#311", "!12", "explorer/backend#311", "a_b/c-d!1"])
def test_a_ticket_is_a_number_as_trackers_write_it(ref: str) -> None:
    assert form_of("ticket", ref) == "ticket"


@pytest.mark.parametrize(
    ("kind", "ref"),
    [
        ("link", "evidence/x.pdf"),
        ("link", "http://wiki.example.org/x"),
        ("link", "https://wiki.example.org@evil.example/x"),
        ("link", "https://wiki.example.org/a b"),
        ("link", "javascript:alert(1)"),
        ("commit", "main"),
        ("commit", "4ca7ac"),
        ("commit", LINK),
        ("report", LINK),
        ("drill", LINK),
        ("log", "ftp://files.example.org/x"),
        ("ticket", "evidence/x.pdf"),
        ("ticket", "the one of last week"),
        ("capture", "http://wiki.example.org/x"),
    ],
)
def test_another_form_is_a_mistake_that_says_what_may_be_given(
    mistakes_in: Callable[..., tuple[str, ...]], kind: str, ref: str
) -> None:
    [mistake] = mistakes_in(attestations=TEXT.format(kind=kind, ref=ref))
    allowed = ", or ".join(IN_WORDS[form] for form in FORMS_OF[kind])
    told = f'`attestation.evidence.ref` is "{ref}", but a {kind} must be {allowed}'
    assert mistake == f"attestations.toml:8: {told}"


def test_what_is_no_kind_and_no_text_is_told_once(
    mistakes_in: Callable[..., tuple[str, ...]],
) -> None:
    text = TEXT.format(kind="rumour", ref="x").replace("]\n", '  { kind = "link", ref = 1 },\n]\n')
    assert not [one for one in mistakes_in(attestations=text) if "must be a link" in one]
