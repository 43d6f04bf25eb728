"""Scalability: the load is forecast, the service was tested beyond it, and it can grow."""

import pytest

from pytest_orr import at_least_one, each


@pytest.mark.orr(
    "scalability.projection.owner-forecast",
    stated="product owner shall project the scale upcoming request",
    severity="major",
    phase="plan",
    owner="product",
    question="What load do you expect at launch and after 3, 6 and 12 months, and on what basis?",
    evidence="decision",
    valid_for=90,
)
@pytest.mark.manual
def test_the_product_owner_forecast_the_load_of_the_first_year(
    request_counts, profile, as_of, subject, attestation
):
    """The product owner has forecast the load at launch and through the first year.

    Why: Sizing, quotas and load test all multiply this number; guessed by engineers, it comes out
    as what their machines can bear. Only the product owner knows of the campaign or the partner
    that doubles it overnight.

    Fix: The product owner writes a decision record: mean, peak and growth at launch and after 3, 6
    and 12 months, and what that rests on, such as a comparable service or the test users. Put the
    numbers under [projection], renew them every 90 days, and set the measured peak beside them
    once there is one.
    """
    with subject("[projection]", saw=getattr(profile.projection, "seen", "")):
        forecast = profile.forecast
        is_owner = profile.has_role(forecast.by, "product")
        assert is_owner, f"{forecast.by} does not have the role product"
        age = forecast.age_on(as_of.date())
        assert age <= profile.scaling.oldest_forecast_days, "it is too old"
        missing = forecast.lacks(3, 6, 12)
        assert not missing, f"nothing is said of {', '.join(map(str, missing))} months later"
    for count in at_least_one(request_counts, "load balancer or distribution of the service"):
        with subject(count.name, saw=count.seen):
            limit, is_launched = profile.forecast.peak_rps, not profile.release.first
            within = count.reading.is_within_peak(limit, is_launched=is_launched)
            assert within, f"it had more than {limit:g} a second"
    assert attestation.evidence


@pytest.mark.orr(
    "scalability.projection.requests-per-day",
    stated="projected number of request per day",
    severity="major",
    phase="plan",
    owner="product",
    question="Which number per day and peak per second, derived how?",
    evidence="decision",
    valid_for=90,
)
@pytest.mark.manual
def test_requests_per_day_and_peak_per_second_are_projected(
    request_counts, profile, subject, attestation
):
    """The requests per day and the peak per second are projected, with their derivation.

    Why: It is the peak second that breaks a service, and the day's total that uses up a provider's
    quota: each number hides the other. Without both, no alert threshold and no plan of a provider
    can be justified.

    Fix: Derive the total from users, visits and calls per visit, and the peak from the share of
    the busiest hour, and put both under [projection]. Hold the total against each provider's
    quota, with a margin, and after launch against a day of the balancer's RequestCount, or of the
    counter in Prometheus that [scaling] requests names. Before a first launch, declare first = true
    under [release]: then the statement alone decides.
    """
    for count in at_least_one(request_counts, "load balancer or distribution of the service"):
        with subject(count.name, saw=count.seen):
            limit, is_launched = profile.forecast.requests_per_day, not profile.release.first
            within = count.reading.is_within_day(limit, is_launched=is_launched)
            assert within, f"more than {limit:,} requests a day came"
    for quota in profile.scaling.provider_quotas:
        with subject(quota.name, saw=quota.seen):
            lacking = quota.lacks(profile.forecast, profile.scaling.quota_margin)
            assert not lacking, lacking
    assert attestation.evidence


@pytest.mark.orr(
    "scalability.load-balancer.dedicated-endpoint",
    stated="dedicated endpoint for the backend",
    severity="major",
    phase="build",
    owner="service",
    question="Is any other service behind this endpoint?",
    evidence="table",
    valid_for=180,
)
def test_the_backend_has_an_endpoint_of_its_own(backend_routes, endpoints, peer_services, subject):
    """The backend has an endpoint that no other service shares.

    Why: Behind a shared endpoint, another team's peak, deployment or attack is this service's
    outage, and a rate limit cannot tell the two apart. Once clients have stored the hostname,
    moving away takes months.

    Fix: Give the backend a hostname, a balancer and target groups of its own, tagged with the
    service's name, and a health path that answers 200. List the listener's rules, and move target
    groups of other services elsewhere. Name under [peers] the reviews of the services that might
    use the same name.
    """
    led = set()
    for route in at_least_one(backend_routes.routes, "name of the backend"):
        with subject(route.name, saw=route.seen):
            way = route.reading
            led |= {route.name, *way.balancers}
            assert way.balancers, "it leads to no load balancer of the service"
            assert not way.strays, f"it leads to others, too: {', '.join(way.strays)}"
    for thing in each(backend_routes.behind):
        with subject(thing.name, saw=thing.seen):
            stranger = thing.reading.stranger
            assert not stranger, stranger
    for endpoint in (one for one in each(endpoints) if one.role == "backend"):
        with subject(endpoint.name, saw=endpoint.seen):
            status = endpoint.reading.status
            assert status == 200, "its health check does not answer with status 200"
    for peer in at_least_one(peer_services, "other service"):
        with subject(peer.name, saw=peer.seen):
            shared = peer.reading.shares(*led)
            assert not shared, f"it uses the same: {', '.join(shared)}"


