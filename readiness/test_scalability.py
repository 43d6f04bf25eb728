"""Scalability: the load is forecast, the service was tested beyond it, and it can grow."""

import pytest


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
def test_the_product_owner_forecast_the_load_of_the_first_year(attestation):
    """The product owner has forecast the load at launch and through the first year.

    Why: Sizing, quotas and load test all multiply this number; guessed by engineers, it comes out
    as what their machines can bear. Only the product owner knows of the campaign or the partner
    that doubles it overnight.

    Fix: The product owner writes a decision record: mean, peak and growth at launch and after 3, 6
    and 12 months, and what that rests on, such as a comparable service or the test users. Renew it
    every 90 days, and set the measured peak beside it once there is one.
    """
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
def test_requests_per_day_and_peak_per_second_are_projected(attestation):
    """The requests per day and the peak per second are projected, with their derivation.

    Why: It is the peak second that breaks a service, and the day's total that uses up a provider's
    quota: each number hides the other. Without both, no alert threshold and no plan of a provider
    can be justified.

    Fix: Derive the total from users, visits and calls per visit, and the peak from the share of
    the busiest hour. Hold the total against each provider's quota, with a margin, and after launch
    against a day of the balancer's RequestCount.
    """
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
@pytest.mark.manual
def test_the_backend_has_an_endpoint_of_its_own(attestation):
    """The backend has an endpoint that no other service shares.

    Why: Behind a shared endpoint, another team's peak, deployment or attack is this service's
    outage, and a rate limit cannot tell the two apart. Once clients have stored the hostname,
    moving away takes months.

    Fix: Give the backend a hostname, a balancer and target groups of its own, tagged with the
    service's name, and a health path that answers 200. List the listener's rules, and move target
    groups of other services elsewhere.
    """
    assert attestation.evidence


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
def test_a_watched_signal_says_when_to_scale(attestation):
    """A signal says when to scale, early enough to act, and somebody watches it.

    Why: Growing takes time, so that a signal first seen at its limit explains the outage instead
    of preventing it. And CPU is seldom what runs out first: connection pools, queues and quotas
    fill up unseen.

    Fix: Take from the stress test what saturates first in each tier, draw it with its limit on one
    dashboard, and alert at 80 % of the tested capacity or below. Route the alert to on-call, and
    see that its series has data from the last 15 minutes.
    """
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
def test_the_way_to_scale_up_is_written_and_was_exercised(attestation):
    """The way to scale up is written down, with its limits and costs, and was exercised.

    Why: At the peak nobody has time to learn that the account is out of vCPUs, or that the database
    grows only with a restart. A quota waits for the provider, a budget for the one who may approve
    it.

    Fix: Write the runbook page: trigger, steps per tier, lead time, hard limits, who approves the
    cost. Keep the scaling group's maximum above its size and twice the present use in Service
    Quotas, then walk through the page once, by the clock.
    """
    assert attestation.evidence


@pytest.mark.orr(
    "scalability.scale-up.stress-test",
    stated="mock-up stress test on the services",
    severity="blocker",
    phase="launch",
    owner="service",
    question="How does the test environment differ from production, and what broke first?",
    evidence="report",
    valid_for=90,
)
@pytest.mark.manual
def test_the_service_withstood_more_than_its_projected_peak(attestation):
    """The service withstood more than its projected peak in a stress test.

    Why: Until it was loaded, a service's capacity is an opinion, and what breaks first is rarely
    what was sized with care. Found in a test that is a ticket; found on launch day it is the
    launch.

    Fix: Drive a production-like target with k6, Locust or JMeter to 1.5 times the projected peak,
    for longer than caches and CPU credits last, and hold p95 and errors against their objectives.
    Keep the result file with its SHA-256; repeat after a change of machine type.
    """
    assert any(proof.kind == "report" and proof.sha256 for proof in attestation.evidence), (
        "no result file with its SHA-256: the figures could not be checked again"
    )
