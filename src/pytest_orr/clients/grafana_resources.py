"""Grafana's dashboards and folders as resources under /apis, for ``clients.grafana``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pytest_orr.errors import FactUnavailable

from . import grafana_said as said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .hostile_json import At

DASHBOARDS, FOLDERS = "dashboard.grafana.app", "folder.grafana.app"
KNOWN = ("v2", "v2beta1", "v1", "v1beta1", "v2alpha1", "v1alpha1", "v0alpha1")
"""Versions whose dashboards can be read, of folders as well."""
PER_PAGE = "200"
MOST_PAGES = 100


class Resources:
    """Dashboards of one namespace; everything raises ``FactUnavailable``."""

    def __init__(self, get: Callable[..., At], namespace: str, read: Callable[..., Any]) -> None:
        """Take ``get(path, **query)``, and ``read(asked, answer, reader)`` for an answer."""
        self._get, self._namespace, self._read = get, namespace, read

    def hits(self) -> tuple[said.Hit, ...]:
        """Return every dashboard, with the title of its folder."""
        path = self._path(DASHBOARDS, "dashboards")
        folders = self._folders()
        return tuple(
            self._read(f"GET {path}", one, lambda at: said.resource_hit(at, folders))
            for one in self._items(path)
        )

    def model(self, uid: str) -> said.Model:
        """Return what a dashboard shows, in the version that it was saved in if it must be."""
        path = f"{self._path(DASHBOARDS, 'dashboards')}/{quote(uid, safe='')}"
        answer = self._get(path)
        stored: str = self._read(f"GET {path}", answer, _stored_elsewhere)
        if stored in KNOWN:
            of = f"/apis/{DASHBOARDS}/{stored}/namespaces/{self._namespace}/dashboards"
            answer = self._get(f"{of}/{quote(uid, safe='')}")
        elif stored:
            raise FactUnavailable(
                f"Grafana tells the dashboard {uid} as {stored} alone",
                "update pytest-orr, which does not know this version of dashboards",
            )
        found: said.Model = self._read(f"GET {path}", answer, lambda at: said.model(at["spec"]))
        return found

    def _folders(self) -> dict[str, str]:
        path = self._path(FOLDERS, "folders")
        return dict(
            self._read(
                f"GET {path}",
                one,
                lambda at: (at.within("metadata", "name").needed(), at["spec"]["title"].needed()),
            )
            for one in self._items(path)
        )

    def _path(self, group: str, resource: str) -> str:
        answer = self._get(f"/apis/{group}")
        version = self._read(f"GET /apis/{group}", answer, _version)
        return f"/apis/{group}/{version}/namespaces/{self._namespace}/{resource}"

    def _items(self, path: str) -> Iterator[At]:
        further = {"limit": PER_PAGE}
        asked: set[str] = set()
        while len(asked) < MOST_PAGES:
            page = self._get(path, **further)
            rows, token = self._read(f"GET {path}", page, _page)
            yield from rows
            if not token:
                return
            if token in asked:
                break
            asked.add(token)
            further = {"limit": PER_PAGE, "continue": token}
        raise FactUnavailable(
            f"Grafana's GET {path} leads from page to page without an end",
            "correct url under [grafana] in readiness.toml",
        )


def _page(answer: At) -> tuple[tuple[At, ...], str]:
    if not answer["items"].is_list():
        raise answer["items"].wrong("list")
    return tuple(answer["items"].each()), answer.within("metadata", "continue").text()


def _version(group: At) -> str:
    """Return the version to ask by: the one that Grafana prefers, if it can be read here."""
    preferred = group.within("preferredVersion", "version").text()
    if preferred in KNOWN:
        return preferred
    offered = {one["version"].text() for one in group["versions"].each()}
    for version in KNOWN:
        if version in offered:
            return version
    raise FactUnavailable(
        f"Grafana offers {group['name'].text()} in no version that is known here",
        "update pytest-orr",
    )


def _stored_elsewhere(dashboard: At) -> str:
    """Return the version that a dashboard was saved in, if this one does not hold it all."""
    conversion = dashboard.within("status", "conversion")
    if not conversion or conversion["failed"].flag() is not True:
        return ""
    return conversion["storedVersion"].text()
