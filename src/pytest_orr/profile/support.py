"""The part of readiness.toml about documents and support: what people open, read and write to."""

from typing import Annotated, Literal

from pydantic import Field, Strict
from pydantic.dataclasses import dataclass

from pytest_orr.errors import Undeclared

from .fields import (
    CONFIG,
    DiscordInvite,
    DiscordServer,
    Email,
    Flag,
    FromEnvironment,
    HostName,
    HtmlSelector,
    HttpsUrl,
    PagePath,
    RepositoryPath,
    Setting,
    TelegramChat,
    Text,
)

LONGEST_REVIEW = 180
"""Days."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Evidence:
    """Where documents are: nothing but these hosts and those of [[endpoints]] is ever asked."""

    hosts: tuple[HostName, ...] = ()
    """Hosts of documents, such as wiki.example.org or wiki.example.org:8443."""
    tokens: dict[HostName, FromEnvironment] = Field(default_factory=dict)
    """For hosts that ask who reads: the variable that holds a token of somebody who may only read,
    as { env = "…" }. It is sent to this host alone."""
    ca: Setting | None = None
    """File with the authorities to trust instead of the public ones."""
    connect: Setting | None = None
    """Address and port to connect to instead of what the names resolve to (a tunnel, say)."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Page:
    """A document that people open: a page on an evidence host, or a file of the repository."""

    url: HttpsUrl | None = None
    """Its URL; the host stands under [evidence] hosts, or is one of [[endpoints]]."""
    path: RepositoryPath | None = None
    """Or its path in the repository at the release's commit."""
    headings: tuple[Text, ...] = ()
    """Headings that it must have."""
    owner: Email | None = None
    """Who keeps it up to date; of a file it may be left to CODEOWNERS."""
    deputy: Email | None = None
    """Who does so when the owner is away."""
    review_days: Annotated[int, Strict(), Field(ge=1, le=LONGEST_REVIEW)] | None = None
    """How often it is looked through, and so how old its last change may be: at most 180 days."""

    @property
    def name(self) -> str:
        """What findings call it."""
        return self.url.partition("#")[0].partition("?")[0] if self.url else self.path or ""

    def rhythm(self, where: str) -> int:
        """Return how often it is looked through; raises ``Undeclared`` if nobody said so."""
        if self.review_days is None:
            raise Undeclared(f"{where} review_days", "how often it is looked through")
        return self.review_days

    @property
    def oldest_days(self) -> int:
        """How old its last change may be."""
        return self.review_days or LONGEST_REVIEW


RunbookSection = Literal[
    "restart_frontend", "restart_backend", "rollback", "pause", "takedown", "scale_up"
]


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class RunbookSections:
    """Which section of the runbook says how something is done, by the heading of each."""

    restart_frontend: Text = "Restart the frontend"
    """How the frontend is restarted."""
    restart_backend: Text = "Restart the backend"
    """How the backend is restarted."""
    rollback: Text = "Roll back"
    """How a release is taken back."""
    pause: Text = "Pause"
    """How the service is paused."""
    takedown: Text = "Take the backend down"
    """How the backend is taken down, and what depends on it."""
    scale_up: Text = "Scale up"
    """How it grows."""

    def heading_of(self, section: RunbookSection) -> str:
        """Return the heading of a section."""
        return str(getattr(self, section))


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class InlineHelp:
    """Help on one page of the frontend."""

    page: PagePath
    """Path of the page, such as /send."""
    selectors: Annotated[tuple[HtmlSelector, ...], Field(min_length=1)]
    """What must be found in its HTML as it was built: .class, #id, [attribute],
    [attribute=value], the name of an element, or several of them at once, such as
    button.help[aria-describedby]."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Documents:
    """What people open when they need to know."""

    runbook: Page | None = None
    """The runbook."""
    runbook_sections: RunbookSections = Field(default_factory=RunbookSections)
    """The headings of its sections."""
    faq: Page | None = None
    """The FAQ."""
    faq_questions: Annotated[int, Strict(), Field(ge=1)] = 5
    """How many questions it must answer."""
    inline_help: tuple[InlineHelp, ...] = ()
    """Help on pages of the frontend."""
    refund_process: Page | None = None
    """How a refund is made by hand."""
    refund_criteria: Page | None = None
    """What is refunded."""
    published_terms: Page | None = None
    """The same criteria, as users read them."""
    refund_rehearsal: Annotated[int, Strict(), Field(ge=1)] | None = None
    """The forge's issue in which a refund was rehearsed: its number in the project."""


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Chat:
    """A channel in which users ask."""

    kind: Literal["discord", "telegram"]
    """Whose."""
    invite: DiscordInvite | None = None
    """Discord: the code of the invite that the site links to."""
    guild: DiscordServer | None = None
    """Discord: id of the server to which the invite must lead."""
    chat: TelegramChat | None = None
    """Telegram: the chat's public name, such as @explorer."""
    token: FromEnvironment | None = None
    """The variable that holds a bot's token, for what is told to bots alone: who moderates."""
    url: Setting | None = None
    """What is asked instead of the provider's own address: of the API; of Telegram without a token,
    of the page about the chat."""
    moderators: Annotated[int, Strict(), Field(ge=1)] = 2
    """How many people, at least, moderate it."""

    @property
    def name(self) -> str:
        """What findings call it."""
        return f"Discord {self.invite}" if self.kind == "discord" else f"Telegram {self.chat}"


@dataclass(frozen=True, slots=True, kw_only=True, config=CONFIG)
class Support:
    """How users reach somebody."""

    email: Email | None = None
    """The address that users write to."""
    shown_on: tuple[HttpsUrl, ...] = ()
    """URLs of the pages that must show the address and link to the channels, on hosts of
    [[endpoints]] or of [evidence]."""
    ask_server: Flag = False
    """Whether the mail server is asked, by SMTP and without sending a mail, if it takes the
    address."""
    connect: Setting | None = None
    """Address and port of the mail server, instead of what MX names (a tunnel, say)."""
    channels: tuple[Chat, ...] = ()
    """Channels in which users ask."""
