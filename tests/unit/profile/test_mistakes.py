from __future__ import annotations

import datetime as dt
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.profile.documents import Document
from pytest_orr.profile.mistakes import Mistake, did_you_mean, escape, show
from pytest_orr.profile.schema import Attestations, Policy, Profile, Waivers
from pytest_orr.profile.structure import validate
from pytest_orr.profile.toml_lines import KeyLines

DAY = dt.date(2026, 11, 2)
FULL: dict[type, dict[str, Any]] = {
    Profile: {
        "service": {
            "name": "explorer",
            "environment": "production",
            "repository": "https://example.org/explorer",
            "people": [{"email": "ana@example.org", "name": "Ana", "roles": ["service"]}],
        },
        "release": {"commit": "4f2a9c1", "images": ["explorer@sha256:00"], "first": True},
        "aws": {
            "accounts": [{"id": "123456789012", "regions": ["eu-central-1"], "profile": "x"}],
            "resources": {"tags": {"service": "explorer"}, "vpcs": ["vpc-1"]},
        },
        "network": {"public_ports": [443], "tls_policies": ["x"], "widest_ipv4_prefix": 16},
        "endpoints": [
            {
                "name": "pages",
                "role": "frontend",
                "url": "https://example.org/",
                "connect": "127.0.0.1:443",
                "ca": {"env": "EXPLORER_CA"},
                "timeout": 5,
            }
        ],
        "not_applicable": [
            {
                "item": "x",
                "reason": "not-public",
                "text": "x",
                "approver": "ana@example.org",
                "on": DAY,
            }
        ],
    },
    Attestations: {
        "attestation": [
            {
                "item": "x",
                "statement": "x",
                "by": "ana@example.org",
                "confirmed": "bo@example.org",
                "on": DAY,
                "until": DAY,
                "release": "any",
                "covers": "unknown",
                "evidence": [{"kind": "log", "ref": "x", "sha256": "a" * 64, "dated": DAY}],
            }
        ]
    },
    Waivers: {
        "waiver": [
            {
                "item": "x",
                "resource": "x",
                "reason": "x",
                "requester": "ana@example.org",
                "approver": "bo@example.org",
                "granted": DAY,
                "expires": DAY,
                "action": {"what": "x", "owner": "ana@example.org", "due": DAY},
            }
        ]
    },
    Policy: {"gate": {"unwaivable": ["x"], "longest_waiver": {"blocker": 1}}},
}
STRANGE: tuple[object, ...] = (
    -1, 0, 1, 2**70, 1.5, float("nan"), float("inf"), True, "", " ", "x", "x@y\x1b", DAY,
    dt.datetime(2026, 11, 2, tzinfo=dt.UTC), dt.time(7, 30), [], [1], ["x"], [[]], {}, {"x": 1},
    [{}], [{"x": 1}],
)  # fmt: skip


def _variants(value: object, strange: object) -> list[object]:
    """Return ``value`` with each of its parts in turn replaced by something strange."""
    found = [strange]
    if isinstance(value, dict):
        for key, inner in value.items():
            found += [{**value, key: changed} for changed in _variants(inner, strange)]
        found.append({**value, "strange": strange})
    if isinstance(value, list):
        found += [[changed] for inner in value for changed in _variants(inner, strange)]
    return found


def _told(kind: type, values: dict[str, Any]) -> tuple[Mistake, ...]:
    document = Document(file="x", sha256="", values=values, lines=KeyLines(lines={}))
    value, mistakes = validate(document, kind)
    assert (value is None) is bool(mistakes)
    return mistakes


@pytest.mark.parametrize("kind", FULL)
def test_a_full_document_has_no_mistake(kind: type) -> None:
    assert _told(kind, FULL[kind]) == ()


@pytest.mark.parametrize("kind", FULL)
def test_anything_strange_anywhere_is_told_in_our_own_printable_words(kind: type) -> None:
    texts = [
        mistake.text
        for strange in STRANGE
        for values in _variants(FULL[kind], strange)
        if isinstance(values, dict)
        for mistake in _told(kind, values)
    ]
    assert len(texts) > 100
    assert [text for text in texts if "otherwise" in text or "Input should" in text] == []
    assert [text for text in texts if not text.isprintable()] == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("x", '"x"'),
        ("\x1b[31m", r'"\x1b[31m"'),
        ("a\u202eb\u2066", r'"a\u202eb\u2066"'),
        ("x" * 81, f'"{"x" * 80}…"'),
        (False, "false"),
        (3, "3"),
        (2**64, "a very large number"),
        (1.5, "1.5"),
        (DAY, "2026-11-02"),
        (dt.time(7, 30), "07:30:00"),
        ({}, "a table"),
        ([], "an empty list"),
        ([1], "a list"),
    ],
)
def test_a_value_is_shown_as_it_is_written_in_the_file(value: object, shown: str) -> None:
    assert show(value) == shown


@given(st.text())
def test_escaped_text_holds_no_control_or_format_character(text: str) -> None:
    assert {unicodedata.category(char) for char in escape(text)}.isdisjoint({"Cc", "Cf", "Cs"})


def test_the_nearest_names_are_asked_for_nearest_first() -> None:
    names = ("restart.backend", "restart.frontend", "runbook.location")
    assert did_you_mean("restart.bakend", names, most=3) == (
        ': did you mean "restart.backend" or "restart.frontend"?'
    )
    assert did_you_mean("zzz", names) == ""


def test_mistakes_sort_by_file_then_line() -> None:
    told = [("b", 1), ("a", 10), ("a", 9)]
    mistakes = [Mistake(file=file, line=line, text="x") for file, line in told]
    assert [str(one) for one in sorted(mistakes)] == ["a:9: x", "a:10: x", "b:1: x"]
