"""Calls the provider of nodes the wrong way, and the right way: ``provider_protections``.

That a wrong call is refused says something only if the right one is answered in the same run.
"""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from pytest_orr.clients.evm import Reply
from pytest_orr.clients.http import NoAnswer
from pytest_orr.clients.secret import Secret
from pytest_orr.clients.settings import setting
from pytest_orr.collect.assets import assets_in
from pytest_orr.collect.interface import Desk
from pytest_orr.collect.parts import Part, part_of
from pytest_orr.errors import FactUnavailable, Undeclared
from pytest_orr.observation import Answer
from pytest_orr.profile.chains import ProviderProject
from pytest_orr.profile.schema import Endpoint

STRANGER = "https://stranger.invalid"
"""An origin that nobody can have: the name is reserved."""
MOST_ASSETS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongCall:
    """A call that must be refused."""

    how: str
    said: str
    """What came back: status and code."""
    is_answered: bool
    is_refused: bool
    is_limited: bool
    """Whether the plan's limit refuses everybody."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.how}: {self.said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectProtection:
    """How a project answers whom it should, and whom it should not."""

    right_call: str
    """What the right call got."""
    wrong_calls: tuple[WrongCall, ...]

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        wrong = "; ".join(one.seen for one in self.wrong_calls)
        return f"the right call: {self.right_call}; {wrong}"

    @property
    def admitted(self) -> tuple[str, ...]:
        """Wrong calls that were answered; unknown if one was neither answered nor refused."""
        for one in self.wrong_calls:
            if one.is_limited:
                raise FactUnavailable(
                    "the provider refuses calls because the plan's limit is reached",
                    "run again when the limit is new, usually the next day",
                )
            if not one.is_answered and not one.is_refused:
                raise FactUnavailable(
                    f"a call {one.how} is neither answered nor refused: {one.said}",
                    "run again when the provider answers",
                )
        return tuple(one.how for one in self.wrong_calls if one.is_answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Which ids of a backend's projects stand in a frontend's pages and scripts."""

    read: int
    """Pages and scripts that were read."""
    projects: tuple[str, ...]
    """Names of the projects whose ids or secrets were found."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        return f"{self.read} pages and scripts read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProtectionFacts:
    """What strangers get with a project's id, and where they find it."""

    projects: tuple[Part[ProjectProtection], ...]
    bundles: tuple[Part[Bundle], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProtections:
    """Is a stolen project id of any use?"""

    name: str = "provider_protections"
    source: str = "the provider of nodes, and the frontend"
    operations: tuple[str, ...] = ("http:GET", "rpc:eth_blockNumber")
    fact_type: Any = ProviderProtectionFacts

    def collect(self, desk: Desk) -> Answer[ProviderProtectionFacts]:
        """Call for each project of the judged environment."""
        provider, own = desk.profile.provider, desk.profile.service.environment
        projects = [one for one in provider.projects if one.environment == own] if provider else []
        if not projects:
            raise Undeclared("[[provider.projects]]", f"the projects of {own}")
        hidden = [one for one in projects if one.origin is None]
        pages = [one for one in desk.profile.endpoints if one.role == "frontend"]
        facts = ProviderProtectionFacts(
            projects=tuple(part_of(one.name, partial(_probed, desk, one)) for one in projects),
            bundles=tuple(part_of(one.name, partial(_bundle, desk, one, hidden)) for one in pages),
        )
        return Answer(value=facts, where=tuple(one.name for one in projects))


def _probed(desk: Desk, project: ProviderProject) -> ProjectProtection:
    url, secret = _url(desk, project), _login(desk, project)
    origin = project.origin or ""
    right = desk.evm.reply(url, secret=secret, origin=origin)
    if not right.is_answered:
        raise FactUnavailable(
            f"the right call is not answered ({right.said}), so that a refusal would say nothing",
            "correct id, secret and origin under [[provider.projects]]",
        )
    wrong = tuple(_wrong_calls(desk, url, secret, origin))
    return ProjectProtection(right_call=right.said, wrong_calls=wrong)


def _wrong_calls(desk: Desk, url: str, secret: Secret | None, origin: str) -> Iterator[WrongCall]:
    if secret:
        yield _call("without the secret", desk.evm.reply(url, origin=origin))
    if origin:
        stranger = desk.evm.reply(url, secret=secret, origin=STRANGER)
        yield _call("from another origin", stranger)


def _call(how: str, reply: Reply) -> WrongCall:
    return WrongCall(
        how=how,
        said=reply.said,
        is_answered=reply.is_answered,
        is_refused=reply.is_refused,
        is_limited=reply.is_limited,
    )


def _url(desk: Desk, project: ProviderProject) -> str:
    environment = desk.http.environment
    whole = setting(project.url, where=f'project "{project.name}" url', environment=environment)
    return whole.replace("{id}", _id(desk, project))


def _id(desk: Desk, project: ProviderProject) -> str:
    where = f'project "{project.name}" id'
    return setting(project.id, where=where, environment=desk.http.environment).strip()


def _secret(desk: Desk, project: ProviderProject) -> str:
    where = f'project "{project.name}" secret'
    return setting(project.secret, where=where, environment=desk.http.environment)


def _login(desk: Desk, project: ProviderProject) -> Secret | None:
    secret = _secret(desk, project)
    return Secret(b64encode(f":{secret}".encode()).decode()) if secret else None


def _bundle(desk: Desk, endpoint: Endpoint, hidden: list[ProviderProject]) -> Bundle:
    route = desk.http.route_to(endpoint)
    page = desk.http.get(endpoint.url, route)
    assets = assets_in(page.text, page.final_url)
    if len(assets) > MOST_ASSETS:
        raise FactUnavailable(
            f"the page loads {len(assets)} scripts and style sheets, more than are looked through",
            "search the built bundle for the ids, and state what was found",
        )
    texts = [page.text, *(_text(desk, url, endpoint) for url in assets)]
    told = {one.name: (_id(desk, one), _secret(desk, one)) for one in hidden}
    found = (
        name
        for name, values in told.items()
        if any(value and value in text for value in values for text in texts)
    )
    return Bundle(read=len(texts), projects=tuple(sorted(found)))


def _text(desk: Desk, url: str, endpoint: Endpoint) -> str:
    answer = desk.http.get(url, desk.http.route_to(endpoint))
    if answer.status != 200:
        raise NoAnswer(f"{answer.url} answers {answer.status}", "deploy all that the page needs")
    return answer.text