@pytest.mark.orr(
    "scalability.scale-up.monitoring",
    stated="how to monitor the scalability requirement of the service",
    severity="major",
    phase="launch",
    owner="service",
    question='Which signal says "scale now" and who watches it?',
    evidence="link",
    valid_for=90,
)
@pytest.mark.manual
def test_a_watched_signal_says_when_to_scale(
    saturation_signals, profile, as_of, subject, attestation
):
    """A signal says when to scale, early enough to act, and somebody watches it.

    Why: Growing takes time, so that a signal first seen at its limit explains the outage instead
    of preventing it. And CPU is seldom what runs out first: connection pools, queues and quotas
    fill up unseen.

    Fix: Take from the stress test what saturates first in each tier, draw it with its limit on one
    dashboard, and alert at 80 % of the tested capacity or below. Route the alert to on-call, and
    see that its series has data from the last 15 minutes. Name alarm, metric or Prometheus' series,
    and the tested capacity, under [[scaling.saturation]].
    """
    limits = profile.scaling
    for signal in at_least_one(saturation_signals, "saturation signal"):
        with subject(signal.name, saw=signal.seen):
            watch = signal.reading
            obstacle = watch.obstacle(limits.alarm_share, as_of, limits.oldest_sample_minutes)
            assert not obstacle, obstacle
    assert attestation.evidence


@pytest.mark.orr(
    "scalability.scale-up.plan",
    stated="the plan to get ready for the scale-up issue",
    severity="major",
    phase="launch",
    owner="service",
    question="Which steps, lead time, hard limits, who approves cost, when last exercised?",
    evidence="drill",
    valid_for=90,
)
@pytest.mark.manual
def test_the_way_to_scale_up_is_written_and_was_exercised(
    scaling_limits, runbooks, drills, profile, subject, attestation
):
    """The way to scale up is written down, with its limits and costs, and was exercised.

    Why: At the peak nobody has time to learn that the account is out of vCPUs, or that the database
    grows only with a restart. A quota waits for the provider, a budget for the one who may approve
    it.

    Fix: Write the runbook page: trigger, steps per tier, lead time, hard limits, who approves the
    cost. Keep the scaling group's maximum above its size, give it a policy, and keep Service
    Quotas above that maximum, or at twice the present use where nothing scales by itself. Then
    walk through the page once, by the clock, and write it down under drills/.
    """
    at_least_one(scaling_limits.all, "scaling group or quota")
    for group in each(scaling_limits.groups):
        with subject(group.name, saw=group.seen):
            obstacle = group.reading.obstacle
            assert not obstacle, obstacle
    for quota in each(scaling_limits.quotas):
        with subject(quota.name, saw=quota.seen):
            lacking = quota.reading.lacks(profile.scaling.quota_factor)
            assert not lacking, lacking
    for runbook in at_least_one(runbooks, "runbook"):
        section = runbook.section("scale_up")
        with subject(section.name, saw=section.seen):
            assert section.is_there, "the runbook does not say how the service grows"
            assert section.has_commands, "no commands stand there to be copied"
    for drill in each(drills.behind(attestation.drill)):
        with subject(drill.name, saw=drill.seen):
            assert not drill.went, f"the drill {drill.went}"
            assert drill.still_holds, "the drill is void"


@pytest.mark.orr(
    "scalability.scale-up.stress-test",
    stated="mock-up stress test on the services",
    severity="blocker",
    phase="launch",
    owner="service",
    question="How does the test environment differ from production, and what broke first?",
    evidence="report",
    valid_for=90,
    void="machines",
)
@pytest.mark.manual
def test_the_service_withstood_more_than_its_projected_peak(
    load_results, profile, as_of, subject, attestation
):
    """The service withstood more than its projected peak in a stress test.

    Why: Until it was loaded, a service's capacity is an opinion, and what breaks first is rarely
    what was sized with care. Found in a test that is a ticket; found on launch day it is the
    launch.

    Fix: Drive a production-like target with k6, Locust, JMeter, vegeta or hey to 1.5 times the
    projected peak, for longer than caches and CPU credits last. Keep the result file beside
    readiness.toml, declare it with its SHA-256 under [[stress_tests]], and p95 and errors that are
    allowed under [scaling]; repeat after a change of machine type.
    """
    limits, hosts = profile.scaling, profile.hosts_of_endpoints
    for test in at_least_one(load_results, "stress test"):
        with subject(test.name, saw=test.seen):
            result = test.reading
            assert result.is_the_declared_file, f"the file's SHA-256 is {result.sha256}"
            is_target = result.stands_for or result.target in hosts
            assert is_target, "its target is the host of no endpoint, and stands for none"
            age = (as_of - result.ended).days
            assert age <= limits.oldest_test_days, "it is too long ago"
            measured = result.measured
            assert measured.samples > 0, "its file holds no request"
            assert not result.strangers, f"it asked others: {', '.join(result.strangers)}"
            assert result.is_of_its_time, "its file tells of another time than was declared"
            needed = profile.forecast.peak_rps * limits.tested_factor
            assert measured.rate >= needed, f"it did not reach {needed:g} requests a second"
            assert measured.p95_ms <= limits.slowest_ms, "answers took longer than promised"
            assert measured.stays_within(limits.most_errors), "more requests failed than allowed"
    assert any(proof.kind == "report" and proof.sha256 for proof in attestation.evidence), (
        "no result file with its SHA-256: the figures could not be checked again"
    )
