"""Network security: the service is reached through its front door alone, and that door holds."""

import pytest

from pytest_orr import at_least_one, each, own


@pytest.mark.orr(
    "network.load-balancer.elb",
    stated="load balancer ELB setup on the backend",
    severity="blocker",
    phase="build",
    owner="platform",
    question="Which balancer fronts the backend and what happens if one zone is lost?",
    evidence="capture",
    valid_for=180,
)
def test_the_backend_survives_a_zone_behind_its_load_balancer(
    load_balancers, public_names, profile, subject
):
    """A load balancer in several zones fronts the backend, and healthy targets stand in each.

    Why: Zones fail, and a balancer or its targets in a single one fail with it. Plain HTTP and old
    TLS give away what users send, without access logs nobody can tell afterwards who came, and
    without deletion protection one wrong command takes the service away.

    Fix: Give the balancer subnets, and each target group healthy targets, in at least two zones.
    Listen on 443 with a TLS policy that readiness.toml accepts, let port 80 redirect in every
    rule, switch on access logs and deletion protection. Let the names of the service and backend
    endpoints lead to it alone. Tag what is the service's, and remove or declare what is not.
    """
    network = profile.network
    for balancer in at_least_one(load_balancers.found, "load balancer of the service"):
        with subject(balancer.arn, saw=balancer.seen):
            assert not balancer.stray, balancer.stray
            assert balancer.state == "active", "the balancer is not active"
            assert len(balancer.zones) >= network.minimum_zones, "it stands in too few zones"
            assert balancer.encrypts_443, "it has no HTTPS or TLS listener on port 443"
            assert balancer.target_count > 0, "no target is registered with it"
            assert balancer.access_logs, "its access logs are off"
            assert balancer.deletion_protection, "its deletion protection is off"
        for listener in balancer.listeners:
            with subject(listener.arn, saw=listener.seen):
                assert not listener.serves_plain_http, "a rule answers HTTP without a redirect"
                accepted = not listener.encrypts or listener.tls_policy in network.tls_policies
                assert accepted, "readiness.toml does not accept its TLS policy"
        for group in balancer.target_groups:
            with subject(group.arn, saw=group.seen):
                survives = group.survives_a_zone(network.minimum_zones)
                assert survives, "its healthy targets stand in too few zones"
    for arn in each(load_balancers.declared):
        with subject(arn, saw="declared in readiness.toml"):
            assert load_balancers.has(arn), "no account and region of readiness.toml has it"
    for name in at_least_one(public_names.of_role("service", "backend"), "name of the backend"):
        with subject(name.host, saw=name.seen):
            assert name.addresses, "DNS knows no address of it"
            led = public_names.lead_to_a_balancer(name)
            assert led, "it leads elsewhere than to the service's load balancers"


@pytest.mark.orr(
    "network.load-balancer.ssl-renewal",
    stated="SSL certificate auto-renewal",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="Who renews imported certificates, what warns before expiry, when was the last "
    "renewal?",
    evidence="log",
    valid_for=60,
)
def test_certificates_renew_themselves(certificate_renewals, profile, subject, as_of):
    """Every certificate on a public listener renews by itself.

    Why: A certificate expires at a known minute, for all users at once, and browsers that remember
    HSTS offer no way past it. It is mostly one that was imported by hand, by somebody who meant to
    come back.

    Fix: Use certificates that ACM issues, validate them by DNS and leave those records in place.
    For one that a host renews, enable certbot's timer, look at its last run and let the server
    reload; if it is imported from there, name the host in [certificates] renewal_jobs. Alarm on
    ACM's `DaysToExpiry` at 30 days, and route that to whoever is on call.
    """
    limits = profile.certificates
    for certificate in at_least_one(certificate_renewals.found, "certificate of the service"):
        with subject(certificate.name, saw=certificate.seen):
            assert not certificate.trouble, certificate.trouble
            ends = certificate.ends_within(limits.minimum_days_left, as_of)
            assert not ends, "it ends too soon"
            obstacle = certificate.obstacle(as_of, limits.oldest_run_days)
            assert not obstacle, obstacle


