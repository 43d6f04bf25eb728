"""The wiki of the example's team, on loopback: runbook, FAQ and terms, as ``wiki_pages`` has them.

It is reached by TLS as wiki.example.org. Whoever tests it plants faults while it runs, over plain
HTTP: ``PUT /-/faults`` with a JSON list of their names. Part of ``services.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from examples.explorer.certificates import issue
from examples.explorer.fault_server import FaultServer
from examples.explorer.forge_server import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Iterable


HOST = "wiki.example.org"
LOGIN = "https://sso.example.org/login?for=wiki"
TOKEN = "wiki-of-nobody"  # noqa: S105 opens nothing but this example
PAGES = Path(__file__).parent / "wiki_pages"
CHANGED = {
    "runbook": "2026-11-02T09:30:00+00:00",
    "faq": "2026-11-10T14:00:00+00:00",
    "terms": "2026-10-16T08:00:00+00:00",
}
OLD = "2026-02-03T09:30:00+00:00"
CHROME = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title} · Wiki</title>{date}</head>
<body>
<header><a href="/">Wiki</a> <a href="/account">Ana</a></header>
<nav><h2>Pages?</h2><a href="/explorer/runbook">Runbook</a> <a href="/explorer/faq">FAQ</a></nav>
<main>
{page}</main>
<footer>Printed for Ana Ito</footer>
</body>
</html>
"""
ASKS = '<form action="/login" method="post"><input name="u"><input name="p" type="password"></form>'
NOT_FOUND = "<h1>There is no such page</h1>"
FAULTS = frozenset(
    {
        "down",
        "faq-dead-fragment",
        "faq-dead-link",
        "faq-old",
        "faq-short",
        "login-page",
        "login-redirect",
        "private",
        "runbook-gone",
        "runbook-old",
        "runbook-without-commands",
        "runbook-without-owners",
        "terms-differ",
        "too-often",
        "undated",
    }
)
PLANTED = {"faulty": ("faq-dead-link",), "repaired": ()}


def serve(state: str, folder: Path) -> dict[str, str]:
    """Start it; return where it is, whose certificate it shows, and where it is told of faults."""
    server = WikiServer(PLANTED[state])
    apart = folder / "wiki"
    apart.mkdir()
    ca, chain = issue(apart, (HOST,))
    return {
        "EXPLORER_WIKI": server.listen_by_tls(chain),
        "EXPLORER_WIKI_CA": str(ca),
        "EXPLORER_WIKI_CONTROL": server.url,
    }


class WikiServer(FaultServer):
    """Answers on ports of its own until ``close``."""

    known = FAULTS

    def __init__(self, faults: Iterable[str] = ()) -> None:
        super().__init__(faults)

    def answer(self, request: Request) -> Answer:
        """Return what a request is told."""
        told = super().answer(request)
        if request.method == "HEAD":
            return Answer(status=told.status, headers=told.headers, claimed_length=len(told.body))
        return told

    def told(self, request: Request) -> Answer:
        """Return what a request is told where nothing is spoilt."""
        if "down" in self.faults:
            return Answer(status=503, body=b"down for maintenance\n")
        if "too-often" in self.faults:
            return Answer(status=429, headers={"Retry-After": "3600"})
        if "login-redirect" in self.faults:
            return Answer(status=302, headers={"Location": LOGIN})
        if "private" in self.faults and request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(status=401, body=b"who reads?\n")
        if "login-page" in self.faults:
            return _html(CHROME.format(title="Log in", date="", page=ASKS))
        return self._page(request.path.removeprefix("/explorer/"))

    def _page(self, name: str) -> Answer:
        if name == "/":
            return _html(CHROME.format(title="Wiki", date="", page="<h1>Wiki</h1>"))
        if name not in CHANGED or f"{name}-gone" in self.faults:
            return _html(CHROME.format(title="Not found", date="", page=NOT_FOUND), 404)
        changed = OLD if f"{name}-old" in self.faults else CHANGED[name]
        declared = f'<meta property="article:modified_time" content="{changed}">'
        date = "" if "undated" in self.faults else declared
        text = self._worded(name, (PAGES / f"{name}.html").read_text(encoding="utf-8"))
        return _html(CHROME.format(title=name.capitalize(), date=date, page=text))

    def _worded(self, name: str, text: str) -> str:
        for fault, (old, new) in SPOILING.items():
            if fault in self.faults and fault.startswith(name):
                assert old in text, fault
                text = text.replace(old, new)
        return text


SPOILING = {
    "faq-dead-fragment": ('href="/explorer/terms#decides"', 'href="/explorer/terms#nobody"'),
    "faq-dead-link": ('href="/explorer/terms"', 'href="/explorer/terms-of-2025"'),
    "faq-short": ("?</h2>", "</h2>"),
    "runbook-without-commands": ("<pre>", "<p>"),
    "runbook-without-owners": ('<h2 id="owners">Owners</h2>', ""),
    "terms-differ": ("less than 99&nbsp;%", "less than 95&nbsp;%"),
}
"""Which text of its page each fault changes into what."""


def _html(text: str, status: int = 200) -> Answer:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(status=status, body=text.encode(), headers=headers)
