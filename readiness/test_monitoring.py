"""Monitoring: machines watch the service from outside and inside, and wake a person in time."""

import pytest

from pytest_orr import at_least_one, each, of_role, own


@pytest.mark.orr(
    "monitoring.paging.uptimerobot",
    stated="uptimerobot monitoring setup",
    severity="major",
    phase="launch",
    owner="platform",
    question="Who receives the alert of the outside monitor, and when was it last tested?",
    evidence="capture",
    valid_for=90,
)
def test_an_outside_monitor_watches_every_public_hostname(
    outside_monitors, profile, as_of, subject
):
    """UptimeRobot watches every public hostname from outside, and nothing that is not declared.

    Why: Prometheus inside the network sees nothing of an expired domain, a broken resolver
    or a provider that blocks a whole region; the users see little else. The hostname that was
    added last is the one without a monitor.

    Fix: Give each public hostname a monitor that asks it by HTTP at least as often as
    `[monitoring] longest_interval_minutes` says, with an active alert contact that hears of "down".
    Start what is paused, mend what is down, and declare the endpoint of a monitor that has none, or
    delete the monitor. Point one at a path that does not exist, and see whom the alert reaches.
    """
    for name in at_least_one(outside_monitors.names, "public hostname"):
        with subject(name.host, saw=name.seen):
            gap = name.gap(profile.monitoring, as_of)
            assert not gap, gap
    for monitor in each(outside_monitors.own):
        with subject(monitor.name, saw=monitor.seen):
            assert monitor.is_declared, "readiness.toml declares no endpoint at its host"
            assert not monitor.is_down, "it sees what it looks at fail now"


@pytest.mark.orr(
    "monitoring.paging.pagerduty",
    stated="pagerduty integration",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="When was the last test page, and who acknowledged it after how many minutes?",
    evidence="ticket",
    valid_for=90,
)
def test_a_page_reaches_somebody_who_acknowledges_it_in_time(paging_services, profile, subject):
    """Alerts become pages at PagerDuty, and one of late was acknowledged in the agreed minutes.

    Why: Between rule and telephone lie a router, a key, an escalation policy and a silent mode;
    each of them fails without a sound. The first real incident is a poor time to find out.

    Fix: Create the service in PagerDuty with at least two escalation levels, of high urgency, and
    put the key of the integration that `[pagerduty] integration` names into Alertmanager's
    receiver. Fire a test alert through the whole chain (not PagerDuty's own test button),
    unannounced, and let whoever is on call acknowledge it.
    """
    within, days = profile.monitoring.acknowledged_minutes, profile.monitoring.newest_page_days
    for service in at_least_one(paging_services, "service at PagerDuty"):
        with subject(service.name, saw=service.seen):
            assert service.is_open, f"it is {service.status}: alerts make no incidents"
            assert service.wakes, "its incidents are of low urgency, which wakes nobody"
            assert len(service.levels) >= 2, "nobody is called after the first level"
            assert service.has_source, f"it has no integration of {service.source}"
        with subject(f"{service.name}: on call now", saw=service.called_now.seen):
            assert not service.called_now.reading.empty_levels, "at one level there is nobody"
        with subject(f"{service.name}: alert rules", saw=service.rules.seen):
            assert service.rules.reading.rules, "no alert rule ends at a receiver of PagerDuty"
        with subject(f"{service.name}: pages", saw=service.pages.seen):
            answered = service.pages.reading.answered(within=within, source=service.source)
            what = f"page of {service.source} in {days} days"
            assert answered, f"no {what} was acknowledged within {within} minutes"


@pytest.mark.orr(
    "monitoring.paging.on-call-rotation",
    stated="on-call rotation setup",
    severity="blocker",
    phase="launch",
    owner="service",
    question="Who is on call and trained, and how is the hand-over done?",
    evidence="roster",
    valid_for=30,
)
def test_somebody_is_on_call_at_every_hour(on_call_schedules, profile, subject):
    """For the next four weeks somebody is on call at every hour, with somebody else behind.

    Why: Launch weeks bring pages at night; two people who share all of them make mistakes by
    the second week. A gap at the hand-over, or one person on both levels, means that a page
    reaches nobody.

    Fix: Fill the schedules for `[monitoring] on_call_days` with at least `on_call_people`, and a
    second level that is never the same person as the first. Have each register a telephone or the
    app, and a rule for incidents of high urgency that uses it. Walk through the runbook with those
    who are new, and write down what a hand-over contains.
    """
    people, within = profile.monitoring.on_call_people, profile.monitoring.acknowledged_minutes
    for rota in at_least_one(on_call_schedules, "on-call schedule"):
        with subject(f"{rota.name}: people", saw=rota.seen):
            assert len(rota.people) >= people, f"fewer than {people} people share the calls"
        with subject(f"{rota.name}: second level", saw=rota.seen):
            assert len(rota.levels) >= 2, "there is none"
            alone = "; ".join(stretch.told for stretch in rota.alone[:3])
            assert not alone, f"it is nobody else than the first: {alone}"
        for level in rota.levels[:2]:
            with subject(f"{rota.name}: level {level.number}", saw=level.seen):
                gaps = "; ".join(gap.told for gap in level.gaps[:3])
                assert not gaps, f"nobody is on call: {gaps}"
        for person in rota.people:
            with subject(f"{rota.name}: {person.name}", saw=person.seen):
                wakes = person.reading.wakes_within(within)
                assert wakes, f"no call or push wakes them within {within} minutes"


