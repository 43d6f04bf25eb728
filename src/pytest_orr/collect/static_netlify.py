"""Reads a site from Netlify's API, for ``static_sites``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from pytest_orr.clients.http import NoAnswer
from pytest_orr.clients.secret import Secret
from pytest_orr.clients.settings import setting
from pytest_orr.errors import FactUnavailable

from .parts import Part, part_of
from .static_declared import required

if TYPE_CHECKING:
    from pytest_orr.clients.http import HttpAccess, Page
    from pytest_orr.profile.schema import Hosting

API = "https://api.netlify.com"
WHERE = "[[hosting]]"
DENIED = {401, 403}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deploy:
    """A site at Netlify with the deploy that it shows to users."""

    site: str
    """Its name at Netlify."""
    commit: str
    """Commit of the published deploy; empty if it was not built from one."""
    state: str
    """State of the published deploy: ``ready``; empty if none is published."""
    encrypts: bool
    """Whether the site has a certificate and sends plain HTTP on to HTTPS."""
    serves_endpoint: bool
    """Whether the endpoint's host is among its names."""
    names: tuple[str, ...]
    """Hosts at which it answers, sorted."""

    def is_of(self, commit: str) -> bool:
        """Whether what users see was built from a commit, however much of its id is written."""
        given, wanted = self.commit.lower(), commit.lower()
        return bool(given) and (given.startswith(wanted) or wanted.startswith(given))

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        of = f"of commit {self.commit}" if self.commit else "of no commit"
        return f"{self.site}: deploy {of}, {self.state or 'not published'}"


def read_deploy(http: HttpAccess, hosting: Hosting, host: str) -> Part[Deploy]:
    """Read the declared site (``GET /api/v1/sites/{site}``); ``host`` is the endpoint's."""
    name = f"Netlify site {hosting.site or f'of {hosting.endpoint}'}"
    return part_of(name, partial(_deploy, http, hosting, host))


def _deploy(http: HttpAccess, hosting: Hosting, host: str) -> Deploy:
    site = required(hosting, "site")
    answer = _answered(_asked(http, hosting, site), site)
    published = answer.get("published_deploy") or {}
    aliases = answer.get("domain_aliases") or []
    addresses = (answer.get("url"), answer.get("ssl_url"))
    hosts = [
        answer.get("custom_domain"),
        *aliases,
        *(urlsplit(one or "").hostname for one in addresses),
    ]
    names = tuple(sorted({one.lower() for one in hosts if one}))
    return Deploy(
        site=answer["name"],
        commit=published.get("commit_ref") or "",
        state=published.get("state") or "",
        encrypts=bool(answer.get("ssl") and answer.get("force_ssl")),
        serves_endpoint=host in names,
        names=names,
    )


def _asked(http: HttpAccess, hosting: Hosting, site: str) -> Page:
    token = setting(hosting.token, where=f"{WHERE} token", environment=http.environment)
    if not token:
        raise FactUnavailable(
            f"{WHERE} of Netlify site {site} names no token",
            'name the variable that holds one as token = { env = "…" } under [[hosting]]',
        )
    api = setting(hosting.api, where=f"{WHERE} api", environment=http.environment) or API
    try:
        return http.get_as(Secret(token), f"{api.rstrip('/')}/api/v1/sites/{quote(site, safe='')}")
    except NoAnswer as error:
        raise FactUnavailable(error.cause, "run again, or correct api of [[hosting]]") from None


def _answered(page: Page, site: str) -> dict[str, Any]:
    if page.status in DENIED:
        raise FactUnavailable(
            f"Netlify denied site {site} to the token", "use a token that may read the site"
        )
    if page.status == 404:  # what a token may not see, Netlify may call not there
        raise FactUnavailable(
            f"Netlify shows no site {site} to the token",
            "correct site of [[hosting]] in readiness.toml, or use a token that may read it",
        )
    try:
        answer: Any = json.loads(page.text) if page.status == 200 else None
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    raise FactUnavailable(
        f"Netlify answered the question for site {site} with status {page.status} and no site",
        "run again; Netlify did not answer as it should",
    )
