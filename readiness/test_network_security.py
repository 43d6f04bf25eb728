"""Network security: the service is reached through its front door alone, and that door holds."""

import pytest

from pytest_orr import at_least_one


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
def test_the_backend_survives_a_zone_behind_its_load_balancer(load_balancers, profile, subject):
    """A load balancer in several zones fronts the backend, and healthy targets stand in each.

    Why: Zones fail, and a balancer or its targets in a single one fail with it. Plain HTTP and old
    TLS give away what users send, without access logs nobody can tell afterwards who came, and
    without deletion protection one wrong command takes the service away.

    Fix: Give the balancer subnets, and each target group healthy targets, in at least two zones.
    Listen on 443 with a TLS policy that readiness.toml accepts, let port 80 redirect in every
    rule, switch on access logs and deletion protection. Tag what is the service's, and remove or
    declare what is not.
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
    for arn in load_balancers.declared:
        with subject(arn, saw="declared in readiness.toml"):
            assert load_balancers.has(arn), "no account and region of readiness.toml has it"


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
@pytest.mark.manual
def test_certificates_renew_themselves(attestation):
    """Every certificate on a public listener renews by itself.

    Why: A certificate expires at a known minute, for all users at once, and browsers that remember
    HSTS offer no way past it. It is mostly one that was imported by hand, by somebody who meant to
    come back.

    Fix: Use certificates that ACM issues, and leave their DNS validation records in place; for an
    imported one, run a renewal timer and look at its last run. Alarm on ACM's `DaysToExpiry` at 30
    days, and route that to whoever is on call.
    """
    assert attestation.evidence


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
@pytest.mark.manual
def test_the_public_entry_is_protected_against_floods(attestation):
    """Every public entry is protected against floods, in a mode that blocks.

    Why: A launch draws floods as well as users, and they can be rented by the hour. Rules that
    only count stop nothing, and neither does an edge whose origin can be reached beside it.

    Fix: Associate a WAF web ACL with each public balancer and distribution: a rate-based rule and
    a managed group in block mode, logging on. Admit only the edge to the origin, write down whom
    to call in an attack, and rehearse that call.
    """
    assert attestation.evidence


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
@pytest.mark.manual
def test_frontend_files_are_hosted_apart_from_the_backend(attestation):
    """The frontend's files come from static hosting, and an older version can be put back.

    Why: Pages that the backend serves vanish together with it, so that users cannot even be told
    what is wrong, and each page view takes capacity from the API. Without a pinned build nobody
    knows which version users run.

    Fix: Publish the release's build to Netlify, IPFS or a private S3 bucket that CloudFront alone
    may read, with Block Public Access on. Pin the deploy id or CID, and put the previous version
    back once to see that it works.
    """
    assert attestation.evidence


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
@pytest.mark.manual
def test_credentials_are_encrypted_under_managed_kms_keys(attestation):
    """Credentials and storage are encrypted under KMS keys whose policy the team controls.

    Why: A key policy is the second lock: a role that can read a snapshot or a secret still cannot
    open it. Under the provider's default keys, or with a wildcard principal, that lock cannot be
    closed when an account is lost.

    Fix: Create customer managed keys with aliases and rotation, administrators apart from users,
    no wildcard principal without a condition. Move the service's Secrets Manager, EBS, S3 and RDS
    data under them, and try the break-glass path once.
    """
    assert attestation.evidence


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
def test_security_groups_let_in_only_what_is_declared(backend_security_groups, profile, subject):
    """The security groups of the backend let in nobody but who was thought of.

    Why: A rule that was opened to the world for an afternoon stays, and scanners find it within
    minutes. Rules for every port, rules that name somebody else's group or a prefix list that
    grew, and the default group that instances get when nobody chooses: each lets in more than its
    author meant.

    Fix: Let backend groups name the balancer's group, the jump host's group or small networks, on
    single ports; open to the world only the declared public ports, and only on balancers. Take the
    default group off every interface. Declare other groups that rules name in [aws.resources]
    security_groups.
    """
    network, backend = profile.network, backend_security_groups
    for interface in at_least_one(backend.interfaces, "network interface of the backend"):
        with subject(interface.id, saw=interface.seen):
            assert not interface.stray, interface.stray
    for group in backend.groups:
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
    for resource in backend.declared:
        with subject(resource, saw="declared in readiness.toml"):
            assert backend.has(resource), "no account and region of readiness.toml has it"


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
@pytest.mark.manual
def test_ssh_reaches_the_backend_through_the_jump_host_alone(attestation):
    """Backend servers accept SSH from the jump host alone, used by people on a reviewed list.

    Why: A host that answers SSH to the world is tried day and night, and one stolen key is enough.
    With a single way in, logins are limited, logged and cut off in one place.

    Fix: Allow port 22 on the backend only from the jump host's group or its /32, set
    PasswordAuthentication and PermitRootLogin to no, and drop forgotten addresses. Show both: the
    login through the jump host works, a direct one does not. Then review who has access to it.
    """
    assert attestation.evidence


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
@pytest.mark.manual
def test_service_ports_answer_trusted_networks_only(attestation):
    """The backend's ports answer trusted networks only, and each of these has a reason.

    Why: Whoever reaches the service port directly walks past TLS, WAF and rate limits, and may
    forge the headers by which the backend knows its callers. Debug and metrics ports often stand
    open beside it.

    Fix: Compare `ss -ltn` on each host with the ports that should listen, and bind the others to
    loopback. Name the balancer's group as the source of the service port, then try host and port
    from outside: it must fail while the path through the balancer answers.
    """
    assert attestation.evidence
