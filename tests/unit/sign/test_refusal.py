from __future__ import annotations

import re

import pytest

from pytest_orr.sign import refusal
from pytest_orr.sign.refusal import REFUSALS, Refused


@pytest.mark.parametrize("code", REFUSALS)
def test_a_code_is_in_kebab_case_and_means_something(code: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)
    assert len(REFUSALS[code]) > 10


def test_no_code_stands_in_two_tables() -> None:
    tables = [one for name, one in vars(refusal).items() if name.startswith("OF_")]

    assert tables
    assert sum(map(len, tables)) == len(REFUSALS)


def test_a_refusal_says_its_code_and_what_was_found_and_ends_with_1() -> None:
    refused = Refused("not-json", "it is not JSON: …")

    assert refused.diagnostics() == (
        "refused: not-json: it is not JSON: …. Name a signoff.json as `orr sign` wrote it, whole"
        " and unchanged."
    )
    assert refused.exit_code == 1


def test_a_code_that_is_in_no_table_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match="no-such-code is no code of a refusal"):
        Refused("no-such-code", "")
