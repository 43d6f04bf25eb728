"""An item's statement of itself is read without importing it, or every mistake in it is told."""

from __future__ import annotations

import ast
import textwrap
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_orr.marker import FORM, REQUIRED, read_marker
from pytest_orr.model import EVIDENCE_KINDS, OWNERS, PHASES, SEVERITIES

if TYPE_CHECKING:
    from pytest_orr.model import ItemSpec

GOOD = {
    "severity": '"major"',
    "phase": '"launch"',
    "owner": '"service"',
    "question": '"Who?"',
    "evidence": '"link"',
    "valid_for": "90",
}
PROSE = "It holds.\n\nWhy: because of\n  a reason.\n\nFix: do this.\n\nThen that."
LAW = settings(derandomize=True, deadline=None, max_examples=300)


def read(source: str, *facts: str) -> tuple[ItemSpec | None, list[str]]:
    function = ast.parse(textwrap.dedent(source)).body[0]
    assert isinstance(function, ast.FunctionDef)
    return read_marker(function, fact_names=frozenset(facts))


def item(
    arguments: str | None = None,
    *,
    prose: str = PROSE,
    asks: str = "",
    marks: str = "",
    **changes: str,
) -> str:
    said = {**GOOD, **changes}
    named = ", ".join(f"{key}={value}" for key, value in said.items() if value)
    inside = f'"demo.a.one", {named}' if arguments is None else arguments
    return f'{marks}@pytest.mark.orr({inside})\ndef test_one({asks}):\n    """{prose}"""\n'


def test_everything_an_item_states_is_read() -> None:
    source = item(
        asks="numbers, subject, *, hosts",
        stated='"the words " "of the process"',
        aliases='["demo.a.old", "demo.a.older"]',
    )
    spec, wrong = read(source, "numbers", "hosts", "others")
    assert wrong == []
    assert spec is not None
    assert (spec.id, spec.severity, spec.phase, spec.owner) == (
        "demo.a.one",
        "major",
        "launch",
        "service",
    )
    assert (spec.question, spec.evidence_kind, spec.valid_for) == ("Who?", "link", 90)
    assert (spec.title, spec.why, spec.fix) == ("It holds.", "because of a reason.", "do this.")
    assert spec.stated == "the words of the process"
    assert spec.aliases == ("demo.a.old", "demo.a.older")
    assert spec.facts == ("hosts", "numbers")
    assert (spec.position, spec.function) == (2, "test_one")


def test_what_need_not_be_stated_is_empty() -> None:
    spec, _ = read(item())
    assert spec is not None
    assert (spec.stated, spec.aliases, spec.facts, spec.manual) == ("", (), (), False)
    assert (spec.part, spec.section, spec.stamp, spec.file) == ("", "", "", "")


@pytest.mark.parametrize(
    ("asks", "marks", "expected"),
    [
        ("attestation", "@pytest.mark.manual\n", "person"),
        ("attestation", "", "person"),
        ("numbers, attestation", "@pytest.mark.manual\n", "partly"),
        ("numbers", "", "automatic"),
    ],
)
def test_the_class_as_built_follows_from_facts_and_flag(
    asks: str, marks: str, expected: str
) -> None:
    spec, _ = read(item(asks=asks, marks=marks), "numbers")
    assert spec is not None
    assert (spec.class_as_built, spec.manual) == (expected, bool(marks))


@pytest.mark.parametrize(
    "source",
    [
        "def test_one(): pass",
        "@pytest.mark.manual\ndef test_one(): pass",
        "@pytest.mark.orr\ndef test_one(): pass",
        "@mark.orr('demo.a.one')\ndef test_one(): pass",
    ],
)
def test_a_test_without_the_marker_is_no_item(source: str) -> None:
    assert read(source) == (None, [f"test_one is no item; {FORM}"])


@pytest.mark.parametrize(
    "arguments",
    [
        "NAME",
        "f'demo.{x}'",
        "'demo.a.one', severity=BLOCKER",
        "*names",
        "'a' + 'b'",
        "'demo.a.one', aliases={[]: 1}",
        "'demo.a.one', aliases={{}}",
        "len('x')",
    ],
)
def test_only_literals_can_be_read(arguments: str) -> None:
    assert read(item(arguments)) == (
        None,
        ["orr(…) of test_one takes literals only, so that it can be read"],
    )


@pytest.mark.parametrize("key", REQUIRED)
def test_what_is_lacking_is_named(key: str) -> None:
    assert read(item(**{key: ""})) == (None, [f"orr(…) of test_one lacks {key}"])


