"""What a suite's module may not contain is told with its line; everything else is let through."""

from __future__ import annotations

import ast
import textwrap

import pytest

from pytest_orr.fence import ALLOWED_IMPORTS, FORBIDDEN_CALLS, breaches


def told(source: str) -> list[tuple[int, str]]:
    return sorted(breaches(ast.parse(textwrap.dedent(source))))


@pytest.mark.parametrize("module", sorted(ALLOWED_IMPORTS))
def test_pure_values_pytest_and_this_product_may_be_imported(module: str) -> None:
    name = {"pytest": "mark", "pytest_orr": "each"}.get(module, "thing")
    assert told(f"import {module}\nimport {module} as other\nfrom {module} import {name}") == []


def test_submodules_of_what_is_allowed_may_be_imported() -> None:
    assert told("from collections.abc import Iterable\nimport collections.abc") == []


@pytest.mark.parametrize(
    "module",
    ["os", "socket", "subprocess", "threading", "boto3", "requests", "paramiko", "builtins", "sys"],
)
def test_a_client_is_not_imported(module: str) -> None:
    said = f"import of {module}; items judge facts, clients belong to collectors"
    assert told(f"import {module}") == [(1, said)]
    assert told(f"\nfrom {module} import path") == [(2, said)]
    assert told(f"def test_x():\n    import {module}") == [(2, said)]


def test_each_name_of_an_import_is_looked_at() -> None:
    assert [text for _, text in told("import re, os, json.decoder")] == [
        "import of json.decoder; items judge facts, clients belong to collectors",
        "import of os; items judge facts, clients belong to collectors",
    ]


@pytest.mark.parametrize(
    "line", ["import pytest_orr.clients.aws", "from pytest_orr.clients.aws import x"]
)
def test_the_inside_of_this_product_is_not_imported(line: str) -> None:
    assert told(line) == [
        (1, "import of pytest_orr.clients.aws; items use the public names of pytest_orr")
    ]


@pytest.mark.parametrize("line", ["from . import x", "from .other import x", "from .. import x"])
def test_an_item_stands_alone(line: str) -> None:
    assert told(line) == [(1, "relative import; an item stands alone")]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("", "bare except; it would turn a broken check green"),
        (" Exception", "broad except; it would turn a broken check green"),
        (" BaseException as error", "broad except; it would turn a broken check green"),
        (" (ValueError, Exception)", "broad except; it would turn a broken check green"),
        (" (ValueError, (BaseException))", "broad except; it would turn a broken check green"),
        (" builtins.Exception", "broad except; it would turn a broken check green"),
        ("* Exception", "broad except; it would turn a broken check green"),
    ],
)
def test_nothing_is_swallowed(kind: str, said: str) -> None:
    source = f"def helper():\n    try:\n        pass\n    except{kind}:\n        pass"
    assert told(source) == [(4, said)]


def test_a_narrow_except_is_allowed() -> None:
    assert told("try:\n    pass\nexcept (KeyError, ValueError):\n    pass") == []


@pytest.mark.parametrize("how", ["except KeyError", "except* KeyError", "finally"])
def test_an_item_does_not_try(how: str) -> None:
    source = f"def test_x():\n    try:\n        assert 0\n    {how}:\n        pass"
    said = "test_x tries; what it would catch is what a reader must see"
    assert told(source) == [(1, said)]


def test_an_item_does_not_ask_for_what_reaches_everything() -> None:
    said = "test_x asks for request; an item asks for its facts by name"
    assert told("def test_x(fact, request):\n    assert fact") == [(1, said)]
    assert told("def helper(fact):\n    return fact") == []


@pytest.mark.parametrize(
    "source",
    [
        "if True:\n    def test_x(fact):\n        assert fact",
        "for n in fact:\n    def test_x():\n        assert n",
        "class Things:\n    def test_x(self):\n        assert self",
        "def helper():\n    def test_x():\n        assert 1",
    ],
)
def test_an_item_stands_where_reading_finds_it(source: str) -> None:
    [(line, said)] = told(source)
    assert (line, said) == (2, "test_x does not stand at the module's top level")


LEAVES = "test_x leaves a subject's block before its assertions"


@pytest.mark.parametrize("word", ["continue", "break"])
def test_an_item_does_not_leave_a_subjects_block(word: str) -> None:
    inside = f"    for n in fact:\n        with subject(n):\n            {word}\n"
    deeper = inside.replace(word, f"if n:\n                {word}")
    for body in (inside, deeper):
        assert told(f"def test_x(fact, subject):\n{body}            assert n") == [(1, LEAVES)]


@pytest.mark.parametrize("word", ["continue", "break"])
def test_a_loop_inside_a_subjects_block_may_be_left(word: str) -> None:
    body = f"    with subject('all'):\n        for n in fact:\n            {word}\n"
    assert told(f"def test_x(fact, subject):\n{body}        assert fact") == []
    outside = f"    for n in fact:\n        if not n:\n            {word}\n"
    assert told(f"def test_x(fact, subject):\n{outside}    assert fact") == []


def test_an_assert_on_a_tuple_is_always_true() -> None:
    assert told("assert (x, 'message')") == [(1, "assert on a tuple, which is always true")]
    assert told("assert (x), 'message'\nassert ()\nassert x == (1, 2)") == []


