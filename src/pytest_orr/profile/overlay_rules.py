"""What an overlay must keep to: the organisation sets limits, and a service only strengthens them.

A weaker value is refused unless it stands under ``[[weakenings]]``, approved and for a time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .mistakes import show, show_key
from .overlay_approvals import wrong_approvals
from .overlay_values import approvals, beneath, value_at, weaker_values, written
from .own_keys import is_the_services
from .structure import validate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .drafts import Drafts
    from .mistakes import Mistake
    from .overlay import Overlay
    from .overlay_values import Weaker
    from .toml_lines import KeyPath

LIMITS = "an organisation's file holds limits, policy and people"


def broken_overlay_rules(overlay: Overlay, drafts: Drafts) -> Iterator[Mistake]:
    """Yield what is wrong with the organisation's file and with what a service makes of it."""
    base = overlay.base
    if base is not None:
        yield from _strange_content(overlay, base)
        yield from _not_its_form(base)
        yield from _people_of_both(overlay, base)
    found = {one.key: one for one in weaker_values(overlay, drafts.items)}
    approved = list(approvals(overlay))
    if base is not None:
        named = {entry.get("key") for _, entry in approved}
        for one in found.values():
            if one.key not in named:
                yield _unapproved(overlay, base, one)
    yield from wrong_approvals(overlay, drafts.as_of, found)


def _strange_content(overlay: Overlay, base: Document) -> Iterator[Mistake]:
    if base.broken:
        yield base.broken
        return
    pinned = value_at(overlay.readiness.values, ("extends", "sha256"))
    if pinned != base.sha256:
        told = f"`extends.sha256` is not the digest of {base.file}, which is {base.sha256}"
        remedy = "read what changed there, then write that digest"
        yield overlay.readiness.mistake(("extends", "sha256"), f"{told}: {remedy}")
    if "extends" in base.values:
        told = "`extends` stands in an organisation's file, which may extend no other: one level"
        yield base.mistake(("extends",), f"{told}; write its values here")


def _not_its_form(base: Document) -> Iterator[Mistake]:
    from .organisation import organisation_form  # noqa: PLC0415 only a profile that extends one
    from .schema import Profile  # noqa: PLC0415 needs its classes

    if base.broken:
        return
    of_services = {*Profile.__dataclass_fields__} - {*organisation_form().__dataclass_fields__}
    for name in base.values:
        if name in of_services - {"extends"}:
            told = f"{show_key((name,))} is each service's own: {LIMITS}"
            yield base.mistake((name,), f"{told}; leave it to readiness.toml")
    for path in _own_of_services(base.values, ()):
        told = f"{show_key(path)} is each service's own: it is no limit"
        yield base.mistake(path, f"{told}; leave it to readiness.toml")
    rest = {key: value for key, value in base.values.items() if key not in of_services}
    _, mistakes = validate(replace(base, values=_without_own(rest, ())), organisation_form())
    yield from mistakes


def _own_of_services(values: Mapping[str, Any], path: KeyPath) -> Iterator[KeyPath]:
    for key, value in values.items():
        if is_the_services((*path, key)):
            yield (*path, key)
        elif isinstance(value, dict):
            yield from _own_of_services(value, (*path, key))


def _without_own(values: Mapping[str, Any], path: KeyPath) -> dict[str, Any]:
    return {
        key: _without_own(value, (*path, key)) if isinstance(value, dict) else value
        for key, value in values.items()
        if not is_the_services((*path, key))
    }


def _people_of_both(overlay: Overlay, base: Document) -> Iterator[Mistake]:
    theirs = {
        email.casefold(): path
        for path, email in base.occurrences("people.email")
        if isinstance(email, str)
    }
    for path, email in overlay.readiness.occurrences("service.people.email"):
        if isinstance(email, str) and email.casefold() in theirs:
            where = beneath(base, theirs[email.casefold()])
            told = f"who is one of the organisation's people already ({where}): remove it here"
            yield overlay.readiness.mistake(path, f"{show_key(path)} is {show(email)}, {told}")


def _unapproved(overlay: Overlay, base: Document, one: Weaker) -> Mistake:
    compared = one.compared
    told = (
        f"{show_key(one.path)} {one.difference}, weaker than {beneath(base, one.path)}, where it"
        f" is {written(compared.theirs)} ({compared.direction.value})"
    )
    form = (
        f'[[weakenings]] key = "{one.key}", value = {written(compared.ours)}, reason = "…",'
        ' approver = "…", on = …, until = …'
    )
    remedy = f"keep to it, or have it approved in {overlay.readiness.file}: {form}"
    return overlay.own(one.key).mistake(one.path, f"{told}; {remedy}")
