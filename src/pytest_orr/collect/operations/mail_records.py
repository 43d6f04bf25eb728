"""Reads what DNS says of a domain's mail, for ``support_mail``: where it goes, who may send it.

MX with the null MX of RFC 7505, SPF (RFC 7208), and DMARC (RFC 7489).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from pytest_orr.clients.dns import DnsAccess
from pytest_orr.collect.operations.spf import MOST_LOOKUPS, Spf, all_of, read_spf

NULL_MX = "."
MOST_HOSTS = 10
"""Mail hosts that are looked up."""
MOST_PARENTS = 8
"""Names at which a policy is looked for, the domain's own among them."""
TAG = re.compile(r"\s*([A-Za-z]+)\s*=\s*([^;]*?)\s*")
POLICIES = frozenset({"none", "quarantine", "reject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRoute:
    """Where mail to a domain goes."""

    domain: str
    is_a_name: bool
    """Whether DNS knows the domain at all."""
    hosts: tuple[str, ...] = ()
    """Hosts that MX records name, the preferred first."""
    lost: tuple[str, ...] = ()
    """Those of them that have no address."""
    takes_none: bool = False
    """Whether a null MX says that the domain takes no mail."""
    has_address: bool = False
    """Whether the domain itself has an address, which senders fall back to without MX records."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if not self.is_a_name:
            return f"DNS knows no {self.domain}"
        if self.takes_none:
            return f"a null MX: {self.domain} takes no mail"
        if not self.hosts:
            beside = ", only an address of its own" if self.has_address else ""
            return f"{self.domain} has no MX record{beside}"
        lost = f"; without an address: {', '.join(self.lost)}" if self.lost else ""
        return f"MX of {self.domain}: {', '.join(self.hosts)}{lost}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """Who may send mail in a domain's name (SPF)."""

    domain: str
    records: tuple[str, ...]
    """TXT records that begin with v=spf1; other than one are as good as none."""
    rest: str = ""
    """What becomes of mail from anywhere else: ``-all``, ``~all``, ``?all`` or ``+all``; nothing
    when the record does not say."""
    lookups: int = 0
    """Lookups in DNS that whoever checks it must make; counted to the eleventh alone."""
    trouble: str = ""
    """Why whoever checks it gives up, if that can be seen."""

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if len(self.records) != 1:
            return f"{self.domain} has {len(self.records) or 'no'} SPF records"
        counted = f"{self.lookups} lookups" if self.lookups <= MOST_LOOKUPS else "too many lookups"
        return f"{self.records[0][:200]}: {counted}{self.trouble and f', {self.trouble}'}"

    @property
    def is_one(self) -> bool:
        """Whether there is exactly one record."""
        return len(self.records) == 1

    @property
    def refuses_others(self) -> bool:
        """Whether mail from anywhere else is not to be taken, or is suspicious."""
        return self.rest in {"-all", "~all"}

    @property
    def lets_anybody(self) -> bool:
        """Whether the whole world may send."""
        return self.rest == "+all"

    @property
    def can_be_checked(self) -> bool:
        """Whether whoever checks it comes to an end within the ten lookups that they may make."""
        return self.lookups <= MOST_LOOKUPS and not self.trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgeries:
    """What becomes of mail that only pretends to come from a domain (DMARC)."""

    domain: str
    found_at: str = ""
    """The name that has the policy: the domain's own, or one above it."""
    records: int = 0
    """How many there are; more than one are as good as none."""
    policy: str = ""
    """``reject``, ``quarantine`` or ``none``; nothing if the record names none of them."""

    @property
    def is_there(self) -> bool:
        """Whether there is one policy."""
        return self.records == 1 and bool(self.policy)

    @property
    def seen(self) -> str:
        """One line about it, for a finding."""
        if self.records != 1:
            return f"{self.records or 'no'} DMARC records for {self.domain}"
        only = ": forged mail is delivered all the same" if self.policy == "none" else ""
        return f"{self.found_at} says p={self.policy or 'nothing that is known'}{only}"


def mail_route(dns: DnsAccess, domain: str) -> MailRoute:
    """Return where mail to a domain goes."""
    told = dns.resolution(domain, "MX")
    named = [(int(one.partition(" ")[0]), one.partition(" ")[2]) for one in told.records]
    hosts = tuple(name for _, name in sorted(named) if name != NULL_MX)
    return MailRoute(
        domain=domain,
        is_a_name=told.exists,
        hosts=hosts,
        lost=tuple(one for one in islice(hosts, MOST_HOSTS) if not addresses(dns, one)),
        takes_none=bool(named) and not hosts,
        has_address=not named and told.exists and bool(addresses(dns, domain)),
    )


def addresses(dns: DnsAccess, host: str) -> tuple[str, ...]:
    """Return a host's addresses, those of IPv4 first."""
    return dns.lookup(host, "A") or dns.lookup(host, "AAAA")


def senders(dns: DnsAccess, domain: str) -> Senders:
    """Return who may send mail in a domain's name."""
    records = spf_records(dns, domain)
    if len(records) != 1:
        return Senders(domain=domain, records=records)
    spf: Spf = read_spf(records[0], partial(spf_records, dns))
    return Senders(
        domain=domain,
        records=records,
        rest=all_of(spf),
        lookups=spf.lookups,
        trouble=spf.trouble,
    )


def spf_records(dns: DnsAccess, domain: str) -> tuple[str, ...]:
    """Return a domain's TXT records of SPF's first and only version."""
    return tuple(
        one for one in dns.lookup(domain, "TXT") if one.lower().split(" ", 1)[0] == "v=spf1"
    )


def forgeries(dns: DnsAccess, domain: str) -> Forgeries:
    """Return the policy of a domain, or of the nearest name above it that has one."""
    for name in islice(_upwards(domain), MOST_PARENTS):
        found = [
            tags
            for one in dns.lookup(f"_dmarc.{name}", "TXT")
            if (tags := _tags(one)).get("v") == "DMARC1"
        ]
        if found:
            return Forgeries(
                domain=domain,
                found_at=f"_dmarc.{name}",
                records=len(found),
                policy=_policy(found[0], is_own=name == domain),
            )
    return Forgeries(domain=domain)


def _upwards(domain: str) -> Iterator[str]:
    """Yield a domain and each name above it that may be an organisation's, so none of one label."""
    while "." in domain:
        yield domain
        domain = domain.partition(".")[2]


def _tags(record: str) -> dict[str, str]:
    """Return the tags of a record that begins with its version; of any other nothing."""
    parts = [TAG.fullmatch(part) for part in record.split(";")]
    tags = {one[1].lower(): one[2] for one in parts if one}
    return tags if parts[0] and parts[0][1].lower() == "v" else {}


def _policy(tags: dict[str, str], *, is_own: bool) -> str:
    """Return what is asked for; a record that says nowhere what, but wants reports, asks for none.

    Of a name above, what it says of those below comes first.
    """
    said = tags.get("p", "") if is_own else tags.get("sp", tags.get("p", ""))
    known = said.lower() if said.lower() in POLICIES else ""
    return known or ("none" if "rua" in tags else "")