CHOICES = {
    "severity": SEVERITIES,
    "phase": PHASES,
    "owner": OWNERS,
    "evidence": tuple(EVIDENCE_KINDS),
}


@pytest.mark.parametrize(("key", "allowed"), CHOICES.items())
def test_a_word_out_of_its_set_is_told_with_the_set(key: str, allowed: tuple[str, ...]) -> None:
    for value in ("'great'", "1", "['major']"):
        said = f"orr(…) of test_one: {key} is one of {', '.join(allowed)}, not {value}"
        assert read(item(**{key: value})) == (None, [said])
    for word in allowed:
        assert read(item(**{key: repr(word)}))[1] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("stated", "1"),
        ("stated", "None"),
        ("question", "['a']"),
        ("valid_for", "'90'"),
        ("valid_for", "9.5"),
        ("valid_for", "True"),
        ("valid_for", "0"),
        ("valid_for", "-1"),
        ("aliases", "'demo.a.old'"),
        ("aliases", "[1]"),
        ("aliases", "[['demo.a.old']]"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told(key: str, value: str) -> None:
    said = f"orr(…) of test_one: {key} cannot be {ast.literal_eval(value)!r}"
    assert read(item(**{key: value})) == (None, [said])


def test_unknown_keywords_are_told() -> None:
    source = item(colour="'red'", kind="'x'")
    assert read(source)[1] == [
        "orr(…) of test_one knows no 'colour'",
        "orr(…) of test_one knows no 'kind'",
    ]
    said = ", ".join(f"{key}={value}" for key, value in GOOD.items())
    assert read(item(f"'demo.a.one', {said}, **{{}}"))[1] == ["orr(…) of test_one knows no 'None'"]


@pytest.mark.parametrize("first", ["", "1, ", "'demo.a.one', 'demo.a.two', "])
def test_the_id_comes_first_and_alone(first: str) -> None:
    said = ", ".join(f"{key}={value}" for key, value in GOOD.items())
    assert read(item(first + said)) == (
        None,
        ["orr(…) of test_one takes the item's id, and everything else by keyword"],
    )


@pytest.mark.parametrize(
    "prose",
    [
        "",
        "It holds.",
        "It holds.\n\nWhy: x",
        "It holds.\n\nFix: x",
        "\n\nWhy:\n\nFix:",
        "It holds. Why: x. Fix: y.",
    ],
)
def test_a_docstring_has_its_three_parts(prose: str) -> None:
    said = "the docstring of test_one needs a first line, a Why: and a Fix: paragraph"
    assert read(item(prose=prose)) == (None, [said])


def test_why_and_fix_may_stand_without_an_empty_line_between_them() -> None:
    spec, _ = read(item(prose="It holds.\n\nWhy: a\n  b\nFix: c\n  d"))
    assert spec is not None
    assert (spec.why, spec.fix) == ("a b", "c d")


def test_every_mistake_is_told_at_once() -> None:
    source = item(prose="x", severity="'great'", phase="", colour="1")
    assert len(read(source)[1]) == 4


LITERALS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=8),
        st.binary(max_size=4),
        st.sampled_from([*SEVERITIES, *PHASES, *OWNERS, *EVIDENCE_KINDS, "demo.a.one"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=2),
    ),
    max_leaves=4,
).map(repr)
EXPRESSIONS = st.one_of(
    LITERALS,
    st.sampled_from(
        ["x", "x.y", "f()", "lambda: 1", "[i for i in x]", "-'a'", "{[]: 1}", "1 + 2j", "*x", "..."]
    ),
)
KEYWORDS = st.dictionaries(
    st.sampled_from([*GOOD, "stated", "aliases", "other"]), EXPRESSIONS, max_size=9
)


@LAW
@given(
    st.lists(EXPRESSIONS, max_size=2),
    KEYWORDS,
    st.text(st.characters(exclude_characters='\\"\0\r', exclude_categories=["Cs"]), max_size=60),
)
def test_whatever_parses_is_read_or_refused_and_never_raises(
    args: list[str], keywords: dict[str, str], prose: str
) -> None:
    said = [*args, *(f"{key}={value}" for key, value in keywords.items())]
    source = item(", ".join(said), prose=prose)
    try:
        ast.parse(source)
    except SyntaxError:
        return
    spec, wrong = read(source, "numbers")
    assert (spec is None) == bool(wrong)
    assert spec is None or isinstance(spec.id, str)


@LAW
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_docstring_is_read_or_refused(prose: str) -> None:
    function = ast.parse(item()).body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [ast.Expr(ast.Constant(prose))]
    spec, wrong = read_marker(function, fact_names=frozenset())
    assert (spec is None) == bool(wrong)
