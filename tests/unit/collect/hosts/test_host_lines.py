"""A host's answer is read line by line; what is not the script's spoils its section alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.collect.host_lines import MOST_BYTES, HostOutput, read_output, visible


def line(**fields: Any) -> bytes:
    return json.dumps(fields).encode() + b"\n"


def record(section: str, key: str = "key", value: str = "value") -> bytes:
    return line(section=section, key=key, value=value)


def done(section: str, lines: int, state: str = "ok", why: str = "") -> bytes:
    return line(section=section, done=state, why=why, lines=lines)


def end(sections: int) -> bytes:
    return line(end="ok", sections=sections)


CLOCK = record("clock", "epoch", "1795763328") + done("clock", 1)
UNITS = record("units", "property", "Id=a.service") + done("units", 1)
SOCKETS = record("sockets", "listening", "LISTEN") + done("sockets", 1)
WHOLE = CLOCK + UNITS + SOCKETS + end(3)


def states(printed: bytes) -> dict[str, str]:
    return {name: read.state for name, read in read_output(printed).sections.items()}


def test_a_whole_answer_has_every_section_and_no_trouble() -> None:
    output = read_output(WHOLE)
    assert output.trouble is None
    assert output.sections["units"].records == (("property", "Id=a.service"),)
    assert output.sections["units"].one("property") == "Id=a.service"
    assert output.sections["units"].one("nothing") == ""
    assert states(WHOLE) == {"clock": "ok", "units": "ok", "sockets": "ok"}


def test_what_a_login_prints_before_the_script_is_not_the_scripts() -> None:
    assert read_output(b"Welcome!\n\x1b[2J{\n" + WHOLE) == read_output(WHOLE)


@pytest.mark.parametrize("cut", range(1, len(WHOLE) - 1))
def test_an_answer_that_is_cut_anywhere_is_never_whole(cut: int) -> None:
    output = read_output(WHOLE[:cut])
    assert output.trouble is not None
    assert output.trouble.remedy
    for read in output.sections.values():
        assert read.state == "ok"
        assert len(read.records) == 1


@pytest.mark.parametrize(
    "spoilt",
    [
        b'{"section":"units","key":"property","val\n',
        b"\x1b]0;title\x07\n",
        b"Broadcast message from root\n",
        b'{"section":"units","key":"property","value":"a\x1b[31m"}\n',
        b'{"section":"units","key":"property","value":"\xff"}\n',
        b'{"section":"units","key":"property","value":1}\n',
        b'{"section":"units","key":"property","value":"a","more":"b"}\n',
        b'{"section":"units","done":"well","why":"","lines":1}\n',
        b'{"section":"units","done":"ok","why":"","lines":"1"}\n',
        b'["section"]\n',
        b"[" * 100_000 + b"\n",
        record("units"),
        record("sockets"),
        record("elsewhere"),
    ],
)
def test_a_line_that_is_not_the_scripts_spoils_its_section_and_no_other(spoilt: bytes) -> None:
    head, tail = UNITS.splitlines(keepends=True)
    printed = CLOCK + head + spoilt + tail + SOCKETS + end(3)
    output = read_output(printed)
    assert states(printed) == {"clock": "ok", "units": "spoilt", "sockets": "ok"}
    assert output.sections["units"].why
    assert output.trouble is None


def test_a_lost_line_spoils_its_section() -> None:
    printed = CLOCK + done("units", 1) + SOCKETS + end(3)
    output = read_output(printed)
    assert states(printed) == {"clock": "ok", "units": "spoilt", "sockets": "ok"}
    assert output.sections["units"].why == "it has 0 lines, and its end says 1"


def test_a_section_that_comes_twice_is_neither() -> None:
    output = read_output(CLOCK + UNITS + UNITS + SOCKETS + end(3))
    assert output.sections["units"].state == "spoilt"
    assert output.sections["units"].why == "it was printed twice"
    assert output.sections["sockets"].state == "ok"


@pytest.mark.parametrize("state", ["denied", "absent", "failed"])
def test_what_the_script_could_not_read_says_why(state: str) -> None:
    output = read_output(CLOCK + done("units", 0, state, "for a reason\r") + end(2))
    assert output.sections["units"].state == state
    assert output.sections["units"].why == "for a reason"


@pytest.mark.parametrize(
    ("printed", "cause"),
    [
        (b"", "it printed nothing that the script prints"),
        (b"sh: 1: Syntax error\n", "it printed nothing that the script prints"),
        (CLOCK + UNITS, "its answer was cut before the script's last line"),
        (CLOCK + end(2), "its answer has not exactly the sections that its last line says"),
        (WHOLE + end(3), "its answer has not exactly the sections that its last line says"),
        (
            WHOLE + record("units"),
            "its answer has not exactly the sections that its last line says",
        ),
        (WHOLE + b"more\n", "its answer has not exactly the sections that its last line says"),
        (b"y\n" * MOST_BYTES, "it printed more than the script can"),
    ],
)
def test_an_answer_that_is_not_the_scripts_says_so(printed: bytes, cause: str) -> None:
    trouble = read_output(printed).trouble
    assert trouble is not None
    assert trouble.cause == cause


@given(st.binary())
def test_whatever_comes_is_read_without_an_error(printed: bytes) -> None:
    assert isinstance(read_output(printed), HostOutput)
    assert isinstance(read_output(CLOCK + printed + UNITS), HostOutput)


@given(st.text())
def test_a_value_that_is_read_is_printable(text: str) -> None:
    raw = text.encode("utf-8", "surrogatepass").decode("latin-1")
    [(_, value)] = read_output(record("a", "k", raw) + done("a", 1)).sections["a"].records
    assert value.isprintable()


def test_characters_that_a_terminal_acts_on_or_hides_are_written_out() -> None:
    assert visible("a\x1b[31m\x9b\u202e\u200b\u2028\x00é €") == (
        "a\\x1b[31m\\x9b\\u202e\\u200b\\u2028\\x00é €"
    )


def test_bytes_that_are_no_utf8_are_written_out() -> None:
    printed = record("a", "k", "\u00e9\u00e2\u0082\u00ac") + done("a", 1)
    [(_, value)] = read_output(printed).sections["a"].records
    assert value == "\\xe9€"


def test_a_value_that_the_script_cannot_write_is_shown_as_it_is() -> None:
    [(_, value)] = read_output(record("a", "k", "€\u202e") + done("a", 1)).sections["a"].records
    assert value == "€\\u202e"
