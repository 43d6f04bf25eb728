"""The second net under secrets: no known value and no known shape is left in a text."""

from __future__ import annotations

import base64
import binascii
import json
import string
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pytest_orr.redaction import REDACTED, SHAPES, SHORTEST, Redactor, secret_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LAW = settings(derandomize=True, deadline=None, max_examples=200)
ANY = st.characters(exclude_categories=["Cs"])
SECRETS = st.text(ANY, min_size=SHORTEST, max_size=40)
AROUND = st.text(string.ascii_letters + string.digits + " \n.:/=+-_", max_size=30)
PLAIN = st.text(string.ascii_lowercase + " \n.,/()", max_size=200)

ENCODINGS: dict[str, Callable[[str], str]] = {
    "raw": str,
    "URL": quote,
    "URL, all": lambda value: quote(value, safe=""),
    "URL, form": quote_plus,
    "JSON": lambda value: json.dumps(value)[1:-1],
    "JSON, not ASCII": lambda value: json.dumps(value, ensure_ascii=False)[1:-1],
    "repr": lambda value: repr(value)[1:-1],
    "hex": lambda value: value.encode().hex(),
    "HEX": lambda value: value.encode().hex().upper(),
}


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_a_known_secret_survives_in_no_encoding(encode: Callable[[str], str]) -> None:
    @LAW
    @given(SECRETS, AROUND, AROUND)
    def law(secret: str, before: str, after: str) -> None:
        hidden = encode(secret)
        clean = Redactor([secret])(before + hidden + after)
        assert hidden not in clean or hidden in REDACTED
        assert REDACTED in clean

    law()


def decoded(text: str, altchars: bytes) -> Iterator[bytes]:
    """Everything that the parts of a text say as base64, from whichever character on."""
    for part in text.split(REDACTED):
        for start in range(4):
            whole = part[start:]
            whole = whole[: len(whole) // 4 * 4]
            try:
                yield base64.b64decode(whole, altchars=altchars)
            except binascii.Error:
                continue


@pytest.mark.parametrize("altchars", [b"+/", b"-_"], ids=["standard", "URL-safe"])
def test_a_known_secret_survives_in_no_base64(altchars: bytes) -> None:
    @LAW
    @given(SECRETS, st.binary(max_size=7), st.binary(max_size=7))
    def law(secret: str, before: bytes, after: bytes) -> None:
        text = base64.b64encode(before + secret.encode() + after, altchars=altchars).decode()
        clean = Redactor([secret])(text)
        assert REDACTED in clean
        assert all(secret.encode() not in seen for seen in decoded(clean, altchars))

    law()


@pytest.mark.parametrize("padding", range(3))
def test_a_secret_is_found_in_each_alignment_of_base64(padding: int) -> None:
    secret = "correct horse battery staple"  # noqa: S105 what is to be taken out
    text = base64.b64encode(b"x" * padding + secret.encode() + b"yz").decode()
    clean = Redactor([secret])(f"see {text} there")
    assert clean.startswith("see ")
    assert clean.endswith(" there")
    kept = clean.removeprefix("see ").removesuffix(" there").replace(REDACTED, "")
    assert len(kept) <= 8


@LAW
@given(PLAIN, st.lists(SECRETS, max_size=3))
def test_a_text_without_secrets_is_unchanged(text: str, secrets: list[str]) -> None:
    other = [f"{secret}#1Z" for secret in secrets]
    lines = {line for secret in other for line in secret.splitlines() if len(line) >= SHORTEST}
    assume("..." not in text)
    assume(not any(line in text for line in lines))
    assert Redactor(other)(text) == text


@LAW
@given(st.lists(SECRETS, min_size=1, max_size=3), AROUND)
def test_each_line_of_a_value_is_a_value(lines: list[str], around: str) -> None:
    redact = Redactor(["\n".join(lines)])
    for line in "\n".join(lines).splitlines():
        if len(line) >= SHORTEST:
            assert line not in redact(f"{around}{line}{around}").replace(REDACTED, "")


SHORTENED = "hunter2-hunter2-hunter2"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("assert 'hunter2-hun...er2-hunter2' == 'x'", f"assert '{REDACTED}' == 'x'"),
        ("hunt...ter2", REDACTED),
        ("hunter2-...ends", REDACTED),
        ("assert 'abcdefg...tuvwxyz' == 'x'", "assert 'abcdefg...tuvwxyz' == 'x'"),
        ("hun...er2", "hun...er2"),
        ("wait ... please", "wait ... please"),
    ],
)
def test_a_value_that_pytest_shortened_is_taken_out(text: str, clean: str) -> None:
    assert Redactor([SHORTENED])(text) == clean


