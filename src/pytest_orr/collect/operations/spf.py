"""Reads an SPF record as whoever checks it would, for ``mail_records`` (RFC 7208).

Records that it leads to are looked up only as far as anybody may look: ten lookups in all.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

MOST_LOOKUPS = 10
TERM = re.compile(
    r"(?P<qualifier>[-+?~]?)(?P<mechanism>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?P<more>[:/][!-~]*)?|(?P<modifier>[A-Za-z][A-Za-z0-9_.-]*)=(?P<value>[!-~]*)",
    re.IGNORECASE,
)
ASKING = frozenset({"include", "a", "mx", "ptr", "exists"})
"""Mechanisms for which DNS is asked."""
MACRO = "%{"

Look = Callable[[str], tuple[str, ...]]
"""Returns the SPF records of a domain."""


@dataclass(slots=True, kw_only=True)
class Spf:
    """What was read so far of a record and of those that it leads to."""

    rest: str = ""
    """The qualifier of ``all`` in the record that decides."""
    lookups: int = 0
    trouble: str = ""


def read_spf(record: str, look: Look) -> Spf:
    """Return what a record comes to; ``look`` may raise ``FactUnavailable``."""
    spf = Spf()
    spf.rest = _rest(record, look, spf)
    return spf


def all_of(spf: Spf) -> str:
    """Return ``-all`` and the like; nothing if no record says what becomes of the rest."""
    return f"{spf.rest}all" if spf.rest else ""


def _rest(record: str, look: Look, spf: Spf) -> str:
    """Return the qualifier that a record ends with, its own or that of where it redirects."""
    redirect = ""
    for word in record.split()[1:]:
        term = TERM.fullmatch(word)
        if term is None:
            spf.trouble = spf.trouble or f'"{word[:60]}" is no term of SPF'
        elif term["modifier"]:
            redirect = term["value"] if term["modifier"].lower() == "redirect" else redirect
        elif term["mechanism"].lower() == "all":
            return term["qualifier"] or "+"  # whatever follows is ignored
        elif term["mechanism"].lower() in ASKING:
            spf.lookups += 1
            if term["mechanism"].lower() == "include":
                _led_to((term["more"] or "")[1:], look, spf)
    if not redirect:
        return ""
    spf.lookups += 1
    return _led_to(redirect, look, spf)


def _led_to(domain: str, look: Look, spf: Spf) -> str:
    """Read the record of another domain, unless nobody may look any further."""
    if MACRO in domain or spf.lookups > MOST_LOOKUPS or spf.trouble:
        return ""
    found = look(domain) if domain else ()
    if len(found) != 1:
        spf.trouble = f"{domain or 'nothing'} is led to and has {len(found) or 'no'} SPF records"
        return ""
    return _rest(found[0], look, spf)
