from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_orr.profile.load import Written

DATABASES = """\
[[databases]]
name = "ledger"
kind = "aurora"
identifier = "ledger"
sources = ["198.51.100.0/24"]
writers = ["explorer_app", "migrate"]
app_role = "explorer_app"
login = { url = { env = "LEDGER_URL" }, ca = "rds.pem" }

[[databases]]
name = "notes"
kind = "firestore"
rules = "firestore.rules"
rules_tests = "rules.xml"
"""


def _changed(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_databases_that_agree_are_no_mistake(
    loaded: Callable[..., Written], profile_text: str
) -> None:
    profile = loaded(readiness=profile_text + DATABASES).profile
    assert [(one.name, one.kind) for one in profile.databases] == [
        ("ledger", "aurora"),
        ("notes", "firestore"),
    ]
    assert profile.database_limits.retention_days == 7


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'identifier = "ledger"\n',
            "",
            '`databases.identifier` is required for the kind "aurora" and missing',
        ),
        (
            'rules = "firestore.rules"\n',
            'rules = "firestore.rules"\nwriters = ["ana"]\n',
            '`databases.writers` means nothing for the kind "firestore", only for "rds" and',
        ),
        (
            'login = { url = { env = "LEDGER_URL" }, ca = "rds.pem" }',
            'login = { host = "ledger.example" }',
            "`databases.login` needs `user`, or a `url` that says it",
        ),
        (
            'login = { url = { env = "LEDGER_URL" }, ca = "rds.pem" }',
            'login = { host = "h", user = "u", password = "of-nobody" }',
            "`databases.login.password` must not be written out: name its variable",
        ),
        (
            'app_role = "explorer_app"',
            'app_role = "explorer"',
            '`databases.app_role` is "explorer", which `writers` does not name',
        ),
        ('name = "notes"', 'name = "ledger"', '`databases.name` is "ledger" again'),
        ('kind = "firestore"', 'kind = "mongodb"', '`databases.kind` is "mongodb" but must be'),
    ],
)
def test_databases_that_do_not_agree_are_mistakes(
    mistakes_in: Callable[..., tuple[str, ...]], profile_text: str, old: str, new: str, told: str
) -> None:
    mistakes = mistakes_in(readiness=profile_text + _changed(DATABASES, old, new))
    assert len(mistakes) == 1
    assert told in mistakes[0]
    assert "of-nobody" not in mistakes[0]
