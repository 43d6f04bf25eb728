"""What ``[signoff]`` of policy.toml must keep to: strong keys, each one person's, enough people."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from typing import TYPE_CHECKING, get_args

from pytest_orr.ssh_keys.public_keys import fingerprint_of, read_line
from pytest_orr.ssh_keys.weakness import caution, weakness

from .fields import Role
from .mistakes import ONE_OF_TWO, show, show_key
from .signoff import usual_need

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .documents import Document
    from .mistakes import Mistake
    from .signoff import SignoffRules
    from .toml_lines import KeyPath

KEYS = (
    ("approvers", "email", "keys"),
    ("approvers", "email", "authorities"),
    ("runners", "name", "keys"),
)
"""Where keys stand: below which list, what names whose they are, and under which key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A key as it was written."""

    path: KeyPath
    text: str
    holder: str
    """Whose it is: an e-mail, or a runner's name."""
    principal: str | None
    """Of an authority: whom it means."""

    @property
    def objection(self) -> str:
        """What is wrong with the key itself; empty if nothing."""
        try:
            weak = weakness(self.blob)
        except ValueError as error:
            return f"is no public key: {error}"
        told = f"must not be trusted: {weak}; give a stronger key"
        return f"of {show(self.holder)} {told}" if weak else ""

    @property
    def blob(self) -> bytes:
        return read_line(self.text).blob

    @property
    def identity(self) -> tuple[bytes, str | None]:
        """What only one person may have."""
        return self.blob, self.principal


def broken_signoff_rules(policy: Document) -> Iterator[Mistake]:
    """Yield every mistake of ``[signoff]`` that its keys' types and forms do not show."""
    keys = []
    for key in _written_keys(policy):
        if objection := key.objection:
            yield policy.mistake(key.path, f"{show_key(key.path)} {objection}")
        else:
            keys.append(key)
    yield from _keys_twice(policy, keys)
    yield from _authorities_who_sign(policy, keys)
    yield from _people_without_keys(policy)
    yield from _too_few(policy)


def signoff_notices(rules: SignoffRules) -> tuple[str, ...]:
    """Return what should be better about rules that hold: short RSA keys, comments used twice."""
    listed = [
        *((one.email, key.public) for one in rules.approvers for key in one.keys),
        *((one.name, key.public) for one in rules.runners for key in one.keys),
    ]
    short = (
        f"{name}: {key.fingerprint}: {why}" for name, key in listed if (why := caution(key.blob))
    )
    seen: dict[str, str] = {}
    alike = [
        f"{name} and {first} have keys with the same comment, {show(key.comment)}:"
        " see that they are two people"
        for name, key in listed
        if key.comment and (first := seen.setdefault(key.comment, name)) != name
    ]
    return (*short, *alike)


def _written_keys(policy: Document) -> Iterator[_Written]:
    for table, naming, below in KEYS:
        names = dict(policy.occurrences(f"signoff.{table}.{naming}"))
        for path, entry in policy.tables(f"signoff.{table}.{below}"):
            if isinstance(entry.get("key"), str):
                is_authority = below == "authorities"
                yield _Written(
                    path=(*path, "key"),
                    text=entry["key"],
                    holder=str(names.get((*path[:3], naming), "")).strip(),
                    principal=str(entry.get("principal", "")).strip() if is_authority else None,
                )


def _keys_twice(policy: Document, keys: list[_Written]) -> Iterator[Mistake]:
    seen: dict[tuple[bytes, str | None], _Written] = {}
    for key in keys:
        first = seen.setdefault(key.identity, key)
        if first is key:
            continue
        line = policy.lines.line_of(first.path)
        told = f"{show_key(key.path)} is {fingerprint_of(key.blob)} again, as in line {line}"
        if first.holder.casefold() != key.holder.casefold():
            told = f"{told} for {show(first.holder)}, and a key is one person's or one runner's"
        yield policy.mistake(key.path, f"{told}: {ONE_OF_TWO}")


def _authorities_who_sign(policy: Document, keys: list[_Written]) -> Iterator[Mistake]:
    """Tell authorities whose key somebody signs with, who could then sign for others, too."""
    own = {key.blob: key.holder for key in keys if key.principal is None}
    for key in keys:
        if key.principal is not None and key.blob in own:
            told = (
                f"is a key that {show(own[key.blob])} signs with, who could certify keys of others"
            )
            yield policy.mistake(key.path, f"{show_key(key.path)} {told}: {ONE_OF_TWO}")


def _people_without_keys(policy: Document) -> Iterator[Mistake]:
    for path, person in policy.tables("signoff.approvers"):
        if not (person.get("keys") or person.get("authorities")):
            told = f"{show(person.get('email', ''))} can sign with nothing: add `keys`"
            yield policy.mistake(path, f"{show_key(path)} {told}, or `authorities`")


def _too_few(policy: Document) -> Iterator[Mistake]:
    """Tell what people cannot fill; what is written wrong in itself is told elsewhere."""
    signoff = policy.values.get("signoff")
    if not isinstance(signoff, dict):
        return
    people = _people(signoff.get("approvers"))
    if len(people) == 1 and signoff.get("solo") is not True:
        told = "names one person, and a launch takes two: name another one, or write `solo = true`"
        yield policy.mistake(("signoff", "approvers"), f"`signoff.approvers` {told}")
    unfilled = _unfilled(people, _need(signoff.get("need", usual_need()))) if people else None
    if unfilled:
        told = "name more people in `signoff.approvers`, or need fewer"
        yield policy.mistake(("signoff", "need"), f"`signoff.need` {unfilled}: {told}")


def _unfilled(people: Mapping[str, frozenset[str]], need: Mapping[str, int]) -> str:
    """Return which roles lack people; nothing if different people can fill all (Hall's theorem)."""
    roles = sorted(need)
    sets = chain.from_iterable(combinations(roles, size) for size in range(1, len(roles) + 1))
    for several in sets:
        able = [email for email, theirs in people.items() if theirs & {*several}]
        wanted = sum(need[role] for role in several)
        if len(able) < wanted:
            asked = "1 person" if wanted == 1 else f"{wanted} different people"
            can = f"only {' and '.join(map(show, able))} can be" if able else "nobody can be"
            return f"asks for {asked} as {' and '.join(several)}, and {can}"
    return ""


def _people(approvers: object) -> dict[str, frozenset[str]]:
    """Return everybody's roles by e-mail; nobody's if one entry is not as it must be."""
    people: dict[str, frozenset[str]] = {}
    for one in approvers if isinstance(approvers, list) else ():
        email, roles = (one.get("email"), one.get("roles")) if isinstance(one, dict) else ("", None)
        if not isinstance(email, str) or not isinstance(roles, list):
            return {}
        name = email.casefold()
        people[name] = people.get(name, frozenset()) | {str(role) for role in roles}
    return people


def _need(written: object) -> dict[str, int]:
    entries = written.items() if isinstance(written, dict) else ()
    known = get_args(Role)
    return {one: n for one, n in entries if one in known and type(n) is int and n > 0}