@pytest.mark.orr(
    "monitoring.availability.service",
    stated="monitor the availability of the service",
    severity="blocker",
    phase="launch",
    owner="service",
    question="Which availability objective does the service have, and where is it measured?",
    evidence="decision",
    valid_for=90,
)
def test_the_service_answers_and_its_availability_is_measured(
    endpoints, availability_probes, profile, as_of, subject
):
    """The service answers its users, and a probe outside measures it against an objective.

    Why: Without an objective nobody can say whether an hour of errors is an incident, and
    without a probe outside the users are the monitor. A probe of the landing page stays green
    while no block or balance can be looked up.

    Fix: Declare the user's journey as an endpoint with role `service` and a marker that only a
    working answer contains. Let a blackbox exporter follow the same URL every minute, bind an alert
    on `probe_success` to it that wakes a person, and write the objective and the days over which it
    is measured under `[monitoring] availability` and `availability_days`.
    """
    for endpoint in at_least_one(of_role(endpoints, "service"), "service endpoint"):
        with subject(endpoint.name, saw=endpoint.seen):
            answer = endpoint.reading
            assert answer.status == 200, "users get no answer with status 200"
            assert answer.marker_found, "the answer lacks the marker of a working journey"
            assert answer.certificate_trusted, "the answer does not come over trusted TLS"
    for watched in at_least_one(availability_probes.of_role("service"), "service endpoint"):
        with subject(f"{watched.name}: probe", saw=watched.seen):
            gap = watched.gap(profile.monitoring, as_of)
            assert not gap, gap
            shortfall = watched.shortfall(profile.monitoring)
            assert not shortfall, shortfall


@pytest.mark.orr(
    "monitoring.availability.frontend",
    stated="monitor the availability of the frontend",
    severity="major",
    phase="launch",
    owner="platform",
    question="Who is told when the page is blank but answers 200?",
    evidence="capture",
    valid_for=90,
)
def test_the_frontend_shows_its_content_and_is_watched(
    endpoints, availability_probes, profile, as_of, subject
):
    """The frontend shows its content over trusted TLS, and a monitor asserts on that content.

    Why: Static hosting answers 200 with an empty page when a build went wrong or the script
    has another name than the page asks for. A monitor that looks at the status alone is green
    while every visitor sees white.

    Fix: Declare the page as an endpoint with role `frontend` and a marker from its content. Let a
    keyword monitor at UptimeRobot go off where the marker is missing and where the certificate does
    not verify, or a blackbox module whose `fail_if_body_not_matches_regexp` asks for the marker;
    give it an alert contact, or an alert that wakes a person.
    """
    for endpoint in at_least_one(of_role(endpoints, "frontend"), "frontend endpoint"):
        with subject(endpoint.name, saw=endpoint.seen):
            page = endpoint.reading
            assert page.status == 200, "the page does not answer with status 200"
            assert page.marker_found, "the page lacks the marker of its content"
            assert not page.failed_assets, "a script or style sheet of the page does not load"
            assert page.certificate_trusted, "the page does not come over trusted TLS"
    for watched in at_least_one(availability_probes.of_role("frontend"), "frontend endpoint"):
        with subject(f"{watched.name}: from outside", saw=watched.seen):
            gap = watched.content_gap(profile.monitoring, as_of)
            assert not gap, gap


