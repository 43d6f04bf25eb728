"""Every error says what happened, what to do, and how a command ends."""

from __future__ import annotations

import pytest

from pytest_orr.errors import (
    FactUnavailable,
    InvalidInput,
    NeededFileMissing,
    NothingFound,
    OrrError,
    RunFolderBusy,
    Unanswered,
    Undeclared,
    section_to_declare,
)


@pytest.mark.parametrize(
    ("error", "said", "exit_code"),
    [
        (OrrError("it broke"), "it broke", 22),
        (NeededFileMissing("x is not there.", "Make it."), "x is not there. Make it.", 4),
        (InvalidInput(("one",)), "1 mistake in what was written:\n  one", 22),
        (
            InvalidInput(("one", "two")),
            "2 mistakes in what was written:\n  one\n  two",
            22,
        ),
        (RunFolderBusy("another run"), "another run", 4),
        (FactUnavailable("denied", "grant it"), "denied; grant it", 22),
        (NothingFound("no host found"), "no host found", 22),
        (Unanswered("nobody answered", "answer"), "nobody answered; answer", 22),
    ],
)
def test_an_error_says_what_to_do(error: OrrError, said: str, exit_code: int) -> None:
    assert isinstance(error, OrrError)
    assert (error.diagnostics(), error.exit_code) == (said, exit_code)


@pytest.mark.parametrize("missing", ["[delivery]", "[delivery] signers"])
def test_a_missing_section_and_a_missing_key_are_filled_in_under_the_section(missing: str) -> None:
    error = Undeclared(missing, "who signs")
    assert error.cause == f"readiness.toml declares no {missing}"
    assert error.remedy == f"declare who signs under {missing} in readiness.toml"
    assert section_to_declare(error.remedy) == "[delivery]"
    assert not section_to_declare("grant it")
