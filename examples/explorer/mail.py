"""What the example's name server says of its mail: where it goes, who may send it, and faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DOMAIN = "explorer.example"
HOST = f"mail.{DOMAIN}"
ADDRESS = "127.77.3.1"
"""Of the mail server; loopback, where nobody listens."""
FAULTS = frozenset(
    {"mail-policy-missing", "mx-lost", "mx-missing", "mx-null", "senders-anybody", "senders-twice"}
)
PLANTED = {"faulty": ("mail-policy-missing",), "repaired": ()}

Records = list[tuple[str, str, list[str]]]
"""Name, kind and data of each set, as zone files write them."""


def mail_records(faults: Iterable[str] = ()) -> Records:
    """Return the records, as faults have them."""
    planted = frozenset(faults)
    assert planted <= FAULTS, sorted(planted - FAULTS)
    return [
        *([] if planted & {"mx-missing", "mx-null"} else [(DOMAIN, "MX", [f"10 {HOST}."])]),
        *([(DOMAIN, "MX", ["0 ."])] if "mx-null" in planted else []),
        *([] if "mx-lost" in planted else [(HOST, "A", [ADDRESS])]),
        (DOMAIN, "TXT", _senders(planted)),
        (f"_spf.{DOMAIN}", "TXT", ['"v=spf1 ip4:198.51.100.0/24 -all"']),
        *_policy(planted),
    ]


def _senders(planted: frozenset[str]) -> list[str]:
    rest = "+all" if "senders-anybody" in planted else "-all"
    other = ['"v=spf1 ip4:203.0.113.7 -all"'] if "senders-twice" in planted else []
    return [f'"v=spf1 mx include:_spf.{DOMAIN} {rest}"', *other]


def _policy(planted: frozenset[str]) -> Records:
    if "mail-policy-missing" in planted:
        return []
    report = f"mailto:dmarc@{DOMAIN}"
    return [(f"_dmarc.{DOMAIN}", "TXT", [f'"v=DMARC1; p=quarantine; rua={report}"'])]
