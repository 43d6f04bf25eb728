"""The kinds of value that the files people write are made of, each with its form in plain words."""

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Discriminator, Field, Strict, StringConstraints, Tag
from pydantic.dataclasses import dataclass

CONFIG = ConfigDict(extra="forbid", defer_build=True)
"""Every run makes these classes, so whatever only JSON Schemas need is left to ``json_schemas``."""

EMAIL = r"^[!-?A-~]+@[!-?A-~]+$"
COMMIT = r"^[0-9a-f]{7,64}$"
FULL_COMMIT = r"^([0-9a-f]{40}|[0-9a-f]{64})$"
BOUND_TO = r"^(any|[0-9a-f]{7,64})$"
SHA256 = r"^[0-9a-f]{64}$"
ACCOUNT = r"^[0-9]{12}$"
REGION = r"^[a-z]{2}(-[a-z]+)+-[0-9]+$"
HTTP_URL = r"^https?://[^\s/]+(/\S*)?$"
HTTPS_URL = r"^https://[A-Za-z0-9.:-]+(/[!-~]*)?$"
PAGE_PATH = r"^/[!-~]*$"
HTML_SELECTOR = (
    r"^([A-Za-z][A-Za-z0-9-]*)?([.#][A-Za-z_][A-Za-z0-9_-]*"
    r"|\[[A-Za-z_][A-Za-z0-9_:.-]*(=(\"[^\"'\]]*\"|'[^\"'\]]*'|[^\"'\]]*))?\])*$"
)
VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"
HOST_NAME = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$"
HOST_PATH = r"^/[A-Za-z0-9._@+/-]*$"
HOST_GLOB = r"^(~/|/)[A-Za-z0-9._@+/*?-]*$"
UNIT = r"^[A-Za-z0-9][A-Za-z0-9:._@-]{0,240}\.service$"
USER = r"^[a-z_][a-z0-9_.-]{0,31}$"
SOURCE = r"^([0-9.]{7,15}/[0-9]{1,2}|[0-9a-f:]{2,39}/[0-9]{1,3}|(sg|pl)-[0-9a-f]+)$"
ALIAS = r"^alias/[A-Za-z0-9/_-]+$"
ROLE_ARN = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$"
POLICY_ARN = r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+$"
SECRETS_ARN = r"^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+$"
ACCESS_KEY = r"^AKIA[A-Z0-9]{16}$"
USER_NAME = r"^[A-Za-z0-9+=,.@_-]{1,64}$"
PRINCIPAL = (
    r"^(arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9+=,.@_/-]+)"
    r"|[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com)$"
)
ACTION = r"^[a-z0-9-]+:[A-Za-z0-9]+$"
ARN = r"^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:\S+$"
INSTANCE_ID = r"^i-[0-9a-f]{8,17}$"
REPOSITORY_GLOB = r"^[A-Za-z0-9._@+*?\[\]/-]+$"
REPOSITORY_PATH = r"^[A-Za-z0-9._@+/-]+$"
EVM_ADDRESS = r"^0x[0-9a-fA-F]{40}$"
WHOLE = r"^[0-9]{1,78}$"
SELECTOR = r"^0x[0-9a-f]{8}$"
POINTER = r"^(/([^~/]|~[01])*)+$"
SERIES = (
    r"^[a-zA-Z_:][a-zA-Z0-9_:]*"
    r'(\{[a-zA-Z_][a-zA-Z0-9_]*="[^"\\\n]*"(, ?[a-zA-Z_][a-zA-Z0-9_]*="[^"\\\n]*")*\})?$'
)
GRAFANA_NAMESPACE = r"^(default|org-[0-9]{1,18}|stacks-[0-9]{1,18})$"
DISCORD_INVITE = r"^[A-Za-z0-9-]{2,64}$"
DISCORD_SERVER = r"^[0-9]{17,20}$"
TELEGRAM_CHAT = r"^@[A-Za-z][A-Za-z0-9_]{3,31}$"
FINGERPRINT = r"^SHA256:[A-Za-z0-9+/]{43}$"