@pytest.mark.orr(
    "monitoring.availability.backend",
    stated="monitor the availability of the backend",
    severity="blocker",
    phase="launch",
    owner="service",
    question="Which dependency states does the health endpoint report?",
    evidence="log",
    valid_for=90,
)
def test_the_backend_reports_itself_and_its_dependencies_healthy(
    endpoints, service_targets, unhealthy_host_alarms, profile, as_of, subject
):
    """The backend's health endpoint reports every dependency good, and an alert watches it.

    Why: A health check that says "ok" whatever happens keeps a host without its database in the
    balancer, and half of all requests fail. When the scrape itself is gone, a rule without
    `absent()` stays silent.

    Fix: Let the health endpoint try each dependency (database, node, queue) with a short timeout
    and report a state for each, and declare it with role `backend`. Give each target group an alarm
    on its unhealthy hosts that notifies somebody. Let Prometheus scrape every part of the service,
    and an alert on `up == 0` or `absent(up)` wake a person.
    """
    for endpoint in at_least_one(of_role(endpoints, "backend"), "backend endpoint"):
        with subject(endpoint.name, saw=endpoint.seen):
            health = endpoint.reading
            for dependency in health.dependencies:
                with subject(f"{endpoint.name}: {dependency.name}", saw=dependency.state):
                    assert dependency.healthy, "the dependency is not healthy"
            assert health.status == 200, "the health endpoint does not answer with status 200"
            assert at_least_one(health.dependencies, "dependency state")
    for group in each(unhealthy_host_alarms):
        with subject(group.arn, saw=group.seen):
            gap = group.alarms.reading.gap
            assert not gap, gap
    with subject("what Prometheus scrapes", saw="targets of the service"):
        assert service_targets, "Prometheus scrapes nothing of the service"
    for target in each(service_targets):
        with subject(target.name, saw=target.seen):
            assert target.is_up(as_of), "Prometheus finds it down"
            gap = target.alerts.reading.gap(profile.monitoring, as_of)
            assert not gap, gap


@pytest.mark.orr(
    "monitoring.account-balance.monitor",
    stated="monitor service account balance on any blockchain",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="Which addresses does the service pay from, what does each burn per day, and who "
    "tops it up from where?",
    evidence="table",
    valid_for=30,
)
def test_every_service_account_balance_is_monitored(balances, profile, as_of, subject):
    """The balance of every address the service pays from is exported and above its floor.

    Why: A relayer or oracle without gas money stops in silence: transactions stay unsent while
    servers and pages look healthy. Fees rise exactly when a launch draws a crowd, so the
    reserve of a quiet week lasts for hours.

    Fix: List every address under [[balances]] with chain, floor and burn per day, and name a second
    node under [[chains]] that somebody else runs. Export the balances as metrics, and name each
    series; the floor should cover the days that a refill takes, weekend included.
    """
    longest = profile.monitoring.freshest_minutes
    for account in at_least_one(balances.accounts, "account under [[balances]]"):
        with subject(account.name, saw=account.seen):
            assert account.is_told_by_two, "both nodes are of one host, which is one node"
            assert account.is_of_one_chain, "its nodes have different blocks: one is on a fork"
            assert account.is_told_alike, "its nodes tell different balances"
            assert account.is_the_token, "the token's contract has another symbol or decimals"
            assert account.least >= account.floor, "it holds less than its floor"
        with subject(f"{account.name}: series", saw=account.exported.seen):
            series = account.exported.reading
            assert series.found, "Prometheus has no series of it"
            assert len(series.found) == 1, "several series match: nobody knows which is right"
            assert series.is_fresh(longest, as_of), f"no sample of the last {longest} minutes"
            assert account.is_exported_alike, "its series tells another balance than its nodes"
    for family in each(balances.families):
        with subject(f"series of {family.name}", saw=family.seen):
            strays = ", ".join(family.reading.strays)
            assert not strays, f"of no account under [[balances]]: {strays}"


@pytest.mark.orr(
    "monitoring.account-balance.pagerduty",
    stated="pagerduty integration for account balance checking",
    severity="major",
    phase="launch",
    owner="platform",
    question="When did the last test alert for a low balance arrive, and with whom?",
    evidence="ticket",
    valid_for=90,
)
def test_a_low_balance_pages_the_on_call(balances, alert_rules, paging_services, subject):
    """A balance below its reserve pages the on-call person, by an alert rule that is in force.

    Why: A balance panel that nobody opens at night does not refill an account. Alerts on
    business metrics often carry other labels than the rest and end in a channel instead of at
    the pager.

    Fix: Alert when a balance falls below floor times the days of reserve, or what is spent in these
    days above the floor, if that is more: metric < number, with whatever narrows it behind `and`.
    Give the rule the labels that Alertmanager routes to PagerDuty, and raise the threshold above a
    real balance on staging for a minute to see an incident.
    """
    for account in at_least_one(balances.accounts, "account under [[balances]]"):
        enough = account.shown(account.page_below)
        with subject(f"{account.name}: alert", saw=account.rules_seen(each(alert_rules))):
            alerts = account.alerts_among(alert_rules)
            assert alerts, f"no alert rule goes off below {enough}, its reserve"
            working = [one for one in alerts if one.rule.is_evaluated]
            assert working, "Prometheus does not evaluate its rule"
            assert any(one.reaches_pagerduty for one in working), "its alert ends at no PagerDuty"
    for service in at_least_one(paging_services, "service at PagerDuty"):
        with subject(f"PagerDuty: {service.name}", saw=service.seen):
            assert service.is_open, "it is switched off, so alerts make no incidents"
            assert service.has_source, "it has no integration for what sends the alerts"


