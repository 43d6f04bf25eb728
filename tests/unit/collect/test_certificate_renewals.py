"""Which source renews a certificate, what is in its way, and what nobody can tell."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from pytest_orr.clients.ssh import SshAccess
from pytest_orr.clients.tls import Certificate, Handshake
from pytest_orr.collect.certificate_renewals import (
    AT_AWS,
    ON_HOSTS,
    PUBLIC,
    CertificateRenewalFacts,
    CertificateRenewals,
)
from pytest_orr.collect.host_facts import HostFact
from pytest_orr.collect.host_readings import HostReadings
from pytest_orr.collect.host_renewals import HostCertificate, Renewals
from pytest_orr.collect.host_values import SystemdUnit
from pytest_orr.collect.listener_certificates import ListenerCertificate
from pytest_orr.collect.public_certificates import PublicCertificate
from pytest_orr.collect.renewals import Renewal, Sources
from pytest_orr.errors import FactUnavailable, NothingFound
from pytest_orr.observation import Unavailable
from pytest_orr.profile.schema import Certificates, Endpoint, HostGroup, Hosting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RENEWAL = "network.load-balancer.ssl-renewal"
AS_OF = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
UNTIL = AS_OF + dt.timedelta(days=80)
HOST = "explorer.example"
SILENT = Unavailable(cause="it was silent", remedy="wake it")


def shown(*, serial: str = "0a1b", until: dt.datetime = UNTIL, **more: Any) -> PublicCertificate:
    """A public place with a certificate that holds."""
    certificate = Certificate(
        subject=f"CN={HOST}",
        names=(HOST,),
        issuer="CN=an authority",
        serial=serial,
        not_before=until - dt.timedelta(days=90),
        not_after=until,
        key="EC secp256r1",
        signed_with="ECDSA_WITH_SHA256",
        sha256="0" * 64,
        is_self_signed=False,
    )
    seen = Handshake(version="TLSv1.3", certificate=certificate)
    usual: dict[str, Any] = {
        "name": f"{HOST}:443",
        "host": HOST,
        "endpoints": ("pages",),
        "observed": seen,
    }
    return PublicCertificate(**(usual | more))


def held(kind: str = "AMAZON_ISSUED", **more: Any) -> ListenerCertificate:
    """A certificate at AWS that renews itself."""
    usual: dict[str, Any] = {
        "arn": "arn:certificate",
        "used_by": ("arn:balancer",),
        "names": (HOST,),
        "serial": "a1b",
        "status": "ISSUED",
        "not_after": UNTIL,
        "is_eligible": True,
        "in_use_by": ("arn:balancer",),
    }
    return ListenerCertificate(kind=kind, **(usual | more))


def unit(name: str, **more: Any) -> SystemdUnit:
    """A unit that works."""
    usual: dict[str, Any] = {
        "load_state": "loaded",
        "active_state": "active",
        "file_state": "enabled",
    }
    return SystemdUnit(name=name, **(usual | more))


TIMER = unit("certbot.timer", triggered_at=AS_OF - dt.timedelta(hours=9))
KEPT = HostCertificate(
    name=HOST,
    names=(HOST,),
    issued_at=UNTIL - dt.timedelta(days=90),
    not_after=UNTIL,
    is_renewed=True,
)
SOUND = Renewals(has_certbot=True, certificates=(KEPT,), timers=(TIMER,))


def host(renewals: Renewals | None = SOUND, name: str = "backend-1") -> HostFact[Renewals]:
    """A host of the service; without renewals it was silent."""
    return HostFact(
        name=name,
        role="backend",
        environment="production",
        is_own=True,
        observed=renewals,
        unavailable=None if renewals else SILENT,
    )


def obstacle_where_shown(place: PublicCertificate | None = None, **sources: Any) -> str:
    """What is in the way of the certificate that a public place shows."""
    found = CertificateRenewalFacts(shown=(place or shown(),), sources=Sources(**sources)).found
    return found[0].obstacle(AS_OF, 7)


def obstacle_at_aws(certificate: ListenerCertificate, **sources: Any) -> str:
    """What is in the way of a certificate at AWS."""
    there = Sources(held=(certificate,), **sources)
    return CertificateRenewalFacts(shown=(), sources=there).found[0].obstacle(AS_OF, 7)


def test_a_certificate_that_aws_holds_is_judged_there_and_not_where_it_is_shown() -> None:
    bad = held(is_eligible=False)
    facts = CertificateRenewalFacts(shown=(shown(),), sources=Sources(held=(bad,)))
    at_place, at_aws = facts.found
    assert (at_place.name, at_place.obstacle(AS_OF, 7)) == (f"{HOST}:443", "")
    assert at_aws.name == "arn:certificate"
    assert at_aws.obstacle(AS_OF, 7) == "ACM says that it is not eligible for renewal"
    assert at_aws.trouble == ""
    assert at_aws.seen == bad.seen


def test_a_certificate_on_a_host_is_renewed_there() -> None:
    assert obstacle_where_shown(hosts=(host(), host(Renewals(has_certbot=False)))) == ""


def test_a_certificate_that_only_looks_like_the_one_at_aws_is_another() -> None:
    assert (
        obstacle_where_shown(shown(serial="77"), held=(held(),))
        == "neither AWS nor a host is known to renew it"
    )


FAILED = unit("certbot.service", result="exit-code", exit_status=1)
OLD = unit("certbot.timer", triggered_at=AS_OF - dt.timedelta(days=8))
NEWER = replace(KEPT, not_after=UNTIL + dt.timedelta(days=60))


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"timers": ()}, "neither a timer nor cron starts the renewal on backend-1"),
        ({"timers": (), "cron_files": ("/etc/cron.d/certbot",)}, ""),
        (
            {"timers": (replace(TIMER, file_state="disabled"),)},
            "neither a timer nor cron starts the renewal on backend-1",
        ),
        ({"jobs": (FAILED,)}, "the last renewal on backend-1 failed"),
        ({"timers": (OLD,)}, "the last renewal on backend-1 ran too long ago"),
        (
            {"certificates": (replace(KEPT, is_renewed=False),)},
            "certbot on backend-1 keeps it, and has no renewal configuration for it",
        ),
        (
            {"certificates": (NEWER,)},
            "backend-1 keeps a newer one, which is not shown: its server was not reloaded",
        ),
    ],
    ids=["no timer", "cron", "disabled", "failed", "long ago", "not configured", "not reloaded"],
)
def test_what_a_host_says_decides(change: dict[str, Any], obstacle: str) -> None:
    assert obstacle_where_shown(hosts=(host(replace(SOUND, **change)),)) == obstacle


def test_a_declared_job_must_be_of_a_host_that_keeps_the_certificate() -> None:
    bare = host(Renewals(has_certbot=False), "backend-2")
    jobs = ((HOST, "backend-2"),)
    assert obstacle_where_shown(hosts=(host(), bare), jobs=jobs) == (
        f"backend-2, which should renew it, keeps no certificate for {HOST}"
    )


def test_an_imported_certificate_needs_a_declared_job() -> None:
    assert obstacle_at_aws(held("IMPORTED"), hosts=(host(),)) == (
        "it was imported to ACM, which renews none,"
        " and [certificates] renewal_jobs names no host that does"
    )
    assert obstacle_at_aws(held("IMPORTED"), hosts=(host(),), jobs=((HOST, "backend-1"),)) == ""


def test_an_imported_certificate_must_be_the_newest_that_its_host_keeps() -> None:
    newer = host(replace(SOUND, certificates=(NEWER,)))
    jobs = ((HOST, "backend-1"),)
    assert obstacle_at_aws(held("IMPORTED"), hosts=(newer,), jobs=jobs).startswith(
        "backend-1 keeps a newer one"
    )


def test_a_certificate_of_iam_is_renewed_by_nobody_whatever_is_declared() -> None:
    of_iam = held("IAM", names=(), not_after=None)
    obstacle = obstacle_at_aws(of_iam, hosts=(host(),), jobs=((HOST, "backend-1"),))
    assert obstacle.startswith("it was imported to IAM, which renews none, and")


@pytest.mark.parametrize(
    ("sources", "cause"),
    [
        ({"hosts": (host(None),)}, "it was silent"),
        ({"hosts": (host(),), "jobs": ((HOST, "gone"),)}, "renewal_jobs names gone, which is no"),
        ({"unavailable": ((ON_HOSTS, SILENT),), "jobs": ((HOST, "backend-1"),)}, "it was silent"),
        ({"unavailable": ((AT_AWS, SILENT),)}, "it was silent"),
        ({"undeclared": ("[aws]", "[[hosts]]")}, r"declares no \[aws\] and \[\[hosts\]\]"),
        ({"hosted": (("pages", "netlify"),)}, "netlify serves it, and was not asked"),
    ],
    ids=["host silent", "no such host", "hosts silent", "AWS silent", "nothing named", "hosted"],
)
def test_who_could_not_be_asked_might_renew_it(sources: dict[str, Any], cause: str) -> None:
    with pytest.raises(FactUnavailable, match=cause):
        obstacle_where_shown(**sources)


def test_what_cannot_be_asked_matters_only_where_nobody_else_renews() -> None:
    doubts: dict[str, Any] = {"unavailable": ((AT_AWS, SILENT),), "undeclared": ("[aws]",)}
    assert obstacle_where_shown(hosts=(host(None, "backend-2"), host()), **doubts) == ""
    assert obstacle_where_shown(held=(held(),), unavailable=((ON_HOSTS, SILENT),)) == ""
    assert obstacle_where_shown(
        hosts=(host(Renewals(has_certbot=False)),), hosted=(("other pages", "netlify"),)
    )


def kept_until(until: dt.datetime) -> HostFact[Renewals]:
    return host(replace(SOUND, certificates=(replace(KEPT, not_after=until),)))


def test_a_host_that_keeps_another_certificate_for_the_name_decides_nothing() -> None:
    earlier, later = kept_until(UNTIL - dt.timedelta(days=9)), kept_until(UNTIL + dt.timedelta(1))
    doubts: dict[str, Any] = {"unavailable": ((AT_AWS, SILENT),)}
    for other in (earlier, later):
        with pytest.raises(FactUnavailable, match="it was silent"):
            obstacle_where_shown(hosts=(other,), **doubts)
    assert obstacle_where_shown(hosts=(earlier,)) == "neither AWS nor a host is known to renew it"
    assert "keeps a newer one" in obstacle_where_shown(hosts=(later,))
    assert obstacle_where_shown(hosts=(later, host(name="backend-2"))) == ""


def test_what_aws_or_tls_does_not_tell_stands_among_the_certificates() -> None:
    unavailable = tuple((name, SILENT) for name in (PUBLIC, AT_AWS, ON_HOSTS))
    facts = CertificateRenewalFacts(shown=(), sources=Sources(unavailable=unavailable))
    assert [one.name for one in facts.found] == [PUBLIC, AT_AWS]
    for one in facts.found:
        assert one.seen == "it was silent"
        with pytest.raises(FactUnavailable, match="it was silent"):
            _ = one.trouble
        with pytest.raises(FactUnavailable, match="it was silent"):
            one.ends_within(30, AS_OF)
        with pytest.raises(FactUnavailable, match="it was silent"):
            one.obstacle(AS_OF, 7)


@pytest.mark.parametrize(("days", "ends"), [(79, False), (80, False), (81, True)])
def test_a_certificate_ends_by_its_own_date(days: int, ends: bool) -> None:  # noqa: FBT001 a column of the table above
    at_place = Renewal(name="p", shown=shown(), sources=Sources())
    at_aws = Renewal(name="a", held=held(), sources=Sources())
    assert at_place.ends_within(days, AS_OF) == ends
    assert at_aws.ends_within(days, AS_OF) == ends
    undated = Renewal(name="u", held=held(not_after=None), sources=Sources())
    assert not undated.ends_within(days, AS_OF)


def test_what_a_client_refuses_is_in_trouble_where_it_is_shown() -> None:
    handshake = Handshake(version="", reason="expired", trouble="it has expired")
    refused = Renewal(name="p", shown=shown(observed=handshake), sources=Sources())
    assert refused.trouble == "it has expired"
    assert refused.seen == "it has expired"


def https(name: str, port: int) -> Endpoint:
    """An https endpoint on this machine."""
    return Endpoint(name=name, role="frontend", url=f"https://{HOST}/", connect=f"127.0.0.1:{port}")


def test_what_is_not_declared_is_not_asked(empty_account: Any) -> None:
    desk = replace(empty_account.desk(), profile=replace(empty_account.desk().profile, aws=None))
    hosting = (Hosting(provider="netlify", endpoint="pages", site="s"),)
    profile = replace(desk.profile, hosting=hosting)
    seen = CertificateRenewals().collect(replace(desk, profile=profile)).value
    assert seen.sources.undeclared == ("[aws]", "[[hosts]]")
    assert seen.sources.hosted == (("pages", "netlify"),)
    assert empty_account.progress == []
    [(name, why)] = seen.sources.unavailable
    assert (name, why.cause) == (PUBLIC, "readiness.toml declares no [[endpoints]]")


def test_a_place_that_cannot_be_reached_is_unknown_and_hides_no_certificate_at_aws(
    account_with: Callable[..., Any], name_server: Callable[..., str], judge: Callable[..., Any]
) -> None:
    account = account_with("renewal-failed")
    also = {
        "endpoints": (https("pages", 1),),
        "certificates": Certificates(minimum_days_left=30, renewal_jobs={}),
    }
    desk = account.desk(also=also, resolver=name_server(account.ids))
    place, certificate = judge(RENEWAL, desk)
    assert (place.subject, place.outcome) == (f"{HOST}:443", "unknown")
    assert "127.0.0.1:1" in place.detail
    assert (certificate.subject, certificate.outcome) == (account.ids["certificate"], "fail")
    assert certificate.detail.startswith("its last renewal failed: CAA_ERROR; saw AMAZON_ISSUED")


def test_a_denied_account_is_one_unknown_among_the_certificates(
    account_with: Callable[..., Any], judge: Callable[..., Any]
) -> None:
    account = account_with()
    account.control("reset-auth", "0")
    try:
        place, certificates = judge(RENEWAL, account.desk(also={"endpoints": (https("p", 1),)}))
    finally:
        account.control("reset-auth", "inf")
    assert (place.outcome, certificates.outcome) == ("unknown", "unknown")
    assert certificates.subject == AT_AWS
    assert "refuses the credentials" in certificates.detail


def test_without_any_certificate_nothing_was_found(
    empty_account: Any, judge: Callable[..., Any]
) -> None:
    plain = Endpoint(name="pages", role="frontend", url="http://explorer.example/")
    with pytest.raises(NothingFound, match=r"^no certificate of the service found$"):
        judge(RENEWAL, empty_account.desk(also={"endpoints": (plain,)}))


def test_an_answer_that_lacks_something_makes_its_source_unknown(
    account_with: Callable[..., Any],
    name_server: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from moto.acm.models import CertBundle  # noqa: PLC0415 to be planted in this test alone

    account = account_with()
    told: Any = CertBundle.describe

    def without_status(bundle: Any) -> Any:
        answer = told(bundle)
        del answer["Certificate"]["Status"]
        return answer

    monkeypatch.setattr(CertBundle, "describe", without_status)
    desk = account.desk(resolver=name_server(account.ids), also={"endpoints": (https("p", 1),)})
    [(name, why)] = CertificateRenewals().collect(desk).value.sources.unavailable
    assert name == AT_AWS
    assert why.cause == "an answer about certificates at AWS lacks 'Status'"


def test_the_fact_survives_being_kept() -> None:
    sources = Sources(
        held=(held(),),
        hosts=(host(), host(None, "backend-2")),
        jobs=((HOST, "backend-1"),),
        hosted=(("pages", "netlify"),),
        undeclared=("[aws]",),
        unavailable=((AT_AWS, SILENT),),
    )
    facts = CertificateRenewalFacts(shown=(shown(),), sources=sources)
    adapter: TypeAdapter[Any] = TypeAdapter(CertificateRenewals().fact_type)
    assert adapter.validate_json(adapter.dump_json(facts)) == facts


def test_hosts_of_other_environments_renew_nothing_here(
    empty_account: Any, tmp_path: Path, name_server: Callable[..., str]
) -> None:
    resolver = name_server({"balancer_name": "b.amazonaws.com", "validation_records": {}})
    groups = tuple(
        HostGroup(names=(name,), environment=environment, outputs={name: "nothing.jsonl"})
        for name, environment in (("backend-1", None), ("tester-1", "testing"))
    )
    desk = empty_account.desk(also={"hosts": groups}, resolver=resolver)
    ssh = SshAccess(desk.profile, tmp_path, desk.progress)
    hosts = HostReadings(
        desk.profile,
        ssh,
        sections=frozenset({"renewals", "units"}),
        folder=tmp_path,
        progress=desk.progress,
    )
    [found] = CertificateRenewals().collect(replace(desk, hosts=hosts)).value.sources.hosts
    assert found.name == "backend-1"
    with pytest.raises(FactUnavailable, match=r"nothing\.jsonl"):
        _ = found.reading


def test_a_host_that_keeps_the_certificate_but_shows_it_under_another_name_is_passed_over() -> None:
    other = host(replace(SOUND, certificates=(replace(KEPT, names=("other.example",)),)), "other")
    assert obstacle_where_shown(hosts=(other, host())) == ""


def test_hosts_that_are_silent_leave_their_certificates_unknown() -> None:
    with pytest.raises(FactUnavailable, match="it was silent"):
        obstacle_where_shown(hosts=(host(None),), jobs=((HOST, "backend-1"),))