FORMS = (
    (EMAIL, "an e-mail address of plain characters, such as ana@example.org"),
    (COMMIT, "a commit id: 7 to 64 of the characters 0-9 and a-f"),
    (FULL_COMMIT, "a whole commit id: 40 or 64 of the characters 0-9 and a-f"),
    (BOUND_TO, '"any" or a commit id: 7 to 64 of the characters 0-9 and a-f'),
    (SHA256, "a SHA-256 digest: 64 of the characters 0-9 and a-f, as sha256sum prints it"),
    (ACCOUNT, "an AWS account id: twelve digits in quotes"),
    (REGION, "an AWS region, such as eu-central-1"),
    (HTTP_URL, "a URL that begins with http:// or https:// and has no spaces"),
    (HTTPS_URL, "a URL that begins with https:// and has no other than plain characters"),
    (PAGE_PATH, "a page's path, from / on, such as /send"),
    (HTML_SELECTOR, "a selector of one element, such as .help, #fees or button[data-help]"),
    (VARIABLE, "the name of an environment variable, such as EXPLORER_CA"),
    (HOST_NAME, "a host's name: letters, digits, dots, colons and dashes, not a dash first"),
    (HOST_PATH, "a path on the host: from / on, of letters, digits and . _ @ + -"),
    (HOST_GLOB, "a pattern on the host: from / or ~/ on, of letters, digits and . _ @ + - * ?"),
    (UNIT, "a service of systemd, such as explorer.service"),
    (USER, "a user's name, such as auditor"),
    (SOURCE, "a network such as 198.51.100.0/24, or the id of a security group or prefix list"),
    (ALIAS, "a key's alias, such as alias/explorer"),
    (ROLE_ARN, "a role's ARN, such as arn:aws:iam::123456789012:role/orr"),
    (POLICY_ARN, "a managed policy's ARN, such as arn:aws:iam::aws:policy/SecurityAudit"),
    (
        SECRETS_ARN,
        "a secret's ARN, such as arn:aws:secretsmanager:eu-central-1:123456789012:…",
    ),
    (ACCESS_KEY, "the id of an access key: AKIA and 16 letters and digits, never its secret"),
    (USER_NAME, "the name of an IAM user, such as pipeline"),
    (PRINCIPAL, "the ARN of a role, user or root, or a service such as rds.amazonaws.com"),
    (ACTION, "an action as IAM names it, such as elasticloadbalancing:ModifyListener"),
    (ARN, "the ARN of a resource"),
    (INSTANCE_ID, "the id of an EC2 instance, such as i-0123456789abcdef0"),
    (
        REPOSITORY_GLOB,
        "a pattern of paths from the repository's top on, such as deploy/**/*.yml",
    ),
    (REPOSITORY_PATH, "a path from the repository's top on, such as docs/rollback.toml"),
    (EVM_ADDRESS, "an address of an EVM chain: 0x and 40 of the characters 0-9, a-f and A-F"),
    (WHOLE, 'a whole number in quotes, such as "2000000000000000000"'),
    (SELECTOR, "a function's selector: 0x and 8 of the characters 0-9 and a-f"),
    (POINTER, "a JSON pointer from / on, such as /data/balance, with ~1 for / and ~0 for ~"),
    (SERIES, 'a series: its name, and labels such as {account="relayer"}'),
    (GRAFANA_NAMESPACE, "a namespace of Grafana: default, org-7 or stacks-7"),
    (DISCORD_INVITE, "the code of an invite, such as x7Kq2mVb: what follows discord.gg/"),
    (DISCORD_SERVER, "the id of a server on Discord: 17 to 20 digits in quotes"),
    (TELEGRAM_CHAT, "the public name of a chat, such as @explorer"),
    (FINGERPRINT, "a key's fingerprint as ssh-keygen -l prints it: SHA256:…"),
)
"""Every pattern with what it asks for, as a mistake's message says it."""

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Email = Annotated[str, StringConstraints(pattern=EMAIL)]
Commit = Annotated[str, StringConstraints(pattern=COMMIT)]
FullCommit = Annotated[str, StringConstraints(pattern=FULL_COMMIT)]
BoundTo = Annotated[str, StringConstraints(pattern=BOUND_TO)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Account = Annotated[str, StringConstraints(pattern=ACCOUNT)]
Region = Annotated[str, StringConstraints(pattern=REGION)]
HttpUrl = Annotated[str, StringConstraints(pattern=HTTP_URL)]
HttpsUrl = Annotated[str, StringConstraints(pattern=HTTPS_URL)]
PagePath = Annotated[str, StringConstraints(pattern=PAGE_PATH)]
HtmlSelector = Annotated[str, StringConstraints(pattern=HTML_SELECTOR, min_length=1)]
Variable = Annotated[str, StringConstraints(pattern=VARIABLE)]
HostName = Annotated[str, StringConstraints(pattern=HOST_NAME)]
HostPath = Annotated[str, StringConstraints(pattern=HOST_PATH)]
HostGlob = Annotated[str, StringConstraints(pattern=HOST_GLOB)]
Unit = Annotated[str, StringConstraints(pattern=UNIT)]
User = Annotated[str, StringConstraints(pattern=USER)]
Source = Annotated[str, StringConstraints(pattern=SOURCE)]
Alias = Annotated[str, StringConstraints(pattern=ALIAS)]
RoleArn = Annotated[str, StringConstraints(pattern=ROLE_ARN)]
PolicyArn = Annotated[str, StringConstraints(pattern=POLICY_ARN)]
SecretArn = Annotated[str, StringConstraints(pattern=SECRETS_ARN)]
AccessKeyId = Annotated[str, StringConstraints(pattern=ACCESS_KEY)]
UserName = Annotated[str, StringConstraints(pattern=USER_NAME)]
PrincipalName = Annotated[str, StringConstraints(pattern=PRINCIPAL)]
Action = Annotated[str, StringConstraints(pattern=ACTION)]
Arn = Annotated[str, StringConstraints(pattern=ARN)]
InstanceId = Annotated[str, StringConstraints(pattern=INSTANCE_ID)]
DiscordInvite = Annotated[str, StringConstraints(pattern=DISCORD_INVITE)]
DiscordServer = Annotated[str, StringConstraints(pattern=DISCORD_SERVER)]
TelegramChat = Annotated[str, StringConstraints(pattern=TELEGRAM_CHAT)]
Fingerprint = Annotated[str, StringConstraints(pattern=FINGERPRINT)]
RepositoryGlob = Annotated[str, StringConstraints(pattern=REPOSITORY_GLOB)]
RepositoryPath = Annotated[str, StringConstraints(pattern=REPOSITORY_PATH)]
Whole = Annotated[str, StringConstraints(pattern=WHOLE)]
EvmAddress = Annotated[str, StringConstraints(pattern=EVM_ADDRESS)]
Series = Annotated[str, StringConstraints(pattern=SERIES)]
Port = Annotated[int, Strict(), Field(ge=1, le=65535)]
Count = Annotated[int, Strict(), Field(ge=0)]
Days = Annotated[int, Strict(), Field(ge=1)]
Date = Annotated[dt.date, Strict()]
Instant = Annotated[AwareDatetime, Strict()]
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