@pytest.mark.orr(
    "network.load-balancer.ddos",
    stated="DDoS protection on the load balancer, such as WAF",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="Which provider and mode protect the entry, who is called in an attack, when was it "
    "last exercised?",
    evidence="capture",
    valid_for=180,
)
def test_the_public_entry_is_protected_against_floods(web_protections, profile, subject):
    """Every public entry is protected against floods, in a mode that blocks.

    Why: A launch draws floods as well as users, and they can be rented by the hour. Rules that
    only count stop nothing, and neither does an edge whose origin can be reached beside it.

    Fix: Associate a WAF web ACL with each public balancer and distribution: a rate-based rule that
    leaves nobody out, a managed group, both in block mode, logging on. Let only the edge's prefix
    list into an origin. Where WAF cannot stand, as before a network balancer, protect it by name
    with Shield Advanced. Write down whom to call in an attack, and rehearse that call.
    """
    at_least_one(web_protections.entries, "public entry of the service")
    for entry in web_protections.behind_waf:
        with subject(entry.arn, saw=entry.seen):
            acl = entry.web_acl
            assert acl is not None, "no web ACL stands before it"
            assert acl.limits_rate, "no rate-based rule of its web ACL stops whoever asks too often"
            assert acl.stops_known_attacks, "no managed group of its web ACL stops anything"
            assert acl.logs, "its web ACL keeps no log"
    for entry in web_protections.beyond_waf:
        with subject(entry.arn, saw=entry.seen):
            assert entry.is_shielded, "WAF cannot stand before it, and Shield Advanced does not"
    for origin in web_protections.origins:
        with subject(origin.name, saw=origin.seen):
            opened = ", ".join(str(opening) for opening in origin.openings(profile.network))
            assert not opened, f"anybody can get past the edge: its groups open {opened}"
            assert origin.state != "open", "it answers beside the edge"


@pytest.mark.orr(
    "network.frontend.static-hosting",
    stated="host static frontend files on netlify/IPFS/S3",
    severity="major",
    phase="build",
    owner="platform",
    question="Where is the frontend hosted, what is pinned, and how is an older version restored?",
    evidence="link",
    valid_for=180,
)
def test_frontend_files_are_hosted_apart_from_the_backend(static_sites, profile, subject):
    """The frontend's files come from static hosting, and an older version can be put back.

    Why: Pages that the backend serves vanish together with it, so that users cannot even be told
    what is wrong, and each page view takes capacity from the API. Without a pinned build nobody
    knows which version users run.

    Fix: Publish the release's build to Netlify, to IPFS behind two gateways and a DNSLink record,
    or to a private S3 bucket that one CloudFront distribution alone may read, by origin access
    control, with Block Public Access on. Take everybody else out of the bucket's policy and send
    plain HTTP on to HTTPS. Declare each place in [[hosting]], remove forgotten ones, and put the
    previous version back once to see that it works.
    """
    commit = profile.release.commit
    for site in at_least_one(static_sites.found, "static hosting of the frontend"):
        with subject(site.front.name, saw=site.front.seen):
            assert site.front.reading.status == 200, "users do not get the page"
            assert site.front.reading.signs, f"nothing shows that {site.provider} delivers it"
        for bucket in site.buckets:
            with subject(bucket.name, saw=bucket.seen):
                files = bucket.reading
                assert files.is_there, "no account of readiness.toml has the bucket"
                blocked, others = not files.open_switches, ", ".join(files.other_readers)
                assert blocked, f"public access is not blocked: {', '.join(files.open_switches)}"
                assert not files.is_public, "its policy makes it public"
                assert not files.is_website, "it is a website of its own, beside CloudFront"
                assert not others, f"its policy lets others read than the distribution: {others}"
                assert files.admits_distribution, "its policy does not let the distribution read"
        for distribution in site.distributions:
            with subject(distribution.name, saw=distribution.seen):
                edge = distribution.reading
                assert edge.is_there, "no account of readiness.toml has the distribution"
                assert edge.is_enabled and edge.status == "Deployed", "it is not in operation"
                assert edge.serves_bucket, "the bucket is not among its origins"
                assert edge.encrypts, "it serves plain HTTP"
                assert edge.serves_endpoint, "the endpoint's host is not among its names"
        for deploy in site.deploys:
            with subject(deploy.name, saw=deploy.seen):
                assert deploy.reading.state == "ready", "no deploy is published"
                assert deploy.reading.is_of(commit), "users see another commit than the release's"
                assert deploy.reading.encrypts, "it does not send plain HTTP on to HTTPS"
                assert deploy.reading.serves_endpoint, "the endpoint's host is not among its names"
        for link in site.links:
            with subject(link.name, saw=link.seen):
                assert link.reading.leads_to_build, "it does not lead to the declared build alone"
        for gateway in site.gateways:
            with subject(gateway.name, saw=gateway.seen):
                assert gateway.reading.serves_build, "it does not serve the declared build"
    for distribution in static_sites.tagged:
        with subject(f"tags of {distribution.name}", saw=distribution.seen):
            assert distribution.reading.is_declared, "no [[hosting]] of readiness.toml names it"