@pytest.mark.parametrize("name", sorted(FORBIDDEN_CALLS))
def test_an_item_touches_nothing_else(name: str) -> None:
    said = f"call of {name}(); items judge facts and touch nothing else"
    assert told(f"x = {name}('a')") == [(1, said)]
    assert told(f"x = {name}") == [(1, said)]
    assert told(f"x = fact.{name}('a')\n{name} = 1") == []


def test_an_item_is_a_plain_function() -> None:
    source = """
    class TestThings:
        pass
    class Things:
        pass
    async def test_later():
        pass
    """
    assert told(source) == [
        (2, "class TestThings; an item is a function"),
        (6, "async function test_later; pytest would not run it"),
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return", "test_x returns; an item asserts to its end"),
        ("return fact == 1", "test_x returns; an item asserts to its end"),
        ("return None", "test_x returns; an item asserts to its end"),
        ("if fact:\n        return 1", "test_x returns; an item asserts to its end"),
        ("yield", "test_x yields; pytest would not run it"),
        ("yield from fact", "test_x yields; pytest would not run it"),
        ("x = yield", "test_x yields; pytest would not run it"),
    ],
)
def test_an_item_asserts_and_neither_returns_nor_yields(body: str, said: str) -> None:
    assert told(f"def test_x(fact):\n    {body}") == [(1, said)]


@pytest.mark.parametrize(
    "body",
    [
        "def inner():\n        return 1",
        "async def inner():\n        return 1",
        "f = lambda: (yield)",
        "assert fact",
    ],
)
def test_what_a_function_inside_an_item_does_is_its_own(body: str) -> None:
    said = told(f"def test_x(fact):\n    {body}")
    assert [text for _, text in said if "test_x" in text] == []


def test_a_helper_may_return_and_yield() -> None:
    assert told("def names(fact):\n    yield 1\n    return 2") == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import enum\nenum.sys.modules", "use of enum.sys, which is the module sys"),
        ("import enum as e\ne.sys.modules", "use of enum.sys, which is the module sys"),
        ("from enum import sys", "use of enum.sys, which is the module sys"),
        ("from dataclasses import inspect as i", "use of dataclasses.inspect, which is the module"),
        ("import dataclasses\ndataclasses.re.functools", ""),
        ("import dataclasses\ndataclasses.re.enum.sys", "use of enum.sys, which is the module sys"),
        ("import collections.abc\ncollections.abc.Iterable", ""),
        ("import pytest\npytest.importorskip('boto3')", "use of pytest.importorskip"),
        ("from pytest import importorskip as find", "use of pytest.importorskip"),
        ("import pytest\npytest.client.create_vpc()", "use of pytest.client"),
        ("import pytest\npytest.raises(KeyError)", "use of pytest.raises"),
        ("import pytest\npytest.mark.orr", ""),
        ("import pytest_orr\npytest_orr.clients.aws_wire", "use of pytest_orr.clients"),
        ("from pytest_orr import clients", "use of pytest_orr.clients"),
        ("from operator import attrgetter", "use of operator.attrgetter"),
        ("import operator\noperator.methodcaller('a')", "use of operator.methodcaller"),
        ("import string\nstring.Formatter().get_field", "use of string.Formatter"),
        ("import typing\ntyping.get_type_hints(A)", "use of typing.get_type_hints"),
        ("from enum import *", "import of everything of enum; name what the items need"),
        ("import enum\nfind(enum, 'sys')", "hands the module enum on"),
        ("import enum\nmine = enum\nmine.sys", "hands the module enum on"),
        ("().__class__.__base__", "reaches for __base__"),
        ("f'{fact.__class__}'", "reaches for __class__"),
        ("__builtins__['open']", "reaches for __builtins__"),
        ("fact._client", "reaches for _client"),
        ("getattr(fact, 'seen', '')", ""),
        ("getattr(fact, name)", "call of getattr() without a plain name"),
        ("getattr(fact, '__class__')", "call of getattr() without a plain name"),
        ("find = getattr", "call of getattr() without a plain name"),
        ("import enum\ngetattr(enum, 'sys')", "hands the module enum on"),
        ("(x for x in ()).gi_frame.f_builtins", "reaches for f_builtins"),
        ("match fact:\n    case object(__class__=kind):\n        pass", "reaches for __class__"),
        ("def test_x(*, monkeypatch):\n    pass", "test_x asks for monkeypatch"),
        ("def helper(request, /):\n    pass", "helper asks for request"),
    ],
)
def test_what_leads_beyond_facts_is_refused(source: str, said: str) -> None:
    texts = [text for _, text in told(source)]
    assert any(text.startswith(said) for text in texts) if said else texts == []


@pytest.mark.parametrize(
    "source",
    [
        "import datetime as dt\nday = dt.date(2026, 11, 20) - dt.timedelta(days=1)",
        "from collections.abc import Mapping\nfrom statistics import median",
        "import re\nfound = re.compile('a').match('a')[0]",
        "import functools, itertools\nfunctools.partial(itertools.chain, ())",
    ],
)
def test_pure_values_are_used_freely(source: str) -> None:
    assert told(source) == []
