"""What DNS says of mail is read as senders and whoever checks them would, from a real server."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import dns.rrset
import pytest

from pytest_orr.clients.dns import DnsAccess
from pytest_orr.collect.operations.mail_records import forgeries, mail_route, senders
from pytest_orr.errors import FactUnavailable
from pytest_orr.profile.schema import Network

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKOUT = Path(__file__).parents[4]
DOMAIN = "explorer.example"
HOST = f"mx.{DOMAIN}. A 192.0.2.1"
Zone = tuple[str, ...]


@pytest.fixture
def zone() -> Callable[..., DnsAccess]:
    """Serve records, such as ``explorer.example. MX 10 mx.explorer.example.``, and ask there."""
    sys.path.append(str(CHECKOUT))
    from examples.explorer.names import serve_names  # noqa: PLC0415 after the path is set

    def serve(*records: str) -> DnsAccess:
        sets: dict[tuple[str, str], list[str]] = {}
        for record in records:
            name, kind, data = record.split(" ", 2)
            sets.setdefault((name, kind), []).append(data)
        served = [dns.rrset.from_text(*key[:1], 60, "IN", key[1], *sets[key]) for key in sets]
        return DnsAccess(Network(resolver=serve_names(served)), {})

    return serve


def spf(*texts: str, name: str = DOMAIN) -> Zone:
    return tuple(f'{name}. TXT "{text}"' for text in texts)


class TestWhereMailGoes:
    def test_hosts_are_told_by_preference(self, zone: Callable[..., DnsAccess]) -> None:
        names = zone(
            f"{DOMAIN}. MX 20 mx.{DOMAIN}.",
            f"{DOMAIN}. MX 5 gone.{DOMAIN}.",
            f"{DOMAIN}. MX 10 six.{DOMAIN}.",
            HOST,
            f"six.{DOMAIN}. AAAA 2001:db8::1",
        )
        route = mail_route(names, DOMAIN)
        assert route.hosts == (f"gone.{DOMAIN}", f"six.{DOMAIN}", f"mx.{DOMAIN}")
        assert (route.lost, route.is_a_name, route.takes_none) == ((route.hosts[0],), True, False)
        assert route.seen.endswith(f"; without an address: gone.{DOMAIN}")

    def test_a_null_mx_takes_no_mail(self, zone: Callable[..., DnsAccess]) -> None:
        route = mail_route(zone(f"{DOMAIN}. MX 0 ."), DOMAIN)
        assert (route.hosts, route.takes_none) == ((), True)
        assert route.seen == f"a null MX: {DOMAIN} takes no mail"

    def test_an_address_alone_is_no_mx(self, zone: Callable[..., DnsAccess]) -> None:
        route = mail_route(zone(f"{DOMAIN}. A 192.0.2.1"), DOMAIN)
        assert (route.hosts, route.has_address) == ((), True)
        assert route.seen == f"{DOMAIN} has no MX record, only an address of its own"
        assert mail_route(zone(f'{DOMAIN}. TXT "x"'), DOMAIN).seen == f"{DOMAIN} has no MX record"

    def test_a_domain_that_is_not_there_is_an_answer(self, zone: Callable[..., DnsAccess]) -> None:
        route = mail_route(zone(HOST), f"other.{DOMAIN}")
        assert (route.is_a_name, route.seen) == (False, f"DNS knows no other.{DOMAIN}")

    def test_a_server_that_does_not_answer_is_none(self, zone: Callable[..., DnsAccess]) -> None:
        with pytest.raises(FactUnavailable, match=r"answered REFUSED about elsewhere\.test MX"):
            mail_route(zone(HOST), "elsewhere.test")


class TestWhoMaySend:
    @pytest.mark.parametrize(
        ("records", "rest", "lookups"),
        [
            (spf("v=spf1 -all"), "-all", 0),
            (spf("V=SPF1 mx a:a.explorer.example ~ALL"), "~all", 2),
            (spf("v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 +all"), "+all", 0),
            (spf("v=spf1 all redirect=_spf.explorer.example"), "+all", 0),
            (spf("v=spf1 ?all exists:%{i}.x"), "?all", 0),
            (spf("v=spf1 ptr exists:%{i}.explorer.example/8"), "", 2),
            (spf("v=spf1 include:%{d}.explorer.example -all"), "-all", 1),
            (spf("v=spf1", "google-site-verification=x", "v=spf10 +all"), "", 0),
            (
                (
                    *spf("v=spf1 redirect=_r.explorer.example exp=why.explorer.example"),
                    *spf("v=spf1 a ~all", name=f"_r.{DOMAIN}"),
                ),
                "~all",
                2,
            ),
            (
                (
                    *spf("v=spf1 include:_i.explorer.example -all"),
                    *spf("v=spf1 mx +all", name=f"_i.{DOMAIN}"),
                ),
                "-all",
                2,
            ),
        ],
    )
    def test_a_record_is_read_to_its_end(
        self, zone: Callable[..., DnsAccess], records: Zone, rest: str, lookups: int
    ) -> None:
        seen = senders(zone(*records), DOMAIN)
        assert (seen.is_one, seen.rest, seen.lookups) == (True, rest, lookups)
        assert seen.can_be_checked
        assert seen.refuses_others is (rest in {"-all", "~all"})
        assert seen.lets_anybody is (rest == "+all")

    @pytest.mark.parametrize("texts", [(), ("v=spf1 -all", "v=spf1 ~all")])
    def test_other_than_one_record_is_as_good_as_none(
        self, zone: Callable[..., DnsAccess], texts: tuple[str, ...]
    ) -> None:
        seen = senders(zone(HOST, *spf(*texts)), DOMAIN)
        assert (seen.is_one, seen.rest) == (False, "")
        assert seen.seen == f"{DOMAIN} has {len(texts) or 'no'} SPF records"

    @pytest.mark.parametrize(
        ("records", "trouble"),
        [
            (spf("v=spf1 mx;a -all"), '"mx;a" is no term of SPF'),
            (spf("v=spf1 include: -all"), "nothing is led to and has no SPF records"),
            (spf(f"v=spf1 include:no.{DOMAIN} -all"), f"no.{DOMAIN} is led to and has no SPF"),
            (spf(f"v=spf1 redirect=no.{DOMAIN}"), f"no.{DOMAIN} is led to and has no SPF"),
        ],
    )
    def test_what_nobody_can_check_is_told(
        self, zone: Callable[..., DnsAccess], records: Zone, trouble: str
    ) -> None:
        seen = senders(zone(*records), DOMAIN)
        assert seen.trouble.startswith(trouble)
        assert not seen.can_be_checked
        assert trouble in seen.seen

    def test_nobody_looks_up_more_than_ten_times(self, zone: Callable[..., DnsAccess]) -> None:
        names = zone(*spf(f"v=spf1 include:{DOMAIN} -all"))
        seen = senders(names, DOMAIN)
        assert (seen.lookups, seen.rest, seen.can_be_checked) == (11, "-all", False)
        assert seen.seen.endswith("-all: too many lookups")

    def test_ten_lookups_are_not_too_many(self, zone: Callable[..., DnsAccess]) -> None:
        ten = " ".join(f"a:a{n}.{DOMAIN}" for n in range(10))
        assert senders(zone(*spf(f"v=spf1 {ten} -all")), DOMAIN).can_be_checked
        assert not senders(zone(*spf(f"v=spf1 {ten} mx -all")), DOMAIN).can_be_checked

    def test_a_server_that_does_not_answer_is_none(self, zone: Callable[..., DnsAccess]) -> None:
        with pytest.raises(FactUnavailable, match=r"answered REFUSED about elsewhere\.test TXT"):
            senders(zone(*spf("v=spf1 include:elsewhere.test -all")), DOMAIN)


class TestForgedMail:
    @pytest.mark.parametrize(
        ("text", "policy"),
        [
            ("v=DMARC1; p=reject; rua=mailto:d@explorer.example", "reject"),
            ("v=DMARC1 ;P = Quarantine;", "quarantine"),
            ("v=DMARC1; p=none", "none"),
            ("v=DMARC1; rua=mailto:d@explorer.example", "none"),
            ("v=DMARC1; p=never; rua=mailto:d@explorer.example", "none"),
            ("v=DMARC1; p=never", ""),
        ],
    )
    def test_the_policy_is_told(
        self, zone: Callable[..., DnsAccess], text: str, policy: str
    ) -> None:
        seen = forgeries(zone(*spf(text, name=f"_dmarc.{DOMAIN}")), DOMAIN)
        assert (seen.policy, seen.is_there) == (policy, bool(policy))
        assert ("all the same" in seen.seen) is (policy == "none")

    @pytest.mark.parametrize(
        ("text", "policy"),
        [("v=DMARC1; p=reject; sp=none", "none"), ("v=DMARC1; p=reject", "reject")],
    )
    def test_a_name_above_decides_for_those_below(
        self, zone: Callable[..., DnsAccess], text: str, policy: str
    ) -> None:
        seen = forgeries(zone(*spf(text, name=f"_dmarc.{DOMAIN}")), f"help.mail.{DOMAIN}")
        assert (seen.policy, seen.found_at) == (policy, f"_dmarc.{DOMAIN}")

    @pytest.mark.parametrize("text", ["v=DMARC2; p=reject", "p=reject; v=DMARC1", "dmarc"])
    def test_another_record_is_no_policy(self, zone: Callable[..., DnsAccess], text: str) -> None:
        seen = forgeries(zone(*spf(text, name=f"_dmarc.{DOMAIN}")), DOMAIN)
        assert (seen.is_there, seen.seen) == (False, f"no DMARC records for {DOMAIN}")

    def test_two_policies_are_none(self, zone: Callable[..., DnsAccess]) -> None:
        twice = spf("v=DMARC1; p=none", "v=DMARC1; p=reject", name=f"_dmarc.{DOMAIN}")
        seen = forgeries(zone(*twice), DOMAIN)
        assert (seen.is_there, seen.seen) == (False, f"2 DMARC records for {DOMAIN}")
