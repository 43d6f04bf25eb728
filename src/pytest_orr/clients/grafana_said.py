"""What Grafana's APIs say, read from their JSON for ``clients.grafana``.

A dashboard is told in two ways, the classic model and that of the second version; both are read
into the same panels and variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .hostile_json import At

FOLDER = "grafana.app/folder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A dashboard, as a listing tells it."""

    uid: str
    title: str
    folder: str
    """Title of the folder that it lies in; empty for none."""
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One query of a panel."""

    source: str
    """Uid of the data source, or a variable in its place; empty for the default one."""
    kind: str
    """Of the data source: ``prometheus``, ``loki`` …; empty if it is not said."""
    expression: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A panel with the queries that it shows."""

    title: str
    targets: tuple[Target, ...] = ()
    is_shared: bool = False
    """Whether it is kept in the library, so that its queries are not told here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable of a dashboard, as it stands when the dashboard is opened."""

    name: str
    values: tuple[str, ...]
    is_many: bool = False
    """Whether several values may be chosen, so that they are written as a pattern."""
    all_value: str = ""
    options: tuple[str, ...] = ()
    plugin: str = ""
    """Kind of data source that it chooses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What a dashboard shows."""

    panels: tuple[Panel, ...]
    variables: tuple[Variable, ...]


def hit(said: At) -> Hit:
    """Return a row of ``GET /api/search``."""
    return Hit(
        uid=said["uid"].needed(),
        title=said["title"].needed(),
        folder=said["folderTitle"].text(),
        tags=tuple(one.text() for one in said["tags"].each()),
    )


def resource_hit(said: At, folders: dict[str, str]) -> Hit:
    """Return an item of ``/apis/dashboard.grafana.app``; folders are titles by uid."""
    spec = said["spec"]
    return Hit(
        uid=said.within("metadata", "name").needed(),
        title=spec["title"].needed(),
        folder=folders.get(said.within("metadata", "annotations", FOLDER).text(), ""),
        tags=tuple(one.text() for one in spec["tags"].each()),
    )


def model(spec: At) -> Model:
    """Return what a dashboard shows, in whichever way it is told."""
    if spec["elements"].is_object():
        panels = [one for one in _elements(spec) if one.targets or one.is_shared]
        variables = tuple(map(_variable_of_kind, spec["variables"].each()))
    else:
        panels = [one for one in _panels(spec) if one.targets or one.is_shared]
        variables = tuple(map(_variable, spec.within("templating", "list").each()))
    return Model(panels=tuple(panels), variables=variables)


def _panels(holder: At) -> Iterator[Panel]:
    """Yield the panels of a classic dashboard; a row holds those that it hides."""
    for row in holder["rows"].each():
        yield from _panels(row)
    for said in holder["panels"].each():
        yield from _panels(said)
        yield Panel(
            title=said["title"].text() or f"panel {said['id'].count() or ''}".strip(),
            targets=tuple(_target(one, said) for one in said["targets"].each() if _shows(one)),
            is_shared=bool(said["libraryPanel"]) and not said["targets"],
        )


def _shows(target: At) -> bool:
    return target["hide"].flag() is not True


def _target(said: At, panel: At) -> Target:
    source, kind = _source(said["datasource"] or panel["datasource"])
    return Target(source=source, kind=kind, expression=_expression(said["expr"]))


def _source(said: At) -> tuple[str, str]:
    """Return uid and kind; before Grafana 8 a data source was told by its name alone."""
    if said.is_object():
        return said["uid"].text(), said["type"].text()
    return said.text(), ""


def _expression(said: At) -> str:
    return said.text() if isinstance(said.value, str) else ""


def _elements(spec: At) -> Iterator[Panel]:
    for name, element in spec["elements"].items():
        said = element["spec"]
        queries = said.within("data", "spec", "queries")
        yield Panel(
            title=said["title"].text() or name,
            targets=tuple(
                _target_of_kind(one["spec"])
                for one in queries.each()
                if one["spec"]["hidden"].flag() is not True
            ),
            is_shared=element["kind"].text() == "LibraryPanel",
        )


def _target_of_kind(said: At) -> Target:
    """Return a query of the second version; its first drafts name kind and source elsewhere."""
    query = said["query"]
    return Target(
        source=query.within("datasource", "name").text() or said.within("datasource", "uid").text(),
        kind=query["group"].text() or said.within("datasource", "type").text(),
        expression=_expression(query.within("spec", "expr")),
    )


def _variable(said: At) -> Variable:
    chooses = said["type"].text() == "datasource"
    return _made(said, said["query"].text() if chooses else "")


def _variable_of_kind(said: At) -> Variable:
    return _made(said["spec"], said["spec"]["pluginId"].text())


def _made(said: At, plugin: str) -> Variable:
    many = said["multi"].flag() is True or said["includeAll"].flag() is True
    given = _texts(said.within("current", "value"))
    if not given and isinstance(said["query"].value, str) and not plugin:
        given = (said["query"].text(),) if _is_plain(said) else ()
    return Variable(
        name=said["name"].text(),
        values=given,
        is_many=many,
        all_value=said["allValue"].text(),
        options=tuple(text for one in said["options"].each() for text in _texts(one["value"])),
        plugin=plugin,
    )


def _is_plain(said: At) -> bool:
    """Whether what stands as its query is its value: of constants and texts in the first model."""
    return said["type"].text() in {"constant", "textbox"}


def _texts(said: At) -> tuple[str, ...]:
    if said.is_list():
        return tuple(one.text() for one in said.each())
    return (said.text(),) if isinstance(said.value, str) and said.value else ()
