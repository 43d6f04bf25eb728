"""A person signs on a real terminal: reads, names the key, agrees, and types its passphrase."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pexpect

ORR = Path(sys.executable).with_name("orr")
LONGEST = 60
"""Seconds until something must have been said."""


def session_of(place: Any) -> Any:
    environment = {name: os.environ[name] for name in ("PATH", "HOME")}
    return pexpect.spawn(
        str(ORR),
        ["sign"],
        cwd=str(place.repository.path),
        env={**environment, "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        encoding="utf-8",
        dimensions=(40, 100),
        timeout=LONGEST,
    )


def test_the_passphrase_of_a_key_is_typed_to_ssh_keygen_itself(ready_to_sign: Any) -> None:
    session = session_of(ready_to_sign)
    session.expect_exact("READY WITH WAIVERS: ")
    session.expect_exact("Still to sign as security: bo@example.org")
    session.expect_exact("Sign with the key: ")
    session.sendline(str(ready_to_sign.keys["bo-locked"]))
    session.expect_exact("Sign that demo may be launched in production? [no]: ")
    session.sendline("yes")
    session.expect("(?i)passphrase")
    session.sendline("a phrase")
    session.expect_exact("Signed: readiness-report/signoff.json")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 0
    assert "a phrase" not in session.before


def test_enter_alone_signs_nothing(ready_to_sign: Any) -> None:
    session = session_of(ready_to_sign)
    session.expect_exact("Sign with the key: ")
    session.sendline("")
    session.expect_exact("This needs an answer; q leaves.")
    session.sendline("")
    session.expect(pexpect.EOF)
    session.close()
    assert session.exitstatus == 4
    assert not (ready_to_sign.report / "signoff.json").exists()