@pytest.mark.orr(
    "network.kms.setup",
    stated="KMS setup to manage credentials",
    severity="major",
    phase="build",
    owner="platform",
    question="Who administers keys, who uses them, what is the break-glass path?",
    evidence="table",
    valid_for=180,
)
def test_credentials_are_encrypted_under_managed_kms_keys(encryption_keys, subject):
    """Credentials and storage are encrypted under KMS keys whose policy the team controls.

    Why: A key policy is the second lock: a role that can read a snapshot or a secret still cannot
    open it. Under the provider's default keys, or with a wildcard principal, that lock cannot be
    closed when an account is lost.

    Fix: Create customer managed keys with aliases and rotation, administrators apart from users,
    no wildcard principal unless a condition says who it is. Declare the aliases in [[keys]]. Move
    the service's Secrets Manager, EBS, S3 and RDS data under them, delete keys that nobody needs,
    and try the break-glass path once.
    """
    for key in encryption_keys.found:
        with subject(key.name, saw=key.seen):
            seen, opened = key.reading, ", ".join(key.reading.open_statements)
            assert seen.manager == "CUSTOMER", "AWS decides about it, not the team"
            assert seen.is_enabled, "it is not enabled"
            assert seen.usage == seen.declared_usage, f"it is not for {seen.declared_usage}"
            assert seen.rotates or not seen.can_rotate, "its rotation is off"
            assert not opened, f"its policy lets in anybody who asks: {opened}"
    for alias in encryption_keys.declared:
        with subject(alias, saw="declared in readiness.toml"):
            assert encryption_keys.has(alias), "no account and region of readiness.toml has it"
    for key in encryption_keys.tagged:
        with subject(key.name, saw=key.seen):
            assert key.reading.is_declared, "no [[keys]] of readiness.toml leads to it"
    for store in at_least_one(encryption_keys.stores, "secret, volume, bucket or database"):
        with subject(store.name, saw=store.seen):
            assert store.reading.is_encrypted, "it is not encrypted"
            assert store.reading.alias, "none of the keys in readiness.toml encrypts it"


@pytest.mark.orr(
    "network.backend.security-groups",
    stated="security group hardening for backend servers",
    severity="blocker",
    phase="build",
    owner="platform",
    question="Why does each rule exist and who approved it?",
    evidence="table",
    valid_for=90,
)
def test_security_groups_let_in_only_what_is_declared(
    backend_security_groups, backend_ports, profile, subject
):
    """The security groups of the backend let in nobody but who was thought of.

    Why: A rule that was opened to the world for an afternoon stays, and scanners find it within
    minutes. Rules for every port, rules that name somebody else's group or a prefix list that
    grew, and the default group that instances get when nobody chooses: each lets in more than its
    author meant.

    Fix: Let backend groups name the balancer's group, the jump host's group or small networks, on
    single ports; open to the world only the declared public ports, and only on balancers. Take the
    default group off every interface. Declare other groups that rules name in [aws.resources]
    security_groups, and in [[hosts]] the servers with the ports that may listen: each is tried
    from where the review runs.
    """
    network, backend = profile.network, backend_security_groups
    for interface in at_least_one(backend.interfaces, "network interface of the backend"):
        with subject(interface.id, saw=interface.seen):
            assert not interface.stray, interface.stray
    for group in each(backend.groups):
        with subject(group.id, saw=group.seen):
            assert not group.is_forgotten, "[aws.resources] security_groups does not list it"
            assert not group.is_default, "it is the default group, which must not be used"
            public = ", ".join(str(opening) for opening in group.joint_openings(network))
            assert not public, f"its rules together open to the world: {public}"
        for rule in group.rules:
            with subject(rule.id, saw=f"{rule.seen} to {group.name} ({group.id})"):
                public = ", ".join(str(opening) for opening in group.openings_by(rule, network))
                assert not public, f"it opens to the world: {public}"
                assert not rule.opens_everything(network), "it opens all ports"
                assert backend.knows(rule), "the group that it lets in is not the service's"
    for resource in each(backend.declared):
        with subject(resource, saw="declared in readiness.toml"):
            assert backend.has(resource), "no account and region of readiness.toml has it"
    for host in at_least_one(backend_ports, "backend host"):
        with subject(host.name, saw=host.seen):
            opened = ", ".join(str(port) for port in host.undeclared_open)
            assert not opened, f"it answers from here on ports that nobody declared: {opened}"


