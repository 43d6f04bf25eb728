"""The kinds of value that the files people write are made of, each with its form in plain words."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, Strict, StringConstraints, Tag
from pydantic.dataclasses import dataclass

CONFIG = ConfigDict(extra="forbid", use_attribute_docstrings=True)

EMAIL = r"^[^@\s]+@[^@\s]+$"
COMMIT = r"^[0-9a-f]{7,64}$"
BOUND_TO = r"^(any|[0-9a-f]{7,64})$"
SHA256 = r"^[0-9a-f]{64}$"
ACCOUNT = r"^[0-9]{12}$"
REGION = r"^[a-z]{2}(-[a-z]+)+-[0-9]+$"
HTTP_URL = r"^https?://[^\s/]+(/\S*)?$"
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"

FORMS = (
    (EMAIL, "an e-mail address, such as ana@example.org"),
    (COMMIT, "a commit id: 7 to 64 of the characters 0-9 and a-f"),
    (BOUND_TO, '"any" or a commit id: 7 to 64 of the characters 0-9 and a-f'),
    (SHA256, "a SHA-256 digest: 64 of the characters 0-9 and a-f, as sha256sum prints it"),
    (ACCOUNT, "an AWS account id: twelve digits in quotes"),
    (REGION, "an AWS region, such as eu-central-1"),
    (HTTP_URL, "a URL that begins with http:// or https:// and has no spaces"),
    (VARIABLE, "the name of an environment variable, such as EXPLORER_CA"),
)
"""Every pattern with what it asks for, as a mistake's message says it."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Email = Annotated[str, StringConstraints(pattern=EMAIL)]
Commit = Annotated[str, StringConstraints(pattern=COMMIT)]
BoundTo = Annotated[str, StringConstraints(pattern=BOUND_TO)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Account = Annotated[str, StringConstraints(pattern=ACCOUNT)]
Region = Annotated[str, StringConstraints(pattern=REGION)]
HttpUrl = Annotated[str, StringConstraints(pattern=HTTP_URL)]
Variable = Annotated[str, StringConstraints(pattern=VARIABLE)]
Port = Annotated[int, Strict(), Field(ge=1, le=65535)]
Count = Annotated[int, Strict(), Field(ge=0)]
Days = Annotated[int, Strict(), Field(ge=1)]
Date = Annotated[dt.date, Strict()]
Flag = Annotated[bool, Strict()]
Role = Literal[
    "service", "security", "platform", "product", "support", "principal-engineer", "approver"
]
EvidenceKind = Literal[
    "commit",
    "report",
    "log",
    "drill",
    "decision",
    "roster",
    "table",
    "capture",
    "link",
    "ticket",
]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class FromEnvironment:
    """A value that differs from machine to machine, or is secret: read from the environment."""

    env: Variable
    """Name of the environment variable."""


TEXT_BRANCH = "<text>"
TABLE_BRANCH = "<table>"


def _branch(value: object) -> str:
    return TABLE_BRANCH if isinstance(value, dict | FromEnvironment) else TEXT_BRANCH


Setting = Annotated[
    Annotated[Text, Tag(TEXT_BRANCH)] | Annotated[FromEnvironment, Tag(TABLE_BRANCH)],
    Discriminator(_branch),
]
"""The value itself, or where to read it; a mistake is told of the branch that was meant alone."""
