"""Files that were made to harm are refused early, by name of what is wrong with them."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.clients.hostile_json import LARGEST_MIB, MIB, Unreadable, read_json
from pytest_orr.collect.scans.reading import MODULES, read_report
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.scans import Scan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.collect.scans.report import ScanReport

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b" " * (LARGEST_MIB * MIB + 1), "is larger than 64 MiB"),
        (b"[" + b"1," * 2_000_000 + b"1]", "has more than 2,000,000 values"),
        (b"[" * 100_000 + b"]" * 100_000, "is cut off, or nested deeper than 64 levels"),
        (b'{"a":' * 65 + b"1" + b"}" * 65, "is cut off, or nested deeper than 64 levels"),
        (b'{"runs": [', "is cut off, or nested deeper than 64 levels"),
        (b'{"a": 1, "a": 2}', "says 'a' twice in one object"),
        (
            b"{" + b",".join(b'"%d":1' % n for n in range(50_000)) + b',"49999":1}',
            "says '49999' twice in one object",
        ),
        (b'{"a": NaN}', "has NaN as a number"),
        (b"1" * 5000, "is no whole JSON file"),
        (b"\xff\xfe{}", "is no whole JSON file"),
        (b"", "is no whole JSON file"),
        (b'{"a": "' + b'\\"' * 4_000_000, "is cut off"),
    ],
    ids=[
        "large",
        "many",
        "deep lists",
        "deep",
        "cut",
        "twice",
        "twice of many",
        "nan",
        "digits",
        "utf",
        "none",
        "quotes",
    ],
)
def test_what_would_fill_memory_or_mean_two_things_is_refused(raw: bytes, told: str) -> None:
    with pytest.raises(Unreadable, match=told):
        read_json(raw)


def test_brackets_within_texts_are_no_levels() -> None:
    text = '[{"' * 100 + '\\"'
    assert read_json(json.dumps({"a": text}).encode())["a"].text() == text


def test_half_of_a_pair_is_no_text_that_cannot_be_written_later() -> None:
    assert read_json(b'{"a": "\\ud800"}')["a"].text() == "?"


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda at: at["number"].text(), r"has no text at \$\.number"),
        (lambda at: at["text"].number(), r"has no number at \$\.text"),
        (lambda at: at["yes"].number(), r"has no number at \$\.yes"),
        (lambda at: at["huge"].number(), r"has no number of usual size at \$\.huge"),
        (lambda at: at["half"].count(), r"has no count at \$\.half"),
        (lambda at: at["number"].flag(), r"has no true or false at \$\.number"),
        (lambda at: list(at["text"].each()), r"has no list at \$\.text"),
        (lambda at: at["list"]["x"], r"has no object at \$\.list"),
        (lambda at: at["missing"].needed(), r"says nothing at \$\.missing"),
    ],
)
def test_a_wrong_type_is_named_by_its_place(ask: Callable[[Any], Any], told: str) -> None:
    said = {"number": 1, "text": "a", "yes": True, "huge": 1e300, "half": 0.5, "list": []}
    with pytest.raises(Unreadable, match=told):
        ask(read_json(json.dumps(said).encode()))


@settings(max_examples=40, deadline=None)
@given(form=st.sampled_from(sorted(MODULES)), content=ANYTHING)
def test_no_value_breaks_a_reader(form: Any, content: Any) -> None:
    raw = json.dumps(content).encode("utf-8", "replace")
    with suppress(FactUnavailable):
        found = read_report(raw, Scan(about="secrets", format=form), "report.json")
        assert found.sha256 == sha256(raw).hexdigest()


@pytest.mark.parametrize("name", ["pip-audit.json", "cyclonedx.json", "ansible-lint.sarif"])
def test_a_report_that_is_cut_anywhere_is_refused(
    kept: Callable[[str], bytes], read_as: Callable[..., ScanReport], name: str
) -> None:
    form = {"ansible-lint.sarif": "sarif"}.get(name, name.partition(".")[0])
    raw = kept(name).rstrip()
    for length in range(0, len(raw) - 1, 97):
        with pytest.raises(FactUnavailable):
            read_as(form, raw[:length])