@pytest.mark.orr(
    "monitoring.dashboard.grafana",
    stated="use Grafana dashboard to monitor services",
    severity="major",
    phase="launch",
    owner="platform",
    question="Which dashboard is opened first in an incident?",
    evidence="link",
    valid_for=180,
)
def test_the_dashboards_of_the_service_show_live_data(dashboards, profile, as_of, subject):
    """The service has a dashboard in Grafana, and each shows live data of healthy sources.

    Why: Under pressure people open what they find, and twelve half-finished dashboards cost the
    minutes that matter. A panel whose query broke after a rename shows a flat line that is taken
    for calm.

    Fix: Tag one dashboard with the service's name, or with `[grafana] tag`, and put traffic,
    errors, latency and saturation on its first screen. Mend or remove each panel that shows
    nothing, untag what nobody opens, and link the one that is left from the runbook and from
    every alert.
    """
    minutes = profile.monitoring.panel_minutes
    for dashboard in at_least_one(dashboards, "dashboard of the service"):
        with subject(dashboard.name, saw=dashboard.seen):
            for source in dashboard.reading.sources:
                with subject(f"{dashboard.name}: data source {source.name}", saw=source.seen):
                    assert source.reading.is_healthy, "the data source is not healthy"
            live = dashboard.reading.live(minutes, as_of)
            assert live, f"no panel has a sample of the last {minutes} minutes"


@pytest.mark.orr(
    "monitoring.dashboard.node-exporter",
    stated="install node_exporter to monitor system resources",
    severity="major",
    phase="launch",
    owner="platform",
    question="Which hosts are left out of node_exporter, and why?",
    evidence="table",
    valid_for=180,
)
def test_every_host_exports_its_system_resources(
    host_exporters, backend_ports, node_targets, profile, as_of, subject
):
    """Every host of the inventory exports its system resources, and to Prometheus alone.

    Why: Full disks and exhausted memory announce themselves for days, but only on hosts that
    are scraped. An exporter that is open to the world tells attackers kernel, mounts and load.

    Fix: Install node_exporter with the base role, so that a new host has it from the start, and
    let Prometheus scrape port 9100 of each host under the name that [[hosts]] gives it. A target of
    no declared host is a host to declare, or one of others, which [prometheus] series tells apart.
    """
    for host in at_least_one(own(host_exporters), "host"):
        with subject(host.name, saw=host.seen):
            assert host.reading.listens, "nothing listens on the port of node_exporter"
            assert host.reading.comes_back, "no unit of node_exporter runs and is enabled"
    port = profile.host_limits.node_exporter_port
    for host in at_least_one(backend_ports, "backend host"):
        with subject(f"{host.name}: port {port} from here", saw=host.seen):
            assert not host.is_open_from_here(port), "its node_exporter answers from outside"
    for node in at_least_one(node_targets, "host"):
        with subject(f"{node.name}: Prometheus", saw=node.seen):
            assert node.is_declared, "Prometheus scrapes it, and it is no host of [[hosts]]"
            assert node.targets, "Prometheus scrapes no node_exporter of it"
            assert node.answers(as_of), "its node_exporter does not answer Prometheus"


@pytest.mark.orr(
    "monitoring.dashboard.prometheus-metrics",
    stated="export Prometheus metrics from the service",
    severity="major",
    phase="build",
    owner="service",
    question="Which metrics answer: is it up, is it fast, is it correct?",
    evidence="table",
    valid_for=180,
)
def test_the_service_exports_the_metrics_that_judge_it(
    service_targets, exported_metrics, public_metrics, profile, as_of, subject
):
    """Prometheus, and nobody else, reads every declared metric family: up, fast and correct.

    Why: Host metrics show a healthy machine while the service answers every request with an old
    block. Alerts, canary decisions and roll-back criteria all rest on these families; one without
    samples makes each of them blind. Open to the world they tell load, versions and weak spots.

    Fix: Export request count, errors, duration and build info, and one metric of correctness,
    such as the lag behind the chain's head. Declare the endpoint with role `metrics` and its
    families under `metrics`, and serve it on a port that only Prometheus reaches.
    """
    for target in at_least_one(service_targets, "target of the service in Prometheus"):
        with subject(target.name, saw=target.target.seen):
            assert target.target.answers(as_of), "its metrics do not answer, or do not parse"
    longest = profile.monitoring.freshest_minutes
    for family in at_least_one(exported_metrics, "declared metric family"):
        with subject(family.name, saw=family.seen):
            is_fresh = family.reading.is_fresh(longest, as_of)
            assert is_fresh, f"Prometheus has no sample of the last {longest} minutes"
    for place in at_least_one(public_metrics, "public place of the service"):
        with subject(place.name, saw=place.seen):
            assert not place.reading.tells_metrics, "anybody can read the metrics there"