@LAW
@given(st.lists(st.text(ANY, max_size=SHORTEST - 1), max_size=5), PLAIN)
def test_a_short_value_is_no_secret(values: list[str], text: str) -> None:
    assert Redactor(values)(text) == text


def test_the_shortest_secret_is_found() -> None:
    assert Redactor(["12345678"])("a12345678b") == f"a{REDACTED}b"
    assert Redactor(["1234567"])("a1234567b") == "a1234567b"


def test_of_two_secrets_the_longer_is_taken_out_whole() -> None:
    redact = Redactor(["password", "password-and-more"])
    assert redact("x password-and-more y password z") == f"x {REDACTED} y {REDACTED} z"


def test_a_shape_does_not_leave_the_rest_of_a_value_behind() -> None:
    redact = Redactor(["two words of it"])
    assert redact("Authorization: two words of it!") == f"{REDACTED}"


def test_a_value_that_is_no_text_is_found() -> None:
    value = b"\xffpassword".decode(errors="surrogateescape")
    redact = Redactor([value])
    assert redact(f"x {value} y") == f"x {REDACTED} y"
    assert redact("%FFpassword") == REDACTED


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Authorization: Bearer abc.def", REDACTED),
        ('"authorization": "Basic dXNlcjpwYXNz",', f'"{REDACTED}",'),
        ("X-Amz-Security-Token=abc123 next", f"{REDACTED} next"),
        ("PRIVATE-TOKEN: abc", REDACTED),
        ("key AKIAIOSFODNN7EXAMPLE.", f"key {REDACTED}."),
        ("key ASIAIOSFODNN7EXAMPLE", f"key {REDACTED}"),
        ("ghp_" + "a" * 36, REDACTED),
        ("glpat-" + "a" * 20, REDACTED),
        ("xoxb-1234567890", REDACTED),
        ("https://user:pass@host/x", f"https://{REDACTED}@host/x"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.abc", REDACTED),
        (
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb",
            f"a\n{REDACTED}\nb",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIE and no end", REDACTED),
    ],
)
def test_the_shapes_of_well_known_tokens_are_taken_out(text: str, clean: str) -> None:
    assert Redactor()(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/x/50dc6c495c0c9188",
        "https://example.org:8443/path?a=b@c",
        "sha256:" + "0123456789abcdef" * 4,
        "AKIA is how a key begins",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "the token is named by GITLAB_TOKEN",
    ],
)
def test_what_only_looks_a_little_like_a_secret_stays(text: str) -> None:
    assert Redactor()(text) == text


@LAW
@given(st.one_of(*map(st.from_regex, SHAPES)), AROUND)
def test_no_shape_is_passed_over_for_want_of_a_mark(shape: str, around: str) -> None:
    redact = Redactor()
    for text in (f"{around} {shape}", f"https://{shape}", shape.swapcase()):
        assert redact(text) == redact._shapes.sub(REDACTED, text)


def test_a_json_value_is_cleaned_throughout_except_for_its_keys() -> None:
    secret = "hunter2-hunter2"  # noqa: S105 what is to be taken out
    value = {"a": [f"x {secret}", 7, None, True, {secret: secret}], "b": 1.5}
    assert Redactor([secret]).deep(value) == {
        "a": [f"x {REDACTED}", 7, None, True, {secret: REDACTED}],
        "b": 1.5,
    }


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "GITLAB_TOKEN",
        "TOKEN",
        "db_password",
        "KEY_PASSPHRASE",
        "DATADOG_API_KEY",
        "APIKEY",
        "SSH_PRIVATE_KEY",
        "CLIENT_SECRET",
        "DB_PASS",
        "GITHUB_PAT",
        "MY_APP_CREDENTIALS",
        "PGPASSWORD",
    ],
)
def test_secrets_are_picked_by_the_names_of_their_variables(name: str) -> None:
    assert secret_values({name: "value"}) == ("value",)


@pytest.mark.parametrize(
    "name",
    [
        "HOME",
        "TOKENS",
        "SECRETARY",
        "PASSWORDLESS",
        "AWS_ACCESS_KEY_ID",
        "KEYBOARD",
        "TOKEN_ISSUER",
        "GITLAB_TOKEN_FILE",
        "PASSWORD_STORE_DIR",
        "COMPASS",
    ],
)
def test_other_variables_are_no_secrets(name: str) -> None:
    assert secret_values({name: "value"}) == ()


def test_each_secret_is_picked_once_in_a_settled_order() -> None:
    environment = {"B_TOKEN": "two", "A_TOKEN": "two", "C_TOKEN": "one", "D": "three"}
    assert secret_values(environment) == ("one", "two")
