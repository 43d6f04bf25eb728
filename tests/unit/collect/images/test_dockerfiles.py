"""Which images a Dockerfile builds upon, whatever else it holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_orr.collect.images.dockerfiles import bases_of

DIGEST = f"sha256:{'ab' * 32}"


def images(text: str) -> list[str]:
    return [base.image for base in bases_of(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM debian:12", ["debian:12"]),
        (f"from debian:12@{DIGEST} as build\n", [f"debian:12@{DIGEST}"]),
        ("FROM --platform=$BUILDPLATFORM golang:1.25 AS build", ["golang:1.25"]),
        (
            "FROM golang:1 AS Build\nFROM build AS test\nFROM scratch\nCOPY --from=build / /",
            ["golang:1"],
        ),
        ("FROM scratch", []),
        ("ARG TAG=12\nFROM debian:$TAG", ["debian:12"]),
        ('ARG TAG="12" NAME=debian\nFROM ${NAME}:${TAG}', ["debian:12"]),
        ("ARG A=12\nARG TAG=${A}-slim\nFROM debian:$TAG", ["debian:12-slim"]),
        ("FROM debian:${TAG:-12}", ["debian:12"]),
        ("ARG TAG=\nFROM debian:${TAG:-12}", ["debian:12"]),
        ("ARG TAG=\nFROM debian${TAG-:12}", ["debian"]),
        ("ARG TAG=13\nFROM debian:${TAG:-12}", ["debian:13"]),
        ("ARG DEV=1\nFROM debian:12${DEV:+-dev}", ["debian:12-dev"]),
        ("FROM debian:12${DEV:+-dev}", ["debian:12"]),
        ("ARG A=alpine\nFROM ${B:-$A}", ["alpine"]),
        ("FROM debian:12\nARG TAG=13\nFROM busybox:1", ["debian:12", "busybox:1"]),
        ("FROM \\\n  debian:12 \\\n# a comment\n\n  AS build\nFROM build", ["debian:12"]),
        ("# escape=`\nFROM debian:12 `\n AS build\nRUN c:\\\nFROM build", ["debian:12"]),
        ("# syntax=docker/dockerfile:1\n# FROM no:1\nFROM debian:12", ["debian:12"]),
        ("FROM a:1\nRUN <<EOF\nFROM hidden:1\nEOF\nFROM b:1", ["a:1", "b:1"]),
        ("FROM a:1\nCOPY <<-'X' <<Y /\n\tFROM c:1\n\tX\nFROM d:1\nY\nFROM b:1", ["a:1", "b:1"]),
        ("FROM a:1\nRUN cat <<<x\nFROM b:1", ["a:1", "b:1"]),
        ("FROM a:1\nRUN <<EOF\nFROM b:1", ["a:1"]),
        ("FROM a:1\r\nFROM b:1\r\n", ["a:1", "b:1"]),
        ("FROMAGE x\nnothing\n\n", []),
        ("", []),
    ],
)
def test_bases_are_read_as_the_format_has_them(text: str, found: list[str]) -> None:
    assert images(text) == found


def test_a_line_is_told_by_number_and_as_it_was_written() -> None:
    [base] = bases_of("# top\n\nFROM   debian:12   AS x\n")
    assert (base.line, base.written) == (3, "debian:12 AS x")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ARG TAG\nFROM debian:$TAG", "argument TAG has no default"),
        ("FROM $BASE", "argument BASE has no default"),
        ("FROM ${A:-$B}", "argument B has no default"),
        ("ARG A=$B\nFROM debian:$A", "argument A has no default"),
        ("FROM scratch$X", "argument X has no default"),
        ("FROM debian:12 AS", "the line is no FROM of an image"),
        ("FROM a b c d", "the line is no FROM of an image"),
    ],
)
def test_what_cannot_be_known_from_the_file_is_said(text: str, why: str) -> None:
    [base] = bases_of(text)
    assert base.missing == why


@given(st.text(alphabet="FROM ARG<E\n\\#$={}:-+aA1'\"", max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    for base in bases_of(text):
        assert base.line >= 1
