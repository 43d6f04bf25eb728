"""The part of readiness.toml about documents and support: what people open, read and write to."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from .fields import CONFIG, Count, Days, Email, FromEnvironment, HostName, Setting, Text


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Evidence:
    """Where documents and evidence may be fetched from; nothing else is ever fetched."""

    hosts: tuple[HostName, ...] = ()
    """Hosts of documents and evidence, such as wiki.example.org."""
    tokens: dict[HostName, FromEnvironment] = Field(default_factory=dict)
    """For hosts that ask who reads: the variable that holds the token."""
    ca: Setting | None = None
    """File with the authorities to trust instead of the public ones."""
    connect: Setting | None = None
    """Address and port to connect to instead of what the names resolve to (a tunnel, say)."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Page:
    """A document that people open: a page on an evidence host, or a file of the repository."""

    url: Text | None = None
    """Its URL; the host stands under [evidence] hosts."""
    path: Text | None = None
    """Or its path in the repository at the release's commit."""
    headings: tuple[Text, ...] = ()
    """Headings that it must have."""
    owner: Email | None = None
    """Who keeps it up to date."""
    deputy: Email | None = None
    """Who does so when the owner is away."""
    review_days: Days = 180
    """How often it is looked through, and so how old its last change may be."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class InlineHelp:
    """Help on one page of the frontend."""

    page: Text
    """Path of the page, such as /send."""
    selectors: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What must be found in its HTML: .class, #id, [attribute], or the name of an element."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Documents:
    """What people open when they need to know."""

    runbook: Page | None = None
    """The runbook."""
    faq: Page | None = None
    """The FAQ."""
    faq_questions: Count = 5
    """How many questions it must answer."""
    inline_help: tuple[InlineHelp, ...] = ()
    """Help on pages of the frontend."""
    refund_process: Page | None = None
    """How a refund is made by hand."""
    refund_criteria: Page | None = None
    """What is refunded."""
    published_terms: Page | None = None
    """The same criteria, as users read them."""
    refund_rehearsal: Text | None = None
    """The forge's issue in which a refund was rehearsed: its number."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Chat:
    """A channel in which users ask."""

    kind: Literal["discord", "telegram"]
    """Whose."""
    invite: Text | None = None
    """Discord: the code of the invite that the site links to."""
    chat: Text | None = None
    """Telegram: the chat's public name, such as @explorer."""
    token: FromEnvironment | None = None
    """The variable that holds a bot's token, for what is told to bots alone."""
    guild: Text | None = None
    """Discord: id of the server, for what is told to bots alone."""
    url: Setting | None = None
    """The API's URL, if not the provider's own."""
    moderators: Annotated[int, Strict(), Field(ge=1)] = 2
    """How many people, at least, moderate it."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Support:
    """How users reach somebody."""

    email: Email | None = None
    """The address that users write to."""
    shown_on: tuple[Text, ...] = ()
    """URLs of the pages that must show address and channel, on hosts of [[endpoints]]."""
    ask_server: Annotated[bool, Strict()] = False
    """Whether the mail server is asked, by SMTP and without sending a mail, if it takes the
    address."""
    channels: tuple[Chat, ...] = ()
    """Channels in which users ask."""
