"""How grave a finding is: bands, vectors and words; what cannot be told is never harmless."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.clients.hostile_json import At
from pytest_orr.collect.scans.osv_records import severity_of
from pytest_orr.collect.scans.severity import (
    ORDER,
    base_score,
    by_score,
    by_text,
    by_word,
    gravest,
)

V3 = {
    "AV": "NALP",
    "AC": "LH",
    "PR": "NLH",
    "UI": "NR",
    "S": "UC",
    "C": "HLN",
    "I": "HLN",
    "A": "HLN",
}
V2 = {"AV": "LAN", "AC": "HML", "Au": "MSN", "C": "NPC", "I": "NPC", "A": "NPC"}
FEW = settings(max_examples=40, deadline=None)
SEVERITIES = st.sampled_from([*ORDER, "unknown"])


def vectors(metrics: dict[str, str], prefix: str) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {name: st.sampled_from(list(values)) for name, values in metrics.items()}
    ).map(lambda said: {"": prefix, **said})


def text_of(said: dict[str, str]) -> str:
    parts = "/".join(f"{name}:{value}" for name, value in said.items() if name)
    return f"{said['']}{parts}"


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1),
        ("CVSS:3.0/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N/E:P/RL:O", 1.6),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5),
        ("(AV:N/AC:M/Au:N/C:N/I:P/A:N)", 4.3),
        ("AV:N/AC:L/Au:N/C:C/I:C/A:C", 10.0),
        ("AV:L/AC:L/Au:N/C:N/I:N/A:N", 0.0),
    ],
)
def test_vectors_score_as_their_specification_says(vector: str, score: float) -> None:
    assert base_score(vector) == score


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
        "CVSS:3.1/AV:N",
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:X/C:H/I:H/A:H",
        "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "AV:N/Au:N",
        "severe",
        "11",
        "²",
        "-1",
    ],
)
def test_what_is_no_vector_and_no_score_is_unknown(text: str) -> None:
    assert by_text(text) == "unknown"


@FEW
@given(said=vectors(V3, "CVSS:3.1/"))
def test_every_vector_has_a_score_and_one_with_more_harm_no_lower_one(
    said: dict[str, str],
) -> None:
    score = base_score(text_of(said))
    worse = base_score(text_of(said | {"C": "H", "I": "H", "A": "H"}))
    assert score is not None
    assert worse is not None
    assert 0 <= score <= worse <= 10


@FEW
@given(said=vectors(V2, ""))
def test_every_vector_of_version_2_has_a_score(said: dict[str, str]) -> None:
    score = base_score(text_of(said))
    assert score is not None
    assert 0 <= score <= 10


@FEW
@given(score=st.floats(min_value=0, max_value=10))
def test_every_score_has_a_band(score: float) -> None:
    band = by_score(score)
    assert (band == "critical") is (score >= 9)
    assert (band in {"critical", "high"}) is (score >= 7)
    assert (band == "low") is (score < 4)


@FEW
@given(text=st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert by_text(text) in {*ORDER, "unknown"}
    assert by_word(text) in {*ORDER, "unknown"}


@FEW
@given(severities=st.lists(SEVERITIES, max_size=5))
def test_the_gravest_is_the_gravest_of_those_known(severities: list[Any]) -> None:
    known = [one for one in severities if one != "unknown"]
    found = gravest(severities)
    assert (found == "unknown") is (not known)
    assert all(ORDER.index(one) <= ORDER.index(found) for one in known)


@pytest.mark.parametrize(
    ("record", "severity"),
    [
        ({"id": "X-1"}, "unknown"),
        ({"id": "X-1", "severity": [{"type": "CVSS_V3", "score": "7.1"}]}, "high"),
        ({"id": "X-1", "affected": [{"ecosystem_specific": {"severity": "LOW"}}]}, "low"),
        (
            {"id": "X-1", "affected": [{"severity": [{"score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}]}]},
            "high",
        ),
        ({"id": "X-1", "severity": [{"type": "Ubuntu", "score": "medium"}]}, "medium"),
        ({"id": "X-1", "database_specific": {"severity": 7}}, "unknown"),
        ({"id": "X-1", "database_specific": {"severity": "CRITICAL"}}, "critical"),
        ({"id": "MAL-2026-1"}, "critical"),
    ],
)
def test_a_record_is_as_grave_as_the_gravest_that_it_says(
    record: dict[str, Any], severity: str
) -> None:
    assert severity_of(At(value=record, path="$")) == severity