@pytest.mark.orr(
    "network.backend.ssh-jump-host",
    stated="whitelisted SSH access of backend servers to jump host only",
    severity="blocker",
    phase="build",
    owner="platform",
    question="Who may use the jump host, and when was the list last reviewed?",
    evidence="roster",
    valid_for=90,
)
def test_ssh_reaches_the_backend_through_the_jump_host_alone(
    backend_ports, host_ssh_servers, backend_security_groups, profile, subject
):
    """Backend servers accept SSH from the jump host alone, and it from known places alone.

    Why: A host that answers SSH to the world is tried day and night, and one stolen key is enough.
    With a single way in, logins are limited, logged and cut off in one place.

    Fix: Allow port 22 on the backend only from the jump host's group or its /32, and on the jump
    host only from what [network] ssh_sources lists; drop forgotten addresses from both. Set
    PasswordAuthentication, KbdInteractiveAuthentication and PermitRootLogin to no everywhere. Let
    the review log in through the jump host, or closed ports prove nothing.
    """
    hosts = at_least_one(backend_ports, "backend host")
    for host in hosts:
        with subject(host.name, saw=host.seen):
            assert not host.ssh_open_from_here, "its SSH server answers beside the jump host"
    for host in at_least_one(own(host_ssh_servers), "SSH server"):
        with subject(f"{host.name}: sshd", saw=host.seen):
            assert not host.reading.accepts_passwords, "it accepts passwords"
            assert not host.reading.lets_root_in, "it lets root in"
    at_least_one(profile.network.ssh_sources, "entry in [network] ssh_sources")
    allowed = backend_security_groups.ssh_admissions(profile.network, hosts)
    for rule in at_least_one(allowed.found, "security group rule that lets SSH in"):
        with subject(rule.rule, saw=rule.seen):
            strangers = ", ".join(rule.strangers)
            assert not strangers, f"it lets others than the jump host's way in: {strangers}"
    for source in each(allowed.declared):
        with subject(source, saw="declared in [network] ssh_sources"):
            assert allowed.let_in(source), "no rule lets it in"


@pytest.mark.orr(
    "network.backend.service-port",
    stated="expose service port to trusted network only",
    severity="blocker",
    phase="launch",
    owner="platform",
    question="Which networks are trusted, and why?",
    evidence="table",
    valid_for=90,
)
def test_service_ports_answer_trusted_networks_only(
    backend_ports, host_sockets, endpoints, backend_security_groups, profile, subject
):
    """The backend's ports answer the balancer and trusted networks only.

    Why: Whoever reaches the service port directly walks past TLS, WAF and rate limits, and may
    forge the headers by which the backend knows its callers. Debug and metrics ports often stand
    open beside it.

    Fix: Name the balancer's group as the source of the service port, and in [network] trusted who
    else may reach it, each with a reason. Let [[hosts]] ports and service_ports be what listens
    on each host, and bind the rest to loopback. The port must answer the balancer and nobody where
    the review runs.
    """
    network = profile.network
    for host in at_least_one(backend_ports, "backend host"):
        with subject(host.name, saw=host.seen):
            opened = ", ".join(str(port) for port in host.service_ports_open(network.trusted))
            assert not opened, f"it answers beside the balancer on service ports: {opened}"
    declared = {one.name: {*one.group.ports, *one.group.service_ports} for one in profile.machines}
    for host in at_least_one(own(host_sockets, role="backend"), "backend host"):
        with subject(f"{host.name}: sockets", saw=host.seen):
            listening = {*host.reading.exposed_ports}
            more, less = listening - declared[host.name], declared[host.name] - listening
            assert not more, f"ports listen that nobody declared: {sorted(more)}"
            assert not less, f"declared ports do not listen: {sorted(less)}"
    with subject("the way through the balancer", saw="the service answers"):
        asked = (one for one in endpoints if one.role in {"service", "backend"})
        answers = (one for one in asked if one.answers)
        at_least_one(answers, "service or backend endpoint that answers")
    machines = (one for one in profile.machines if one.environment == profile.service.environment)
    ports = {port for machine in machines for port in machine.group.service_ports}
    at_least_one(ports, "service port under [[hosts]]")
    allowed = backend_security_groups.service_admissions(network, ports)
    for rule in at_least_one(allowed.found, "security group rule that lets a service port in"):
        with subject(rule.rule, saw=rule.seen):
            strangers = ", ".join(rule.strangers)
            assert not strangers, f"neither a balancer nor in [network] trusted: {strangers}"
    for source in each(allowed.declared):
        with subject(source, saw="declared in [network] trusted"):
            assert allowed.let_in(source), "no rule lets it in"
    with subject("the balancer's groups", saw=", ".join(each(allowed.balancers)) or "it has none"):
        reached = not allowed.balancers or allowed.let_in(*allowed.balancers)
        assert reached, "no rule lets a balancer in"
